"""The faults app."""

from __future__ import annotations

from django.apps import AppConfig

from mihariban.office.base.text import T
from mihariban.office.web.nav import Nav


class FaultsConfig(AppConfig):
    """See ``mihariban.office.faults``."""

    name = "mihariban.office.faults"
    label = "faults"
    nav = (Nav("faults:list", T("故障", "Faults"), order=40, policy="mihariban.office.faults.policy.FAULTS"),)

    def ready(self) -> None:
        from mihariban.office.faults.findings import gaps_ended
        from mihariban.office.sites import hooks

        if gaps_ended not in hooks.events_came:
            hooks.events_came.append(gaps_ended)
