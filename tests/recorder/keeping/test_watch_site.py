"""What was changed in site.toml after the recorder started is told until it is in force."""

from __future__ import annotations

import pytest

from mihariban.base.clock import SECOND
from mihariban.recorder.health.kinds import FindingKind
from mihariban.recorder.keeping.watch_site import PERIOD
from mihariban.recorder.site_status import site_status
from tests.support.office import OfficeSite


def _found(site: OfficeSite) -> list[dict[str, object]]:
    """After the duty's period, as the book has it."""
    site.clock.turn(PERIOD + SECOND)
    site.recorder.tick()
    found = site.recorder.control.findings(open_only=True)
    return [dict(each.figures) for each in found if each.kind == FindingKind.SITE_CHANGED]


def _write(site: OfficeSite, before: str, after: str) -> None:
    text = site.folder.site.read_text(encoding="utf-8")
    assert before in text
    site.folder.site.write_text(text.replace(before, after), encoding="utf-8")


ZONE = '[site]\ntime_zone = "Asia/Tokyo"'


@pytest.fixture
def zoned(site: OfficeSite) -> OfficeSite:
    """The file names its zone: the same as without, which is no change."""
    _write(site, "[site]", ZONE)
    return site


def test_another_zone_is_not_in_force_until_a_restart(zoned: OfficeSite) -> None:
    """The recorder goes on by the one it began with, says so, and is silent after the restart."""
    assert _found(zoned) == []
    _write(zoned, "Asia/Tokyo", "Pacific/Auckland")
    assert _found(zoned) == [{"parts": "time_zone"}]
    assert zoned.recorder.site.zone.key == "Asia/Tokyo"
    told = [each for each in site_status(zoned.folder.path).findings if each.kind is FindingKind.SITE_CHANGED]
    assert [("not in force yet" in each.text("en"), "まだ効力がありません" in each.text("ja")) for each in told] == [
        (True, True)
    ]
    assert "restart the recorder" in told[0].advice("en")
    zoned.restart()
    assert zoned.recorder.site.zone.key == "Pacific/Auckland"
    assert _found(zoned) == []


def test_what_is_put_back_is_over(zoned: OfficeSite) -> None:
    """And remarks are no change."""
    _write(zoned, "Asia/Tokyo", "Europe/Berlin")
    assert len(_found(zoned)) == 1
    _write(zoned, "Europe/Berlin", "Asia/Tokyo")
    _write(zoned, "[site]", "# a remark\n[site]")
    assert _found(zoned) == []


def test_a_file_that_cannot_be_read_is_told_before_the_restart_is_refused(zoned: OfficeSite) -> None:
    """With the code that the restart would end with."""
    _write(zoned, "Asia/Tokyo", "Asia/Tokio")
    (figures,) = _found(zoned)
    assert str(figures["code"]).startswith("MH")


def test_cameras_and_recorder_are_named(zoned: OfficeSite) -> None:
    """Which parts wait."""
    _write(zoned, "[recorder.volume]", "[recorder.volume]\nscrub_days = 7")
    assert _found(zoned) == [{"parts": "recorder"}]
