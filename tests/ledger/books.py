"""Small ledgers for the tests."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

from mihariban.base import sqlite
from mihariban.base.clock import SECOND, TurnedClock
from mihariban.ledger import export as export_module
from mihariban.ledger.cosignature import cosign
from mihariban.ledger.entry import Draft, read_leaf
from mihariban.ledger.errors import LedgerForked
from mihariban.ledger.export import export
from mihariban.ledger.keys import KeyKind, PublicKey, Signer
from mihariban.ledger.ledger import Ledger
from mihariban.ledger.store import SqliteStore
from mihariban.ledger.tags import Tag
from mihariban.ledger.tiles import CHECKPOINT
from mihariban.ledger.verify import verify

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


def unmatched(book: Book, first: int = 0) -> list[str]:
    """From entry ``first`` on, what does not fit together: a row of ``room`` (numbers of entries) for each change and for nothing else, an
    outcome or an open intent for each intent, numbers without holes."""
    entries = [read_leaf(leaf) for leaf in book.store.leaves(first, book.store.size())]
    found = []
    if [each["_seq"] for each in entries] != list(range(first, first + len(entries))):
        found.append("numbers with holes")
    changes = [each["_seq"] for each in entries if each["outcome"] == "done" and "intent" not in each]
    with book.store.transaction() as db:
        rows = [str(row[0]) for row in db.execute("SELECT * FROM room ORDER BY rowid LIMIT -1 OFFSET ?", (first,))]
    if rows != [str(seq) for seq in changes]:
        found.append("a change without its entry, or an entry without its change")
    settled = {each["intent"] for each in entries if "intent" in each}
    owed = [each["_seq"] for each in entries if each["outcome"] == "intent" and each["_seq"] not in settled]
    if book.store.intents() != owed:
        found.append("the open intents are not those that lack an outcome")
    return found


def served(folder: Path, aside: Path) -> int:
    """Size of the checkpoint in a folder whose publishing may have been interrupted (0 where there is none), after all
    that the checkpoint needs was verified; tiles of the next one may be there already. Looks at a copy."""
    if not (folder / CHECKPOINT).exists():
        return 0
    shutil.copytree(folder, aside)
    while True:
        try:
            return verify(aside).checkpoint.size
        except LedgerForked as error:
            name, beyond, _ = str(error.facts["why"]).partition(" lies beyond the checkpoint")
            if not beyond:
                raise
            (aside / name).unlink()
