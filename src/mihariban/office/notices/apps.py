"""The notices app."""

from __future__ import annotations

from django.apps import AppConfig

from mihariban.office.base.text import T
from mihariban.office.web.nav import Nav


class NoticesConfig(AppConfig):
    """See ``mihariban.office.notices``."""

    name = "mihariban.office.notices"
    label = "notices"
    nav = (Nav("notices:list", T("表示", "Signs"), order=70, policy="mihariban.office.notices.policy.NOTICES"),)
