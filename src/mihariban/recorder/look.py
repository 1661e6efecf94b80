"""Looking at a site beside its recorder: read only, no picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from mihariban.base.clock import Clock, SystemClock
from mihariban.recorder.control import Control, Span
from mihariban.recorder.site_folder import SiteFolder
from mihariban.recorder.visit_list import VisitState, visit_states
from mihariban.volume import ClipKind, Volume


@dataclass(frozen=True, slots=True)
class Look:
    """What a site's book and ring say now."""

    site: str
    recorder: str
    zone: ZoneInfo
    visits: list[VisitState]
    gaps: list[Span]
    closed: list[Span]


def site_visits(path: Path, clock: Clock | None = None) -> Look:
    """Visits, gaps and closed periods of a site.

    Raises:
        NotASite: no site there.
        StorageError: book or ring cannot be read.
    """
    clock = clock or SystemClock()
    folder = SiteFolder(path)
    folder.require()
    site = folder.load_site()
    control = Control(folder.control, readonly=True)
    try:
        control.belongs_to(site.site.id, site.recorder.id)
        volume = Volume.read_only(folder.recorder)
        try:
            clips = [clip for clip in volume.clips() if clip.kind in (ClipKind.VISIT, ClipKind.COPY)]
        finally:
            volume.close()
        states = visit_states(control.visits(), clips, clock.wall(), control.holds())
        return Look(site.site.id, site.recorder.id, site.zone, states, control.gaps(), control.closed_periods())
    finally:
        control.close()
