"""Change with entry, deed with intent and outcome, signing: what the rest of the product relies on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mihariban.base import sqlite
from mihariban.base.clock import SECOND, TurnedClock
from mihariban.ledger import tree
from mihariban.ledger.commitment import actor, opens
from mihariban.ledger.entry import Draft, from_moment, moment, read_leaf
from mihariban.ledger.errors import (
    DeedOutOfOrder,
    EntryRefused,
    LedgerForked,
    LedgerRolledBack,
    LedgerUnreadable,
    LedgerUnwritable,
    SignatureInvalid,
)
from mihariban.ledger.hashing import leaf_hash
from mihariban.ledger.ledger import Ledger
from mihariban.ledger.proof import check_consistency, check_inclusion
from mihariban.ledger.sentences import sentence
from mihariban.ledger.store import SqliteStore
from mihariban.ledger.tags import Tag
from tests.ledger.books import DRAFT, OFFICE, WALL, Book, close, fill, log_signer, new_book


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    made = new_book(tmp_path / "control.db")
    yield made
    close(made)


def _rows(book: Book) -> list[str]:
    with book.store.transaction() as db:
        return [row[0] for row in db.execute("SELECT what FROM room")]


def _entries(book: Book) -> list[dict[str, Any]]:
    return [read_leaf(leaf) for leaf in book.store.leaves(0, book.store.size())]


def test_an_entry_says_what_when_and_by_which_clock(book: Book) -> None:
    """Number, time to the nanosecond, clock quality, boot, facts."""
    with book.store.transaction() as db:
        who = book.keep_text(db, "見本 太郎")
        draft = Draft(Tag.HOLD_FOOTAGE_RELEASE, {"hold": "h1"}, actor("manager", who), basis="第8条", case="7")
        assert book.append(db, draft) == 0
    (entry,) = _entries(book)
    assert entry["t"] == moment(WALL)
    assert from_moment(entry["t"]) == WALL
    assert (entry["clock"], entry["_seq"], entry["outcome"]) == ("unknown", 0, "done")
    assert sentence(entry, "en") == "Hold h1 released."
    assert sentence(entry, "ja") == "延長 h1 を解いた。"
    assert book.store.leaves(0, 1)[0].startswith(b'{"_seq":0,')


def test_a_name_can_be_erased_and_the_tree_stays_whole(book: Book, tmp_path: Path) -> None:
    """The leaf holds a salted hash; after erasure the name is nowhere in the database, and the root is the same."""
    name = "見本 花子の申立て"
    with book.store.transaction() as db:
        hash_ = book.keep_text(db, name)
        book.append(db, Draft(Tag.FOOTAGE_STILL_TAKE, {"camera": "c"}, note=hash_.hex()))
    kept = book.text(hash_)
    assert kept is not None
    assert opens(hash_, kept.salt, name)
    assert not opens(hash_, bytes(32), name)
    before = book.checkpoint()
    assert name.encode() in _bytes_of(tmp_path)
    assert book.store.erase_text(hash_)
    assert book.text(hash_) is None
    with sqlite.connect(tmp_path / "control.db", synchronous="FULL") as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    assert name.encode() not in _bytes_of(tmp_path)
    assert book.checkpoint() == before


def _bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("control.db*")))


def test_a_change_and_its_entry_are_one_transaction(book: Book) -> None:
    """Both or neither: an error in the change, in the entry, and no entry at all undo both."""
    with book.change(DRAFT) as change:
        change.db.execute("INSERT INTO room VALUES ('a')")
    with pytest.raises(RuntimeError), book.change(DRAFT) as change:
        change.db.execute("INSERT INTO room VALUES ('b')")
        raise RuntimeError
    with pytest.raises(EntryRefused), book.change(Draft(Tag.FOOTAGE_STILL_TAKE)) as change:
        change.db.execute("INSERT INTO room VALUES ('c')")
    with pytest.raises(DeedOutOfOrder), book.change() as change:
        change.db.execute("INSERT INTO room VALUES ('d')")
    assert (_rows(book), len(_entries(book))) == (["a"], 1)
    with book.change() as change:
        change.db.execute("INSERT INTO room VALUES ('e')")
        assert change.enter(DRAFT) == 1
    assert _rows(book) == ["a", "e"]


def test_an_entry_needs_the_open_transaction_of_its_own_database(book: Book, tmp_path: Path) -> None:
    """Neither without one nor with somebody else's."""
    with book.store.transaction() as db:
        pass
    other = sqlite.connect(tmp_path / "other.db", synchronous="FULL")
    other.execute("BEGIN")
    for transaction in (db, other):
        with pytest.raises(DeedOutOfOrder):
            book.append(transaction, DRAFT)
    other.close()


