"""How full a volume is, and when at the present rate its oldest footage will be overwritten."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from mihariban.base.clock import DAY, HOUR, SECOND
from mihariban.volume.catalogue import Catalogue
from mihariban.volume.layout import Superblock
from mihariban.volume.page import ClipKind, RegionState
from mihariban.volume.regions import RegionTable

WEEK = 7 * DAY


@dataclass(frozen=True, slots=True)
class VolumeStat:
    """Figures of a volume. Bytes; instants are ns since 1970 UTC.

    Attributes:
        usable_regions: regions that recording may fill; the rest is set aside for holds.
        used_regions, free_regions, open_regions, held_regions: of all regions.
        hold_regions: set aside for holds. hold_bytes: what they take; held_region_bytes: what of it is in use.
        clips, stored, seconds: of all footage that is kept; held_*: of held clips; copied_*: of what was copied for
            holds; expired_*: past the deadline, not yet erased. The papers of holds do not count.
        erasable_regions: no key opens them any more, their old bytes are still there.
        oldest: first picture kept.
        week_bytes: written in the seven days up to the newest footage, so that a closed week forecasts no idle ring
            (scaled up where the volume is younger); 0 where nothing was.
        overwritten_at: when the oldest will be overwritten at that rate; None where nothing is written, and before a
            day of footage has shown the rate, unless the ring was full before.
        lifetime_hours: how long footage lives at that rate until it is overwritten; None likewise.
        erasure_level: what may be said of overwritten footage here (docs/design/volume.md).
    """

    size: int
    region_size: int
    regions: int
    usable_regions: int
    used_regions: int
    free_regions: int
    open_regions: int
    held_regions: int
    hold_regions: int
    hold_bytes: int
    held_region_bytes: int
    erasable_regions: int
    clips: int
    stored: int
    seconds: float
    held_clips: int
    held_bytes: int
    held_seconds: float
    copied_clips: int
    copied_bytes: int
    copied_seconds: float
    expired_clips: int
    expired_bytes: int
    oldest: int | None
    week_bytes: int
    overwritten_at: int | None
    lifetime_hours: float | None
    erasure_level: str

    def as_json(self) -> dict[str, object]:
        """For ``--json``."""
        return asdict(self)


def weekly_rate(written: int, since: int | None, now: int) -> int:
    """Bytes a week from what was written since an instant; at least a day is taken as basis."""
    if since is None or written == 0:
        return 0
    span = min(WEEK, max(DAY, now - since))
    return written * WEEK // span


def overwritten_at(free_bytes: int, week_bytes: int, now: int) -> int | None:
    """When room without footage is used up at that rate, ns; None where nothing is written."""
    return None if week_bytes == 0 else now + free_bytes * WEEK // week_bytes


def lifetime_hours(usable_bytes: int, week_bytes: int) -> float | None:
    """Hours until footage written now is overwritten at that rate."""
    return None if week_bytes == 0 else usable_bytes * WEEK / week_bytes / HOUR


def figures(catalogue: Catalogue, table: RegionTable, block: Superblock, level: str, now: int) -> VolumeStat:
    """The figures of a volume. ``level``: what may be said of overwritten footage. ``now``: wall ns."""
    shape, size = block.geometry, block.geometry.region_size
    clips, stored, shown = catalogue.sums(lambda rows: rows["kind"] != ClipKind.MANIFEST)
    held = catalogue.sums(lambda rows: (rows["holds"] > 0) & (rows["kind"] != ClipKind.MANIFEST))
    copied = catalogue.sums(lambda rows: rows["kind"] == ClipKind.COPY)
    expired = catalogue.sums(lambda rows: (rows["holds"] == 0) & (rows["deadline"] <= now))
    oldest, until = catalogue.oldest(), min(now, catalogue.newest() or now)
    recent = catalogue.sums(lambda rows: (rows["start"] > until - WEEK) & (rows["kind"] < ClipKind.COPY))[1]
    rate = weekly_rate(recent, None if oldest is None else max(oldest, until - WEEK), until)
    known = rate if oldest is not None and (now - oldest >= DAY or table.free() == 0) else 0
    return VolumeStat(
        size=shape.ring_size,
        region_size=size,
        regions=shape.regions,
        usable_regions=table.usable(),
        used_regions=table.in_use(),
        free_regions=table.free(),
        open_regions=table.count(RegionState.OPEN),
        held_regions=table.held_regions(),
        hold_regions=block.hold_regions,
        hold_bytes=block.hold_regions * size,
        held_region_bytes=table.held_regions() * size,
        erasable_regions=len(table.erasable()),
        clips=clips,
        stored=stored,
        seconds=shown / SECOND,
        held_clips=held[0],
        held_bytes=held[1],
        held_seconds=held[2] / SECOND,
        copied_clips=copied[0],
        copied_bytes=copied[1],
        copied_seconds=copied[2] / SECOND,
        expired_clips=expired[0],
        expired_bytes=expired[1],
        oldest=oldest,
        week_bytes=rate,
        overwritten_at=overwritten_at(table.free() * size, known, now),
        lifetime_hours=lifetime_hours(table.usable() * size, known),
        erasure_level=level,
    )
