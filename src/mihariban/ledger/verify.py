"""Verifying a published folder or an export: the root is computed from the entries, tiles are only compared with it.

``verify_ledger.py`` does the same without our code and must agree on every folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mihariban.base.files import read_plain
from mihariban.ledger import tree
from mihariban.ledger.checkpoint import Checkpoint, open_checkpoint
from mihariban.ledger.cosignature import cosigned_at
from mihariban.ledger.entry import read_leaf
from mihariban.ledger.errors import (
    EntryRefused,
    LedgerForked,
    LedgerMissing,
    LedgerUnexamined,
    NoteMalformed,
    SignatureInvalid,
)
from mihariban.ledger.hashing import HASH, leaf_hash, perfect
from mihariban.ledger.keys import KeyKind, PublicKey, parse_key
from mihariban.ledger.note import Note
from mihariban.ledger.tags import Outcome
from mihariban.ledger.tiles import CHECKPOINT, COSIGNED, ENTRIES, KEYS, TILES, tile_name, tiles_of, unbundle
from mihariban.ledger.tree import TILE

_TILE_NAME = re.compile(r"(entries|0|[1-9]\d?)/((?:x\d{3}/)*)(\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)
_MOST = TILE * (2 + 65535)
"""Bytes of the longest file of a ledger: a full bundle of the longest entries."""
_BEYOND = "publishing was interrupted and must be repeated, or an older checkpoint was put back"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was verified.

    Args:
        checkpoint: name, size and root.
        note: the signed note.
        key: the log's key; compare it with the one on paper.
        cosigned: newest (size, seconds since 1970 UTC) by cosigner.
        open_intents: number and tag of intents without outcome, where the contents were read.
        hashes: the tree that was computed.
    """

    checkpoint: Checkpoint
    note: Note
    key: PublicKey
    cosigned: dict[PublicKey, tuple[int, int]]
    open_intents: dict[int, str]
    hashes: tree.Hashes


def verify(
    folder: Path,
    *,
    key: PublicKey | None = None,
    cosigners: Sequence[PublicKey] = (),
    old: Sequence[bytes] = (),
    contents: bool = False,
) -> Verdict:
    """Verify ``folder``.

    Args:
        folder: with checkpoint, keys, tile/ and perhaps cosigned/.
        key: the log's key as known from elsewhere.
        cosigners: keys that must have cosigned.
        old: earlier checkpoints of this log that must be continued.
        contents: also read every entry.

    Raises:
        LedgerMissing: a file is missing. LedgerUnexamined: one is there and cannot be read.
        NoteMalformed, SignatureInvalid, EntryRefused, LedgerForked: something does not hold.
    """
    for _ in range(5):  # a folder that is being published to may grow while it is read
        before = _read(folder / CHECKPOINT, folder)
        try:
            return _verify(folder, before, key, cosigners, old, contents=contents)
        except (LedgerMissing, NoteMalformed, SignatureInvalid, EntryRefused, LedgerForked):
            if _read(folder / CHECKPOINT, folder) == before:
                raise
    raise LedgerMissing(path=folder, why="it grows faster than it can be read; verify an export")


def _verify(
    folder: Path,
    data: bytes,
    given: PublicKey | None,
    wanted: Sequence[PublicKey],
    old: Sequence[bytes],
    *,
    contents: bool,
) -> Verdict:
    key, listed = read_keys(folder)
    if given is not None and given != key:
        raise SignatureInvalid(name=given.name, why="the folder is signed with another key than the one given")
    known = list(dict.fromkeys((*listed, *wanted)))
    checkpoint, note, times = _open(data, key, known)
    seen = {each: (checkpoint.size, when) for each, when in times.items()}
    earlier = [open_checkpoint(each, key)[0] for each in old]
    for path in _cosigned(folder):
        its, _, its_times = _open(_read(path, folder), key, known)
        if path.name not in {each.key_id.hex() for each in its_times}:
            raise SignatureInvalid(name=path.name, why="the checkpoint kept for this key is not cosigned by it")
        earlier.append(its)
        for each, when in its_times.items():
            seen[each] = max(seen.get(each, (0, 0)), (its.size, when))
    for each in known:
        if each not in seen:
            raise SignatureInvalid(name=each.name, why="it has not cosigned")
    look = _Contents() if contents else None
    for its in earlier:
        if its.size > checkpoint.size:
            raise LedgerForked(origin=its.origin, size=its.size, why=f"rolled back to {checkpoint.size}")
    hashes = _hash_entries(folder, checkpoint.size, look)
    for its in (checkpoint, *earlier):
        if tree.root(hashes, its.size) != its.root:
            raise LedgerForked(origin=its.origin, size=its.size, why="the entries do not make the root that was signed")
    _compare_tiles(folder, hashes, checkpoint.size)
    return Verdict(checkpoint, note, key, seen, look.open if look else {}, hashes)


def read_keys(folder: Path) -> tuple[PublicKey, list[PublicKey]]:
    """The log's key and the cosigners' keys that lie in the folder."""
    try:
        *lines, last = _read(folder / KEYS, folder).decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise NoteMalformed(what="list of keys", why="not UTF-8") from None
    log: PublicKey | None = None
    cosigners: list[PublicKey] = []
    for line in lines:
        role, _, text = line.partition(" ")
        key = parse_key(text)
        if (role, key.kind) == ("log", KeyKind.LOG) and log is None:
            log = key
        elif (role, key.kind) == ("cosigner", KeyKind.COSIGNER) and key not in cosigners:
            cosigners.append(key)
        else:
            raise NoteMalformed(what="list of keys", why="a line that is neither the log's key nor a cosigner's")
    if log is None or last:
        raise NoteMalformed(what="list of keys", why="no key of the log, or cut off")
    return log, cosigners