def test_the_intent_is_durable_before_the_deed_and_the_outcome_follows(book: Book, tmp_path: Path) -> None:
    """Another connection sees the intent while the deed runs."""
    with book.deed(DRAFT) as deed:
        other = sqlite.connect(tmp_path / "control.db", synchronous="FULL", readonly=True)
        assert SqliteStore(other).intents() == [deed.intent]
        other.close()
        deed.add(seconds=12)
    intent, outcome = _entries(book)
    assert (intent["outcome"], outcome["outcome"], outcome["intent"]) == ("intent", "done", 0)
    assert outcome["object"] == {"camera": "cam1", "seconds": 12}
    assert sentence(intent, "en").startswith("About to happen")


def test_a_failed_deed_is_entered_as_failed(book: Book) -> None:
    """The error goes on; its kind stands in the outcome."""
    with pytest.raises(KeyboardInterrupt), book.deed(DRAFT):
        raise KeyboardInterrupt
    with pytest.raises(EntryRefused), book.deed(DRAFT):
        raise EntryRefused(why="x")
    outcomes = _entries(book)[1::2]
    assert [each["object"]["error"] for each in outcomes] == ["KeyboardInterrupt", "MH401"]
    assert {each["outcome"] for each in outcomes} == {"failed"}


def test_the_next_start_closes_dangling_intents_as_unknown(book: Book) -> None:
    """Once, with the facts of the intent; nothing is left open."""
    book.intend(DRAFT)
    book.intend(Draft(Tag.KEY_ROOT_ROTATE, {"generation": 3}, actor("manager", bytes(32)), basis="第9条"))
    assert book.close_dangling() == [0, 1]
    assert book.close_dangling() == []
    last = _entries(book)[-1]
    assert (last["outcome"], last["intent"], last["basis"], last["object"]) == (
        "unknown",
        1,
        "第9条",
        {"generation": 3},
    )
    with pytest.raises(DeedOutOfOrder):
        book.settle(0, DRAFT, last["outcome"])


def test_an_intent_inside_a_transaction_is_refused(book: Book) -> None:
    """It would not be durable when the deed happens."""
    with book.store.transaction(), pytest.raises(DeedOutOfOrder), book.deed(DRAFT):
        pytest.fail("the deed must not happen")


def test_a_full_disk_refuses_the_entry_and_loses_nothing(book: Book) -> None:
    """The deed does not happen, the reason is said, earlier entries stay, and all goes on once there is room."""
    fill(book, 300)
    before = book.checkpoint()
    with book.store.transaction() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LedgerUnwritable, match="full"):
        for _ in range(400):
            with book.change(DRAFT) as change:
                if book.store.size() % 2:  # the room's own row fits or fails with the room's own error
                    change.db.execute("INSERT INTO room VALUES ('r')")
    size = book.store.size()
    assert len(_rows(book)) == (size - 300) // 2
    with pytest.raises(LedgerUnwritable), book.deed(Draft(Tag.FOOTAGE_STILL_TAKE, {"camera": "x" * 9000})):
        pytest.fail("the deed must not happen")
    db.execute(f"PRAGMA max_page_count = {pages + 1000}")
    fill(book, 1)
    assert book.store.size() == size + 1
    assert tree.root(book.store, 300) == book.check_continues(before.encode()).root


def test_a_full_disk_after_the_deed_leaves_the_intent_open(book: Book) -> None:
    """The deed has happened; its outcome is owed and the next start closes it."""
    with pytest.raises(LedgerUnwritable), book.deed(DRAFT) as deed, book.store.transaction() as db:
        deed.add(text="x" * 20_000)
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}")
    db.execute(f"PRAGMA max_page_count = {pages + 1000}")
    assert book.close_dangling() == [0]
    assert [each["outcome"] for each in _entries(book)] == ["intent", "unknown"]


def test_a_readonly_database_refuses_with_the_reason(book: Book, tmp_path: Path) -> None:
    """No access without an entry."""
    fill(book, 3)
    other = sqlite.connect(tmp_path / "control.db", synchronous="FULL", readonly=True)
    locked = Ledger(SqliteStore(other), log_signer(), TurnedClock(WALL))
    with pytest.raises(LedgerUnwritable, match="readonly"), locked.deed(DRAFT):
        pytest.fail("the deed must not happen")
    with pytest.raises(LedgerUnwritable, match="readonly"):
        locked.checkpoint()
    assert locked.store.size() == 3
    other.close()


def test_entries_are_neither_changed_nor_deleted(book: Book) -> None:
    """The database itself refuses."""
    fill(book, 2)
    for sql in ("UPDATE ledger_entry SET leaf = x''", "DELETE FROM ledger_entry"):
        with pytest.raises(sqlite.DatabaseError), book.store.transaction() as db:
            db.execute(sql)


def test_threads_get_numbers_without_holes(book: Book) -> None:
    """One lock, one order."""

    def work() -> None:
        for _ in range(25):
            with book.change(DRAFT) as change:
                change.db.execute("INSERT INTO room VALUES ('t')")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each["_seq"] for each in _entries(book)] == list(range(100))
    assert len(_rows(book)) == 100


