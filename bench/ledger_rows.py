"""Figures of the ledger: what an entry costs beside a bare commit, and verifying beside plain hashing."""

from __future__ import annotations

import hashlib
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.rows import Row, interleaved, ratio, row
from mihariban.base import sqlite
from mihariban.base.clock import SystemClock
from mihariban.ledger import export as export_module
from mihariban.ledger.entry import Draft, Stamp, leaf_of
from mihariban.ledger.hashing import leaf_hash
from mihariban.ledger.keys import KeyKind, Signer
from mihariban.ledger.ledger import Ledger
from mihariban.ledger.store import SqliteStore
from mihariban.ledger.tags import Tag
from mihariban.ledger.tiles import publish
from mihariban.ledger.tree import HashList, completed

_COMMITS = 400
_MILLION = 1_000_000
_RUNS = 7
_DRAFT = Draft(
    Tag.FOOTAGE_SECONDS_SERVE,
    {
        "camera": "cam1",
        "from": "2026-11-23T08:30:00.000000000Z",
        "grant": "01kjx3m5c0v8z2q4r6t8w0y2a4",
        "to": "2026-11-23T08:31:00.000000000Z",
    },
    actor={"role": "manager", "who": "5b" * 32},
    basis="第7条第2項",
    case="R8-12",
)


def rows(folder: Path | None = None, entries: int = _MILLION) -> list[Row]:
    """All figures of the ledger.

    Args:
        folder: where to write [a temporary one]; about 700 MB for a million entries.
        entries: size of the ledger that is verified.
    """
    with tempfile.TemporaryDirectory(dir=folder) as name:
        return [_appending(Path(name)), _verifying(Path(name), entries)]


def _appending(folder: Path) -> Row:
    bare = sqlite.connect(folder / "bare.db", synchronous="FULL")
    bare.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, leaf BLOB, hash BLOB)")
    kept = sqlite.connect(folder / "ledger.db", synchronous="FULL")
    store = SqliteStore(kept)
    with store.transaction() as db:
        store.create(db)
    ledger = Ledger(store, _signer(), SystemClock())
    leaf = _leaf(0)

    def commits() -> float:
        start = time.perf_counter()
        for _ in range(_COMMITS):
            bare.execute("BEGIN IMMEDIATE")
            bare.execute("INSERT INTO entry (leaf, hash) VALUES (?, ?)", (leaf, leaf[:32]))
            bare.execute("COMMIT")
        return (time.perf_counter() - start) / _COMMITS

    def appends() -> float:
        start = time.perf_counter()
        for _ in range(_COMMITS):
            with ledger.change(_DRAFT):
                pass
        return (time.perf_counter() - start) / _COMMITS

    plain, mine = interleaved(9, commits, appends)
    share, spread = ratio(plain, mine)
    bare.close()
    kept.close()
    return row(
        "durable ledger entries a second against bare SQLite FULL commits",
        100 * share,
        "%",
        target="50 % or more",
        met=share >= 0.5,
        entries_per_s=round(1 / statistics.median(mine)),
        commits_per_s=round(1 / statistics.median(plain)),
        spread=spread,
    )


def _verifying(folder: Path, entries: int) -> Row:
    export = folder / "export"
    leaves = _million(folder, export, entries)
    script = Path(export_module.__file__).with_name("verify_ledger.py")

    busy: dict[str, list[float]] = {"plain": [], "verify": []}

    def plain() -> float:
        start, before = time.perf_counter(), time.process_time()
        for leaf in leaves:
            hashlib.sha256(b"\0" + leaf).digest()
        busy["plain"].append(time.process_time() - before)
        return time.perf_counter() - start

    def verify() -> float:
        start, before = time.perf_counter(), _children()
        done = subprocess.run([sys.executable, "-I", str(script), str(export)], capture_output=True, check=True)
        assert f"{entries} entries".encode() in done.stdout
        busy["verify"].append(_children() - before)
        return time.perf_counter() - start

    hashing, verifying = interleaved(_RUNS, plain, verify)
    times, spread = ratio(verifying, hashing)
    work, _ = ratio(busy["verify"], busy["plain"])
    return row(
        "verifying a million entries with the stand-alone script against hashing the same leaves in a plain loop",
        times,
        "x",
        target="3 x or less",
        met=times <= 3,
        entries=entries,
        verify_s=round(statistics.median(verifying), 2),
        hash_s=round(statistics.median(hashing), 2),
        bytes_per_entry=len(leaves[0]),
        ratio_by_processor_time=round(work, 2),
        loop="one process",
        script=f"{os.cpu_count()} processes",
        spread=spread,
    )


def _children() -> float:
    """Processor seconds of all processes that were begun here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _million(folder: Path, export: Path, entries: int) -> list[bytes]:
    """A ledger of many entries, published; filled past ``append`` in one transaction, since only reading is timed."""
    connection = sqlite.connect(folder / "million.db", synchronous="NORMAL")
    store = SqliteStore(connection)
    leaves = [_leaf(seq) for seq in range(entries)]
    hashes = HashList()
    with store.transaction() as db:
        store.create(db)
        for seq, leaf in enumerate(leaves):
            hash_ = leaf_hash(leaf)
            hashes.append(hash_)
            store.add_entry(seq, leaf, hash_, completed(hashes, seq + 1))
    publish(Ledger(store, _signer(), SystemClock()), export)
    connection.close()
    return leaves


def _signer() -> Signer:
    return Signer("mihariban.example/bench", KeyKind.LOG, bytes(32))


def _leaf(seq: int) -> bytes:
    when = Stamp(
        1_780_000_000_000_000_000 + seq, 10**12 + seq * 1000, "00000000-0000-0000-0000-000000000001", "unknown"
    )
    return leaf_of(_DRAFT, seq, when)