def _open(data: bytes, log: PublicKey, cosigners: Sequence[PublicKey]) -> tuple[Checkpoint, Note, dict[PublicKey, int]]:
    """A checkpoint of the folder: each of its signatures must be by a known key and hold."""
    checkpoint, note = open_checkpoint(data, log)
    if checkpoint.origin != log.name:
        raise SignatureInvalid(name=log.name, why="the checkpoint is another log's")
    for signature in note.signatures:
        if not any(signature.is_by(key) for key in (log, *cosigners)):
            raise SignatureInvalid(name=ascii(signature.name), why="its key is not known")
    times = {key: when for key in cosigners if (when := cosigned_at(note, key)) is not None}
    return checkpoint, note, times


class _Computed:
    """Tile levels computed bundle by bundle."""

    def __init__(self) -> None:
        self.levels = [bytearray()]

    def size(self) -> int:
        return len(self.levels[0]) // HASH

    def hashes(self, level: int, start: int, stop: int) -> bytes:
        return bytes(self.levels[level][start * HASH : stop * HASH])

    def add(self, hashes: bytes) -> None:
        """Add the leaf hashes of one bundle."""
        self.levels[0] += hashes
        level = 0
        while hashes and len(self.levels[level]) % (TILE * HASH) == 0:
            hashes = perfect(bytes(self.levels[level][-TILE * HASH :]))
            level += 1
            if level == len(self.levels):
                self.levels.append(bytearray())
            self.levels[level] += hashes


class _Contents:
    """Reads every entry; keeps the intents that wait for their outcome."""

    def __init__(self) -> None:
        self.open: dict[int, str] = {}
        self._last: dict[str, int] = {}

    def look(self, seq: int, leaf: bytes) -> None:
        """Look at the next entry."""
        entry = read_leaf(leaf)
        if self._last.get(entry["boot"], 0) > entry["mono"]:
            raise EntryRefused(why=f"{seq} is earlier than the one before it in the same boot")
        self._last[entry["boot"]] = entry["mono"]
        if entry["outcome"] == Outcome.INTENT:
            self.open[seq] = entry["tag"]
        elif "intent" in entry and self.open.pop(entry["intent"], None) != entry["tag"]:
            raise EntryRefused(why=f"{seq} is the outcome of no open intent")


def _hash_entries(folder: Path, size: int, look: _Contents | None) -> _Computed:
    computed = _Computed()
    for index in range(-(-size // TILE)):
        width = min(TILE, size - index * TILE)
        data = _read(folder / TILES / ENTRIES / tile_name(index, width), folder)
        computed.add(_hash_bundle(data, index * TILE, width, look.look if look else None))
    return computed


def _hash_bundle(data: bytes, first: int, width: int, look: Callable[[int, bytes], None] | None) -> bytes:
    leaves = unbundle(data)
    if len(leaves) != width:
        raise NoteMalformed(what="entry bundle", why=f"{len(leaves)} entries from {first}, not {width}")
    for seq, leaf in enumerate(leaves, first):
        if not leaf.startswith(b'{"_seq":%d,' % seq):
            raise EntryRefused(why=f"{seq} does not carry its number")
        if look is not None:
            look(seq, leaf)
    return b"".join(map(leaf_hash, leaves))


def _compare_tiles(folder: Path, hashes: _Computed, size: int) -> None:
    owed = {
        f"{level}/{tile_name(index, TILE if index < full else rest)}"
        for level, (full, rest) in tiles_of(size).items()
        for index in range(full + (rest > 0))
    }
    for path in _files(folder / TILES):
        name = path.relative_to(folder / TILES).as_posix()
        level, index, width = _place(name)
        count = size if level == ENTRIES else size >> 8 * int(level)
        if index * TILE + width > count:
            raise LedgerForked(origin=folder.name, size=size, why=f"tile/{name} lies beyond the checkpoint; {_BEYOND}")
        data = _read(path, folder)
        if level == ENTRIES:
            data = _hash_bundle(data, index * TILE, width, None)
        if data != hashes.hashes(0 if level == ENTRIES else int(level), index * TILE, index * TILE + width):
            raise LedgerForked(origin=folder.name, size=size, why=f"tile/{name} differs from the entries")
        owed.discard(name)
    if owed:
        raise LedgerMissing(path=folder, why=f"tile/{min(owed)} is missing")


def _place(name: str) -> tuple[str, int, int]:
    match = _TILE_NAME.fullmatch(name)
    if match is not None:
        index = int(match[2].replace("x", "").replace("/", "") + match[3])
        width = int(match[4] or TILE)
        if f"{match[1]}/{tile_name(index, width)}" == name:
            return match[1], index, width
    raise NoteMalformed(what="tile", why=f"{name!r} is no tile's name")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if not path.is_dir())


def _read(path: Path, folder: Path) -> bytes:
    name = path.relative_to(folder).as_posix()
    try:
        return read_plain(path, _MOST)
    except FileNotFoundError as error:
        raise LedgerMissing(path=folder, why=f"{name}: {error.strerror}") from error
    except OSError as error:
        raise LedgerUnexamined(path=folder, why=f"{name}: {error.strerror}") from error


def _cosigned(folder: Path) -> list[Path]:
    """What the cosigners left; nothing where there is no such folder."""
    top = folder / COSIGNED
    try:
        return sorted(top.iterdir()) if os.path.lexists(top) else []
    except OSError as error:
        raise LedgerUnexamined(path=folder, why=f"{COSIGNED}: {error.strerror}") from error
