"""Tables for people."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rich.table import Table

from mihariban.base.clock import to_datetime
from mihariban.base.text import language_of
from mihariban.base.units import size_text, span_text
from mihariban.recorder.look import Look
from mihariban.volume import VolumeStat

_HEADS = {
    "en": ("date", "from", "to", "presence", "recorded", "size", "state", "beginning", "end", ""),
    "ja": ("日付", "開始", "終了", "在席", "録画", "容量", "状態", "開始の理由", "終了の理由", ""),
}
_STATES = {
    "recording": "録画中",
    "kept": "保存中",
    "held": "延長中",
    "expired": "期限切れ",
    "erased": "消去済み",
    "lost": "消失",
}


def visit_table(look: Look) -> Table:
    """Visits with their times in the site's zone."""
    language = language_of()
    table = Table(*_HEADS[language], box=None, pad_edge=False)
    for state in look.visits:
        visit = state.visit
        start = to_datetime(visit.started, look.zone)
        end = None if visit.ended is None else to_datetime(visit.ended, look.zone)
        present = 0 if visit.ended is None else (visit.ended - visit.started) / 1e9
        flags = [name for name, there in (("handover", visit.handovers), ("left behind", visit.left_behind)) if there]
        table.add_row(
            f"{start:%Y-%m-%d}",
            f"{start:%H:%M:%S}",
            f"{end:%H:%M:%S}" if end else "…",
            span_text(present),
            span_text(state.seconds),
            size_text(state.bytes),
            _STATES[state.state] if language == "ja" else state.state,
            visit.reason,
            visit.end_reason or "",
            ", ".join(flags),
        )
    return table


def stat_table(figures: VolumeStat, zone: ZoneInfo) -> Table:
    """A volume's figures."""
    ja = language_of() == "ja"
    table = Table(box=None, show_header=False, pad_edge=False)
    oldest = "-" if figures.oldest is None else f"{to_datetime(figures.oldest, zone):%Y-%m-%d %H:%M:%S}"
    rows = [
        ("容量", "size", f"{size_text(figures.size)}, {figures.regions} x {size_text(figures.region_size)}"),
        ("使用中", "used", f"{figures.used_regions} / {figures.usable_regions}"),
        ("空き", "free", f"{figures.free_regions}"),
        ("映像", "footage", f"{figures.clips} clips, {size_text(figures.stored)}, {span_text(figures.seconds)}"),
        ("最も古い映像", "oldest", oldest),
        ("延長中", "held", f"{figures.held_clips} clips, {figures.held_regions} / {figures.hold_regions}"),
        ("期限切れ・未上書き", "expired", f"{figures.expired_clips} clips, {size_text(figures.expired_bytes)}"),
        ("消去水準", "erasure level", figures.erasure_level),
    ]
    for name_ja, name_en, value in rows:
        table.add_row(name_ja if ja else name_en, value)
    return table
