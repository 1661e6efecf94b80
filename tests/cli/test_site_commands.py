"""init, record, visits, volume and demo as a user calls them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.sites import SAGA, make_site
from tests.support.video import room_video


def _run(*words: str, ok: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mihariban.cli.main", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == ok, done.stderr + done.stdout
    return done.stdout if ok == 0 else done.stderr + done.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site made and recorded into by commands alone."""
    folder = tmp_path_factory.mktemp("commands")
    video = room_video(folder / "room.mp4", [(8.0, 20.0)], 30.0)
    path = folder / "site"
    _run("init", str(path), "--policy", str(SAGA), "--source", str(video), "--size", "8MiB", "--region-size", "512KiB")
    _run("record", str(path), "--starts-at", "2026-11-24T10:00:00+09:00")
    return path


def test_visits_are_listed_with_their_fields(site: Path) -> None:
    """The names others rely on."""
    (visit,) = json.loads(_run("visits", str(site), "--json"))
    assert {
        "id", "recorder", "camera", "started_at", "ended_at", "recorded_from", "recorded_to", "expires_at", "held_until",
        "seconds", "bytes", "state", "policy", "parts",
    } <= set(visit)  # fmt: skip
    assert visit["started_at"].startswith("2026-11-24T10:00:0")
    assert visit["expires_at"].startswith("2027-07-22T10:00:2")
    assert set(visit["parts"][0]) == {"from", "to", "state"}


def test_a_sound_volume_passes_its_check(site: Path) -> None:
    """And says how many clips it looked at."""
    facts = json.loads(_run("volume", "check", str(site), "--deep", "--json"))
    assert facts["clips"] >= 1
    assert facts["findings"] == []


def test_the_volumes_figures_tell_the_forecast(site: Path) -> None:
    """In figures and in a sentence."""
    facts = json.loads(_run("volume", "stat", str(site), "--json"))
    assert facts["clips"] >= 1
    assert facts["erasure_level"] in {"E0", "E1"}
    assert "5,760" in facts["forecast"]


def test_a_damaged_volume_is_found_and_named(tmp_path: Path) -> None:
    """A flipped bit in a stored chunk: exit 1, the camera and the second."""
    video = room_video(tmp_path / "room.mp4", [(8.0, 20.0)], 30.0)
    folder = make_site(tmp_path / "s", source=str(video))
    _run("record", str(folder.path), "--starts-at", "2026-11-24T10:00:00+09:00")
    ring = folder.recorder / "ring.vol"
    data = bytearray(ring.read_bytes())
    data[8192 + 4096 * 5 + 200] ^= 1
    ring.write_bytes(data)
    said = _run("volume", "check", str(folder.path), "--deep", ok=1)
    assert "chunk-damaged" in said
    assert "cam1" in said


def test_a_video_that_cannot_be_read_says_so(site: Path, tmp_path: Path) -> None:
    """With its code; nothing is lost."""
    before = _run("visits", str(site), "--json")
    empty = tmp_path / "empty.mp4"
    empty.touch()
    said = _run("record", str(site), "--source", str(empty), "--starts-at", "2026-11-24T10:00:00+09:00", ok=50)
    assert "MH301" in said
    assert _run("visits", str(site), "--json") == before


def test_a_moment_without_offset_is_wrong_usage(site: Path) -> None:
    """Nobody guesses the zone."""
    assert "offset" in _run("record", str(site), "--starts-at", "2026-11-24T10:00:00", ok=2)


def test_the_demo_shows_no_real_camera(site: Path) -> None:
    """The contact sheet is for the drawn camera alone; a folder that is no demo is left alone."""
    said = _run("demo", "--dir", str(site), ok=64)
    assert "MH355" in said
