"""Was it recorded when it had to be, and never else? Questions 4, 5, 6 and 23 of the auditors' list."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from mihariban.base.clock import DAY, MINUTE, iso
from mihariban.policy import FilmingWindow
from mihariban.recorder.accounting import DayAccount, Life, Stretch, day_account
from mihariban.recorder.auditing.evidence import Answer, Evidence, answer
from mihariban.recorder.control import VisitRow
from mihariban.volume import ClipInfo, ClipKind

PICTURES = 0
_SOUND = frozenset({"aac", "pcm_alaw", "pcm_mulaw", "opus"})


def sound(evidence: Evidence) -> Answer:
    """4: is sound recorded, and where is that written?"""
    rules = {str(each.policy.version): each.policy.capture.audio for each in evidence.hours.versions}
    coded = sorted(_SOUND & evidence.codecs.keys())
    other = sorted(number for number in evidence.streams if number != PICTURES)
    streams = {str(number): count for number, count in sorted(evidence.streams.items())}
    figures = {"rule": rules, "streams": streams, "codecs": dict(sorted(evidence.codecs.items()))}
    said = ", ".join(f"{number}: {word}" for number, word in rules.items())
    facts = {"found": len(other) or len(coded), "rules": said}
    return answer("sound", facts, figures, finding=bool(coded or other) and "forbidden" in rules.values())


def watched(evidence: Evidence) -> Answer:
    """5: was the camera working in all opening hours; which gaps, and why?"""
    gaps, seconds = [], Counter[str]()
    for camera, account in accounts(evidence):
        for span in account.spans:
            seconds[span.state] += round(span.seconds)
            if span.state == "gap":
                gaps.append(
                    {
                        "camera": camera,
                        "from": iso(span.start, evidence.zone),
                        "to": iso(span.end, evidence.zone),
                        "seconds": round(span.seconds),
                        "cause": span.cause,
                    }
                )
    expected = seconds["watched"] + seconds["visit"] + seconds["gap"]
    seen = expected - seconds["gap"]
    share = 100.0 if not expected else 100 * seen / expected
    figures = {"expected_s": expected, "watched_s": seen, "gap_s": seconds["gap"], "closed_s": seconds["closed"]}
    facts = {"expected": expected, "seen": seen, "share": f"{share:.2f}", "gaps": len(gaps)}
    return answer("watched", facts, {**figures, "gaps": gaps}, finding=bool(gaps))


def accounts(evidence: Evidence) -> Iterator[tuple[str, DayAccount]]:
    """Each camera's account of each day that is asked about."""
    lives = [Life(life.started, life.last_seen, life.ended) for life in evidence.lives]
    for camera in evidence.site.camera:
        gaps = [Stretch(span.started, span.ended, span.cause) for span in evidence.gaps if span.camera == camera.id]
        closed = _Near(Stretch(s.started, s.ended, s.cause) for s in evidence.closed if s.camera == camera.id)
        visits = _Near(Stretch(row.started, row.ended) for row in evidence.visits if row.camera == camera.id)
        for day in evidence.days():
            start, end = evidence.hours.day_span(day)
            yield camera.id, day_account(
                day, evidence.zone, _windows(evidence, day), [gap for gap in gaps if _meets(gap, start, end)],
                closed.of(start, end), _lived(lives, start, end), visits.of(start, end), evidence.now,
            )  # fmt: skip


class _Near:
    """Stretches by their beginning, so that a day does not look at those of all years."""

    def __init__(self, stretches: Iterable[Stretch]) -> None:
        self._all = sorted(stretches, key=lambda each: each.started)
        self._starts = [each.started for each in self._all]
        self._longest = max((each.ended - each.started for each in self._all if each.ended is not None), default=0)
        self._open = [each for each in self._all if each.ended is None]

    def of(self, start: int, end: int) -> list[Stretch]:
        low, high = bisect_left(self._starts, start - self._longest), bisect_left(self._starts, end)
        near = [each for each in self._all[low:high] if each.ended is not None and each.ended > start]
        return near + [each for each in self._open if each.started < end]


def _meets(stretch: Stretch, start: int, end: int) -> bool:
    return stretch.started < end and (stretch.ended is None or stretch.ended > start)


def _lived(lives: list[Life], start: int, end: int) -> list[Life]:
    """The lives that reach a day, and the first of all: before it nothing is known."""
    near = [life for life in lives[1:] if life.started < end and max(life.ended or 0, life.last_seen) >= start - DAY]
    return lives[:1] + near


def _windows(evidence: Evidence, day: date) -> list[FilmingWindow]:
    return [window for ahead in (-1, 0, 1) for window in evidence.hours.windows_on(day + timedelta(days=ahead))]


def outside(evidence: Evidence) -> Answer:
    """6: was anything recorded outside the permitted hours, or on a closed day?"""
    rows = {row.id: row for row in evidence.visits}
    spans = [(row.camera, row.recorded_from, row.recorded_to or row.recorded_from + 1) for row in evidence.visits]
    spans += [_shown(clip, rows) for clip in evidence.clips if clip.kind is not ClipKind.MANIFEST and clip.chunks]
    found: list[dict[str, object]] = [
        {"camera": camera, "from": iso(start, evidence.zone), "to": iso(end, evidence.zone)}
        for camera, start, end in spans
        if evidence.asked(start) and not _permitted(evidence, start, end)
    ]
    past = [each for each in evidence.past if evidence.first <= date.fromisoformat(each.date) <= evidence.last]
    found += [
        {"camera": each.camera, "date": each.date, "hour": each.hour}
        for each in past
        if not _hour_permitted(evidence, date.fromisoformat(each.date), each.hour)
    ]
    figures = {"recordings": len(spans), "past": len(past), "outside": found}
    facts = {"spans": len(spans), "past": len(past), "found": len(found)}
    return answer("outside", facts, figures, finding=bool(found))


def _shown(clip: ClipInfo, rows: dict[bytes, VisitRow]) -> tuple[str, int, int]:
    row = rows.get(clip.visit)
    if row is None:
        return clip.camera, clip.start, clip.start + 1
    start, end = max(clip.start, row.recorded_from), min(clip.end, row.recorded_to or clip.end)
    return clip.camera, start, max(end, start + 1)


def _permitted(evidence: Evidence, start: int, end: int) -> bool:
    window = evidence.hours.window_at(start)
    return window is not None and end <= window.end_wall


def _hour_permitted(evidence: Evidence, day: date, hour: int) -> bool:
    begin = evidence.hours.day_span(day)[0] + hour * 60 * MINUTE
    return any(w.start_wall < begin + 60 * MINUTE and w.end_wall > begin for w in evidence.hours.windows_on(day))


def at_opening(evidence: Evidence) -> Answer:
    """23, as far as the recorder knows: was each camera watched from the opening minute on?"""
    late, opened = [], 0
    for camera, account in accounts(evidence):
        windows = evidence.hours.windows_on(account.date)
        if not windows or windows[0].start_wall >= evidence.now:
            continue
        state = next(s for s in account.spans if s.start <= windows[0].start_wall < s.end)
        opened += state.state != "unknown"
        if state.state == "gap":
            late.append({"camera": camera, "date": account.date.isoformat(), "cause": state.cause})
    facts = {"opened": opened, "late": len(late)}
    return answer("at_opening", facts, {"open_days": opened, "late": late}, finding=bool(late))
