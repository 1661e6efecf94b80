"""The state of a site, read beside its recorder: who watches, what is wrong, in words that a clerk knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from mihariban.base import sqlite
from mihariban.base.clock import Clock, SystemClock, iso, to_datetime
from mihariban.base.errors import MiharibanError
from mihariban.base.text import Language
from mihariban.policy import Site
from mihariban.recorder.accounting import DayAccount
from mihariban.recorder.control import Control
from mihariban.recorder.day import camera_account
from mihariban.recorder.health.health import Finding
from mihariban.recorder.health.kinds import FindingKind
from mihariban.recorder.site_folder import SiteFolder
from mihariban.recorder.site_hours import SiteHours, calendar_entries
from mihariban.volume import Volume, VolumeStat

CameraState = Literal["recording", "watching", "closed", "gap", "down"]
_WORDS: dict[CameraState, tuple[str, str]] = {
    "recording": ("来訪を録画中", "recording a visit"),
    "watching": ("見守り中（無人）", "watching, nobody there"),
    "closed": ("閉庁中", "closed"),
    "gap": ("途切れ", "not watched"),
    "down": ("録画機が停止中", "recorder not running"),
}


@dataclass(frozen=True, slots=True)
class CameraNow:
    """One camera: its state, why (of a gap), and its day so far."""

    camera: str
    state: CameraState
    cause: str
    today: DayAccount

    def words(self, language: Language) -> str:
        """The state for a person."""
        ja, en = _WORDS[self.state]
        return f"{ja if language == 'ja' else en}{f' ({self.cause})' if self.cause else ''}"


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """A site as it is. Instants are wall ns.

    Attributes:
        now: on the site's clock: the recorder's last sign of life while it runs, else the machine's.
        running: a recorder holds the volume.
        findings: that last.
        unknown: kinds of findings in the book that this version does not know.
        volume: None where it cannot be read; ``volume_error`` says why.
        ledger_size: None where the book has no ledger yet.
    """

    site: Site
    now: int
    running: bool
    last_seen: int | None
    cameras: tuple[CameraNow, ...]
    findings: tuple[Finding, ...]
    unknown: tuple[str, ...]
    volume: VolumeStat | None
    volume_error: MiharibanError | None
    ledger_size: int | None

    @property
    def wrong(self) -> bool:
        """Something needs a person: a finding, an unreadable volume, a camera not watched in its open hours."""
        states = {camera.state for camera in self.cameras}
        return bool(self.findings or self.unknown or self.volume_error or states & {"gap", "down"})

    def as_json(self) -> dict[str, object]:
        """For ``--json``."""
        zone = self.site.zone
        return {
            "site": self.site.site.id,
            "recorder": self.site.recorder.id,
            "at": iso(self.now, zone),
            "state": "wrong" if self.wrong else "fine",
            "running": self.running,
            "last_seen": None if self.last_seen is None else iso(self.last_seen, zone),
            "cameras": [_camera_json(camera) for camera in self.cameras],
            "findings": [_finding_json(finding, zone) for finding in self.findings],
            "unknown_findings": list(self.unknown),
            "volume": None if self.volume is None else self.volume.as_json(),
            "volume_error": None if self.volume_error is None else self.volume_error.as_json(),
            "ledger_size": self.ledger_size,
        }


def _camera_json(camera: CameraNow) -> dict[str, object]:
    today = camera.today
    return {
        "camera": camera.camera,
        "state": camera.state,
        "cause": camera.cause,
        "today": {
            "date": today.date.isoformat(),
            "watched_s": round(today.seconds("watched", "visit"), 3),
            "gap_s": round(today.seconds("gap"), 3),
            "gaps": today.gaps(),
        },
    }


def _finding_json(finding: Finding, zone: ZoneInfo) -> dict[str, object]:
    return {
        "kind": finding.kind.value,
        "subject": finding.subject,
        "severity": finding.severity,
        "began_at": iso(finding.began, zone),
        "figures": dict(finding.figures),
        "ja": finding.text("ja"),
        "en": finding.text("en"),
        "do_ja": finding.advice("ja"),
        "do_en": finding.advice("en"),
    }


def site_status(path: Path, clock: Clock | None = None) -> SiteStatus:
    """The state of a site, without touching it.

    Raises:
        NotASite: no site there.
        DatabaseUnusable, ControlOfAnotherSite: its book cannot be read.
    """
    folder = SiteFolder(path)
    folder.require()
    site = folder.load_site()
    volume, error, running = _volume(folder)
    control = Control(folder.control, readonly=True)
    try:
        control.belongs_to(site.site.id, site.recorder.id)
        now, last_seen, running = _now(control, clock or SystemClock(), running)
        found, unknown = _findings(control)
        return SiteStatus(
            site,
            now,
            running,
            last_seen,
            _cameras(control, folder, site, now, running),
            found,
            unknown,
            volume,
            error,
            _ledger_size(control),
        )
    finally:
        control.close()


def day_of(path: Path, day: date, clock: Clock | None = None) -> list[tuple[str, DayAccount]]:
    """Every camera's day, by name."""
    folder = SiteFolder(path)
    folder.require()
    site = folder.load_site()
    control = Control(folder.control, readonly=True)
    try:
        control.belongs_to(site.site.id, site.recorder.id)
        _, _, running = _volume(folder)
        now, _, _ = _now(control, clock or SystemClock(), running)
        hours = _hours(control, folder, site)
        return [
            (camera.id, camera_account(control, site, hours.in_force, camera.id, day, now)) for camera in site.camera
        ]
    finally:
        control.close()


