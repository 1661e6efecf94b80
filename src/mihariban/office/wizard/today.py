"""The set-up that was begun and is not signed, for today's screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from mihariban.office.base.acting import Acting
from mihariban.office.base.text import T
from mihariban.office.people.setup import is_signed
from mihariban.office.today.tasks import Task
from mihariban.office.wizard.models import StepState
from mihariban.office.wizard.policy import WIZARD
from mihariban.office.wizard.steps import Shown, shown


def tasks(acting: Acting, now: datetime) -> Iterator[Task]:  # noqa: ARG001  # as in every app
    """One line that leads on, until it is signed."""
    if not StepState.objects.exists() or is_signed() or not WIZARD.may_do(acting):
        return
    left = [each.step for each in shown() if each.state in ("open", "typed")]
    title = T("初期設定を続ける", "Go on with the set-up")
    ja, en = "、".join(each.title.ja for each in left), ", ".join(each.title.en for each in left)
    detail = T("残り：{s}", "left: {s}")
    yield Task(title, "due", reverse("wizard:steps"), detail=T(detail.ja.format(s=ja), detail.en.format(s=en)))


def steps_left(acting: Acting) -> list[Shown]:
    """All steps with their states, for a screen that has nothing else to show yet; none once it is signed."""
    return [] if is_signed() or not WIZARD.may_do(acting) else shown()
