"""Propose a version of the rule."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.rule import rule_book
from mihariban.office.rule.actions.adopt_rule import adopt, new_row
from mihariban.office.rule.models import RuleVersion
from mihariban.office.rule.policy import RULES
from mihariban.office.rule.proposal import read_proposal


def propose_version(text: str, *, acting: Acting, why: str = "") -> RuleVersion:
    """Enter a proposal. Where the office keeps no versions yet, the one of set-up is registered with it.

    Args:
        text: TOML. why: what it is for, in words.

    Raises:
        NotAllowed: the policy refuses.
        InputError, StateError: the text is no version that could follow; see ``read_proposal``.
    """
    with action(acting, RULES.may_propose(acting)) as act:
        loaded = read_proposal(text, rule_book(), acting.day)
        if not RuleVersion.objects.filter(state="approved").exists():
            adopt(act)
        row = new_row(loaded, acting.name)
        row.why = why
        row.save(force_insert=True)
        note = act.commit(why) if why else ""
        act.enter(Draft(Tag.POLICY_VERSION_PROPOSE, {"version": str(row.version), "sha256": row.sha256}, note=note))
    return row
