from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from mihariban.base import sqlite
from mihariban.cli.main import main
from tests.policy.rules import POLICIES, SAGA_FILE, entry, saga_file_with
from tests.policy.test_site import TEXT as SITE


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of one command."""
    with pytest.raises(SystemExit) as ended:
        main(["policy", *(str(argument) for argument in arguments)])
    shown = capsys.readouterr()
    return int(ended.value.code or 0), shown.out, shown.err


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIHARIBAN_LANG", "en")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site whose recorder keeps two calendar entries, one of them withdrawn."""
    folder = tmp_path / "site"
    (folder / "recorder").mkdir(parents=True)
    (folder / "site.toml").write_text(SITE, encoding="utf-8")
    day = date(2026, 11, 25)
    closed = entry(kind="closure", first_day=day, last_day=day, reason_en="power cut")
    gone = entry(id="e2", kind="closure", first_day=date(2026, 11, 26), last_day=date(2026, 11, 26))
    book = sqlite.connect(folder / "recorder" / "control.db", synchronous="FULL")
    book.execute("CREATE TABLE calendar (id TEXT PRIMARY KEY, entry TEXT, received INTEGER, withdrawn INTEGER)")
    book.execute("INSERT INTO calendar VALUES ('e1', ?, 1, NULL), ('e2', ?, 1, 2)", (closed.to_json(), gone.to_json()))
    book.close()
    return folder


def test_hours_prints_the_pinned_facts(capsys: pytest.CaptureFixture[str]) -> None:
    """date, open, windows, reason, and nothing else."""
    status, out, _ = run(capsys, "hours", SAGA_FILE, "--date", "2026-11-24", "--json")
    assert (status, json.loads(out)) == (
        0,
        {"date": "2026-11-24", "open": True, "windows": [["08:30", "19:00"]], "reason": "Tuesday hours"},
    )
    _, out, _ = run(capsys, "hours", SAGA_FILE, "--date", "2026-11-23", "--json")
    assert json.loads(out)["windows"] == []
    status, out, _ = run(capsys, "hours", SAGA_FILE, "--date", "2026-11-25")
    assert (status, out) == (0, "2026-11-25 08:30-17:15 Wednesday hours\n")


def test_hours_knows_the_sites_calendar(capsys: pytest.CaptureFixture[str], site: Path) -> None:
    """What was withdrawn has no effect."""
    _, out, _ = run(capsys, "hours", SAGA_FILE, "--date", "2026-11-25", "--site", site, "--json")
    facts = json.loads(out)
    assert not facts["open"]
    assert "power cut" in facts["reason"]
    _, out, _ = run(capsys, "hours", SAGA_FILE, "--date", "2026-11-26", "--site", site, "--json")
    assert json.loads(out)["open"]


def test_hours_of_one_site_of_several(capsys: pytest.CaptureFixture[str]) -> None:
    """By its name in the rule; an unknown name is told."""
    rule = POLICIES / "uruma-kiosk-2020.toml"
    _, out, _ = run(capsys, "hours", rule, "--date", "2026-11-26", "--policy-site", "library", "--json")
    assert json.loads(out)["windows"] == [["10:00", "19:00"]]
    status, _, err = run(capsys, "hours", rule, "--date", "2026-11-26", "--policy-site", "museum")
    assert status == 28
    assert "MH108" in err


@pytest.mark.parametrize("day", ["2026-13-01", "tomorrow", ""])
def test_a_date_that_is_none_is_a_usage_error(capsys: pytest.CaptureFixture[str], day: str) -> None:
    """Exit 2."""
    status, _, err = run(capsys, "hours", SAGA_FILE, "--date", day)
    assert status == 2
    assert "YYYY-MM-DD" in err


def test_check_of_a_sound_rule_is_0(capsys: pytest.CaptureFixture[str]) -> None:
    """Notes do not count."""
    status, out, _ = run(capsys, "check", SAGA_FILE)
    assert status == 0
    assert "0 warning(s), 1 note(s)" in out


def test_check_of_a_contradiction_is_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """With file, line, field, and both languages in the JSON."""
    path = saga_file_with(tmp_path, ('audio = "forbidden"', 'audio = "included"'))
    status, out, _ = run(capsys, "check", path)
    line = path.read_text(encoding="utf-8").splitlines().index('audio = "included"') + 1
    assert status == 1
    assert f"{path}:{line}: warning audio-not-on-sign: capture.audio: " in out
    status, out, _ = run(capsys, "check", path, "--json")
    facts = json.loads(out)
    assert status == 1
    warning = next(finding for finding in facts["findings"] if finding["severity"] == "warning")
    assert (warning["code"], warning["line"], facts["version"]) == ("audio-not-on-sign", line, 1)


def test_check_with_a_site_looks_at_the_ring(capsys: pytest.CaptureFixture[str], site: Path) -> None:
    """A gibibyte does not hold 240 days."""
    status, out, _ = run(capsys, "check", SAGA_FILE, "--site", site)
    assert status == 1
    assert "ring-too-small" in out


def test_check_of_a_broken_rule_says_where_and_what(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Its own exit status, the line, the nearest name; with --json also as facts."""
    path = saga_file_with(tmp_path, ("amount = 5760", "amuont = 5760"))
    status, _, err = run(capsys, "check", path)
    assert status == 22
    assert 'retention.amuont: There is no field "amuont". → did you mean "amount"?' in err
    path.write_text("[id", encoding="utf-8")
    assert run(capsys, "check", path)[0] == 21
    assert run(capsys, "check", tmp_path / "none.toml")[0] == 20


def test_explain_speaks_both_languages(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """By option, else by locale."""
    assert "保存期間: 記録した時から5,760時間" in run(capsys, "explain", SAGA_FILE, "--lang", "ja")[1]
    assert "Kept for: 5,760 hours" in run(capsys, "explain", SAGA_FILE)[1]
    monkeypatch.setenv("MIHARIBAN_LANG", "ja")
    assert "稼働日と時間" in run(capsys, "explain", SAGA_FILE)[1]


def test_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    """2020-12."""
    status, out, _ = run(capsys, "schema")
    assert status == 0
    assert json.loads(out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
