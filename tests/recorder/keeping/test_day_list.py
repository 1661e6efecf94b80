"""A day that is over stands in the ledger: how many visits, and which, as a commitment."""

from __future__ import annotations

import json

from mihariban.base.clock import DAY, HOUR, MINUTE
from mihariban.base.ids import id_text
from mihariban.ledger.entry import moment as instant
from mihariban.ledger.tags import Tag
from mihariban.recorder.keeping.day_list import list_days
from mihariban.recorder.visit import Visit
from tests.support.office import OPENING, OfficeSite, after
from tests.support.sites import moment


def _lists(site: OfficeSite) -> list[dict]:
    return [entry["object"] for entry in site.entries(Tag.VISIT_DAY_LIST)]


def test_a_day_is_listed_when_it_is_over(site: OfficeSite) -> None:
    """Not before midnight of the site's zone; once, whatever happens afterwards."""
    midnight = moment("2026-11-25 00:00:00")
    site.clock.turn_to(midnight - 1)
    assert list_days(site.recorder, site.clock.wall()) == 0
    site.clock.turn_to(midnight)
    assert list_days(site.recorder, site.clock.wall()) == 1
    assert list_days(site.recorder, site.clock.wall()) == 0
    site.restart()
    assert list_days(site.recorder, site.clock.wall()) == 0
    (facts,) = _lists(site)
    assert (facts["camera"], facts["date"], facts["count"]) == ("cam1", "2026-11-24", 2)
    assert facts["seconds"] == sum(((row.recorded_to or 0) - row.recorded_from) // 10**9 for row in site.visits)
    assert facts["open_seconds"] == int(10.5 * 3600)  # a Tuesday: 8:30 to 19:00


def test_the_list_names_each_visit_behind_a_commitment(site: OfficeSite) -> None:
    """No time of a visit stands in the entry itself."""
    site.clock.turn_to(OPENING + DAY)
    list_days(site.recorder, site.clock.wall())
    facts = _lists(site)[0]
    made = site.recorder.control.store.text(bytes.fromhex(facts["list"]))
    assert made is not None
    told = json.loads(made.text)
    assert [each["id"] for each in told] == [id_text(row.id) for row in site.visits]
    assert [each["started"] for each in told] == [instant(row.started) for row in site.visits]
    entry = str(site.entries(Tag.VISIT_DAY_LIST)[0]["object"])
    assert not [each for each in told for value in each.values() if value in entry]


def test_each_day_has_an_entry_also_without_visits(site: OfficeSite) -> None:
    """A week in which the recorder was off for a while: a missing visit on an open day is said, a closed day is not."""
    site.clock.turn_to(OPENING + DAY)
    list_days(site.recorder, site.clock.wall())
    site.stop()
    site.clock.turn(6 * DAY)
    site.start()
    assert list_days(site.recorder, site.clock.wall()) == 6
    lists = _lists(site)
    assert [facts["date"] for facts in lists] == [f"2026-11-{day}" for day in range(24, 31)]
    assert [facts["count"] for facts in lists] == [2] + [0] * 6
    assert not any("list" in facts for facts in lists[1:])
    missed = [entry["object"]["date"] for entry in site.entries(Tag.HEALTH_VISITS_MISS)]
    assert missed == [facts["date"] for facts in lists if facts["open_seconds"] and not facts["count"]]
    assert "2026-11-28" not in missed  # a Saturday


def test_a_visit_over_midnight_is_closed_first(site: OfficeSite) -> None:
    """The day waits for it, and those after it too."""
    control = site.recorder.control
    visit = Visit(b"n" * 16, "cam1", site.visits[0].policy, after(1000), after(1000), "stayed", 0.5)
    control.open_visit(visit)
    site.clock.turn_to(OPENING + 2 * DAY)
    assert list_days(site.recorder, site.clock.wall()) == 0
    visit.ended = visit.recorded_to = after(1010)
    control.close_visit(visit, None)
    assert list_days(site.recorder, site.clock.wall()) == 2
    assert _lists(site)[0]["count"] == 3


def test_a_visit_belongs_to_the_day_it_began_on(site: OfficeSite) -> None:
    """Counted once, though it shows something of two days."""
    control = site.recorder.control
    began = moment("2026-11-24 23:59:50")
    visit = Visit(b"m" * 16, "cam1", site.visits[0].policy, began, began, "stayed", 0.5)
    control.open_visit(visit)
    visit.ended = visit.recorded_to = began + MINUTE
    control.close_visit(visit, None)
    site.clock.turn_to(moment("2026-11-26 00:00:00") + HOUR)
    list_days(site.recorder, site.clock.wall())
    assert [facts["count"] for facts in _lists(site)] == [3, 0]
