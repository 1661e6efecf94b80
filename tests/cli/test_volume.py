"""``mihariban volume``: what it finds, what it tells, and its exit status."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from mihariban.base.clock import TurnedClock
from mihariban.cli.main import main
from mihariban.volume import Volume
from tests.support.sites import make_site, moment
from tests.volume.support import record


@pytest.fixture(autouse=True)
def _quiet_again() -> Iterator[None]:
    """A command points the log at the output it was called with; later tests have another one."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with one clip that may still be read."""
    path = tmp_path / "site"
    wall = moment("2026-11-24 09:00:00")
    folder = make_site(path, wall=wall)
    clock = TurnedClock(wall)
    with_clip = Volume.open(folder.recorder, clock=clock)
    record(with_clip, clock)
    with_clip.close()
    return path


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0), capsys.readouterr().out


def _without_disk(findings: list[dict[str, object]]) -> list[str]:
    """Codes but for what the disk under the tests decides."""
    return [str(each["code"]) for each in findings if each["code"] != "not-in-place"]


def test_a_sound_volume_has_no_findings(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Deep or not, as JSON or as text."""
    status, out = _run(capsys, "volume", "check", str(site), "--deep", "--json")
    facts = json.loads(out)
    assert (_without_disk(facts["findings"]), facts["clips"]) == ([], 1)
    assert status == (1 if facts["findings"] else 0)


def test_each_damage_is_named_and_ends_with_one(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A flipped byte of footage is found by --deep with camera and second; an exposed key without it."""
    recorder = site / "recorder"
    volume = Volume.read_only(recorder)
    info = volume.clips()[0]
    offset = volume.shape.offset(info.region) + 4096 + 200
    volume.close()
    with (recorder / "ring.vol").open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)
        file.seek(offset)
        file.write(bytes([byte[0] ^ 1]))
    (recorder / "root.key").chmod(0o644)
    status, out = _run(capsys, "volume", "check", str(site), "--deep", "--json")
    assert status == 1
    findings = json.loads(out)["findings"]
    assert set(_without_disk(findings)) == {"root-key-exposed", "chunk-damaged"}
    assert {each["camera"] for each in findings if each["code"] == "chunk-damaged"} == {"front"}
    status, out = _run(capsys, "volume", "check", str(site), "--json")
    assert (status, _without_disk(json.loads(out)["findings"])) == (1, ["root-key-exposed"])


def test_stat_tells_the_forecast(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence names the rule's period and whether it is reached."""
    status, out = _run(capsys, "volume", "stat", str(site), "--json")
    facts = json.loads(out)
    assert status == 0
    assert (facts["clips"], facts["held_clips"], facts["seconds"]) == (1, 0, 3.0)
    assert "5,760" in facts["forecast"]


def test_a_missing_volume_is_an_error_of_its_own(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not a traceback: code and exit status of the class."""
    (site / "recorder" / "keys.tab").unlink()
    assert _run(capsys, "volume", "check", str(site))[0] == 35


def test_scrub_reads_everything_and_names_the_damage(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 0 where all is sound, 1 with the damaged second; as JSON and as text, beside a running recorder."""
    recorder = site / "recorder"
    writing = Volume.open(recorder, clock=TurnedClock(moment("2026-11-24 09:01:00")))
    status, out = _run(capsys, "volume", "scrub", str(site), "--json")
    facts = json.loads(out)
    assert (status, facts["chunks"], facts["findings"]) == (0, 3, [])
    info = writing.clips()[0]
    offset = writing.shape.offset(info.region) + writing.chunks(info.clip)[1].offset + 200
    writing.close()
    with (recorder / "ring.vol").open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)
        file.seek(offset)
        file.write(bytes([byte[0] ^ 1]))
    status, out = _run(capsys, "volume", "scrub", str(site), "--json")
    (found,) = json.loads(out)["findings"]
    assert (status, found["code"], found["camera"], found["second"][:19]) == (
        1, "chunk-damaged", "front", "2026-11-24T00:00:01",
    )  # fmt: skip
    status, out = _run(capsys, "volume", "scrub", str(site))
    assert (status, "chunk-damaged: " in out, "1 findings" in out) == (1, True, True)


def test_rotate_renews_the_root(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """root.key is another, the footage is there, the level is never E3 for a file; not beside a writer."""
    recorder = site / "recorder"
    before = (recorder / "root.key").read_bytes()
    status, out = _run(capsys, "volume", "rotate", str(site), "--json")
    facts = json.loads(out)
    assert (status, facts["generation"], facts["lost"], facts["erasure_level"]) == (0, 1, 0, "E2")
    assert (recorder / "root.key").read_bytes() != before
    assert not (recorder / "root.key.next").exists()
    assert _run(capsys, "volume", "scrub", str(site))[0] == 0
    status, out = _run(capsys, "volume", "rotate", str(site))
    assert (status, "root 2 is in force" in out) == (0, True)
    writing = Volume.open(recorder, clock=TurnedClock(moment("2026-11-24 09:01:00")))
    assert _run(capsys, "volume", "rotate", str(site))[0] == 39
    writing.close()
