"""The people app."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """See ``mihariban.office.people``."""

    name = "mihariban.office.people"
    label = "people"
