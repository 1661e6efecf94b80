"""Step 3: how kiosks are called and where they stand; one more where the site has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.errors import NotThere
from mihariban.office.sites.models import Kiosk, Site
from mihariban.office.wizard.policy import WIZARD
from mihariban.office.wizard.steps import finished


@dataclass(frozen=True, slots=True)
class Named:
    """A kiosk as typed."""

    id: str
    name: str
    place: str


def name_kiosks(kiosks: Sequence[Named], *, acting: Acting, site: tuple[str, str] | None = None) -> None:
    """Store names and places; a kiosk that is not known yet is entered.

    Args:
        site: id and name of the site, where it is not known yet.

    Raises:
        NotAllowed: the policy refuses.
        NotThere: no site is known.
    """
    with action(acting, WIZARD.may_do(acting)) as act:
        where = _site(site)
        for each in kiosks:
            kiosk = Kiosk.objects.filter(pk=each.id).first() or Kiosk(pk=each.id, site=where)
            if (kiosk.name, kiosk.place) != (each.name, each.place):
                kiosk.name, kiosk.place = each.name, each.place
                kiosk.save()
                act.enter(
                    Draft(Tag.SITE_KIOSK_CHANGE, {"kiosk": each.id}, note=act.commit(f"{each.name}\n{each.place}"))
                )
        finished("kiosk", acting)
        act.enter(Draft(Tag.SETUP_STEP_FINISH, {"step": "kiosk", "kiosks": len(kiosks)}))


def _site(told: tuple[str, str] | None) -> Site:
    known = Site.objects.order_by("pk").first()
    if known is None and told is not None:
        known = Site(pk=told[0], name=told[1])
        known.save()
    if known is None:
        raise NotThere(what_ja="設置場所", what_en="A site")
    return known
