"""The ledger as events from a cursor on, with the texts that were not erased."""

from __future__ import annotations

from mihariban.ledger.tags import Tag
from mihariban.recorder.event_feed import event_page
from tests.support.office import OfficeSite


def test_nothing_is_missed_and_nothing_comes_twice(site: OfficeSite) -> None:
    """Pages of three until the end, then an empty one with the same cursor."""
    control = site.recorder.control
    size, after, found = control.store.size(), 0, []
    while after < size:
        page = event_page(control, after, 3)
        assert len(page.events) <= 3
        assert page.size == size
        found += [event.seq for event in page.events]
        after = page.next
    assert found == list(range(size))
    last = event_page(control, after, 3)
    assert (last.events, last.next) == ([], size)
    control.begin_gap("cam1", 0, "test", "")
    page = event_page(control, after, 3)
    assert [event.entry["tag"] for event in page.events] == [str(Tag.GAP_RECORDING_BEGIN)]


def test_a_cursor_beyond_the_end_stays(site: OfficeSite) -> None:
    """Of a book that was longer once: it is not sent back to the beginning unnoticed."""
    size = site.recorder.control.store.size()
    page = event_page(site.recorder.control, size + 50, 10)
    assert (page.events, page.next, page.size) == ([], size + 50, size)


def test_names_come_with_their_entry_until_they_are_erased(site: OfficeSite) -> None:
    """Then the entry comes without them."""
    site.open_grant(site.grant())
    control = site.recorder.control

    def texts() -> set[str]:
        (event,) = [
            each for each in event_page(control, 0, 1000).events if each.entry["tag"] == str(Tag.GRANT_FOOTAGE_ACCEPT)
        ]
        return set(event.texts.values())

    assert texts() == {"見本 太郎", "照会書のため"}
    (entry,) = site.entries(Tag.GRANT_FOOTAGE_ACCEPT)
    with control.transaction():
        control.store.erase_text(bytes.fromhex(entry["actor"]["who"]))
    assert texts() == {"照会書のため"}
