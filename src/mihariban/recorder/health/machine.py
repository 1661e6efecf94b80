"""The machine's findings: disk, clock, ledger, scrub, and the day on which nobody came; others tell what they know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from mihariban.base.clock import DAY, SECOND
from mihariban.base.errors import MiharibanError
from mihariban.base.ntp import TimeQuality
from mihariban.recorder.health.health import Health
from mihariban.recorder.health.kinds import FindingKind as Kind
from mihariban.volume.finding import Finding as VolumeFinding

RECORDER: Final = "recorder"
GRACE_S: Final = 300.0
"""After a start the clock may take so long to be set: a time daemon asks its servers several times first."""
SCRUB_WITHIN: Final = 30 * DAY
_NO_DISK_ERROR: Final = {"region-open"}  # what every crash leaves; the next opening mends it
_OWN_KIND: Final = {"volume-moved": Kind.DISK_CHANGED, "holds-over-share": Kind.HOLDS_OVER_SHARE}


class MachineHealth:
    """Turns what the recorder's other parts know into findings.

    Args:
        health: where they go.
        started: monotonic ns at which the recorder began.
    """

    def __init__(self, health: Health, started: int) -> None:
        self._health = health
        self._started = started
        self._volume_codes: set[str] = set()

    def volume_failed(self, error: MiharibanError) -> None:
        """A write or sync of the ring failed; over when none has for ten minutes."""
        self._health.observe(Kind.RING_FAILING, "ring.vol", True, {"code": error.code})

    def volume_findings(self, found: Iterable[VolumeFinding]) -> None:
        """What opening, checking or scrubbing the volume found: all of it; what is no longer among it is over."""
        counts: dict[str, int] = {}
        for each in found:
            if each.code not in _NO_DISK_ERROR:
                counts[each.code] = counts.get(each.code, 0) + 1
        for code in self._volume_codes | counts.keys():
            kind = _OWN_KIND.get(code, Kind.DISK_ERROR)
            self._health.observe(kind, code, code in counts, {"count": counts.get(code, 0)})
        self._volume_codes = set(counts)

    def ledger(self, error: MiharibanError | None) -> None:
        """The last writing into the ledger failed with ``error``, or succeeded."""
        figures = {} if error is None else {"code": error.code}
        self._health.observe(Kind.LEDGER_UNWRITABLE, "ledger", error is not None, figures)

    def clock(self, quality: TimeQuality, monotonic: int) -> None:
        """How far the clock can be believed (``base.ntp.quality``). Holdover is still good."""
        if monotonic - self._started < GRACE_S * SECOND and quality == "unknown":
            return
        self._health.observe(Kind.CLOCK_UNSYNCHRONISED, RECORDER, quality == "unknown", {"quality": quality})

    def day_over(self, camera: str, day: date, *, open_seconds: float, visits: int) -> None:
        """A day has ended; an open day without a visit is told until the next visit of an open day.

        Args:
            open_seconds: in which the camera was watched (``DayAccount``); a day lost to gaps is told as gaps.
        """
        subject = f"{camera} {day.isoformat()}"
        figures = {"open_s": int(open_seconds), "visits": visits}
        for finding in self._health.current():
            if finding.kind is Kind.NO_VISIT and finding.subject.split()[0] == camera and visits:
                self._health.observe(Kind.NO_VISIT, finding.subject, False)
        if open_seconds > 0 and visits == 0:
            self._health.observe(Kind.NO_VISIT, subject, True, figures)

    def cosignatures(self, overdue: Iterable[str], within_s: int) -> None:
        """Names of those whose cosignature is overdue."""
        late = sorted(overdue)
        self._health.observe(
            Kind.COSIGNATURE_OVERDUE, RECORDER, bool(late), {"late": ", ".join(late), "threshold_s": within_s}
        )

    def scrub(self, oldest_check: int | None, wall: int) -> None:
        """When the part of the footage that waited longest was last re-authenticated; None while nothing is stored."""
        age = 0 if oldest_check is None else wall - oldest_check
        figures = {"age_days": age // DAY, "threshold_days": SCRUB_WITHIN // DAY}
        self._health.observe(Kind.SCRUB_BEHIND, RECORDER, age > SCRUB_WITHIN, figures)
