"""Drawings made on the server: SVG with numbers and patterns, without style, script or a request.

Each drawing has a label for those who do not see it; a page gives the same numbers as a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

Fill = Literal["solid", "hatch", "dots"]
INK, LINE, TEXT = "#0017c1", "#949494", "#1a1a1a"
_TOP, _BOTTOM, _LEFT = 22, 56, 4
_PATTERNS = {
    "hatch": '<path d="M0 6L6 0M-1 1L1 -1M5 7L7 5" stroke="{ink}" stroke-width="1.6"/>',
    "dots": '<circle cx="3" cy="3" r="1.4" fill="{ink}"/>',
}


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers, told apart by its pattern."""

    name: str
    values: Sequence[int]
    fill: Fill = "solid"


def columns(name: str, title: str, about: str, labels: Sequence[str], series: Sequence[Series]) -> SafeString:
    """Upright bars, a group for each label, with their numbers above.

    Args:
        name: unique on the page, a word of ASCII: other names of the drawing begin with it.
        title, about: for those who do not see it; escaped, as the labels are.
    """
    most = _most(series)
    wide = max(16, min(34, 900 // max(1, len(labels) * len(series))))
    group = wide * len(series) + 8
    width, height = _LEFT * 2 + group * len(labels), 240
    parts = [_line(0, height - _BOTTOM, width, height - _BOTTOM)]
    for place, label in enumerate(labels):
        left = _LEFT + place * group + 4
        for n, each in enumerate(series):
            tall = round((height - _TOP - _BOTTOM) * each.values[place] / most)
            top = height - _BOTTOM - tall
            parts.append(_bar(name, each.fill, left + n * wide, top, wide - 2, tall))
            if each.values[place]:
                parts.append(_text(left + n * wide + wide // 2 - 1, top - 5, str(each.values[place]), "middle"))
        parts.append(_text(left + wide * len(series) // 2, height - _BOTTOM + 16, label, "middle"))
    return _svg(name, title, about, width, height, series, parts)


def rows(name: str, title: str, about: str, labels: Sequence[str], series: Sequence[Series]) -> SafeString:
    """Lying bars, one under another, with their numbers behind: for long lists and narrow paper. See ``columns``."""
    most, thick, left = _most(series), 13, 150
    group = thick * len(series) + 6
    width, height = 760, 8 + group * len(labels) + _BOTTOM
    parts = [_line(left, 0, left, height - _BOTTOM)]
    for place, label in enumerate(labels):
        top = 4 + place * group
        parts.append(_text(left - 8, top + group // 2 + 1, label, "end"))
        for n, each in enumerate(series):
            value = each.values[place]
            long = round((width - left - 60) * value / most)
            parts.append(_bar(name, each.fill, left, top + n * thick, long, thick - 2))
            if value:
                parts.append(_text(left + long + 5, top + n * thick + 10, str(value), "start"))
    return _svg(name, title, about, width, height, series, parts)


def _most(series: Sequence[Series]) -> int:
    return max((value for each in series for value in each.values), default=0) or 1


def _svg(
    name: str, title: str, about: str, width: int, height: int, series: Sequence[Series], parts: Sequence[str]
) -> SafeString:
    width = max(width, 320)
    patterns = "".join(_pattern(name, fill) for fill in sorted({each.fill for each in series} - {"solid"}))
    whole = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(title)}. {escape(about)}"'
        f' viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<defs>{patterns}</defs><g font-size="12">{"".join(parts)}{_legend(name, height - 12, series)}</g></svg>'
    )
    return mark_safe(whole)  # noqa: S308  # our own drawing; every text in it is escaped


def _pattern(name: str, fill: str) -> str:
    inside = _PATTERNS[fill].format(ink=INK)
    return f'<pattern id="{name}-{fill}" width="6" height="6" patternUnits="userSpaceOnUse">{inside}</pattern>'


def _legend(name: str, y: int, series: Sequence[Series]) -> str:
    parts, left = [], 4
    for each in series:
        parts.append(_bar(name, each.fill, left, y - 9, 18, 11))
        parts.append(_text(left + 24, y, each.name, "start"))
        left += 40 + 13 * len(each.name)
    return "".join(parts)


def _bar(name: str, fill: Fill, x: int, y: int, width: int, height: int) -> str:
    paint = INK if fill == "solid" else f"url(#{name}-{fill})"
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{paint}" stroke="{INK}"/>'
        if height and width
        else ""
    )


def _line(x1: int, y1: int, x2: int, y2: int) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{LINE}"/>'


def _text(x: int, y: int, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{TEXT}">{escape(text)}</text>'
