"""Everything on today's screen, gathered once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mihariban.office.base.acting import Acting
from mihariban.office.base.text import T
from mihariban.office.people.roles import ActingManager, acting_manager
from mihariban.office.sites.figures import Figures
from mihariban.office.sites.models import RecorderUnit, SeenStatus
from mihariban.office.today.kiosks import CameraNow, KioskNow, Look, Words, kiosks_now, silence
from mihariban.office.today.tasks import Task, collect


@dataclass(frozen=True, slots=True)
class RecorderNow:
    """A recorder: its day drawn, and how long its storage lasts."""

    recorder: RecorderUnit
    silent: Words | None
    storage: T
    storage_look: Look
    cameras: tuple[CameraNow, ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """The screen at a moment."""

    now: datetime
    manager: ActingManager
    kiosks: list[KioskNow]
    tasks: list[Task]
    recorders: list[RecorderNow]

    @property
    def urgent(self) -> list[Task]:
        """What cannot wait."""
        return [task for task in self.tasks if task.state in ("alarm", "late")]

    @property
    def others(self) -> list[Task]:
        """What is to be looked at soon, is due today, or done."""
        return [task for task in self.tasks if task.state in ("warning", "due", "done")]

    @property
    def due(self) -> int:
        """How much is left to do or to look at."""
        return sum(task.state in ("warning", "due") for task in self.tasks)


def gather(acting: Acting, now: datetime) -> Screen:
    """The screen as ``acting`` sees it."""
    kiosks = kiosks_now(now)
    cameras = [camera for kiosk in kiosks for camera in kiosk.cameras]
    units = RecorderUnit.objects.select_related("site", "seen").order_by("site_id", "id")
    recorders = [_recorder(unit, [each for each in cameras if each.recorder == unit.pk], now) for unit in units]
    return Screen(now, acting_manager(now), kiosks, collect(acting, now), recorders)


def _recorder(unit: RecorderUnit, cameras: list[CameraNow], now: datetime) -> RecorderNow:
    try:
        seen: SeenStatus | None = unit.seen
    except SeenStatus.DoesNotExist:
        seen = None
    figures = Figures.from_json(seen.figures if seen else {})
    look: Look = "" if figures.enough is None else "good" if figures.enough else "error"
    return RecorderNow(unit, silence(seen, now), figures.storage_words(), look, tuple(cameras))
