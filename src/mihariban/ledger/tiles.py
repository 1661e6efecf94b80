"""The published folder (C2SP tlog-tiles): entry bundles, tiles and the checkpoint, derived from the store.

    checkpoint            the signed note; written last
    keys                  one key a line: "log VKEY" once, "cosigner VKEY" for each that has cosigned
    cosigned/<key id>     the newest checkpoint that this key cosigned
    tile/entries/<N>      up to 256 entries, each after its length in two bytes
    tile/<L>/<N>          up to 256 hashes; ".p/<W>" behind the name of one that is not full

Every file is written aside, synced and renamed; a crash leaves an older checkpoint over tiles that still serve it.
One process at a time: see ``alone``.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mihariban.base.files import sync_directory
from mihariban.ledger.checkpoint import parse_checkpoint
from mihariban.ledger.cosignature import cosigned_at
from mihariban.ledger.errors import LedgerBusy, LedgerUnpublished, NoteMalformed
from mihariban.ledger.keys import PublicKey
from mihariban.ledger.ledger import Ledger
from mihariban.ledger.note import Note, parse_note
from mihariban.ledger.store import EntryStore
from mihariban.ledger.tree import TILE, TILE_BITS

CHECKPOINT = "checkpoint"
KEYS = "keys"
COSIGNED = "cosigned"
TILES = "tile"
ENTRIES = "entries"

_TRIES = 100
_PAUSE_S = 0.05


def tile_name(index: int, width: int = TILE) -> str:
    """Path of a tile below its level: 1234067 is x001/x234/067."""
    name = f"{index % 1000:03}"
    while index >= 1000:
        index //= 1000
        name = f"x{index % 1000:03}/{name}"
    return name if width == TILE else f"{name}.p/{width}"


def tiles_of(size: int) -> dict[str, tuple[int, int]]:
    """Every tile of a tree of ``size`` entries: level folder to (full tiles, hashes in the partial one)."""
    found = {ENTRIES: (size // TILE, size % TILE)}
    level = 0
    while size:
        found[str(level)] = (size // TILE, size % TILE)
        size >>= TILE_BITS
        level += 1
    return found


def bundle(leaves: Iterable[bytes]) -> bytes:
    """Entries as an entry bundle."""
    parts: list[bytes] = []
    for leaf in leaves:
        parts += (len(leaf).to_bytes(2, "big"), leaf)
    return b"".join(parts)


def unbundle(data: bytes) -> list[bytes]:
    """The entries of a bundle.

    Raises:
        NoteMalformed: a length leads beyond its end.
    """
    leaves: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or at > len(data):
            raise NoteMalformed(what="entry bundle", why="it ends inside an entry")
        leaves.append(data[start:at])
    return leaves


def publish(ledger: Ledger[Any], folder: Path, cosigners: Iterable[PublicKey] = (), *, rebuild: bool = False) -> Note:
    """Sign the present tree and bring the folder up to it. Doing it twice changes nothing.

    Args:
        ledger: the book.
        folder: made where it does not exist.
        cosigners: keys whose cosignatures are looked for.
        rebuild: write every tile anew, not only those after the folder's checkpoint.

    Raises:
        LedgerRolledBack, LedgerForked: the folder shows more, or other, entries than the table.
        LedgerBusy: another process is publishing into it.
        LedgerUnpublished: the folder cannot be written; calling again once it can mends it.
    """
    try:
        out = _Out(folder)
        with alone(folder):
            return _publish(ledger, out, cosigners, rebuild=rebuild)
    except OSError as error:
        raise LedgerUnpublished(path=folder, why=error.strerror or str(error)) from error


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only one who writes into ``folder``, for as long as the ``with`` lasts or the process lives.

    The lock is on the folder itself (flock), so that nothing is left behind in what is handed to an auditor. Who comes
    second waits about five seconds; publishing takes less, unless the one before hangs.

    Raises:
        LedgerBusy: it did not end in that time.
    """
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for left in reversed(range(_TRIES)):
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if not left:
                    raise LedgerBusy(path=folder) from error
                time.sleep(_PAUSE_S)
        yield
    finally:
        os.close(fd)


def _publish(ledger: Ledger[Any], out: _Out, cosigners: Iterable[PublicKey], *, rebuild: bool) -> Note:
    old, folder = 0, out.folder
    if (folder / CHECKPOINT).exists():
        old = ledger.check_continues((folder / CHECKPOINT).read_bytes()).size
    note = ledger.checkpoint()
    size = parse_checkpoint(note.text).size
    write_tiles(ledger.store, out.write, 0 if rebuild else old, size)
    _write_keys(ledger, out, cosigners)
    out.sync()
    out.write(CHECKPOINT, note.encode())
    out.sync()
    if old != size:
        _drop_partials(folder, old, size)
    return note


def write_tiles(store: EntryStore[Any], write: Callable[[str, bytes], None], old: int, size: int) -> None:
    """Hand every tile that is new in ``size`` against ``old`` entries to ``write(name, bytes)``."""
    for level, (full, rest) in tiles_of(size).items():
        first = tiles_of(old).get(level, (0, 0))[0]
        for index in range(first, full + (rest > 0)):
            width = TILE if index < full else rest
            start, stop = index * TILE, index * TILE + width
            data = bundle(store.leaves(start, stop)) if level == ENTRIES else store.hashes(int(level), start, stop)
            write(f"{TILES}/{level}/{tile_name(index, width)}", data)


def _write_keys(ledger: Ledger[Any], out: _Out, cosigners: Iterable[PublicKey]) -> None:
    lines = [f"log {ledger.key.text()}\n"]
    kept = [parse_note(data) for _, data in reversed(ledger.store.checkpoints())]
    for key in cosigners:
        newest = next((note for note in kept if cosigned_at(note, key) is not None), None)
        if newest is not None:
            lines.append(f"cosigner {key.text()}\n")
            out.write(f"{COSIGNED}/{key.key_id.hex()}", newest.encode())
    path = out.folder / KEYS
    if path.exists():  # a cosigner who came to the folder itself stays listed
        lines += [line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if line not in lines]
    out.write(KEYS, "".join(lines).encode())


def _drop_partials(folder: Path, old: int, size: int) -> None:
    now = tiles_of(size)
    for level, (full, rest) in tiles_of(old).items():
        if rest and now[level] != (full, rest):
            path = folder / TILES / level / tile_name(full, rest)
            path.unlink(missing_ok=True)
            if not any(path.parent.iterdir()):
                path.parent.rmdir()


class _Out:
    """Writes files whole or not at all; ``sync`` makes their names durable."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._folders: set[Path] = set()
        self._make(folder)

    def write(self, name: str, data: bytes) -> None:
        path = self.folder / name
        if path.exists() and path.stat().st_size == len(data) and path.read_bytes() == data:
            return
        self._make(path.parent)
        aside = self.folder / ".new"
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fdatasync(file.fileno())
        aside.replace(path)
        self._folders.add(path.parent)

    def sync(self) -> None:
        for folder in sorted(self._folders, reverse=True):
            sync_directory(folder)
        self._folders.clear()

    def _make(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make(folder.parent)
            folder.mkdir()
            self._folders.add(folder.parent)
