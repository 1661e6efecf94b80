"""The navigation: each app says in its apps.py what stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.urls import NoReverseMatch, reverse

from mihariban.office.base.text import T

if TYPE_CHECKING:
    from mihariban.office.base.acting import Acting, Role


@dataclass(frozen=True, slots=True)
class Nav:
    """One entry: ``nav = [Nav("days:month", T("開庁日", "Days"), order=30)]`` in an AppConfig.

    Args:
        url: name of the page.
        text: as shown.
        order: place; today 10, checks 20, days 30, faults 40, keys 50, found 60, notices 70, people 80, rule 85,
            reports 90, sites 95.
        roles: who sees it; everybody where empty.
    """

    url: str
    text: T
    order: int
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as a page shows it."""

    address: str
    text: T
    here: bool


def links(acting: Acting, path: str) -> list[Link]:
    """The entries for who acts; ``here`` is the one whose address begins ``path``."""
    found = []
    entries = [entry for app in apps.get_app_configs() for entry in getattr(app, "nav", ())]
    for entry in sorted(entries, key=lambda each: each.order):
        if entry.roles and not acting.roles & set(entry.roles):
            continue
        try:
            address = reverse(entry.url)
        except NoReverseMatch:
            continue
        here = path == address or (address != "/" and path.startswith(address))
        found.append(Link(address, entry.text, here))
    return found
