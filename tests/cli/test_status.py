"""``mihariban status`` as a clerk calls it, and what it reads beside a recorder."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from mihariban.base import sqlite
from mihariban.base.clock import SECOND, TurnedClock
from mihariban.recorder.site_status import day_of, site_status
from tests.support.sites import make_site, moment
from tests.support.video import room_video


def _run(*words: str, ok: int) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mihariban.cli.main", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == ok, done.stderr + done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a minute recorded at ten in the morning of an open day."""
    folder = tmp_path_factory.mktemp("status")
    video = room_video(folder / "room.mp4", [(8.0, 20.0)], 30.0)
    made = make_site(folder / "site", source=str(video), size="8MiB", wall=moment("2026-11-24 09:00:00"))
    subprocess.run(
        [sys.executable, "-m", "mihariban.cli.main", "record", str(made.path), "--starts-at", "2026-11-24T10:00:00+09:00"],
        check=True, capture_output=True,
    )  # fmt: skip
    with sqlite.connect(made.control, synchronous="FULL") as db:
        db.execute("DELETE FROM finding")
    return made.path


def _find(site: Path, kind: str) -> None:
    with sqlite.connect(site / "recorder" / "control.db", synchronous="FULL") as db:
        db.execute("DELETE FROM finding")
        row = (kind, "cam1", moment("2026-11-24 10:00:05"), '{"flat_permille": 980}')
        db.execute("INSERT INTO finding (kind, subject, began, figures) VALUES (?, ?, ?, ?)", row)


def test_a_stopped_recorder_is_wrong_in_open_hours_and_fine_after(site: Path) -> None:
    """On the site's own clock, turned here."""
    noon = site_status(site, TurnedClock(moment("2026-11-24 12:00:00")))
    assert (noon.wrong, noon.running) == (True, False)
    assert [(camera.camera, camera.state) for camera in noon.cameras] == [("cam1", "down")]
    night = site_status(site, TurnedClock(moment("2026-11-24 23:00:00")))
    assert (night.wrong, night.cameras[0].state) == (False, "closed")
    assert night.ledger_size


def test_the_day_is_accounted_for(site: Path) -> None:
    """Watched while the recorder ran, a visit within, then a gap with its cause until closing."""
    ((camera, account),) = day_of(site, date(2026, 11, 24), TurnedClock(moment("2026-11-25 09:00:00")))
    assert camera == "cam1"
    assert account.seconds("visit") == pytest.approx(12, abs=1)
    assert account.seconds("watched", "visit") == pytest.approx(30, abs=1.5)
    assert set(account.gaps()) == {"recorder_down"}
    assert sum(span.end - span.start for span in account.spans) == 86_400 * SECOND


def test_a_finding_in_the_book_is_told_with_what_to_do(site: Path) -> None:
    """Exit 1; facts with --json."""
    _find(site, "camera_covered")
    said = _run("status", str(site), ok=1)
    assert "The camera cam1 is covered." in said
    assert "Take away" in said
    facts = json.loads(_run("status", str(site), "--json", ok=1))
    assert facts["state"] == "wrong"
    assert facts["findings"][0]["figures"] == {"flat_permille": 980}
    assert facts["findings"][0]["ja"] == "カメラ cam1 が覆われています。"


def test_a_finding_of_a_later_version_is_named_and_wrong(site: Path) -> None:
    """Its code is all that is known."""
    _find(site, "camera_eaten")
    status = site_status(site, TurnedClock(moment("2026-11-24 23:00:00")))
    assert (status.unknown, status.wrong) == (("camera_eaten",), True)


def test_a_book_without_findings_is_read(tmp_path: Path) -> None:
    """One that a recorder of the first version left."""
    made = make_site(tmp_path / "s")
    with sqlite.connect(made.control, synchronous="FULL") as db:
        db.execute("DROP TABLE finding")
    status = site_status(made.path, TurnedClock(moment("2026-11-24 23:00:00")))
    assert status.findings == ()
    assert status.last_seen is None


def test_a_volume_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """With its code; the rest is told all the same."""
    made = make_site(tmp_path / "s")
    (made.recorder / "ring.vol").unlink()
    status = site_status(made.path, TurnedClock(moment("2026-11-24 23:00:00")))
    assert status.volume is None
    assert status.volume_error is not None
    assert status.wrong
    assert made.path.name == "s"
    assert "MH" in json.loads(_run("status", str(made.path), "--json", ok=1))["volume_error"]["code"]


def test_the_day_in_the_terminal_as_facts_and_drawn(site: Path, tmp_path: Path) -> None:
    """One line of characters with its legend; JSON that tiles the day; an SVG file."""
    drawn = tmp_path / "day.svg"
    said = _run("status", str(site), "--day", "2026-11-23", "--svg", str(drawn), ok=0)
    assert "cam1  2026-11-23" in said and "· closed" in said
    assert drawn.read_text(encoding="utf-8").startswith("<svg")
    (facts,) = json.loads(_run("status", str(site), "--day", "2026-11-23", "--json", ok=0))
    assert facts["seconds"]["closed"] == 86_400
    _run("status", str(site), "--day", "yesterday", ok=2)
