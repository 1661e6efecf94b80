"""Some days after its footage is gone, nothing tells any more when exactly somebody stood there."""

from __future__ import annotations

from mihariban.base import sqlite
from mihariban.base.clock import DAY, HOUR, SECOND
from mihariban.base.ids import id_text
from mihariban.ledger.entry import moment as instant
from mihariban.ledger.tags import Tag
from mihariban.recorder.keeping.day_list import list_days
from mihariban.recorder.keeping.expire import expire
from mihariban.recorder.keeping.shrink import shrink_visits
from mihariban.recorder.visit import Visit
from tests.support.office import OPENING, PERIOD, OfficeSite, after

GONE = OPENING + PERIOD + HOUR


def _erased(site: OfficeSite) -> None:
    """Footage gone, days listed."""
    site.clock.turn_to(OPENING + DAY)
    list_days(site.recorder, site.clock.wall())
    site.clock.turn_to(GONE)
    expire(site.recorder, site.clock.wall())


def test_records_shrink_after_the_rules_days(site: OfficeSite) -> None:
    """Thirty here: not a day before. What stays are date, hour and seconds."""
    _erased(site)
    rows = site.visits
    assert len(rows) == 2
    assert shrink_visits(site.recorder, GONE + 30 * DAY - SECOND) == 0
    assert site.visits == rows
    assert shrink_visits(site.recorder, GONE + 30 * DAY) == 2
    assert site.visits == []
    past = site.recorder.control.past_visits()
    assert [(row.camera, row.date, row.hour) for row in past] == [("cam1", "2026-11-24", 10)] * 2
    assert sorted(row.seconds for row in past) == sorted(
        ((row.recorded_to or 0) - row.recorded_from) // SECOND for row in rows
    )
    assert [entry["object"]["count"] for entry in site.entries(Tag.VISIT_RECORD_SHRINK)] == [2]
    assert site.recorder.control.erasures() and all(row.visit == bytes(16) for row in site.recorder.control.erasures())


def test_no_exact_time_of_a_shrunk_visit_is_left_in_the_book(site: OfficeSite) -> None:
    """Neither its id, which carries a time, nor its instants, as number or text, in any byte of the files."""
    _erased(site)
    rows = site.visits
    needles = _needles(site)
    assert _found(site, needles) == set(needles)  # the search finds what is there
    site.clock.turn_to(GONE + 31 * DAY)
    shrink_visits(site.recorder, site.clock.wall())
    assert _found(site, needles) == set()  # while the recorder runs: in the log beside the database neither
    site.stop()
    assert _found(site, needles) == set()
    site.start()
    assert [row.id for row in rows] != [row.id for row in site.visits]


def test_one_who_reads_delays_the_emptying_of_the_log_and_a_restart_forgets_it_not(site: OfficeSite) -> None:
    """A long look by an auditor's command; the next time it is done."""
    _erased(site)
    needles = _needles(site)
    reader = sqlite.connect(site.folder.control, synchronous="FULL", readonly=True)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM visit").fetchone()
    site.clock.turn_to(GONE + 31 * DAY)
    assert shrink_visits(site.recorder, site.clock.wall()) == 2
    assert _found(site, needles)
    site.crash()
    reader.close()
    site.start()
    assert shrink_visits(site.recorder, site.clock.wall()) == 0
    assert _found(site, needles) == set()


def _needles(site: OfficeSite) -> dict[str, bytes]:
    """What must be there before and gone afterwards."""
    found: dict[str, bytes] = {}
    for number, row in enumerate(site.visits):
        found[f"id {number}"] = row.id
        found[f"id as text {number}"] = id_text(row.id).encode()
        found[f"start as text {number}"] = instant(row.started).encode()
        found[f"start {number}"] = row.started.to_bytes(8, "big")
        found[f"end {number}"] = (row.recorded_to or 0).to_bytes(8, "big")
        found[f"beginning {number}"] = row.recorded_from.to_bytes(8, "big")
    for row in site.recorder.control.erasures():
        if row.visit != bytes(16):
            found[f"clip {row.clip.hex()}"] = row.clip
            found[f"filmed {row.clip.hex()}"] = row.filmed_from.to_bytes(8, "big")
    return found