def _volume(folder: SiteFolder) -> tuple[VolumeStat | None, MiharibanError | None, bool]:
    try:
        volume = Volume.read_only(folder.recorder)
    except MiharibanError as error:
        return None, error, False
    try:
        return volume.stat(), None, volume.recording
    finally:
        volume.close()


def _now(control: Control, clock: Clock, running: bool) -> tuple[int, int | None, bool]:
    """The site's clock: a recorder that plays a file or a drawing may run on another day than the machine."""
    lives = control.lives()
    if not lives:
        return clock.wall(), None, False
    last = lives[-1]
    if running and last.ended is None:
        return last.last_seen, last.last_seen, True
    return max(clock.wall(), last.last_seen), last.last_seen, running


def _findings(control: Control) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    try:
        rows = control.findings(open_only=True)
    except sqlite.OperationalError:  # a book of the first version has no such table
        return (), ()
    known = {kind.value for kind in FindingKind}
    found = [
        Finding(FindingKind(row.kind), row.subject, row.began, None, row.figures) for row in rows if row.kind in known
    ]
    return tuple(found), tuple(row.kind for row in rows if row.kind not in known)


def _ledger_size(control: Control) -> int | None:
    try:
        return control.store.size()
    except sqlite.OperationalError:  # the same
        return None


def _hours(control: Control, folder: SiteFolder, site: Site) -> SiteHours:
    entries = calendar_entries(control.calendar())
    return SiteHours(folder.load_book(), entries, site.zone, site.site.policy_site)


def _cameras(control: Control, folder: SiteFolder, site: Site, now: int, running: bool) -> tuple[CameraNow, ...]:
    hours = _hours(control, folder, site)
    today = to_datetime(now, site.zone).date()
    opened = hours.window_at(now) is not None
    found = []
    for camera in site.camera:
        account = camera_account(control, site, hours.in_force, camera.id, today, now)
        state, cause = _state(control, camera.id, opened=opened, running=running)
        found.append(CameraNow(camera.id, state, cause, account))
    return tuple(found)


def _state(control: Control, camera: str, *, opened: bool, running: bool) -> tuple[CameraState, str]:
    if not opened:
        return "closed", ""
    if not running:
        return "down", ""
    lasting = [gap for gap in control.gaps() if gap.camera == camera and gap.ended is None]
    if lasting:
        return "gap", lasting[-1].cause
    present = any(row.ended is None for row in control.visits(camera=camera, open_only=True))
    return ("recording", "") if present else ("watching", "")
