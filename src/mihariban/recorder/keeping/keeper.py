"""Calls each duty when it is due. A duty that cannot write its entry waits; recording never waits for a duty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from mihariban.base import sqlite
from mihariban.base.clock import HOUR, MINUTE, SECOND
from mihariban.base.errors import MiharibanError
from mihariban.recorder.actions.close_grant import close_expired
from mihariban.recorder.keeping import machine, watch_site, watch_time
from mihariban.recorder.keeping import redate as redating
from mihariban.recorder.keeping import scrub as scrubbing
from mihariban.recorder.keeping.day_list import list_days
from mihariban.recorder.keeping.expire import PERIOD, expire
from mihariban.recorder.keeping.forecast import forecast, review_holds
from mihariban.recorder.keeping.missed import find_missed
from mihariban.recorder.keeping.overwrite import note_regions, overwrite_due
from mihariban.recorder.keeping.publish import publish_ledger
from mihariban.recorder.keeping.renew_root import renew_root_when_due
from mihariban.recorder.keeping.shrink import shrink_visits
from mihariban.volume import VolumeIoError

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Duty:
    """Something to be done every ``period`` ns of monotonic time, by the site's wall clock.

    Attributes:
        certain: it cannot be undone, so it goes by the instant that has certainly come (``trusted_time``).
    """

    name: str
    period: int
    do: Callable[[Recorder, int], object]
    due: int = 0
    certain: bool = False


def duties() -> list[Duty]:
    """All duties, in the order in which they are done where several are due."""
    return [
        Duty("machine", machine.PERIOD, machine.watch_machine),
        Duty("time", watch_time.PERIOD, watch_time.watch_time),
        Duty("site", watch_site.PERIOD, watch_site.watch_site),
        Duty("redate", redating.PERIOD, redating.redate, certain=True),
        Duty("regions", PERIOD, note_regions),
        Duty("expire", PERIOD, expire, certain=True),
        Duty("missed", HOUR, find_missed),
        Duty("overwrite", MINUTE, overwrite_due),
        Duty("day_list", MINUTE, list_days, certain=True),
        Duty("forecast", HOUR, forecast),
        Duty("reviews", HOUR, review_holds),
        Duty("grants", 10 * SECOND, close_expired),
        Duty("shrink", 10 * MINUTE, shrink_visits, certain=True),
        Duty("scrub", scrubbing.PERIOD, scrubbing.scrub),
        Duty("root", 10 * MINUTE, renew_root_when_due),
        Duty("publish", HOUR, publish_ledger),
    ]


class Keeper:
    """The duties of one recorder.

    Args:
        recorder: whose duties they are.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.duties = duties()
        self.failures: dict[str, str] = {}

    def tick(self, wall: int) -> None:
        """Do what is due."""
        now = self._recorder.clock.monotonic()
        for duty in self.duties:
            if now >= duty.due and not self._recorder.failed:
                duty.due = now + duty.period
                self._do(duty, wall)

    def all_now(self, wall: int) -> None:
        """Do every duty, due or not."""
        for duty in self.duties:
            self._do(duty, wall)

    def stop(self, wall: int) -> None:
        """The recorder ends in order."""
        self._do(Duty("publish", 0, publish_ledger), wall)

    def disk_failed(self, error: VolumeIoError) -> None:
        """The disk refused a read, a write or a sync."""
        self.failures["volume"] = error.code
        self._recorder.machine.volume_failed(error)

    def _do(self, duty: Duty, wall: int) -> None:
        try:
            duty.do(self._recorder, min(wall, self._recorder.certain()) if duty.certain else wall)
        except VolumeIoError as error:
            self.failures[duty.name] = error.code
            self._recorder.disk_failed(wall, error)
        except (MiharibanError, sqlite.DatabaseError, OSError) as error:
            code = error.code if isinstance(error, MiharibanError) else type(error).__name__
            if self.failures.get(duty.name) != code:
                _log.error("a duty could not be done and will be tried again", duty=duty.name, why=str(error))
            self.failures[duty.name] = code
        else:
            self.failures.pop(duty.name, None)
