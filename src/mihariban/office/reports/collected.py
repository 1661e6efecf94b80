"""The registers of all apps. An AppConfig may name them in their order, ``registers = ["days:list"]``; those that it
does not name are found among its addresses, so that none is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.urls import NoReverseMatch, resolve, reverse

from mihariban.office.base.acting import Acting
from mihariban.office.base.policy import Verdict
from mihariban.office.base.register import Register
from mihariban.office.base.sheets import FORMATS
from mihariban.office.base.text import T


@dataclass(frozen=True, slots=True)
class Collected:
    """A register as the page of all registers shows it."""

    title: T
    address: str
    period: bool
    """whether it can be narrowed to a period; and to a kiosk"""
    kiosk: bool
    asked: dict[str, str]

    @property
    def page(self) -> str:
        """Address of the list."""
        return self._to()

    @property
    def print(self) -> str:
        """Address of the print."""
        return self._to(**{"as": "print"})

    @property
    def exports(self) -> list[tuple[str, T]]:
        """Addresses of the files, with their names."""
        return [(self._to(**{"as": form}), label) for form, label in FORMATS.items()]

    def _to(self, **more: str) -> str:
        known = {"first": self.period, "last": self.period, "kiosk": self.kiosk}
        query = {name: value for name, value in self.asked.items() if value and known.get(name)} | more
        return self.address + (f"?{urlencode(query)}" if query else "")


def collected(acting: Acting, asked: dict[str, str]) -> list[Collected]:
    """What ``acting`` may see, app by app in the order of the navigation.

    Args:
        asked: first, last (ISO dates) and kiosk, as far as they were chosen.
    """
    found = []
    for config in sorted(apps.get_app_configs(), key=_order):
        for name in _names(config):
            one = _collect(name, acting, asked)
            if one is not None:
                found.append(one)
    return found


def _names(config: Any) -> list[str]:
    """What the app names, then every other list among its addresses that needs no row to be opened."""
    if not config.name.startswith("mihariban.office.") or find_spec(f"{config.name}.urls") is None:
        return []
    urls = import_module(f"{config.name}.urls").urlpatterns
    lists = [each for each in urls if issubclass(getattr(each.callback, "view_class", object), Register)]
    found = [f"{config.label}:{each.name}" for each in lists if not each.pattern.converters]
    return list(dict.fromkeys([*map(str, getattr(config, "registers", ())), *found]))


def _order(config: Any) -> int:
    return min((each.order for each in getattr(config, "nav", ())), default=999)


def _collect(name: str, acting: Acting, asked: dict[str, str]) -> Collected | None:
    try:
        address = reverse(name)
    except NoReverseMatch:
        return None  # an app that is still without its pages
    register = resolve(address).func.view_class()  # type: ignore[attr-defined]  # a class-based view
    verdict: Verdict = register.may_see(acting)
    if not verdict:
        return None
    filters = register.filters.base_filters if register.filters is not None else {}
    return Collected(register.title, address, "first" in filters and "last" in filters, "kiosk" in filters, asked)
