"""Step 6: the manager signs for what was set up, which ratifies the designations that IT staff entered."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.base.errors import ChangedMeanwhile
from mihariban.office.people.setup import set_up
from mihariban.office.wizard.policy import WIZARD
from mihariban.office.wizard.steps import finished, missing
from mihariban.office.wizard.summary import digest, summary


def sign_set_up(seen: str, *, acting: Acting) -> None:
    """Sign what was shown.

    Args:
        seen: digest of the summary that the manager read.

    Raises:
        NotAllowed: the policy refuses, or steps are missing.
        ChangedMeanwhile: something is not any more as it was read.
    """
    with action(acting, WIZARD.may_sign(acting, missing())) as act:
        found = digest(summary())
        if found != seen:
            raise ChangedMeanwhile(what_ja="初期設定の内容", what_en="What was set up")
        row = set_up()
        row.signed_at, row.sha256 = now(), found
        row.signed_by = acting.user.person if acting.user else None
        row.save()
        finished("summary", acting)
        act.enter(Draft(Tag.SETUP_SUMMARY_SIGN, {"sha256": found}))
