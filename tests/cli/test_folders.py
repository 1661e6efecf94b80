"""Every command that takes a folder says of one that is none: what, where, what to do; with its documented status."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from mihariban.cli.main import main, root
from tests.support.sites import SAGA

MORE: dict[str, list[str]] = {
    "backup": ["--to", "{out}/backup", "--passphrase-file", "{out}/passphrase"],
    "ledger cosign": ["--secret", "{out}/cosign.key", "--new", "audit.example/laptop"],
    "policy check": [str(SAGA), "--site"],
    "policy hours": [str(SAGA), "--date", "2026-11-24", "--site"],
    "volume root": ["--to", "tpm"],
}
"""What a command wants beside the folder."""
MADE_BY = {"init", "demo"}
"""They make the folder."""


def _commands(group: click.Group, before: str = "") -> Iterator[str]:
    """Names of all commands with a parameter for a site's folder, or for a ledger's."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before}{name} ")
        elif command is not None and {each.name for each in command.params} & {"directory", "path"}:
            yield f"{before}{name}"


ALL = [name for name in _commands(root) if name not in MADE_BY]
WHAT_TO_DO = ("Check the path", "Check its path", "name a site's folder")


def _words(command: str, folder: Path, out: Path) -> list[str]:
    (out / "passphrase").write_text("a long passphrase of a backup\n", encoding="utf-8")
    more = [each.format(out=out) for each in MORE.get(command, [])]
    before = more if command.startswith("policy ") else []
    return [*command.split(), *before, str(folder), *(more if not before else [])]


def test_no_command_is_forgotten() -> None:
    """The list is made from the commands; these are among them."""
    assert {"recorder", "status", "up", "office serve", "office check", "volume check", "ledger verify"} <= set(ALL)
    assert len(ALL) >= 18


@pytest.mark.parametrize("state", ["not there", "a file", "too long a name"])
@pytest.mark.parametrize("command", ALL)
def test_what_is_no_folder_is_refused_in_a_sentence(
    command: str, state: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is made in its place."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    out = tmp_path / "out"
    out.mkdir()
    folder = tmp_path / ("x" * 300 if state == "too long a name" else "site")
    if state == "a file":
        folder.write_text("no folder", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(_words(command, folder, out))
    told = capsys.readouterr()
    expected = {"policy": {30, 31}, "ledger": {61, 78}}.get(command.split(maxsplit=1)[0], {61})
    assert ended.value.code in expected, told.err
    assert "mihariban: MH" in told.err and str(folder) in told.err
    assert any(each in told.err for each in WHAT_TO_DO) or ended.value.code == 31  # with the line that is wrong
    assert sorted(each.name for each in out.iterdir()) == ["passphrase"]
    assert folder.is_file() if state == "a file" else [each.name for each in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("command", ALL)
def test_an_empty_folder_is_refused_and_stays_empty(command: str, tmp_path: Path) -> None:
    """The part that is missing first is named."""
    out, folder = tmp_path / "out", tmp_path / "site"
    out.mkdir()
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "mihariban.cli.main", *_words(command, folder, out)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    expected = {"policy": 30, "ledger": 78, "backup": 119}.get(command.split(maxsplit=1)[0], 61)
    assert done.returncode == expected, done.stderr
    assert "Traceback" not in done.stderr
    assert str(folder) in done.stderr
    assert list(folder.iterdir()) == []
    assert [each.name for each in out.iterdir()] == ["passphrase"]
