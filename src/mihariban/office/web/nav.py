"""The navigation: each app says in its apps.py what stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from mihariban.office.base.text import T

if TYPE_CHECKING:
    from mihariban.office.base.acting import Acting


@dataclass(frozen=True, slots=True)
class Nav:
    """One entry: ``nav = [Nav("days:month", T("開庁日", "Days"), order=30)]`` in an AppConfig.

    Args:
        url: name of the page.
        text: as shown.
        order: place; today 10, checks 20, days 30, faults 40, keys 50, found 60, notices 70, people 80, rule 85,
            reports 90, sites 95.
        policy: dotted name of the policy object whose ``may_see`` decides who is offered it; everybody where empty.
    """

    url: str
    text: T
    order: int
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as a page shows it."""

    address: str
    text: T
    here: bool


def links(acting: Acting, path: str) -> list[Link]:
    """The entries for who acts; ``here`` is the one whose address is the longest beginning of ``path``."""
    found: list[tuple[str, T]] = []
    entries = [entry for app in apps.get_app_configs() for entry in getattr(app, "nav", ())]
    for entry in sorted(entries, key=lambda each: each.order):
        if entry.policy and not import_string(entry.policy).may_see(acting):
            continue
        try:
            address = reverse(entry.url)
        except NoReverseMatch:
            continue
        found.append((address, entry.text))
    here = max((address for address, _ in found if path.startswith(address)), key=len, default="")
    return [Link(address, text, address == here) for address, text in found]
