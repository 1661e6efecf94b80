"""A power cut at each operation that SQLite and publishing ask of the kernel."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from mihariban.ledger import tiles
from mihariban.ledger.checkpoint import parse_checkpoint
from mihariban.ledger.keys import PublicKey
from mihariban.ledger.note import parse_note
from tests.ledger.books import Book
from tests.ledger.cuts import Disk, sweep
from tests.ledger.syscalls import Call, missing

_MISSING = missing()
pytestmark = pytest.mark.skipif(bool(_MISSING), reason=_MISSING)


def test_a_cut_at_any_operation_loses_no_acknowledged_entry(tmp_path: Path) -> None:
    """Entries, the room's rows, intents and the published folder; and all goes on from there."""
    found = sweep(tmp_path, 100)
    assert (found.lost, found.findings, found.cuts) == (0, [], 100)
    assert found.entries > 100


def test_without_syncs_entries_are_lost(tmp_path: Path) -> None:
    """The control: were it to pass, the cuts above would show nothing."""
    assert sweep(tmp_path, 300, synced=False, until_lost=True).lost


def _no_names(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tiles, "sync_directory", lambda _path: None)


def _no_contents(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(os, "fdatasync", lambda _fd: None)


def _checkpoint_first(patch: pytest.MonkeyPatch) -> None:
    def write(self: tiles._Out, name: str, data: bytes) -> None:
        if name.startswith(tiles.TILES):
            later.append((name, data))
            return
        real(self, name, data)
        if name == tiles.CHECKPOINT:
            real_sync(self)
            for each in later:
                real(self, *each)
            later.clear()

    later: list[tuple[str, bytes]] = []
    real, real_sync = tiles._Out.write, tiles._Out.sync
    patch.setattr(tiles._Out, "write", write)


def _partials_first(patch: pytest.MonkeyPatch) -> None:
    def write_keys(ledger: Book, out: tiles._Out, cosigners: Iterable[PublicKey]) -> None:
        path = out.folder / tiles.CHECKPOINT
        old = parse_checkpoint(parse_note(path.read_bytes()).text).size if path.exists() else 0
        if old != ledger.store.size():
            drop(out.folder, old, ledger.store.size())
        real(ledger, out, cosigners)

    real, drop = tiles._write_keys, tiles._drop_partials
    patch.setattr(tiles, "_write_keys", write_keys)
    patch.setattr(tiles, "_drop_partials", lambda _folder, _old, _size: None)


@pytest.mark.parametrize("bug", [_no_names, _no_contents, _checkpoint_first, _partials_first])
def test_a_seeded_bug_is_caught(
    bug: Callable[[pytest.MonkeyPatch], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A harness that cannot fail would prove nothing."""
    bug(monkeypatch)
    assert sweep(tmp_path, 400, until_lost=True).lost


def test_the_model_of_the_disk(tmp_path: Path) -> None:
    """What was synced is there in full, what was not may be; a synced content under a name that was not synced may be
    missing; a rename takes place whole or not at all."""
    home, before = tmp_path / "home", tmp_path / "before"
    before.mkdir()
    (before / "old").write_bytes(b"old")
    disk = Disk(before, home)
    for call in (
        Call("write", home / "old", offset=0, data=b"new"),
        Call("create", home / "aside"),
        Call("write", home / "aside", offset=0, data=b"aside"),
        Call("sync", home / "aside"),
        Call("mkdir", home / "sub"),
        Call("rename", home / "aside", home / "sub" / "goal"),
    ):
        disk.follow(call)
    seen = set()
    for number in range(40):
        disk.cut(tmp_path / str(number), random.Random(number))
        left = tmp_path / str(number)
        seen.add(tuple(sorted((str(p.relative_to(left)), p.read_bytes()) for p in left.rglob("*") if p.is_file())))
    olds = {dict(each)["old"] for each in seen}
    others = {tuple(name for name, _ in each if name != "old") for each in seen}
    assert (olds, others) == ({b"old", b"new"}, {(), ("aside",), ("sub/goal",)})
    disk.follow(Call("sync", home / "old"))
    disk.follow(Call("sync", home / "sub"))
    disk.cut(tmp_path / "synced", random.Random(0))
    assert (tmp_path / "synced" / "old").read_bytes() == b"new"
    assert (tmp_path / "synced" / "sub" / "goal").read_bytes() == b"aside"
