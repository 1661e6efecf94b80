"""control.db open: one connection, one lock, the recorder's ledger in the same transactions."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from mihariban.base import sqlite
from mihariban.base.clock import Clock, SystemClock
from mihariban.ledger.entry import Draft
from mihariban.ledger.keys import KeyKind, Signer
from mihariban.ledger.ledger import Ledger
from mihariban.ledger.store import SqliteStore
from mihariban.ledger.tags import Tag
from mihariban.recorder.errors import ControlOfAnotherSite

FORMAT = 2
_SCHEMAS = ("schema.sql", "schema-2.sql")
LEDGER_KEY = "ledger.key"
COSIGN_KEY = "cosign.key"

Book = Ledger[sqlite.Connection]


def origin(site: str, recorder: str) -> str:
    """Name of the recorder's ledger."""
    return f"mihariban/{site}/recorder/{recorder}"


def cosigner_name(site: str, recorder: str) -> str:
    """Name under which the recorder cosigns the office's ledger."""
    return f"mihariban/{site}/recorder/{recorder}/cosigner"


class ControlBase:
    """The recorder's book: connection, lock, ledger.

    Args:
        path: the database file; the ledger's keys lie beside it.
        readonly: look beside a running recorder; no row is changed, there is no ledger to write to.
        clock, quality: dates of entries and how far the clock can be believed.

    Attributes:
        alone: it was opened on a full disk, and nobody else can look into it.

    Raises:
        LedgerMissing: entries exist and their key is gone.
    """

    def __init__(
        self,
        path: Path,
        *,
        readonly: bool = False,
        clock: Clock | None = None,
        quality: Callable[[], str] = lambda: "unknown",
    ) -> None:
        self.path = path
        self._db = _connect(path, readonly=readonly)
        self.alone = sqlite.is_alone(self._db)
        self._lock = threading.RLock()
        self.store = SqliteStore(self._db, self._lock)
        self._ledger: Book | None = None
        try:
            if not readonly:
                self._upgrade()
                self._ledger = Ledger(
                    self.store, Signer.load(path.with_name(LEDGER_KEY)), clock or SystemClock(), quality
                )
            self._next_gap = self._first("SELECT coalesce(max(id), 0) + 1 FROM gap")
        except BaseException:
            self._db.close()
            raise

    @property
    def ledger(self) -> Book:
        """The recorder's ledger; only where the book was opened for writing."""
        if self._ledger is None:
            raise TypeError("a book that was opened to look at has no ledger to write to")
        return self._ledger

    @classmethod
    def make_tables(cls, path: Path, *, site: str, recorder: str, clock: Clock) -> None:
        """Make the book of a new site, its keys and the first entry of its ledger."""
        signer = Signer.create(path.with_name(LEDGER_KEY), origin(site, recorder), KeyKind.LOG)
        cosigner = cosigner_name(site, recorder)
        Signer.create(path.with_name(COSIGN_KEY), cosigner, KeyKind.COSIGNER)
        db = sqlite.connect(path, synchronous="FULL")
        try:
            store = SqliteStore(db)
            with store.transaction():
                for name in _SCHEMAS:
                    _run(db, name)
                store.create(db)
                db.execute("INSERT INTO book VALUES (?, ?, ?, ?)", (FORMAT, site, recorder, clock.wall()))
                facts = {"origin": signer.public.name, "key": signer.public.text()}
                Ledger(store, signer, clock).append(db, Draft(Tag.LEDGER_BOOK_OPEN, facts))
        finally:
            db.close()
        path.chmod(0o600)

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._db.close()

    def share_again(self) -> None:
        """Where it was opened on a full disk and there is room now, open it anew, so that others can look into it.

        Raises:
            DatabaseUnusable: it cannot be opened; to be tried again.
        """
        if not self.alone or not sqlite.has_room(self.path):
            return
        with self._lock:
            self._db.close()
            self._db = _connect(self.path)
            self.store.use(self._db)
            self.alone = sqlite.is_alone(self._db)

    def belongs_to(self, site: str, recorder: str) -> None:
        """Make sure that this is the book of ``site`` and ``recorder``.

        Raises:
            ControlOfAnotherSite: it is somebody else's.
        """
        with self._lock:
            row = self._db.execute("SELECT site, recorder FROM book").fetchone()
        if (row["site"], row["recorder"]) != (site, recorder):
            raise ControlOfAnotherSite(found=f"{row['site']}/{row['recorder']}", wanted=f"{site}/{recorder}")

    def created(self) -> int:
        """When the book was begun, wall ns."""
        return self._first("SELECT created FROM book")

    @contextmanager
    def transaction(self) -> Iterator[sqlite.Connection]:
        """One transaction of the book; inside another one it is a part of it.

        Raises:
            LedgerUnwritable: nothing was written.
        """
        with self.store.transaction() as db:
            yield db

    @contextmanager
    def entered(self, draft: Draft) -> Iterator[sqlite.Connection]:
        """A change of the book and its entry as one transaction."""
        with self.ledger.change(draft) as change:
            yield change.db

    def empty_log(self) -> bool:
        """Write the log back into the database and cut it off: until then it has the pages as they were, with what was
        deleted. False where a reader is in the way; nobody waits for that, it is to be tried again.
        """
        with self._lock:
            patience = self._db.execute("PRAGMA busy_timeout").fetchone()[0]
            self._db.execute("PRAGMA busy_timeout = 0")
            try:
                return bool(self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
            finally:
                self._db.execute(f"PRAGMA busy_timeout = {int(patience)}")

    # Small things

    def remember(self, name: str, value: Mapping[str, Any]) -> None:
        """Keep a small thing over a restart."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO remembered VALUES (?, ?)", (name, json.dumps(dict(value))))

    def remembered(self, name: str) -> dict[str, Any]:
        """What was kept; empty where nothing was."""
        rows = self._rows("SELECT value FROM remembered WHERE name = ?", name)
        return dict(json.loads(rows[0]["value"])) if rows else {}

    def remembered_names(self, prefix: str) -> list[str]:
        """Names of what was kept that begin so."""
        rows = self._rows("SELECT name FROM remembered WHERE substr(name, 1, ?) = ? ORDER BY name", len(prefix), prefix)
        return [str(row["name"]) for row in rows]

    def forget_remembered(self, db: sqlite.Connection, name: str) -> None:
        """Inside the caller's transaction: a small thing is not needed any more."""
        db.execute("DELETE FROM remembered WHERE name = ?", (name,))

    def _rows(self, sql: str, *values: object) -> list[sqlite.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def _first(self, sql: str, *values: object) -> int:
        return int(self._rows(sql, *values)[0][0])

    def _upgrade(self) -> None:
        """A book of the first format gets the tables of the second and an empty ledger."""
        row = self._rows("SELECT format, site, recorder FROM book")[0]
        if row["format"] >= FORMAT:
            return
        for name, key, kind in (
            (LEDGER_KEY, origin(row["site"], row["recorder"]), KeyKind.LOG),
            (COSIGN_KEY, cosigner_name(row["site"], row["recorder"]), KeyKind.COSIGNER),
        ):
            if not self.path.with_name(name).exists():
                Signer.create(self.path.with_name(name), key, kind)
        with self.transaction() as db:
            _run(db, _SCHEMAS[1])
            self.store.create(db)
            db.execute("UPDATE book SET format = ?", (FORMAT,))


def _connect(path: Path, *, readonly: bool = False) -> sqlite.Connection:
    db = sqlite.connect(path, synchronous="FULL", readonly=readonly)
    if not readonly:
        db.execute("PRAGMA secure_delete = ON")  # a freed page must not keep the times of a visit
    return db


def _run(db: sqlite.Connection, name: str) -> None:
    script = resources.files("mihariban.recorder").joinpath(name).read_text(encoding="utf-8")
    for statement in sqlite.statements(script):
        db.execute(statement)
