"""Everything on today's screen, gathered once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from mihariban.office.base.acting import Acting
from mihariban.office.base.text import T
from mihariban.office.people.roles import ActingManager, acting_manager
from mihariban.office.sites.alarms import UNREACHABLE
from mihariban.office.sites.models import RecorderUnit, SeenFinding
from mihariban.office.today.kiosks import CameraNow, Heard, KioskNow, kiosks_now
from mihariban.office.today.spans import Lines, lines_of
from mihariban.office.today.storage import StorageNow
from mihariban.office.today.tasks import State, Task, collect
from mihariban.office.today.words import Words


@dataclass(frozen=True, slots=True)
class RecorderNow:
    """A recorder: its day drawn and in lines, and how long its storage lasts."""

    recorder: RecorderUnit
    storage: StorageNow
    cameras: tuple[CameraNow, ...]
    day: Lines

    @property
    def height(self) -> int:
        """Of its drawing beside a width of 1050, so that the page does not jump when it comes."""
        return 58 + 104 * max(1, len(self.cameras))


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
    heard = Heard(now)
    kiosks = kiosks_now(now, heard)
    cameras = [camera for kiosk in kiosks for camera in kiosk.cameras]
    units = RecorderUnit.objects.select_related("site", "seen").order_by("site_id", "id")
    lines = lines_of(acting, now)
    recorders = [
        RecorderNow(
            unit,
            heard.storage(unit.pk),
            tuple(each for each in cameras if each.recorder == unit.pk),
            lines.get(unit.pk, Lines()),
        )
        for unit in units
    ]
    tasks = collect(acting, now)
    return Screen(now, acting_manager(now), kiosks, [*untold(kiosks, recorders, tasks), *tasks], recorders)


def untold(kiosks: list[KioskNow], recorders: list[RecorderNow], tasks: list[Task]) -> list[Task]:
    """What the screen shows as wrong and no app has told: the headline never says that all is well above a tile or a
    storage that says otherwise."""
    found = [_of_storage(each) for each in recorders if _tells_nobody(each)]
    told = {task.kiosk for task in tasks if task.state in ("alarm", "late")}
    silent = set(SeenFinding.objects.filter(until=None, code=UNREACHABLE).values_list("recorder_id", flat=True))
    for each in kiosks:
        if each.state.look == "error" and each.kiosk.pk not in told:
            url = reverse("days:month") if each.service.in_service else reverse("faults:list")
            found.append(_alarm(each.kiosk.name, each, each.state, url))
        for camera in each.cameras:
            if camera.state.look == "error" and not camera.findings and camera.recorder not in silent:
                url = reverse("sites:recorder", args=[camera.recorder])
                name = T("{k} カメラ {c}", "{k}, camera {c}").format(k=each.kiosk.name, c=camera.camera)
                found.append(_alarm(name, each, camera.state, url))
    return found


def _tells_nobody(each: RecorderNow) -> bool:
    """A storage that is wrong without a finding. A silent recorder is told by its cameras where it has any."""
    storage = each.storage
    if storage.told or (storage.silent and each.cameras):
        return False
    return storage.state.look == "error" or (storage.state.look == "warn" and not storage.silent)


def _of_storage(each: RecorderNow) -> Task:
    storage = each.storage
    title = T("{s} 映像の保存（録画装置 {r}）：{w}", "{s}, storage of recorder {r}: {w}").format(
        s=each.recorder.site, r=storage.recorder, w=storage.state.word
    )
    state: State = "alarm" if storage.state.look == "error" else "warning"
    url = reverse("sites:recorder", args=[storage.recorder])
    return Task(title, state, url, detail=storage.state.detail or storage.forecast)


def _alarm(name: T | str, kiosk: KioskNow, state: Words, url: str) -> Task:
    title = T("{n}：{w}", "{n}: {w}").format(n=name, w=state.word)
    return Task(title, "alarm", url, detail=state.detail, kiosk=kiosk.kiosk.pk)
