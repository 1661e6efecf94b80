"""The whole way on sample data: a site from nothing, the drawn scene recorded, looked at and checked."""

from __future__ import annotations

import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

from mihariban.base.clock import SECOND, Clock, SystemClock, to_datetime
from mihariban.recorder.contact_sheet import contact_sheet
from mihariban.recorder.errors import DemoFolderTaken, PicturesRefused
from mihariban.recorder.look import Look, site_visits
from mihariban.recorder.new_site import describe_site
from mihariban.recorder.playback import picture_near, visit_packets
from mihariban.recorder.record import RecordOrder, last_opening, record
from mihariban.recorder.site_folder import Progress, SiteFolder, create_site
from mihariban.recorder.sources.demo import DemoSource
from mihariban.volume import Volume, check_volume

SIZE = "128MiB"
_MARK = "THIS-IS-A-DEMO"
_SLACK_S = 2.0


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo made. ``problems``: what a check found wrong, in English; empty when all is well."""

    said: str
    look: Look
    sheet: Path
    problems: list[str]


def make_demo(path: Path, policy: Path, *, clock: Clock | None = None, progress: Progress | None = None) -> DemoResult:
    """Make the demo site anew, record the drawn scene into it, and check what came of it.

    Raises:
        DemoFolderTaken: something else is in the folder.
    """
    clock = clock or SystemClock()
    _clear(path)
    site = describe_site(site_id="demo", policy_file=policy, source="demo:", size=SIZE, kbit_s=800)
    folder = create_site(path, policy_file=policy, site=site, clock=clock, progress=progress, allow_cow=True)
    (path / _MARK).write_text("Made by mihariban demo; the next demo takes it away.\n", encoding="utf-8")
    starts_at = last_opening(folder, clock)
    said = record(path, RecordOrder(starts_at=starts_at), threading.Event(), clock=clock)
    look = site_visits(path, clock)
    sheet = path / "contact-sheet.png"
    sheet.write_bytes(demo_sheet(folder, look))
    return DemoResult(said, look, sheet, [*_compare(look, starts_at), *_check(folder)])


def demo_sheet(folder: SiteFolder, look: Look) -> bytes:
    """A PNG with one picture of each visit, from the drawn camera alone.

    Raises:
        PicturesRefused: a camera of the site is not the drawn one.
    """
    for camera in folder.load_site().camera:
        if not camera.source.startswith("demo:"):
            raise PicturesRefused(camera=camera.id)
    volume = Volume.read_only(folder.recorder)
    try:
        pictures = []
        for number, state in enumerate(look.visits, 1):
            visit = state.visit
            middle = (visit.started + (visit.ended or visit.started)) // 2
            picture = picture_near(visit_packets(volume, visit.id), middle)
            if picture is not None:
                pictures.append((picture, f"{number} {to_datetime(middle, look.zone):%H:%M:%S}"))
    finally:
        volume.close()
    return contact_sheet(pictures, columns=3)


def _clear(path: Path) -> None:
    if (path / _MARK).exists():
        shutil.rmtree(path)
    elif path.exists() and any(path.iterdir()):
        raise DemoFolderTaken(folder=path)


def _compare(look: Look, starts_at: int) -> list[str]:
    """The visits against what was drawn."""
    truth = DemoSource(starts_at=starts_at).truth()
    problems = []
    if len(truth) != len(look.visits):
        problems.append(f"{len(truth)} visits were drawn, {len(look.visits)} were recorded")
    for drawn, state in zip(truth, look.visits, strict=False):
        visit = state.visit
        begin, end = starts_at + round(drawn.enter * SECOND), starts_at + round(drawn.leave * SECOND)
        covered = visit.recorded_from <= begin and (visit.recorded_to or 0) >= end
        if not covered or abs(visit.started - begin) > _SLACK_S * SECOND:
            problems.append(f"the visit drawn at {drawn.enter:.1f} s is not recorded whole")
    return problems


def _check(folder: SiteFolder) -> list[str]:
    volume = Volume.read_only(folder.recorder)
    try:
        return [each.text("en") for each in check_volume(volume, deep=True) if each.code != "not-in-place"]
    finally:
        volume.close()
