"""The published folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mihariban.ledger import tiles
from mihariban.ledger.errors import LedgerBusy, LedgerForked, LedgerRolledBack, LedgerUnpublished, NoteMalformed
from mihariban.ledger.export import leave
from mihariban.ledger.tiles import bundle, publish, tile_name, tiles_of, unbundle
from mihariban.ledger.verify import verify
from tests.ledger.books import OFFICE, Book, close, fill, new_book


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    made = new_book(tmp_path / "control.db")
    yield made
    close(made)


def _content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_names_are_those_of_the_format() -> None:
    """Its own examples: entry 1234067, and a tree of 70,000."""
    assert tile_name(1_234_067) == "x001/x234/067"
    assert tile_name(5, 12) == "005.p/12"
    assert tile_name(1000) == "x001/000"
    assert tiles_of(70_000) == {"entries": (273, 112), "0": (273, 112), "1": (1, 17), "2": (0, 1)}
    assert tiles_of(256) == {"entries": (1, 0), "0": (1, 0), "1": (0, 1)}
    assert tiles_of(0) == {"entries": (0, 0)}


def test_growing_step_by_step_gives_the_same_folder_as_at_once(book: Book, tmp_path: Path) -> None:
    """Partial tiles of earlier sizes are gone, nothing is missing, a second call changes nothing."""
    for more in (1, 1, 253, 1, 1, 300, 0):
        fill(book, more)
        publish(book, tmp_path / "steps")
        verify(tmp_path / "steps")
    before = _content(tmp_path / "steps")
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "steps/tile").rglob("*")}
    publish(book, tmp_path / "steps", rebuild=True)
    assert stamps == {path: path.stat().st_mtime_ns for path in (tmp_path / "steps/tile").rglob("*")}
    publish(book, tmp_path / "once")
    assert before == _content(tmp_path / "steps") == _content(tmp_path / "once")


def test_a_lost_or_damaged_folder_is_rebuilt(book: Book, tmp_path: Path) -> None:
    """Everything in it is derived."""
    fill(book, 600)
    publish(book, tmp_path / "ledger")
    whole = _content(tmp_path / "ledger")
    shutil.rmtree(tmp_path / "ledger/tile/0")
    (tmp_path / "ledger/tile/entries/001").write_bytes(b"damaged")
    publish(book, tmp_path / "ledger", rebuild=True)
    assert _content(tmp_path / "ledger") == whole
    shutil.rmtree(tmp_path / "ledger")
    publish(book, tmp_path / "ledger")
    assert _content(tmp_path / "ledger") == whole


def test_a_crash_at_any_rename_leaves_a_folder_that_serves_its_checkpoint(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the older checkpoint needs is still there, and the next publishing mends the folder."""
    fill(book, 250)
    publish(book, tmp_path / "base")
    fill(book, 270)
    publish(book, tmp_path / "goal")
    real = Path.replace
    for allowed in range(8):
        folder = Path(shutil.copytree(tmp_path / "base", tmp_path / f"crash{allowed}"))
        left = [allowed]

        def replace(path: Path, target: Any, left: list[int] = left) -> Path:
            if left[0] == 0:
                raise OSError("cut")
            left[0] -= 1
            return real(path, target)

        monkeypatch.setattr(Path, "replace", replace)
        with pytest.raises(LedgerUnpublished, match="cut"):
            publish(book, folder)
        monkeypatch.setattr(Path, "replace", real)
        served = _content(folder)
        for name in _content(tmp_path / "base"):
            assert name in served
        publish(book, folder)
        verify(folder)
        assert {k: v for k, v in _content(folder).items() if k != ".new"} == _content(tmp_path / "goal")


def test_a_folder_that_is_ahead_of_the_table_shows_the_table_was_put_back(book: Book, tmp_path: Path) -> None:
    """An older database, or another one, is not published over it."""
    fill(book, 10)
    publish(book, tmp_path / "ledger")
    for name, count, camera, error in (("b", 4, "cam1", LedgerRolledBack), ("c", 12, "cam2", LedgerForked)):
        other = new_book(tmp_path / f"{name}.db")
        fill(other, count, camera)
        with pytest.raises(error):
            publish(other, tmp_path / "ledger")
        close(other)
    verify(tmp_path / "ledger")


def test_bundles_are_read_strictly() -> None:
    """There and back; a cut one is refused."""
    leaves = [b"", b"x", b"y" * 300]
    data = bundle(leaves)
    assert unbundle(data) == leaves
    for end in (1, 3, 4, len(data) - 1):
        with pytest.raises(NoteMalformed):
            unbundle(data[:end])


def test_files_are_synced_before_they_are_named(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a power cut could leave a checkpoint over empty tiles."""
    order: list[str] = []
    real_sync, real_replace, real_folder = os.fdatasync, Path.replace, tiles.sync_directory
    monkeypatch.setattr(os, "fdatasync", lambda fd: (order.append("sync"), real_sync(fd))[1])
    monkeypatch.setattr(Path, "replace", lambda path, to: (order.append(Path(to).name), real_replace(path, to))[1])
    monkeypatch.setattr(tiles, "sync_directory", lambda path: (order.append("folder"), real_folder(path))[1])
    fill(book, 3)
    publish(book, tmp_path / "ledger")
    names = [place for place, name in enumerate(order) if name not in ("sync", "folder")]
    assert [order[place - 1] for place in names] == ["sync"] * len(names)
    assert order[names[-1]] == "checkpoint"
    assert order[names[-1] - 2] == "folder"
    assert order[-1] == "folder"


def test_two_processes_do_not_publish_at_once(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second waits for the first and then does its work; where the first hangs it says so and has done nothing."""
    folder = tmp_path / "ledger"
    folder.mkdir()
    fill(book, 3)
    code = (
        "import sys; from pathlib import Path; from mihariban.ledger.tiles import alone\n"
        "with alone(Path(sys.argv[1])):\n    print('in', flush=True); sys.stdin.readline()"
    )
    command = [sys.executable, "-c", code, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None and other.stdout is not None
        other.stdout.readline()
        with monkeypatch.context() as patch:
            patch.setattr(tiles, "_TRIES", 2)
            with pytest.raises(LedgerBusy):
                publish(book, folder)
            with pytest.raises(LedgerBusy):
                leave(folder, OFFICE.public, b"")
        assert _content(folder) == {}
        waits = threading.Timer(0.2, other.stdin.close)
        waits.start()
        publish(book, folder)
        waits.join()
    verify(folder)


def test_threads_that_publish_at_once_leave_a_whole_folder(book: Book, tmp_path: Path) -> None:
    """Each sees a folder that nobody else is writing to."""
    folder = tmp_path / "ledger"

    def work() -> None:
        for _ in range(5):
            fill(book, 40)
            publish(book, folder)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verify(folder).checkpoint.size == 600
