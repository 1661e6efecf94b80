"""What is found: the real clip and its variants through the whole recorder, held-out scenes through the judge."""

from __future__ import annotations

import multiprocessing
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench import clips, peers
from bench.presence_score import Score, judge, score
from bench.rows import Row, row
from mihariban.base.clock import SECOND, SystemClock, TurnedClock, from_datetime
from mihariban.recorder.new_site import describe_site
from mihariban.recorder.record import RecordOrder, record
from mihariban.recorder.service import Recorder
from mihariban.recorder.site_folder import create_site
from tests.recorder.presence.variants import truth_of, variant_file
from tests.scenes.case import Case
from tests.scenes.plan import cases

VARIANTS = ("original", "mirrored", "reversed", "grain", "long-groups", "dark", "bright")
_OPEN = from_datetime(datetime(2026, 11, 24, 1, 0, tzinfo=UTC))
_NEAR_S = 1.5
_CLIP_S = 142.0
_POLICY = Path(__file__).parent.parent / "policies" / "saga-kiosk-2016.toml"


def _recorded(clip: Path) -> list[tuple[float, float, float, float]]:
    """(enter, leave, recorded from, recorded to) in seconds of the clip, from the book of a new site."""
    with tempfile.TemporaryDirectory() as folder:
        site = describe_site(site_id="bench", policy_file=_POLICY, source=str(clip), size="128MiB")
        made = create_site(Path(folder) / "s", policy_file=_POLICY, site=site, clock=SystemClock())
        record(made.path, RecordOrder(starts_at=_OPEN), threading.Event(), clock=TurnedClock(_OPEN))
        with Recorder(made, clock=TurnedClock(_OPEN + 3600 * SECOND)) as recorder:
            visits = recorder.control.visits()
    return [
        tuple(((wall or 0) - _OPEN) / SECOND for wall in (v.started, v.ended, v.recorded_from, v.recorded_to))  # type: ignore[misc]  # four of them
        for v in visits
    ]


def _variant_row(name: str, motion: str) -> Row:
    clip, truth = variant_file(name), truth_of(name)
    found = _recorded(clip)
    kept_apart = len(found) == len(truth)
    pairs = list(zip(truth, found, strict=False))
    worst = max((max(abs(f[0] - t[0]), abs(f[1] - t[1])) for t, f in pairs), default=99.0)
    covered = all(_covered(t, [(f[2], f[3]) for f in found]) for t in truth)
    shown = "every second recorded" if covered else "NOT every second recorded"
    events, _ = peers.dvr_scan_events(clip)
    return row(
        f"real footage, {name}: visits kept apart",
        f"{len(found)} of {len(truth)}",
        f"({shown}, worst start or end {worst:.2f} s off)",
        target="6 of 6, every second, within 1.5 s",
        met=kept_apart and covered and worst <= _NEAR_S,
        **{"Motion": motion, "DVR-Scan 1.8.2.1": f"{len(events)} events"},
    )


def _covered(span: tuple[float, float], recorded: list[tuple[float, float]]) -> bool:
    """Every moment of the span is in some visit's recording: a roll may hold the first tenth of the next presence."""
    position = span[0]
    for begin, end in sorted(recorded):
        if begin <= position:
            position = max(position, end)
    return position >= span[1]


def _judged(case: Case) -> tuple[str, Score]:
    return case.condition, score(case, judge(case))


def _scene_rows() -> Iterator[Row]:
    sums: dict[str, Score] = {}
    with multiprocessing.Pool(2) as pool:
        for condition, one in pool.imap_unordered(_judged, cases("held_out")):
            sums.setdefault(condition, Score()).add(one)
    left = sums.pop("left_behind", Score())
    whole = Score()
    for each in sums.values():
        whole.add(each)
    for condition, one in sorted(sums.items()):
        yield _scene_row(f"held-out scenes, {condition}", one)
    yield _scene_row("held-out scenes, all conditions", whole)
    yield row(
        "held-out scenes, things left behind: ended within ten minutes",
        f"{left.visits - left.missed} of {left.visits}",
        f"({left.reported} reported, latest {max(left.late, default=0):.0f} s)",
        target="all, within 600 s",
        met=not left.missed and not left.false and max(left.late, default=0) <= 600,
    )


def _scene_row(name: str, one: Score) -> Row:
    latest = max(one.late, default=0.0)
    share = 100 * (1 - one.uncovered / one.presence) if one.presence else 0.0
    return row(
        name,
        f"{one.visits} visits, {one.missed} missed, {one.false} false",
        f"({share:.2f} % of presence recorded, end recognised within {latest:.1f} s)",
        target="none missed, none false, 100 %, 10 s",
        met=not one.missed and not one.false and one.uncovered < 0.05 and latest <= 10,
        merged=one.merged,
        split=one.split,
        handovers=f"{one.flagged} of {one.handovers} flagged",
        late=sum(each > 10 for each in one.late),
    )


def footage_rows() -> list[Row]:
    """The real clip and its variants."""
    if not clips.REAL.exists():
        return [row("real footage", f"missing: {clips.REAL}", "", target="6 of 6", met=False)]
    files = {name: variant_file(name) for name in VARIANTS}
    with tempfile.TemporaryDirectory() as folder:
        motion = peers.motion_events(files, _CLIP_S, Path(folder))
    return [_variant_row(name, motion[name]) for name in VARIANTS]


def scene_rows() -> list[Row]:
    """The held-out scenes."""
    return list(_scene_rows())
