"""A deputy stops acting before the time that was set; one that had not begun never begins."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.base.text import T
from mihariban.office.people.models import Activation
from mihariban.office.people.policy import DEPUTIES


def end_activation(activation: Activation, *, stamp: int, acting: Acting) -> None:
    """It ends now.

    Raises:
        NotAllowed: the policy refuses; it has ended already.
        ChangedMeanwhile: somebody else was faster.
    """
    with action(acting, DEPUTIES.may_end(acting, activation)) as act:
        activation.check_stamp(stamp, T("この職務代理の記録", "this activation"))
        activation.ended = now()
        activation.ended_by = acting.user.person if acting.user else None
        activation.save()
        facts = {"activation": f"{activation.pk}", "person": act.commit(activation.person.name)}
        act.enter(Draft(Tag.DEPUTY_ACTIVATION_END, facts, basis="第5条第3項"))
