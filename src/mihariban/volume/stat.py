"""How full a volume is, and when at the present rate its oldest footage will be overwritten."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from mihariban.base.clock import DAY, HOUR

WEEK = 7 * DAY


@dataclass(frozen=True, slots=True)
class VolumeStat:
    """Figures of a volume. Bytes; instants are ns since 1970 UTC.

    Attributes:
        usable_regions: regions that recording may fill; the rest is set aside for holds.
        used_regions, free_regions, open_regions, held_regions: of all regions.
        clips, stored, seconds: of all footage that is kept; held_*: of held clips; expired_*: past the deadline, not
            yet erased.
        oldest: first picture kept.
        week_bytes: written in the last seven days (scaled up where the volume is younger); 0 where nothing was.
        overwritten_at: when the oldest will be overwritten at that rate; None where nothing is written.
        lifetime_hours: how long footage lives at that rate until it is overwritten.
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
    clips: int
    stored: int
    seconds: float
    held_clips: int
    held_bytes: int
    held_seconds: float
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
