"""The frame as an app, so that its templates and static files are found first."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """See ``mihariban.office.web``."""

    name = "mihariban.office.web"
    label = "web"
