"""What is to be done today, as the apps tell it.

An app that has something to do gives a module ``<app>/today.py`` with

    def tasks(acting: Acting, now: datetime) -> Iterable[Task]:

It is asked every 20 s for every open screen: a few queries, the same number however many rows. It tells what
``acting`` may see, done things of today included, and nothing that nobody can act on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Final, Literal

import structlog
from django.apps import apps
from django.utils import timezone

from mihariban.base.errors import MiharibanError
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import today
from mihariban.office.base.text import T
from mihariban.office.today.words import moment_text

State = Literal["alarm", "late", "warning", "due", "done"]
"""alarm: something is wrong now. late: it should have been done. warning: something will go wrong, look at it soon.
due: to be done today. done: it was."""

STATES: Final[dict[State, tuple[T, str]]] = {
    "alarm": (T("異常", "Alarm"), "error"),
    "late": (T("遅れ", "Late"), "error"),
    "warning": (T("注意", "Look at it"), "warn"),
    "due": (T("これから", "To do"), "warn"),
    "done": (T("済み", "Done"), "good"),
}
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the screen.

    Args:
        title: what is to be done, in a few words: 「2号機の朝の点検」.
        state: see ``State``.
        url: the page where it is done.
        since: since when it is wrong, by when it is or was due, or when it was done.
        detail: a second line, such as who is asked.
        kiosk: id of the kiosk that it concerns.
    """

    title: T
    state: State
    url: str
    since: datetime | None = None
    detail: T | None = None
    kiosk: str = ""

    @property
    def word(self) -> T:
        """The state in words."""
        return STATES[self.state][0]

    @property
    def look(self) -> str:
        """Of the ``m-tag``."""
        return STATES[self.state][1]

    @property
    def when(self) -> T | None:
        """``since`` as a line reads it."""
        if self.since is None:
            return None
        local = timezone.localtime(self.since, timezone.get_default_timezone())
        forms = {"due": T("{t} まで", "by {t}"), "done": T("{t}", "{t}")}
        form = forms.get(self.state, T("{t} から", "since {t}"))
        return form.format(t=moment_text(local, today()))


Source = Callable[[Acting, datetime], Iterable[Task]]


def sources() -> list[tuple[str, Source]]:
    """The apps that tell tasks."""
    found = []
    for config in apps.get_app_configs():
        name = f"{config.name}.today"
        if config.name.startswith("mihariban.office.") and find_spec(name):
            found.append((config.label, import_module(name).tasks))
    return found


def collect(acting: Acting, now: datetime) -> list[Task]:
    """All tasks: alarms, what is late, what is due, what is done; the earliest first within each. An app whose tasks
    cannot be read is itself a line."""
    found: list[Task] = []
    for label, tasks in sources():
        try:
            found += tasks(acting, now)
        except MiharibanError as error:
            _log.warning("tasks", app=label, code=error.code)
            found.append(_unread(label, error))
    order = list(STATES)
    return sorted(found, key=lambda task: (order.index(task.state), task.since or now))


def _unread(label: str, error: MiharibanError) -> Task:
    title = T("「{app}」の予定を読めません", "What {app} has to do cannot be read").format(app=label)
    return Task(title, "alarm", f"/{label}/", detail=T(error.text("ja"), error.text("en")))
