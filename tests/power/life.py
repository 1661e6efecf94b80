"""One life of a recorder, to be killed: two cameras and a ledger on one disk, each saying on standard output what was
acknowledged to it.

    python -m tests.power.life FOLDER SEED [unsynced]

Lines, each behind the moment it was said (monotonic ns): ``b CLIP CAMERA REGION GENERATION`` a clip begins; ``a CLIP N`` N chunks of it were handed over; ``d CLIP N`` N of them are
durable; ``e SEQ`` an entry is durable; ``p SIZE`` a checkpoint is published; ``x CODE`` an error of ours ended a thread;
``X NAME`` another error did, which must not be.

``unsynced`` leaves out every sync: the control that has to lose something.
"""

from __future__ import annotations

import hashlib
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from mihariban.base import files, sqlite
from mihariban.base.clock import SECOND, TurnedClock
from mihariban.base.errors import MiharibanError
from mihariban.ledger.entry import Draft
from mihariban.ledger.keys import KeyKind, Signer
from mihariban.ledger.ledger import Ledger
from mihariban.ledger.store import SqliteStore
from mihariban.ledger.tags import Tag
from mihariban.ledger.tiles import publish
from mihariban.volume import Chunk, ClipHeader, CodecConfig, Sample, Volume, VolumeSpec

REGIONS = 24
REGION = 512 << 10
CHUNK_S = 1.0
"""Seconds of video in a chunk, as the recorder makes them."""

CAMERAS = ("hall", "desk")
START = 1_795_305_600 * SECOND
SIGNER = Signer("mihariban.example/power", KeyKind.LOG, b"\x0b" * 32)
_CONFIG = CodecConfig("h264", 64, 48, (1, 1000), b"extradata", "annexb")
_DRAFT = Draft(Tag.FOOTAGE_STILL_TAKE, {"camera": "hall"})

_OUT = 3
"""Descriptor for what is said, so that a log line cannot come between."""

Book = Ledger[sqlite.Connection]


def content(clip: bytes, number: int) -> bytes:
    """What chunk ``number`` of ``clip`` holds: 10 to 50 KiB that only this chunk has."""
    seed = clip + number.to_bytes(4, "big")
    return hashlib.shake_128(seed).digest((10 << 10) + int.from_bytes(hashlib.sha256(seed).digest()[:2], "big") % 40960)


def make(folder: Path) -> None:
    """The empty volume and the empty ledger, all on the disk."""
    Volume.create(folder / "ring", VolumeSpec(8192 + REGIONS * REGION, REGION, 0.0, "s", "r")).close()
    connection = sqlite.connect(folder / "control.db", synchronous="FULL")
    store = SqliteStore(connection)
    with store.transaction() as db:
        store.create(db)
        db.execute("CREATE TABLE room (seq INTEGER PRIMARY KEY)")
    connection.close()
    os.sync()


def open_book(folder: Path) -> tuple[Book, sqlite.Connection]:
    """The ledger, as the recorder opens it."""
    connection = sqlite.connect(folder / "control.db", synchronous="FULL")
    return Ledger(SqliteStore(connection), SIGNER, TurnedClock(START)), connection


def _say(*words: object) -> None:
    os.write(_OUT, (" ".join(map(str, (time.monotonic_ns(), *words))) + "\n").encode())


def _film(volume: Volume, camera: str, rng: random.Random) -> None:
    """Chunk after chunk, each made durable before the next, as the recorder does; clips of 3 to 12 chunks."""
    full = False
    while True:
        writer = volume.begin_clip(camera, ClipHeader(rng.randbytes(16)), new_region=full)
        full = False
        page = writer.inner.region.page
        _say("b", writer.clip.hex(), camera, page.region, page.generation)
        for number in range(rng.randrange(3, 13)):
            _say("a", writer.clip.hex(), number + 1)
            if not writer.append(_chunk(writer.clip, number)):
                _say("a", writer.clip.hex(), number)
                full = True
                break
            volume.commit()
            _say("d", writer.clip.hex(), writer.durable)
        writer.close()


def _chunk(clip: bytes, number: int) -> Chunk:
    data = content(clip, number)
    sample = Sample(len(data), number * 1000, number * 1000, 1000, True)
    at = START + number * SECOND
    return Chunk(0, at, at, "boot", "x", None if number else _CONFIG, (sample,), data)


def _enter(book: Book, folder: Path, rng: random.Random) -> None:
    """Changes with their rows, deeds, and now and then a published checkpoint."""
    book.close_dangling()
    while True:
        kind = rng.random()
        if kind < 0.7:
            with book.change() as change:
                seq = change.enter(_DRAFT)
                change.db.execute("INSERT INTO room VALUES (?)", (seq,))
            _say("e", seq)
        elif kind < 0.97:
            with book.deed(_DRAFT) as deed:
                _say("e", deed.intent)
            _say("e", deed.intent + 1)
        else:
            publish(book, folder / "ledger")
            _say("p", book.checkpoint().text.split("\n")[1])


def _watched(work: Callable[[], None]) -> Callable[[], None]:
    """``work``, and what ended it."""

    def watched() -> None:
        try:
            work()
        except MiharibanError as error:
            _say("x", error.code)
        except Exception as error:  # noqa: BLE001  # the judge must hear of it
            _say("X", type(error).__name__)

    return watched


def _leave_out_syncs(connection: sqlite.Connection) -> None:
    connection.execute("PRAGMA synchronous=OFF")
    files.RealFile.sync = lambda _self: None  # type: ignore[method-assign]  # the control
    os.fsync = os.fdatasync = lambda _fd: None


def main() -> None:
    folder, seed = Path(sys.argv[1]), int(sys.argv[2])
    os.dup2(1, _OUT)
    os.dup2(2, 1)
    book, connection = open_book(folder)
    if sys.argv[3:] == ["unsynced"]:
        _leave_out_syncs(connection)
    volume = Volume.open(folder / "ring")
    works = [lambda camera=camera: _film(volume, camera, random.Random(f"{seed}{camera}")) for camera in CAMERAS]
    works.append(lambda: _enter(book, folder, random.Random(seed)))
    threads = [threading.Thread(target=_watched(work)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
