"""Approve a version of the rule: it takes force on its date."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import Act, action
from mihariban.office.base.dates import now
from mihariban.office.base.rule import rule_book
from mihariban.office.days.outbox import deliver_waiting, queue
from mihariban.office.rule.errors import RuleTextDamaged
from mihariban.office.rule.models import RuleVersion
from mihariban.office.rule.policy import RULES
from mihariban.office.rule.proposal import WHAT, read_proposal
from mihariban.office.signer import Decided, Office
from mihariban.office.sites.models import RecorderUnit

BASIS = "第12条"
"""Where the rule names no article for its own amendment."""


def approve_version(
    version: RuleVersion, *, acting: Acting, approver: str, document_number: str, stamp: int, deliver: bool = True
) -> None:
    """The manager enters the decision; every recorder gets the version, in force there on its date too.

    Args:
        approver: post that decided, such as 市長. document_number: of the paper.
        stamp: of the row as the clerk saw it.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody was faster.
        RuleTextDamaged: the text is not the one that was proposed.
        InputError, StateError: it does not follow the versions there are any more.
    """
    with action(acting, RULES.may_approve(acting, version)) as act:
        version.check_stamp(stamp, WHAT)
        loaded = read_proposal(version.text, rule_book(), acting.day)
        if loaded.sha256 != version.sha256:
            raise RuleTextDamaged(version=version.version)
        version.state, version.decided_by, version.decided_at = "approved", acting.name, now()
        version.approver, version.document_number = approver, document_number
        version.save()
        facts: dict[str, str | int] = {
            "version": str(version.version),
            "sha256": version.sha256,
            "effective": version.effective_from.isoformat() if version.effective_from else "",
        }
        act.enter(Draft(Tag.POLICY_VERSION_APPROVE, facts, case=document_number))
        _push(act, version)
    if deliver:
        deliver_waiting()


def _push(act: Act, version: RuleVersion) -> None:
    reason = version.why or f"要綱第{version.version}版の施行"
    decided = Decided(act.role, act.acting.name or "-", reason, BASIS, version.document_number)

    def sign(office: Office) -> str:
        number = version.document_number
        return office.push_policy(decided, text=version.text, version=str(version.version), document_number=number)

    queue(RecorderUnit.objects.order_by("id"), "policy", version.id, sign)
