"""After a crash, or without its book, a recorder tells again what the ring knows, and what it cannot know."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mihariban.base.clock import HOUR, MINUTE, SECOND, TurnedClock
from mihariban.ledger.entry import moment as instant
from mihariban.ledger.tags import Outcome, Tag
from mihariban.recorder.actions import serve_footage
from mihariban.recorder.control import Control
from mihariban.recorder.visit import Visit
from mihariban.volume import check_volume
from tests.support.office import OPENING, OfficeSite, ShortSource, after
from tests.support.sites import moment
from tests.support.video import room_video

KILLED = (
    "import sys, threading\n"
    "from pathlib import Path\n"
    "from mihariban.recorder.record import RecordOrder, record\n"
    "record(Path(sys.argv[1]), RecordOrder(source=sys.argv[2], starts_at=int(sys.argv[3]), real_time=True),"
    " threading.Event())\n"
)


def _film_in_part(site: OfficeSite, at: int, seconds: float) -> None:
    """Somebody stands there when the power fails: no visit is closed."""
    recorder = site.recorder
    site.clock.turn_to(at)
    channel = recorder.channel(recorder.camera(None))
    for packet in ShortSource(site.video, at, seconds).packets(threading.Event()):
        site.clock.turn_to(packet.wall)
        recorder.take(channel, packet)
    recorder.tick()


def test_an_open_visit_ends_with_its_last_durable_picture(site: OfficeSite) -> None:
    """And says why; its clip has its deadline."""
    at = OPENING + HOUR
    _film_in_part(site, at, 15)
    assert site.visits[-1].recorded_to is None
    site.crash()
    site.clock.turn(10 * MINUTE)
    site.start()
    row = site.visits[-1]
    clips = [clip for clip in site.recorder.volume.clips() if clip.visit == row.id]
    assert row.end_reason == "recorder_died"
    assert row.recorded_to == max(clip.end for clip in clips)
    assert row.recorded_to >= at + 12 * SECOND
    assert row.expires is not None
    assert {clip.deadline for clip in clips} == {row.expires}
    assert [state.state for state in site.door.visits()] == ["kept"] * 3


def test_a_crash_is_told_with_the_last_sign_of_life(site: OfficeSite) -> None:
    """The next boot enters that the last one did not end in order, and since when."""
    site.clock.turn(MINUTE)
    site.recorder.tick()
    seen = site.clock.wall()
    site.crash()
    site.clock.turn(HOUR)
    site.start()
    boot = site.entries(Tag.BOOT_PROCESS_START)[-1]["object"]
    assert (boot["crashed"], boot["last_seen"]) == (1, instant(seen))
    lives = site.recorder.control.lives()
    assert (lives[-2].last_seen, lives[-2].ended) == (seen, None)
    site.restart()
    assert site.entries(Tag.BOOT_PROCESS_START)[-1]["object"]["crashed"] == 0


def test_gaps_end_with_the_last_sign_of_life(site: OfficeSite) -> None:
    """From there on the recorder was down, which its lives tell."""
    gap = site.recorder.control.begin_gap("cam1", site.clock.wall(), "camera_lost", "")
    site.clock.turn(MINUTE)
    site.recorder.tick()
    seen = site.clock.wall()
    site.crash()
    site.clock.turn(HOUR)
    site.start()
    assert site.recorder.control.open_gaps() == []
    (span,) = site.recorder.control.gaps("cam1", seen)
    assert span.ended == seen
    assert site.entries(Tag.GAP_RECORDING_END)[-1]["object"]["gap"] == gap


def test_dangling_intents_are_closed_as_unknown(site: OfficeSite) -> None:
    """Before anything else is done in the new life."""
    session = site.open_grant(site.grant(8, 22, purpose="extract"))
    pieces = serve_footage.extract(site.recorder, session, exact=False)
    next(pieces)
    site.crash()
    site.start()
    unknown = [entry["tag"] for entry in site.entries() if entry["outcome"] == Outcome.UNKNOWN]
    assert unknown == [str(Tag.GRANT_FOOTAGE_ACCEPT), str(Tag.FOOTAGE_EXTRACT_MAKE)]
    boot = site.entries(Tag.BOOT_PROCESS_START)[-1]["_seq"]
    assert all(entry["_seq"] < boot for entry in site.entries() if entry["outcome"] == Outcome.UNKNOWN)
    with pytest.raises(Exception, match=r"MH|closed"):
        list(pieces)  # the old process's generator


def test_visits_the_book_never_heard_of_are_told_by_the_ring(site: OfficeSite) -> None:
    """The book could not be written while they were filmed, and then the power failed."""
    at = OPENING + HOUR
    with site.unwritable():
        _film_in_part(site, at, 40)
        assert len(site.visits) == 2
        site.crash()
    site.clock.turn(MINUTE)
    site.start()
    assert len(site.visits) == 4
    rows = site.visits[2:]
    assert [row.end_reason for row in rows] == ["scene_empty", "recorder_died"]
    assert rows[0].recorded_to == at + 23 * SECOND
    assert site.entries(Tag.RECOVERY_INDEX_REBUILD)[-1]["object"]["visits"] == 2


def test_nothing_is_recovered_twice(site: OfficeSite) -> None:
    """The next start finds nothing to tell."""
    _film_in_part(site, OPENING + HOUR, 15)
    site.crash()
    site.start()
    rows = site.visits
    site.crash()
    site.start()
    assert site.visits == rows
    assert site.entries(Tag.RECOVERY_INDEX_REBUILD) == []


def test_an_open_visit_without_a_picture_ends_too(site: OfficeSite) -> None:
    """The power failed before its first picture was durable."""
    visit = Visit(b"v" * 16, "cam1", site.visits[0].policy, after(100), after(98), "stayed", 0.5)
    site.recorder.control.open_visit(visit)
    site.crash()
    site.start()
    row = site.recorder.control.visit(visit.id)
    assert row is not None
    assert (row.ended, row.recorded_to, row.end_reason) == (after(100), after(98), "recorder_died")


def test_a_recorder_that_was_killed_keeps_its_books(site: OfficeSite, tmp_path: Path) -> None:
    """kill -9 while somebody is filmed: visits, gaps and intents are closed, the ledger verifies."""
    site.stop()
    quick = room_video(tmp_path / "quick.mp4", [(1.5, 30.0)], 30.0, group_s=1)
    began = moment("2026-11-24 13:00:00")
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(site.folder.path), str(quick), str(began)])
    life = Control(site.folder.control, readonly=True)
    limit = time.monotonic() + 60
    while not any(row.started >= began for row in life.visits()) and time.monotonic() < limit:
        time.sleep(0.05)  # a real process in real time: there is no clock to turn
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    life.close()
    site.clock = TurnedClock(began + 10 * MINUTE, "00000000-0000-0000-0000-000000000010")
    recorder = site.start()
    assert [found for found in check_volume(recorder.volume, deep=True) if found.code != "not-in-place"] == []
    assert recorder.control.visits(open_only=True) == []
    assert recorder.control.visits()[-1].end_reason == "recorder_died"
    assert recorder.control.open_gaps() == []
    assert recorder.control.store.intents() == []
    assert recorder.control.lives()[-2].ended is None


def test_a_book_made_anew_learns_its_visits_with_all_they_say(site: OfficeSite) -> None:
    """From the ring alone: times, reasons, the rule's version."""
    was = site.visits
    site.stop()
    for name in ("control.db", "control.db-wal", "control.db-shm", "ledger.key", "cosign.key"):
        (site.folder.recorder / name).unlink(missing_ok=True)
    shutil.rmtree(site.folder.ledger)
    Control.create(site.folder.control, site="test", recorder="test-r1", wall=0, clock=site.clock).close()
    site.start()
    assert site.visits == was
