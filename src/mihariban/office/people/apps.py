"""The people app."""

from __future__ import annotations

from typing import ClassVar

from django.apps import AppConfig

from mihariban.office.base.text import T
from mihariban.office.web.nav import Nav


class PeopleConfig(AppConfig):
    """See ``mihariban.office.people``."""

    name = "mihariban.office.people"
    label = "people"
    nav: ClassVar = [
        Nav(
            "people:list",
            T("人と役割", "People and roles"),
            order=80,
            policy="mihariban.office.people.policy.PEOPLE",
        ),
        Nav("people:deputy", T("職務代理", "Deputy"), order=81),
    ]

    def ready(self) -> None:
        from allauth.account.signals import password_changed

        from mihariban.office.people.middleware import has_changed
        from mihariban.office.people.sessions import listen

        password_changed.connect(has_changed, dispatch_uid="mihariban first password")
        listen()
