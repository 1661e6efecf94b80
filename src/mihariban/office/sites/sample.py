"""Names and places of the kiosks for the demo."""

from __future__ import annotations

from mihariban.office.base.acting import Acting
from mihariban.office.sites.actions.change_kiosk import change_kiosk
from mihariban.office.sites.models import Site


def make_sample(acting: Acting, site: Site) -> None:
    """Give the kiosks of ``site`` names that people read.

    Raises:
        NotAllowed: ``acting`` is neither manager nor IT staff.
    """
    for number, kiosk in enumerate(site.kiosks.order_by("id"), 1):
        change_kiosk(kiosk, acting=acting, name=f"{number}号機", place="本庁舎1階ロビー", stamp=kiosk.stamp)
