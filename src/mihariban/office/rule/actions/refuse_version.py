"""Refuse a proposed version, or take it back."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.base.policy import Verdict
from mihariban.office.rule.models import RuleVersion
from mihariban.office.rule.policy import RULES
from mihariban.office.rule.proposal import WHAT


def refuse_version(version: RuleVersion, *, acting: Acting, reason: str, stamp: int) -> None:
    """The manager says no, and why.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody was faster.
    """
    _end(version, acting, RULES.may_decide(acting, version), reason, stamp, ("refused", Tag.POLICY_VERSION_DECLINE))


def retract_version(version: RuleVersion, *, acting: Acting, reason: str, stamp: int) -> None:
    """The proposal is taken back.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody was faster.
    """
    _end(version, acting, RULES.may_retract(acting, version), reason, stamp, ("retracted", Tag.POLICY_VERSION_RETRACT))


def _end(version: RuleVersion, acting: Acting, verdict: Verdict, reason: str, stamp: int, end: tuple[str, Tag]) -> None:
    with action(acting, verdict) as act:
        version.check_stamp(stamp, WHAT)
        version.state, version.decided_by, version.decided_at = end[0], acting.name, now()
        version.refusal = reason
        version.save()
        act.enter(Draft(end[1], {"version": str(version.version), "sha256": version.sha256}, note=act.commit(reason)))
