"""What recording tells the book never stops a recording, and is told in the end."""

from __future__ import annotations

from mihariban.base.clock import HOUR, SECOND
from mihariban.ledger.tags import Tag
from mihariban.recorder.bookkeeper import Bookkeeper
from mihariban.recorder.visit import Visit
from tests.support.office import OPENING, OfficeSite, after


def test_recording_goes_on_while_the_book_cannot_be_written(site: OfficeSite) -> None:
    """A whole visit meanwhile: its pictures are durable at once, its rows and entries come later, in order."""
    at = OPENING + HOUR
    entries = len(site.entries())
    with site.unwritable():
        site.film(at)
        assert site.recorder.owed.waiting > 0
        assert not site.door.status().ledger.writable
        assert len(site.visits) == 2
        stored = [clip for clip in site.recorder.volume.clips() if clip.start > at]
        assert sum(clip.duration for clip in stored) >= 35 * SECOND
        assert len(site.entries()) == entries
    site.clock.turn(SECOND)
    site.recorder.tick()
    assert site.recorder.owed.waiting == 0
    assert site.door.status().ledger.writable
    assert len(site.visits) == 4
    assert all(row.recorded_to is not None and row.expires is not None for row in site.visits)


def test_gaps_and_closed_periods_are_owed_in_their_order(site: OfficeSite) -> None:
    """With numbers given before they could be written."""
    book = site.recorder.bookkeeper
    with site.unwritable():
        gap = book.begin_gap("cam1", after(100), "camera_lost", "no answer")
        book.begin_closed("cam1", after(105), "outside hours")
        book.end_gap(gap, after(110))
        book.end_closed("cam1", after(120))
        other = book.begin_gap("cam1", after(130), "camera_lost", "")
        assert other == gap + 1
        assert site.recorder.owed.waiting == 5
    assert site.recorder.owed.settle()
    tags = {Tag.GAP_RECORDING_BEGIN, Tag.GAP_RECORDING_END, Tag.CLOSED_PERIOD_BEGIN, Tag.CLOSED_PERIOD_END}
    assert [entry["tag"] for entry in site.entries(*tags)][-5:] == [
        str(tag)
        for tag in (
            Tag.GAP_RECORDING_BEGIN, Tag.CLOSED_PERIOD_BEGIN, Tag.GAP_RECORDING_END, Tag.CLOSED_PERIOD_END,
            Tag.GAP_RECORDING_BEGIN,
        )
    ]  # fmt: skip
    assert [(span.started, span.ended) for span in site.recorder.control.gaps("cam1", after(99))] == [
        (after(100), after(110)), (after(130), None)
    ]  # fmt: skip


def test_signs_of_life_are_not_owed(site: OfficeSite) -> None:
    """The next says the same: a night with a full disk must not heap them up."""
    with site.unwritable():
        for number in range(100):
            site.recorder.bookkeeper.seen(1, OPENING + number * SECOND)
        assert site.recorder.owed.waiting == 0


def test_without_a_queue_of_its_own_it_makes_one(site: OfficeSite) -> None:
    """As a recording in a test of its own uses it."""
    book = Bookkeeper(site.recorder.control)
    visit = Visit(b"q" * 16, "cam1", site.visits[0].policy, after(100), after(98), "stayed", 0.5)
    book.open_visit(visit)
    visit.ended = visit.recorded_to = after(110)
    book.close_visit(visit, None)
    assert site.visits[-1].recorded_to == after(110)
    assert book.owed.waiting == 0
