"""One clock for the parts of a site without live cameras."""

from __future__ import annotations

from pathlib import Path

import pytest

from mihariban.base.clock import DAY, HOUR, MINUTE, TurnedClock
from mihariban.recorder.errors import SiteClockUnusable
from mihariban.recorder.service import Recorder
from mihariban.recorder.site_clock import FILE, keep_clock, new_site_clock, running_clock, site_clock, told
from mihariban.recorder.site_folder import SiteFolder
from tests.support.sites import SAGA, make_site, moment

SUNDAY_NIGHT = moment("2026-11-29 22:00:00")
OPENING = moment("2026-11-29 09:00:00")  # that Sunday's


@pytest.fixture
def folder(tmp_path: Path) -> SiteFolder:
    return make_site(tmp_path / "s")


@pytest.fixture
def real() -> TurnedClock:
    return TurnedClock(SUNDAY_NIGHT)


def test_both_parts_run_on_one_clock(folder: SiteFolder, real: TurnedClock) -> None:
    """It begins at the last opening; who comes an hour later finds it an hour on; it is said."""
    with running_clock(folder.path, real) as recorder:
        assert recorder.wall() == OPENING
        real.turn(HOUR)
        with running_clock(folder.path, real) as office:
            assert office.wall() == recorder.wall() == OPENING + HOUR
            assert "2026-11-29 10:00:00" in told(folder.path, office)


def test_nobody_moves_it_while_a_part_runs(folder: SiteFolder, real: TurnedClock) -> None:
    """A part begun anew after the next opening would throw the other one back by a day."""
    with running_clock(folder.path, real) as office:
        real.turn(DAY - HOUR)
        for _ in range(2):
            with running_clock(folder.path, real) as recorder:
                assert recorder.wall() == office.wall() == OPENING + DAY - HOUR
    with running_clock(folder.path, real) as alone:
        assert alone.wall() == moment("2026-11-30 08:30:00")


def test_time_never_runs_back(folder: SiteFolder, real: TurnedClock) -> None:
    """A second start on the same day goes on; what the recorder has seen already stays behind it."""
    with running_clock(folder.path, real):
        pass
    real.turn(20 * MINUTE)
    with running_clock(folder.path, real) as clock:
        assert clock.wall() == OPENING + 20 * MINUTE
    with Recorder(folder, clock=TurnedClock(OPENING + 3 * HOUR)):
        pass
    with running_clock(folder.path, real) as clock:
        assert clock.wall() == OPENING + 3 * HOUR


def test_live_cameras_run_on_the_machines(tmp_path: Path, real: TurnedClock) -> None:
    """And so does an office without a recorder; no file is made."""
    live = make_site(tmp_path / "live", source="rtsp://192.0.2.1/s")
    for path in (live.path, tmp_path):
        with running_clock(path, real) as clock:
            assert clock is real and told(path, clock) == ""
        assert site_clock(path, real) is real and not (path / FILE).exists()


def test_a_new_site_begins_where_its_parts_go_on(folder: SiteFolder, real: TurnedClock) -> None:
    """What init enters is not dated after what happens next."""
    clock = new_site_clock(folder.load_site(), SAGA, real)
    assert clock.wall() == OPENING
    keep_clock(folder.path, clock, real)
    real.turn(MINUTE)
    with running_clock(folder.path, real) as going:
        assert going.wall() == clock.wall() == OPENING + MINUTE


@pytest.mark.parametrize("text", ["", "ahead_ns = ", "ahead_ns = 'x'", "ahead_ns = 1.5", "\x00"])
def test_a_damaged_file_is_told(folder: SiteFolder, real: TurnedClock, text: str) -> None:
    """With what to do about it; it is not guessed at."""
    (folder.path / FILE).write_text(text)
    with pytest.raises(SiteClockUnusable), running_clock(folder.path, real):
        pass
    (folder.path / FILE).unlink()
    with running_clock(folder.path, real) as clock:
        assert clock.wall() == OPENING


def test_looking_moves_nothing(folder: SiteFolder, real: TurnedClock) -> None:
    """Before a first start there is no clock yet."""
    assert site_clock(folder.path, real) is real
    assert not (folder.path / FILE).exists()
