"""The days app."""

from __future__ import annotations

from django.apps import AppConfig

from mihariban.office.base.text import T
from mihariban.office.web.nav import Nav


class DaysConfig(AppConfig):
    """See ``mihariban.office.days``."""

    name = "mihariban.office.days"
    label = "days"
    nav = (Nav("days:month", T("稼働日", "Days and hours"), order=30, policy="mihariban.office.days.policy.DAYS"),)

    def ready(self) -> None:
        from mihariban.office.days.outbox import deliver_on_contact
        from mihariban.office.sites import hooks

        hooks.after_contact.append(deliver_on_contact)
