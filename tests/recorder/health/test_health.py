"""When a finding begins and ends, and who is told."""

from __future__ import annotations

import string

import pytest

from mihariban.base.clock import SECOND, TurnedClock
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.recorder.health.health import Finding, Health
from mihariban.recorder.health.kinds import PATIENCE, FindingKind
from mihariban.recorder.health.sentences import WORDS

COVERED = FindingKind.CAMERA_COVERED


class Book:
    """Whoever is told."""

    def __init__(self) -> None:
        self.clock = TurnedClock(1_000 * SECOND)
        self.begun: list[Finding] = []
        self.ended: list[Finding] = []
        self.health = Health(self.clock, on_begin=self.begun.append, on_end=self.ended.append)

    def turn(self, seconds: float) -> None:
        self.clock.turn(round(seconds * SECOND))
        self.health.tick(self.clock.wall(), self.clock.monotonic())

    def see(self, present: bool, kind: FindingKind = COVERED, subject: str = "cam1", **figures: int | str) -> None:
        self.health.observe(kind, subject, present, figures)


def test_every_kind_has_its_words_and_its_patience() -> None:
    """In both languages, with no fact but the subject."""
    assert set(WORDS) == set(PATIENCE) == set(FindingKind)
    for words in WORDS.values():
        assert all(word for word in words)
        for word in words:
            assert {name for _, name, _, _ in string.Formatter().parse(word) if name} <= {"subject"}
        assert words[0] != words[2]


def test_a_finding_begins_after_its_patience_and_is_dated_back() -> None:
    """To the moment it was first seen; figures are those seen last."""
    book = Book()
    for number in range(6):
        book.see(True, level=number)
        book.turn(5)
    assert [finding.began for finding in book.begun] == [1_000 * SECOND]
    assert book.begun[0].figures == {"level": 3}
    assert book.health.current() == tuple(book.begun)


def test_one_glimpse_is_not_believed_however_long_nobody_looks() -> None:
    """Three sightings are asked for."""
    book = Book()
    book.see(True)
    book.turn(300)
    assert book.begun == []


def test_a_flutter_neither_begins_nor_ends_anything() -> None:
    """Each change begins the waiting anew."""
    book = Book()
    for _ in range(20):
        book.see(True)
        book.turn(2)
        book.see(False)
        book.turn(2)
    assert book.begun == []
    for _ in range(6):
        book.see(True)
        book.turn(5)
    for _ in range(10):
        book.see(False)
        book.turn(2)
        book.see(True)
        book.turn(2)
    assert len(book.begun) == 1
    assert book.ended == []


def test_an_end_says_when_and_for_how_long() -> None:
    """Dated to the first look that saw nothing wrong."""
    book = Book()
    for _ in range(6):
        book.see(True)
        book.turn(5)
    book.see(False)
    book.turn(10)
    assert book.ended[0].ended == 1_030 * SECOND
    assert book.ended[0].figures["seconds"] == 30
    assert book.health.current() == ()


def test_a_step_of_the_wall_clock_is_found_and_fades() -> None:
    """More than half a second; less is slewed elsewhere."""
    book = Book()
    book.turn(1)
    book.clock.step(400_000_000)
    book.turn(1)
    assert book.begun == []
    book.clock.step(-600_000_000)
    book.turn(1)
    assert [(f.kind, f.figures["step_ms"]) for f in book.begun] == [(FindingKind.CLOCK_STEPPED, -600)]
    book.turn(599)
    assert book.ended == []
    book.turn(2)
    assert len(book.ended) == 1


def test_what_cannot_be_entered_is_told_again_in_order() -> None:
    """A ledger that cannot be written stops nothing, and no finding is forgotten."""
    book = Book()
    broken = [True]
    told: list[str] = []

    def enter(finding: Finding) -> None:
        book.health.observe(FindingKind.LEDGER_UNWRITABLE, "ledger", broken[0])
        if broken[0]:
            raise LedgerUnwritable(why="disk full")
        told.append(finding.kind.value)

    health = book.health = Health(book.clock, on_begin=enter, on_end=lambda finding: told.append(f"-{finding.kind}"))
    health.observe(FindingKind.DISK_CHANGED, "volume-moved", True)
    assert told == []
    assert {finding.kind for finding in health.current()} == {
        FindingKind.DISK_CHANGED,
        FindingKind.LEDGER_UNWRITABLE,
    }
    broken[0] = False
    book.turn(1)
    assert told == ["disk_changed", "ledger_unwritable", "-ledger_unwritable"]


def test_a_foreign_fault_in_whoever_is_told_is_not_swallowed() -> None:
    """Only errors of ours are expected there."""
    book = Book()

    def fail(_: Finding) -> None:
        raise ZeroDivisionError

    health = Health(book.clock, on_begin=fail)
    with pytest.raises(ZeroDivisionError):
        health.observe(FindingKind.DISK_CHANGED, "x", True)


def test_findings_survive_a_restart_and_end_once() -> None:
    """What lasted when the last life ended is not told again as new."""
    book = Book()
    lasting = Finding(FindingKind.DISK_ERROR, "footer-damaged", 5 * SECOND)
    health = book.health = Health(book.clock, on_begin=book.begun.append, on_end=book.ended.append, lasting=[lasting])
    health.observe(FindingKind.DISK_ERROR, "footer-damaged", True)
    assert (book.begun, health.current()) == ([], (lasting,))
    health.observe(FindingKind.DISK_ERROR, "footer-damaged", False)
    assert [(f.began, f.ended) for f in book.ended] == [(5 * SECOND, 1_000 * SECOND)]


def test_forgetting_drops_a_suspicion_and_keeps_a_finding() -> None:
    """Closed: nobody can look."""
    book = Book()
    book.see(True)
    book.health.forget(COVERED, "cam1")
    book.turn(100)
    book.see(True)
    book.see(True)
    assert book.begun == []
    book.turn(25)
    book.see(True)
    assert len(book.begun) == 1
    book.health.forget(COVERED, "cam1")
    book.turn(1000)
    assert book.ended == []