def _found(site: OfficeSite, needles: dict[str, bytes]) -> set[str]:
    files = [path for path in site.folder.recorder.rglob("*") if path.is_file() and path.name != "ring.vol"]
    data = b"".join(path.read_bytes() for path in files)
    return {name for name, needle in needles.items() if needle in data}


def test_texts_that_list_visits_go_and_the_tree_stays(site: OfficeSite) -> None:
    """The commitments of day list and erasure open no more; the ledger verifies as before."""
    _erased(site)
    (listed,) = [each["object"]["list"] for each in site.entries(Tag.VISIT_DAY_LIST) if "list" in each["object"]]
    (told,) = [
        each["object"]["list.cam1.2026-11-24"]
        for each in site.entries(Tag.CLIP_KEY_DESTROY)
        if each["outcome"] == "done"
    ]
    store = site.recorder.control.store
    assert store.text(bytes.fromhex(listed))
    assert store.text(bytes.fromhex(told))
    size = site.verified().checkpoint.size
    site.clock.turn_to(GONE + 31 * DAY)
    shrink_visits(site.recorder, site.clock.wall())
    assert store.text(bytes.fromhex(listed)) is None
    assert store.text(bytes.fromhex(told)) is None
    assert site.recorder.control.forgettable() == []
    assert [entry["object"]["count"] for entry in site.entries(Tag.LEDGER_TEXT_ERASE)] == [2]
    assert site.verified().checkpoint.size > size


def test_the_list_of_a_day_stays_while_a_visit_of_it_does(site: OfficeSite) -> None:
    """One of the two is held: its record and the list stay, the other's goes."""
    site.clock.turn_to(OPENING + 100 * SECOND)
    row = site.hold(10, 13)
    _erased(site)
    site.clock.turn_to(GONE + 31 * DAY)
    assert shrink_visits(site.recorder, site.clock.wall()) == 1
    assert len(site.visits) == 1
    (listed,) = [each["object"]["list"] for each in site.entries(Tag.VISIT_DAY_LIST) if "list" in each["object"]]
    assert site.recorder.control.store.text(bytes.fromhex(listed)) is not None
    site.release(id_text(row.id))
    site.clock.turn(31 * DAY)
    assert shrink_visits(site.recorder, site.clock.wall()) == 1
    assert site.recorder.control.store.text(bytes.fromhex(listed)) is None


def test_a_visit_of_which_nothing_was_stored_goes_too(site: OfficeSite) -> None:
    """The disk failed with its first picture: a row without a clip ends with its period."""
    control = site.recorder.control
    visit = Visit(b"e" * 16, "cam1", site.visits[0].policy, after(100), after(100), "stayed", 0.5)
    control.open_visit(visit)
    visit.ended = visit.recorded_to = after(110)
    control.close_visit(visit, after(110) + PERIOD)
    _erased(site)
    shrink_visits(site.recorder, site.clock.wall())
    assert all(row.erased is not None for row in site.visits)
    site.clock.turn(31 * DAY)
    assert shrink_visits(site.recorder, site.clock.wall()) == 3
    assert site.visits == []


def test_shrinking_is_undone_where_it_cannot_be_entered(site: OfficeSite) -> None:
    """Record, texts and entries go in one transaction."""
    _erased(site)
    site.clock.turn_to(GONE + 31 * DAY)
    db: sqlite.Connection = site.recorder.control._db
    db.execute("CREATE TEMP TRIGGER no BEFORE INSERT ON ledger_entry BEGIN SELECT RAISE(ABORT, 'no'); END")
    shrinking = next(duty for duty in site.recorder.keeper.duties if duty.name == "shrink")
    site.recorder.keeper._do(shrinking, site.clock.wall())
    assert "shrink" in site.recorder.keeper.failures
    assert len(site.visits) == 2
    assert len(site.recorder.control.forgettable()) == 2
    db.execute("DROP TRIGGER no")
    site.recorder.keeper._do(shrinking, site.clock.wall())
    assert site.visits == []
