"""The presence command: the visits of a file, as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mihariban.cli.presence import command
from mihariban.recorder.errors import SourceUnreadable
from tests.recorder.presence.variants import variant_file


@pytest.mark.footage
def test_the_real_footage_has_six_visits() -> None:
    """JSON as documented, and a zone that nobody enters."""
    try:
        video = str(variant_file("original"))
    except FileNotFoundError as error:
        pytest.skip(f"REAL FOOTAGE MISSING: the command is NOT tested on it. No {error}; set MIHARIBAN_FOOTAGE")
    printed = json.loads(CliRunner().invoke(command, [video, "--json"]).output)
    assert printed["duration_s"] == pytest.approx(139.4, abs=0.2)
    assert len(printed["visits"]) == 6
    assert set(printed["visits"][0]) == {"enter_s", "leave_s", "handover", "reason"}
    corner = CliRunner().invoke(command, [video, "--zone", "0,0,0.15,0.3"])
    assert "0 visits" in corner.output


@pytest.mark.parametrize("content", [b"", b"not a video"])
def test_what_is_no_video_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    """Empty and foreign files."""
    (tmp_path / "file.mp4").write_bytes(content)
    with pytest.raises(SourceUnreadable):
        CliRunner().invoke(command, [str(tmp_path / "file.mp4")], catch_exceptions=False)


@pytest.mark.parametrize("zone", ["1,2", "a,b,c,d", "0,0,2,2"])
def test_what_is_no_zone_is_a_usage_error(tmp_path: Path, zone: str) -> None:
    """Said before the video is opened."""
    result = CliRunner().invoke(command, [str(tmp_path / "none.mp4"), "--zone", zone])
    assert "--zone" in str(result.exception)
