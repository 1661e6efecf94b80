"""Health of the site: conditions are observed, findings begin and end. Driven by the caller; never asks the machine."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import structlog

from mihariban.base.clock import SECOND, Clock
from mihariban.base.errors import MiharibanError
from mihariban.base.text import Language
from mihariban.recorder.health.kinds import PATIENCE, FindingKind, Severity, severity
from mihariban.recorder.health.sentences import WORDS

_log = structlog.get_logger(__name__)

Figures: TypeAlias = Mapping[str, int | str]
"""Whole numbers and codes only, with their unit in the name, so that the ledger takes them as they are."""

STEP: int = SECOND // 2
"""A difference between wall and monotonic clock that grew by more than this between two ticks is a step, ns."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is wrong, or was.

    Attributes:
        subject: name of a camera, a part of the machine, or a date.
        began, ended: wall ns; it began when it was first seen, not when it was believed. ``ended`` None while it lasts.
        figures: what was measured, and against which threshold.
    """

    kind: FindingKind
    subject: str
    began: int
    ended: int | None = None
    figures: Figures = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return severity(self.kind)

    @property
    def fact(self) -> str:
        """The fact ``finding`` of a ledger entry: kind and subject."""
        return f"{self.kind.value} ({self.subject})"

    def text(self, language: Language) -> str:
        """What is wrong."""
        ja, _, en, _ = WORDS[self.kind]
        return (ja if language == "ja" else en).format(subject=self.subject)

    def advice(self, language: Language) -> str:
        """What to do."""
        _, ja, _, en = WORDS[self.kind]
        return (ja if language == "ja" else en).format(subject=self.subject)


@dataclass(slots=True)
class _Condition:
    """One kind at one subject. Instants are monotonic ns unless named otherwise."""

    present: bool = False
    since: int = 0
    since_wall: int = 0
    last: int = 0
    sightings: int = 0
    figures: Figures = field(default_factory=dict)
    finding: Finding | None = None


class Health:
    """What is wrong now.

    Args:
        clock: dates observations.
        on_begin, on_end: told once of each finding. An error of ours that they raise is logged, and they are told
            again with the next tick, in order: a ledger that cannot be written must not stop the recorder.
        lasting: findings that had not ended when the last life of the recorder did.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        on_begin: Callable[[Finding], None] = lambda _: None,
        on_end: Callable[[Finding], None] = lambda _: None,
        lasting: Iterable[Finding] = (),
    ) -> None:
        self._clock = clock
        self._on_begin, self._on_end = on_begin, on_end
        self._lock = threading.RLock()
        self._conditions: dict[tuple[FindingKind, str], _Condition] = {}
        self._owed: deque[tuple[Callable[[Finding], None], Finding]] = deque()
        self._telling = False
        self._offset: int | None = None
        for finding in lasting:
            condition = self._condition(finding.kind, finding.subject)
            condition.finding, condition.since = finding, clock.monotonic()
            condition.last = clock.monotonic()
            condition.present, condition.figures = True, finding.figures

    def observe(self, kind: FindingKind, subject: str, present: bool, figures: Figures | None = None) -> None:
        """A condition was looked at, and holds or does not. What was never observed is unknown, not fine."""
        with self._lock:
            now, condition = self._clock.monotonic(), self._condition(kind, subject)
            if present is not condition.present:
                condition.present, condition.sightings = present, 0
                condition.since, condition.since_wall = now, self._clock.wall()
            condition.sightings += 1
            condition.last = now
            if present:
                condition.figures = dict(figures or {})
            self._settle(kind, subject, condition, now)
            self._tell()

    def forget(self, kind: FindingKind, subject: str) -> None:
        """Nobody can look any more (the kiosk is closed): what was not yet a finding is dropped, a finding lasts."""
        with self._lock:
            condition = self._condition(kind, subject)
            if condition.finding is None:
                del self._conditions[kind, subject]
            else:
                condition.present = True

    def tick(self, wall: int, monotonic: int) -> None:
        """Time has passed: about every second. Also notices that the wall clock was stepped."""
        with self._lock:
            self._watch_step(wall - monotonic)
            for (kind, subject), condition in list(self._conditions.items()):
                self._settle(kind, subject, condition, monotonic)
            self._tell()

    def lasting(self, kind: FindingKind, subject: str) -> bool:
        """Whether this was found and is not over."""
        with self._lock:
            condition = self._conditions.get((kind, subject))
            return condition is not None and condition.finding is not None

    def current(self) -> tuple[Finding, ...]:
        """What is wrong now, oldest first."""
        with self._lock:
            found = [condition.finding for condition in self._conditions.values() if condition.finding is not None]
        return tuple(sorted(found, key=lambda finding: (finding.began, finding.kind, finding.subject)))

    def _condition(self, kind: FindingKind, subject: str) -> _Condition:
        return self._conditions.setdefault((kind, subject), _Condition())

    def _watch_step(self, offset: int) -> None:
        if self._offset is not None and abs(offset - self._offset) > STEP:
            step = {"step_ms": (offset - self._offset) // 1_000_000, "threshold_ms": STEP // 1_000_000}
            self.observe(FindingKind.CLOCK_STEPPED, "recorder", True, step)
        self._offset = offset

    def _settle(self, kind: FindingKind, subject: str, condition: _Condition, now: int) -> None:
        patience = PATIENCE[kind]
        fades = patience.fades_s
        if condition.present and fades is not None and now - condition.last >= fades * SECOND:
            condition.present, condition.since, condition.since_wall = False, now, self._clock.wall()
        lasted = now - condition.since
        if condition.present and condition.finding is None:
            if lasted >= patience.begin_s * SECOND and condition.sightings >= patience.sightings:
                self._begin(kind, subject, condition)
        elif not condition.present and condition.finding is not None and lasted >= patience.end_s * SECOND:
            self._end(condition)

    def _begin(self, kind: FindingKind, subject: str, condition: _Condition) -> None:
        condition.finding = Finding(kind, subject, condition.since_wall, None, condition.figures)
        _log.warning("finding", kind=kind.value, subject=subject, **condition.figures)
        self._owed.append((self._on_begin, condition.finding))

    def _end(self, condition: _Condition) -> None:
        finding = condition.finding
        if finding is None:
            return
        ended = max(finding.began, condition.since_wall or self._clock.wall())
        condition.finding = None
        over = replace(finding, ended=ended, figures={**finding.figures, "seconds": (ended - finding.began) // SECOND})
        _log.info("finding over", kind=finding.kind.value, subject=finding.subject)
        self._owed.append((self._on_end, over))

    def _tell(self) -> None:
        if self._telling:  # whoever is told may observe something in turn
            return
        self._telling = True
        try:
            while self._owed:
                told, finding = self._owed[0]
                told(finding)
                self._owed.popleft()
        except MiharibanError as error:
            _log.error("a finding could not be entered", kind=self._owed[0][1].kind.value, code=error.code)
        finally:
            self._telling = False
