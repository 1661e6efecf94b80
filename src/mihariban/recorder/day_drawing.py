"""A day of one or more cameras as SVG: what was watched, who was there (times only), and what is missing.

Server-made, without scripts or fonts of its own; prints on A4 across. Colours are those of the Digital Agency's design
tokens (blue-900, blue-100, red-900, red-50, solid-grey). Each state has a pattern of its own, and its sum in words:
nothing rests on colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from mihariban.base.clock import HOUR, MINUTE, to_datetime
from mihariban.base.text import Language
from mihariban.policy.era import both_dates
from mihariban.recorder.accounting import OUTSIDE, DayAccount, DaySpan, State
from mihariban.recorder.contract.gap_words import gap_words, span_words

WIDTH: Final = 1050  # 297 by 210 mm less margins, at the ratio of A4 across
_LEFT, _RIGHT, _TOP = 120, 20, 84
_ROW, _BAR = 104, 36
_BARE: Final = 36
"""So much higher everything stands where the title is left out."""
_AROUND: Final = 30 * MINUTE
"""Shown before and after the hours that matter."""
_MANY: Final = 14
"""Hours up to which each is written; with more of them every third."""
_INK, _LINE = "#1a1a1a", "#949494"  # solid-grey-900, solid-grey-420
_ORDER: tuple[State, ...] = ("watched", "visit", "gap", "closed", "unknown")
_WORDS: dict[State, tuple[str, str]] = {
    "watched": ("見守り中（無人）", "watched, nobody there"),
    "visit": ("来訪", "visit"),
    "gap": ("途切れ", "gap"),
    "closed": ("閉庁中", "closed"),
    "unknown": ("未到来・不明", "not yet, or not known"),
}
_BLOCKS: dict[State, str] = {"watched": "─", "visit": "█", "gap": "!", "closed": "·", "unknown": "?"}
_PATTERNS: dict[State, tuple[str, str]] = {  # ground, and what is drawn on it
    "watched": ("#d9e6ff", ""),
    "visit": ("#0017c1", ""),
    "gap": ("#fdeeee", '<path d="M-2 10L10 -2M-2 2L2 -2M6 10L10 6" stroke="#ce0000" stroke-width="3"/>'),
    "closed": ("#f2f2f2", '<circle cx="4" cy="4" r="1" fill="#949494"/>'),
    "unknown": ("#ffffff", '<path d="M0 4H8" stroke="#949494" stroke-dasharray="2 2"/>'),
}


@dataclass(frozen=True, slots=True)
class CameraDay:
    """A camera's name and its day."""

    camera: str
    account: DayAccount


def word(state: State, language: Language) -> str:
    """The state for a person."""
    return _WORDS[state][0 if language == "ja" else 1]


@dataclass(frozen=True, slots=True)
class Axis:
    """The part of a day that is drawn, wall ns; ``midnight``: the day's beginning."""

    midnight: int
    start: int
    end: int

    def at(self, wall: int) -> float:
        """Where an instant lies across the drawing."""
        return _LEFT + (wall - self.start) * (WIDTH - _LEFT - _RIGHT) / (self.end - self.start)

    def ticks(self) -> list[tuple[int, bool]]:
        """The full hours, and whether each is written."""
        first = -((self.midnight - self.start) // HOUR)
        hours = range(first, (self.end - self.midnight) // HOUR + 1)
        step = 1 if len(hours) <= _MANY else 3
        return [(self.midnight + number * HOUR, number % step == 0) for number in hours]


def axis_of(accounts: Sequence[DayAccount]) -> Axis:
    """The hours that matter: those in which filming was permitted, with what was recorded in them, and half an hour on
    both sides. A day that is closed as a whole is drawn as a whole."""
    day = accounts[0]
    shown = [
        span for account in accounts for span in account.spans if not (span.state == "closed" and span.cause == OUTSIDE)
    ]
    if not shown:
        return Axis(day.start, day.start, day.end)
    start = max(day.start, min(span.start for span in shown) - _AROUND)
    return Axis(day.start, start, min(day.end, max(span.end for span in shown) + _AROUND))


def day_svg(
    days: Sequence[CameraDay], zone: ZoneInfo, site: str, language: Language = "ja", *, titled: bool = True
) -> str:
    """The drawing.

    Args:
        days: one row each, all of the same date.
        zone: in which the hours are written.
        site: name of the place.
        titled: whether the title is drawn; for a reader that cannot see it is always there. A page that shows the
            drawing below a heading of its own leaves it out.

    Raises:
        ValueError: no camera.
    """
    if not days:
        raise ValueError("a drawing needs a camera")
    top = _TOP if titled else _TOP - _BARE
    height = top + len(days) * _ROW + 10
    date = days[0].account.date
    ja = language == "ja"
    title = f"{site}　{both_dates(date)}の見守り" if ja else f"{site}: how {date.isoformat()} was watched"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {height}" width="277mm" '
        f'lang="{language}" aria-labelledby="t d" font-family="\'Noto Sans JP\',\'Noto Sans CJK JP\',sans-serif">',
        f'<title id="t">{escape(title)}</title>',
        f'<desc id="d">{escape(_description(days, language))}</desc>',
        _patterns(),
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        *([_text(20, 34, title, size=22, weight=700)] if titled else []),
        _legend(language, top - 34),
    ]
    axis = axis_of([day.account for day in days])
    for number, day in enumerate(days):
        parts += _row(day, top + number * _ROW, zone, language, axis)
    return "\n".join([*parts, "</svg>", ""])


def day_bar(account: DayAccount, width: int = 96) -> str:
    """The day as one line of characters for a terminal; a gap or visit of any length shows."""
    importance = {"gap": 4, "visit": 3, "watched": 2, "unknown": 1, "closed": 0}
    cell = (account.end - account.start) / width
    found = []
    for number in range(width):
        low, high = account.start + number * cell, account.start + (number + 1) * cell
        states = [span.state for span in account.spans if span.start < high and low < span.end]
        found.append(_BLOCKS[max(states, key=lambda state: importance[state])])
    return "".join(found)


def legend(language: Language) -> str:
    """What the characters of ``day_bar`` mean."""
    return "  ".join(f"{_BLOCKS[state]} {word(state, language)}" for state in _ORDER)


def sums(account: DayAccount, language: Language) -> str:
    """The day's sums in one line."""
    parts = [f"{word(state, language)} {span_words(account.seconds(state), language)}" for state in _ORDER[:4]]
    told = [
        f"{gap_words(cause, language)} {span_words(seconds, language)}" for cause, seconds in account.gaps().items()
    ]
    causes = ("、" if language == "ja" else ", ").join(told)
    return " / ".join(parts) + (f" ({causes})" if causes else "")


def _description(days: Sequence[CameraDay], language: Language) -> str:
    return " ".join(f"{day.camera}: {sums(day.account, language)}." for day in days)


def _text(x: float, y: float, words: str, *, size: int = 14, weight: int = 400, anchor: str = "start") -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="{_INK}">{escape(words)}</text>'
    )


