"""Sample things for the demo, by the app's own actions."""

from __future__ import annotations

from datetime import timedelta

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.found.actions.destroy_thing import destroy_thing
from mihariban.office.found.actions.enter_thing import enter_thing
from mihariban.office.found.actions.hand_thing import hand_thing
from mihariban.office.found.actions.return_thing import return_thing
from mihariban.office.found.models import Thing
from mihariban.office.found.shelf import person_of, staff_on
from mihariban.office.sites.models import Kiosk


def make_things(operator: Acting, kiosk: Kiosk | None) -> list[Thing]:
    """One thing in each state, and one certificate that is still kept. The destroyed one needs a second member of
    staff; it stays kept where there is none."""
    given = {
        "certificate": ("住民票の写し", 1, None, "金庫"),
        "misprint": ("印鑑登録証明書（かすれ）", 1, None, "廃棄待ちの箱"),
        "card": ("カード", 1, None, "金庫"),
        "change": ("硬貨", 3, 250, "金庫"),
        "jam": ("証明書用紙", 2, None, "廃棄待ちの箱"),
    }
    made = {}
    for n, (kind, (what, pieces, yen, place)) in enumerate(given.items()):
        made[kind] = enter_thing(
            kind=kind,
            kiosk=kiosk,
            found_at=now() - timedelta(days=n, minutes=30),
            what=what,
            pieces=pieces,
            yen=yen,
            kept_at=place,
            acting=operator,
        )
    card, change, jam = made["card"], made["change"], made["jam"]
    return_thing(card, recognised="at_once", stamp=card.stamp, acting=operator)
    hand_thing(change, station="見本警察署", receipt="見本-12", stamp=change.stamp, acting=operator)
    other = staff_on(operator.day).exclude(pk=person_of(operator).pk).first()
    if other is not None:
        destroy_thing(jam, method="shred", witnesses=[other], stamp=jam.stamp, acting=operator)
    return list(made.values())
