"""Small ledgers for the tests."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from mihariban.base import sqlite
from mihariban.base.clock import SECOND, TurnedClock
from mihariban.ledger import export as export_module
from mihariban.ledger.cosignature import cosign
from mihariban.ledger.entry import Draft
from mihariban.ledger.export import export
from mihariban.ledger.keys import KeyKind, PublicKey, Signer
from mihariban.ledger.ledger import Ledger
from mihariban.ledger.store import SqliteStore
from mihariban.ledger.tags import Tag

Book = Ledger[sqlite.Connection]

WALL = 1_780_000_000 * SECOND
ORIGIN = "mihariban.example/test"
OFFICE = Signer("office.example/cosigner", KeyKind.COSIGNER, b"\x02" * 32)
DRAFT = Draft(Tag.FOOTAGE_STILL_TAKE, {"camera": "cam1"})


def log_signer(seed: bytes = b"\x01" * 32) -> Signer:
    """The key of the sample ledger."""
    return Signer(ORIGIN, KeyKind.LOG, seed)


def new_book(path: Path, signer: Signer | None = None, clock: TurnedClock | None = None) -> Book:
    """An empty ledger in a database of its own, with a table ``room`` beside it."""
    connection = sqlite.connect(path, synchronous="FULL")
    store = SqliteStore(connection)
    with store.transaction() as db:
        store.create(db)
        db.execute("CREATE TABLE room (what TEXT)")
    return Ledger(store, signer or log_signer(), clock or TurnedClock(WALL))


def fill(book: Book, count: int, camera: str = "cam1") -> None:
    """Enter ``count`` entries in one transaction."""
    with book.store.transaction() as db:
        for number in range(count):
            book.append(db, Draft(Tag.CLIP_DAMAGE_FIND, {"camera": camera, "at": str(number)}))


def close(book: Book) -> None:
    """Give the database back."""
    assert isinstance(book.store, SqliteStore)
    with book.store.transaction() as db:
        pass
    db.close()


def cosigned_export(book: Book, folder: Path, key: Signer = OFFICE) -> PublicKey:
    """An export whose checkpoint the office has cosigned."""
    note = book.checkpoint()
    size = book.store.size()
    book.add_cosignature(size, cosign(note.text, key, WALL // SECOND), key.public)
    export(book, folder, [key.public])
    return key.public


def script() -> ModuleType:
    """The stand-alone verifier, imported; signatures are checked in process and remembered, since thousands follow."""
    path = Path(export_module.__file__).with_name("verify_ledger.py")
    spec = importlib.util.spec_from_file_location("verify_ledger", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.__dict__["ed25519"] = _holds
    return module


def _holds(public: bytes, signature: bytes, message: bytes) -> bool:
    return PublicKey("x", KeyKind.LOG, public).holds(signature, message)
