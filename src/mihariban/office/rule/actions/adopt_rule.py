"""Register the rule that was laid at set-up as the first version."""

from __future__ import annotations

import os

from mihariban.base.ids import id_text, new_id
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import Act, action
from mihariban.office.base.clock import clock
from mihariban.office.base.dates import now
from mihariban.office.base.rule import policy_file
from mihariban.office.rule.models import RuleVersion
from mihariban.office.rule.policy import RULES
from mihariban.policy import LoadedPolicy


def adopt_rule(*, acting: Acting) -> RuleVersion:
    """Take DIR/policy.toml into the table; from then on the table counts. Doing it again changes nothing.

    Raises:
        NotAllowed: the policy refuses.
        InputError: the file is not there, or no rule.
    """
    found = RuleVersion.objects.filter(state="approved").order_by("version").first()
    if found is not None:
        return found
    with action(acting, RULES.may_adopt(acting)) as act:
        return adopt(act)


def adopt(act: Act) -> RuleVersion:
    """The same inside another action."""
    loaded = policy_file()
    row = new_row(loaded, "")
    row.state, row.decided_at = "approved", row.proposed_at
    row.save(force_insert=True)
    act.enter(Draft(Tag.POLICY_VERSION_ADOPT, {"version": str(row.version), "sha256": row.sha256}))
    return row


def new_row(loaded: LoadedPolicy, name: str) -> RuleVersion:
    """A row for a version, not saved."""
    return RuleVersion(
        id=id_text(new_id(clock().wall(), os.urandom)),
        rule=loaded.policy.id,
        version=loaded.policy.version,
        sha256=loaded.sha256,
        text=loaded.text,
        effective_from=loaded.policy.effective_from,
        proposed_by=name,
        proposed_at=now(),
    )
