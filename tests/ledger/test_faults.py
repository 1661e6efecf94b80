"""A disk that fails under the real SQLite: each write and sync once, from one on, in part; and a disk that is full.

Not covered: reads that fail (SQLite maps its shared memory, and a page that cannot be read there ends the process), and
a disk that says a sync was done and loses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mihariban.base import sqlite
from mihariban.base.clock import TurnedClock
from mihariban.ledger.entry import Draft
from mihariban.ledger.errors import LedgerUnpublished, LedgerUnwritable
from mihariban.ledger.ledger import Ledger
from mihariban.ledger.store import SqliteStore
from mihariban.ledger.tags import Outcome, Tag
from mihariban.ledger.tiles import publish
from mihariban.ledger.verify import verify
from tests.ledger import syscalls
from tests.ledger.books import DRAFT, WALL, Book, close, log_signer, new_book, served, unmatched
from tests.ledger.syscalls import EIO, ENOSPC, Call, watched
from tests.power import disk as power_disk
from tests.power.disk import MIB, NOLOGFLUSH, LoopDisk

_UNWATCHED = syscalls.missing()
needs_watching = pytest.mark.skipif(bool(_UNWATCHED), reason=_UNWATCHED)
_DISKLESS = power_disk.missing()
needs_disk = pytest.mark.skipif(bool(_DISKLESS), reason=_DISKLESS)


class _Script:
    """Every way of entering, one after the other; what was acknowledged, and how often it was refused."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.entered: list[int] = []
        self.refused = 0

    def play(self) -> None:
        """One round."""
        for step in (self._change, self._deed, self._append, self._kept, self._signed):
            try:
                step()
            except LedgerUnwritable:
                self.refused += 1

    def _row(self, db: sqlite.Connection, seq: int) -> None:
        db.execute("INSERT INTO room VALUES (?)", (seq,))

    def _change(self) -> None:
        with self.book.change() as change:
            seq = change.enter(Draft(Tag.CLIP_DAMAGE_FIND, {"camera": "c", "at": "x" * 5000}))
            self._row(change.db, seq)
        self.entered.append(seq)

    def _deed(self) -> None:
        with self.book.deed(DRAFT) as deed:
            self.entered.append(deed.intent)
        self.entered.append(deed.intent + 1)

    def _append(self) -> None:
        with self.book.store.transaction() as db:
            seqs = [self.book.append(db, DRAFT) for _ in range(3)]
            for seq in seqs:
                self._row(db, seq)
        self.entered += seqs

    def _kept(self) -> None:
        intent = self.book.intend(DRAFT)
        self.entered.append(intent)
        self.entered.append(self.book.settle(intent, DRAFT, Outcome.FAILED))

    def _signed(self) -> None:
        self.book.checkpoint()


def _book(folder: Path) -> Book:
    folder.mkdir()
    book = new_book(folder / "control.db")
    with book.store.transaction() as db:
        db.execute("PRAGMA wal_autocheckpoint = 8")  # the log is brought into the file within the script
    return book


def _afterwards(script: _Script, folder: Path) -> None:
    """The disk works again: the same process goes on, and the next one finds all that was acknowledged."""
    again = _Script(script.book)
    again.play()
    assert again.refused == 0
    assert unmatched(script.book) == []
    close(script.book)
    connection = sqlite.connect(folder / "control.db", synchronous="FULL")
    book = Ledger(SqliteStore(connection), log_signer(), TurnedClock(WALL))
    assert set(script.entered + again.entered) <= set(range(book.store.size()))
    book.close_dangling()
    assert unmatched(book) == []
    publish(book, folder / "ledger")
    verify(folder / "ledger", contents=True)
    connection.close()


def _calls(folder: Path) -> int:
    count = [0]

    def judge(call: Call) -> None:
        count[0] += not call.path.name.endswith("-shm")

    script = _Script(_book(folder))
    watched(script.play, judge, folder)
    assert script.refused == 0
    close(script.book)
    return count[0]


def _failing(place: int, answer: int, *, stays: bool = False) -> Callable[[Call], int | None]:
    """The call number ``place`` is answered so; where it ``stays``, every later one too."""
    count = [0]

    def judge(call: Call) -> int | None:
        if call.path.name.endswith("-shm"):
            return None
        count[0] += 1
        hit = count[0] >= place if stays else count[0] == place
        return answer if hit and (answer > 0 or call.data) else None

    return judge


@needs_watching
@pytest.mark.parametrize(("answer", "stays"), [(EIO, False), (ENOSPC, False), (EIO, True), (ENOSPC, True)])
def test_each_write_and_sync_that_fails_refuses_and_loses_nothing(answer: int, stays: bool, tmp_path: Path) -> None:
    """Once at each operation, and at it and all that follow: MH402 for what was under way and nothing else, then all
    goes on."""
    count, refused = _calls(tmp_path / "whole"), 0
    for place in range(1, count + 1, 2 if stays else 1):
        folder = tmp_path / str(place)
        script = _Script(_book(folder))
        watched(script.play, _failing(place, answer, stays=stays), folder)
        refused += script.refused
        _afterwards(script, folder)
    assert refused >= count // 3  # a failed check point of the log refuses nothing, the rest does


