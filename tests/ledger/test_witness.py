"""Recorder and office cosign each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihariban.base.clock import HOUR, SECOND
from mihariban.base.errors import MiharibanError
from mihariban.ledger.errors import CosignConflict, LedgerForked, NoteMalformed, SignatureInvalid
from mihariban.ledger.keys import KeyKind, Signer
from mihariban.ledger.witness import Request, Witness, overdue, parse_request, request
from tests.ledger.books import OFFICE, ORIGIN, WALL, Book, close, fill, log_signer, new_book


class _Pair:
    """A recorder's book and an office that cosigns it, its memory in a book of its own."""

    def __init__(self, folder: Path) -> None:
        self.book = new_book(folder / "control.db")
        self.office = new_book(folder / "office.db", Signer("mihariban.example/office", KeyKind.LOG, b"\x04" * 32))
        self.witness = Witness(OFFICE, {ORIGIN: log_signer().public}, self.office.store, lambda: WALL)

    def cosign(self, book: Book, old: int) -> None:
        note = book.checkpoint()
        asked = parse_request(request(book, note, old).encode())
        line = self.witness.cosign(asked)
        book.add_cosignature(book.store.size(), line, OFFICE.public)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[_Pair]:
    made = _Pair(tmp_path)
    yield made
    close(made.book)
    close(made.office)


def test_a_ledger_that_grows_is_cosigned_again_and_again(pair: _Pair) -> None:
    """Each time from the size that was cosigned last; the same size again too."""
    size = 0
    for more in (3, 0, 1, 300, 257):
        fill(pair.book, more)
        pair.cosign(pair.book, size)
        size = pair.book.store.size()
        assert pair.book.cosigned(OFFICE.public) == (size, WALL // SECOND)


def test_another_old_size_is_a_conflict_that_names_the_right_one(pair: _Pair) -> None:
    """The log asks again from there."""
    fill(pair.book, 5)
    pair.cosign(pair.book, 0)
    fill(pair.book, 5)
    with pytest.raises(CosignConflict) as caught:
        pair.cosign(pair.book, 0)
    pair.cosign(pair.book, int(str(caught.value.facts["size"])))


@pytest.mark.parametrize(("count", "camera"), [(20, "cam2"), (10, "cam2"), (9, "cam1")])
def test_a_fork_or_a_rollback_is_refused_and_not_remembered(
    pair: _Pair, tmp_path: Path, count: int, camera: str
) -> None:
    """Signed with the right key and proven in itself, but not what was cosigned."""
    fill(pair.book, 10)
    pair.cosign(pair.book, 0)
    seen = pair.office.store.seen(ORIGIN)
    fork = new_book(tmp_path / "fork.db")
    fill(fork, count, camera)
    note = fork.checkpoint()
    with pytest.raises(LedgerForked):
        pair.witness.cosign(request(fork, note, min(10, count)))
    if count >= 10:
        with pytest.raises(LedgerForked):
            pair.witness.cosign(Request(10, (), note.encode()))
    assert pair.office.store.seen(ORIGIN) == seen
    close(fork)


def test_unknown_ledgers_and_foreign_keys_are_refused(pair: _Pair, tmp_path: Path) -> None:
    """Nothing is cosigned for a stranger, nor under a known name with another key."""
    for number, signer in enumerate((Signer("other.example/x", KeyKind.LOG, b"\x01" * 32), log_signer(b"\x0a" * 32))):
        book = new_book(tmp_path / f"{number}.db", signer)
        with pytest.raises(SignatureInvalid):
            pair.witness.cosign(request(book, book.checkpoint(), 0))
        close(book)


def test_an_overdue_cosignature_is_a_finding(pair: _Pair) -> None:
    """From the first moment without one, and again when the newest is too old; it stops nothing."""
    assert overdue(pair.book, [OFFICE.public], WALL, HOUR) == [OFFICE.public]
    fill(pair.book, 1)
    pair.cosign(pair.book, 0)
    assert overdue(pair.book, [OFFICE.public], WALL + HOUR, HOUR) == []
    assert overdue(pair.book, [OFFICE.public], WALL + HOUR + SECOND, HOUR) == [OFFICE.public]
    fill(pair.book, 1)


@given(st.binary(max_size=60) | st.text("old 0129\nAB=\u2014", max_size=40).map(lambda text: text.encode()))
def test_foreign_requests_are_refused_or_read(data: bytes) -> None:
    """Nothing else comes out of them."""
    try:
        read = parse_request(data)
    except NoteMalformed:
        return
    assert read.encode() == data


def test_a_request_is_read_back(pair: _Pair) -> None:
    """Text there and back; a cut one is refused by the cosigner."""
    fill(pair.book, 9)
    asked = request(pair.book, pair.book.checkpoint(), 5)
    data = asked.encode()
    assert parse_request(data) == asked
    for end in range(len(data)):
        with pytest.raises(MiharibanError):
            pair.witness.cosign(parse_request(data[:end]))