def test_checkpoints_prove_entries_and_growth(book: Book) -> None:
    """Across tile boundaries; signing the same size again gives the same note."""
    fill(book, 200)
    first = book.checkpoint()
    fill(book, 400)
    second = book.checkpoint()
    assert book.checkpoint() == second
    old, new = (book.check_continues(each.encode()) for each in (first, second))
    check_consistency(200, 600, old.root, new.root, book.consistency(200, 600))
    leaf = book.store.leaves(431, 432)[0]
    check_inclusion(431, 600, leaf_hash(leaf), book.inclusion(431, 600), new.root)
    assert [size for size, _ in book.store.checkpoints()] == [600]


def test_a_table_that_was_put_back_is_not_signed(tmp_path: Path) -> None:
    """Fewer or other entries than were signed: refused, whoever asks."""
    book = new_book(tmp_path / "a.db")
    fill(book, 10)
    signed = book.checkpoint().encode()
    for name, count, camera, error in (("b", 9, "cam1", LedgerRolledBack), ("c", 10, "cam2", LedgerForked)):
        other = new_book(tmp_path / f"{name}.db")
        fill(other, count, camera)
        with pytest.raises(error):
            other.check_continues(signed)
        other.store.put_checkpoint(10, signed)
        with pytest.raises(error):
            other.checkpoint()
        close(other)
    close(book)


def test_a_cosignature_is_kept_with_its_checkpoint(book: Book) -> None:
    """The cosigned checkpoint outlives newer ones; a false line is not taken."""
    from mihariban.ledger.cosignature import cosign

    fill(book, 5)
    note = book.checkpoint()
    line = cosign(note.text, OFFICE, WALL // SECOND)
    fill(book, 5)
    book.add_cosignature(5, line, OFFICE.public)
    book.checkpoint()
    fill(book, 1)
    book.checkpoint()
    assert book.cosigned(OFFICE.public) == (5, WALL // SECOND)
    assert [size for size, _ in book.store.checkpoints()] == [5, 11]
    for size in (11, 7):
        with pytest.raises(SignatureInvalid):
            book.add_cosignature(size, line, OFFICE.public)


def test_a_fault_of_the_storage_in_the_rooms_own_sql_is_the_ledgers_error(book: Book, tmp_path: Path) -> None:
    """Full, read-only, locked: MH402 with the reason, all undone. A mistake in the statement stays what it is."""
    fill(book, 1)
    with book.store.transaction() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LedgerUnwritable, match="full"), book.change(DRAFT) as change:
        change.db.execute("INSERT INTO room VALUES ('a')")
        change.db.execute("INSERT INTO room VALUES (?)", ("x" * 50_000,))
    db.execute(f"PRAGMA max_page_count = {pages + 1000}")
    db.execute("PRAGMA query_only = ON")
    with pytest.raises(LedgerUnwritable, match="readonly"), book.change(DRAFT) as change:
        change.db.execute("INSERT INTO room VALUES ('b')")
    db.execute("PRAGMA query_only = OFF")
    for sql, error in (("INSERT INTO nowhere VALUES (1)", sqlite.OperationalError), ("x", sqlite.OperationalError)):
        with pytest.raises(error), book.change(DRAFT) as change:
            change.db.execute("INSERT INTO room VALUES ('c')")
            change.db.execute(sql)
    db.execute("CREATE UNIQUE INDEX one ON room (what)")
    with pytest.raises(sqlite.IntegrityError), book.change(DRAFT) as change:
        change.db.execute("INSERT INTO room VALUES ('d'), ('d')")
    assert (_rows(book), len(_entries(book))) == ([], 1)


def test_a_locked_database_refuses_with_the_reason(book: Book, tmp_path: Path) -> None:
    """Another process holds the write lock for longer than the wait."""
    with book.store.transaction() as db:
        db.execute("SELECT 1")
    db.execute("PRAGMA busy_timeout = 50")
    other = sqlite.connect(tmp_path / "control.db", synchronous="FULL")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerUnwritable, match="locked"), book.deed(DRAFT):
        pytest.fail("the deed must not happen")
    other.execute("ROLLBACK")
    other.close()
    with book.deed(DRAFT):
        pass
    assert len(_entries(book)) == 2


def test_a_damaged_database_says_that_it_cannot_be_read(tmp_path: Path) -> None:
    """A page overwritten with noise: reading is MH412, entering is MH402."""
    book = new_book(tmp_path / "control.db")
    fill(book, 600)
    close(book)
    path = tmp_path / "control.db"
    sqlite.connect(path, synchronous="FULL").close()  # brings the log into the file
    data = bytearray(path.read_bytes())
    for page in range(8, len(data) // 4096):
        data[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    path.write_bytes(data)
    connection = sqlite.connect(path, synchronous="FULL")
    broken = Ledger(SqliteStore(connection), log_signer(), TurnedClock(WALL))
    with pytest.raises(LedgerUnreadable, match="malformed"):
        broken.store.leaves(0, 600)
    with pytest.raises(LedgerUnreadable, match="malformed"):
        broken.inclusion(3, 600)
    with pytest.raises(LedgerUnwritable, match="malformed"):
        broken.intend(DRAFT)
    with pytest.raises(LedgerUnwritable, match="malformed"):
        broken.checkpoint()
    connection.close()
