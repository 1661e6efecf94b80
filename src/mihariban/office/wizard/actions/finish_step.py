"""A step is done, or skipped for now."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.errors import NotAllowed
from mihariban.office.wizard.policy import WIZARD
from mihariban.office.wizard.steps import BY_NAME, finished


def finish_step(name: str, *, acting: Acting, skipped: bool = False) -> None:
    """Write it down.

    Raises:
        NotAllowed: the policy refuses, or the step cannot be skipped.
    """
    if skipped and not BY_NAME[name].may_skip:
        raise NotAllowed(why_ja="この段階はとばせません。", why_en="This step cannot be skipped.")
    with action(acting, WIZARD.may_do(acting)) as act:
        finished(name, acting, skipped=skipped)
        act.enter(Draft(Tag.SETUP_STEP_FINISH, {"step": name, "skipped": int(skipped)}))