def _patterns() -> str:
    found = [
        f'<pattern id="p-{state}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{ground}"/>{drawn}</pattern>'
        for state, (ground, drawn) in _PATTERNS.items()
    ]
    return "\n".join(["<defs>", *found, "</defs>"])


def _legend(language: Language, y: int) -> str:
    step = (WIDTH - _LEFT - _RIGHT) / len(_ORDER)
    found = []
    for number, state in enumerate(_ORDER):
        x = _LEFT + number * step
        found.append(f'<rect x="{x:g}" y="{y}" width="26" height="16" fill="url(#p-{state})" stroke="{_INK}"/>')
        found.append(_text(x + 32, y + 13, word(state, language), size=13))
    return "\n".join(found)


def _row(day: CameraDay, top: int, zone: ZoneInfo, language: Language, axis: Axis) -> list[str]:
    account = day.account
    parts = [_text(20, top + 40, day.camera, size=16, weight=700)]
    for span in account.spans:
        start, end = max(span.start, axis.start), min(span.end, axis.end)
        if start >= end:
            continue
        x, wide = axis.at(start), max(1.0, axis.at(end) - axis.at(start))  # a moment shows as a hair
        tip = quoteattr(_tip(span, zone, language))
        fill = f'fill="url(#p-{span.state})"'
        parts.append(f'<rect x="{x:.2f}" y="{top + 16}" width="{wide:.2f}" height="{_BAR}" {fill} aria-label={tip}/>')
    frame = f'x="{_LEFT}" y="{top + 16}" width="{WIDTH - _LEFT - _RIGHT}" height="{_BAR}"'
    parts.append(f'<rect {frame} fill="none" stroke="{_INK}"/>')
    parts += _hours(axis, account.end, top + 16 + _BAR, zone)
    return [*parts, _text(_LEFT, top + 16 + _BAR + 42, sums(account, language), size=13)]


def _hours(axis: Axis, midnight: int, y: int, zone: ZoneInfo) -> list[str]:
    parts = []
    for wall, written in axis.ticks():
        x, hour = axis.at(wall), to_datetime(wall, zone).hour
        parts.append(f'<path d="M{x:.2f} {y}v{8 if written else 4}" stroke="{_LINE}"/>')
        if written:
            parts.append(
                _text(x, y + 20, f"{24 if wall == midnight and hour == 0 else hour}", size=12, anchor="middle")
            )
    return parts


def _tip(span: DaySpan, zone: ZoneInfo, language: Language) -> str:
    begin, end = to_datetime(span.start, zone), to_datetime(span.end, zone)
    cause = f" ({gap_words(span.cause, language)})" if span.cause else ""
    return f"{begin:%H:%M:%S}-{end:%H:%M:%S} {word(span.state, language)}{cause}"
