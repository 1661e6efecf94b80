"""The app of the keys."""

from __future__ import annotations

from typing import ClassVar

from django.apps import AppConfig

from mihariban.office.base.text import T
from mihariban.office.web.nav import Nav


class KeyLedgerConfig(AppConfig):
    """See ``mihariban.office.keyledger``."""

    name = "mihariban.office.keyledger"
    label = "keyledger"
    nav: ClassVar = [Nav("keyledger:board", T("鍵", "Keys"), order=50, policy="mihariban.office.keyledger.policy.KEYS")]
    background = ("mihariban.office.keyledger.reminder.Reminder",)
    registers: ClassVar = ["keyledger:uses", "keyledger:counts", "keyledger:corrections", "keyledger:openings"]

    def ready(self) -> None:
        from mihariban.office.keyledger.actions.watch_keys import watch_on_contact
        from mihariban.office.sites import hooks

        if watch_on_contact not in hooks.after_contact:
            hooks.after_contact.append(watch_on_contact)
