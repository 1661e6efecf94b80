"""The wizard app."""

from __future__ import annotations

from typing import ClassVar

from django.apps import AppConfig

from mihariban.office.base.text import T
from mihariban.office.web.nav import Nav


class WizardConfig(AppConfig):
    """See ``mihariban.office.wizard``."""

    name = "mihariban.office.wizard"
    label = "wizard"
    nav: ClassVar = [
        Nav("wizard:steps", T("初期設定", "Set-up"), order=96, policy="mihariban.office.wizard.policy.WIZARD")
    ]
