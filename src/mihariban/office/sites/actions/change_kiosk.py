"""Give a kiosk the name and place that people read."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.text import T
from mihariban.office.sites.models import Kiosk
from mihariban.office.sites.policy import SITES


def change_kiosk(kiosk: Kiosk, *, acting: Acting, name: str, place: str, stamp: int) -> None:
    """Change name and place.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody else was faster.
    """
    with action(acting, SITES.may_change_kiosk(acting, kiosk)) as act:
        kiosk.check_stamp(stamp, T("この交付機", "this kiosk"))
        kiosk.name, kiosk.place = name, place
        kiosk.save()
        act.enter(Draft(Tag.SITE_KIOSK_CHANGE, {"kiosk": kiosk.pk}, note=act.commit(f"{name}\n{place}")))
