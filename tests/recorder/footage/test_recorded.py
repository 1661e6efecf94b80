"""From a camera's file through the recorder into the ring, and out again as a player gets it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from mihariban.base.clock import MINUTE, SECOND, TurnedClock
from mihariban.recorder.footage import extract, init_segment, media_segment, select
from mihariban.recorder.look import site_visits
from mihariban.recorder.record import RecordOrder, record
from mihariban.volume import Volume
from tests.recorder.footage.scenes import played
from tests.recorder.presence.variants import variant_file
from tests.support.sites import make_site, moment
from tests.support.video import room_video

BEGAN = "2026-11-24 10:00:00"


def _check(folder: Path, video: Path, interval: int) -> int:
    """Record, play everything, and compare with the book: pictures at even distances in each visit. Returns visits."""
    began = moment(BEGAN)
    site = make_site(folder, size="64MiB")
    order = RecordOrder(source=str(video), starts_at=began)
    record(site.path, order, threading.Event(), clock=TurnedClock(began))
    later = TurnedClock(began + 10 * MINUTE)
    visits = [state.visit for state in site_visits(site.path, later).visits]
    volume = Volume.read_only(site.recorder, clock=later)
    visible = {visit.id: (visit.recorded_from, visit.recorded_to) for visit in visits}
    found = select(volume, "cam1", began, began + 5 * MINUTE, visible=visible, why=lambda _start, _end: "no_visit")
    data = init_segment(found, 0).data
    data += b"".join(media_segment(volume, found, segment.number).data for segment in found.segments)
    walls = played(data, found.origin)
    assert len(walls) == len(set(walls))
    for segment in found.segments:
        inside = [wall for wall in walls if segment.start - 50_000 <= wall < segment.end - 50_000]
        assert abs(len(inside) - (segment.end - segment.start) / interval) < (
            0.5 if segment.cut else 3
        )  # B pictures at its end
    assert all(any(low - SECOND // 1000 <= wall < (high or 0) for low, high in visible.values()) for wall in walls)
    made = extract(volume, found, exact=True)
    shown = played(b"".join(made), made.origin)
    assert len(shown) == made.facts.frames >= len(walls)
    assert made.facts.left_out == 0
    assert {hole.reason for hole in made.facts.holes} == {"no_visit"}
    volume.close()
    return len(visits)


def test_recorded_visits_play(tmp_path: Path) -> None:
    """Two visitors with a pause between them."""
    video = room_video(tmp_path / "room.mp4", [(8.0, 20.0), (30.0, 44.0)], 56.0)
    assert _check(tmp_path / "s", video, SECOND // 5) == 2


@pytest.mark.footage
def test_the_real_footage_plays(tmp_path: Path) -> None:
    """Six visitors close behind each other: no seam where their visits meet."""
    try:
        video = variant_file("original")
    except FileNotFoundError as error:
        pytest.skip(f"REAL FOOTAGE MISSING: playing it is NOT tested. No {error}; set MIHARIBAN_FOOTAGE")
    assert _check(tmp_path / "s", Path(str(video)), SECOND // 10) == 6