@needs_watching
def test_short_writes_are_completed(tmp_path: Path) -> None:
    """A disk that takes a part of a write, at each of them in turn, and 700 bytes of every one: nothing is refused."""
    count = _calls(tmp_path / "whole")
    for place in range(1, count + 1, 4):
        folder = tmp_path / str(place)
        script = _Script(_book(folder))
        watched(script.play, _failing(place, -100), folder)
        assert script.refused == 0
        _afterwards(script, folder)
    script = _Script(_book(tmp_path / "all"))
    watched(script.play, _failing(1, -700, stays=True), tmp_path / "all")
    assert script.refused == 0
    _afterwards(script, tmp_path / "all")


@needs_watching
@pytest.mark.parametrize("answer", [EIO, ENOSPC])
def test_each_operation_of_publishing_that_fails_leaves_what_can_be_mended(answer: int, tmp_path: Path) -> None:
    """MH413, and the folder still serves the checkpoint it shows; publishing again makes it whole."""
    book = _book(tmp_path / "book")
    with book.store.transaction() as db:
        for _ in range(250):
            book.append(db, DRAFT)
    place, done = 1, False
    while not done:
        folder = tmp_path / f"ledger{place}"
        publish(book, folder)
        before = book.store.size()
        with book.store.transaction() as db:
            for _ in range(7):
                book.append(db, DRAFT)
        book.checkpoint()
        errors: list[LedgerUnpublished] = []
        watched(lambda folder=folder, errors=errors: _try(book, folder, errors), _failing(place, answer), folder)  # type: ignore[misc]
        done = not errors
        shown = served(folder, tmp_path / f"aside{place}")
        assert shown in (before, book.store.size())
        publish(book, folder)
        assert verify(folder).checkpoint.size == book.store.size()
        place += 1
    assert place > 12
    close(book)


def _try(book: Book, folder: Path, errors: list[LedgerUnpublished]) -> None:
    try:
        publish(book, folder)
    except LedgerUnpublished as error:
        errors.append(error)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[LoopDisk]:
    with LoopDisk(tmp_path, 16 * MIB) as made:
        yield made


@needs_disk
def test_a_real_disk_that_fills_up_refuses_and_goes_on_when_there_is_room(disk: LoopDisk) -> None:
    """Each way of entering gives MH402 with the reason; what was there verifies; nothing is half written."""
    folder = disk.path / "book"
    script = _Script(_book(folder))
    script.play()
    before = script.book.store.size()
    publish(script.book, folder / "ledger")
    intent = script.book.intend(DRAFT)
    disk.fill()
    big = Draft(Tag.CLIP_DAMAGE_FIND, {"camera": "c", "at": "x" * 60_000})
    book, said = script.book, []

    def refused(step: Callable[[], object]) -> None:
        with pytest.raises(LedgerUnwritable, match=r"full|I/O") as caught:
            for _ in range(20):  # what the log's file has as room already may be used up first
                step()
        said.append(caught.value.code)

    def append() -> None:
        with book.store.transaction() as db:
            seq = book.append(db, big)
            db.execute("INSERT INTO room VALUES (?)", (seq,))

    def deed() -> None:
        with book.deed(big):
            said.append("done")

    def change() -> None:
        with book.change() as change:
            change.db.execute("INSERT INTO room VALUES (?)", (change.enter(big),))

    for step in (append, change, deed, lambda: book.intend(big)):
        refused(step)
    refused(lambda: book.settle(intent, big, Outcome.DONE))
    assert said.count("MH402") == 5
    with pytest.raises(LedgerUnpublished):
        publish(book, folder / "other")
    assert verify(folder / "ledger").checkpoint.size == before
    disk.make_room()
    assert intent in book.store.intents()
    _afterwards(script, folder)


@needs_disk
@pytest.mark.parametrize("how", ["dies", "turns read-only"])
def test_a_real_disk_that_fails_refuses_with_the_reason(how: str, disk: LoopDisk) -> None:
    """Every write and sync fails from one moment on; after it was mounted anew all that was acknowledged is there."""
    folder = disk.path / "book"
    script = _Script(_book(folder))
    script.play()
    if how == "dies":
        disk.cut(NOLOGFLUSH)
    else:
        disk.turn_readonly()
    dead = _Script(script.book)
    dead.play()
    assert dead.entered == []
    assert dead.refused >= 4  # of these entries a signed checkpoint may be there already, and be read
    with pytest.raises(LedgerUnwritable), script.book.deed(DRAFT):  # the reason is what SQLite makes of the dead disk
        pytest.fail("the deed must not happen")
    assert isinstance(script.book.store, SqliteStore)
    script.book.store._db.close()
    disk.unmount()
    disk.mount()
    connection = sqlite.connect(folder / "control.db", synchronous="FULL")
    script.book = Ledger(SqliteStore(connection), log_signer(), TurnedClock(WALL))
    _afterwards(script, folder)
