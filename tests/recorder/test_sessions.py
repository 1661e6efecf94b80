"""Open grants by id, and the seconds that left under each."""

from __future__ import annotations

from mihariban.base.clock import HOUR, MINUTE, SECOND
from tests.support.office import OfficeSite, after


def test_seconds_are_counted_once(site: OfficeSite) -> None:
    """Whole seconds of which any picture was shown, however often they left."""
    session = site.open_grant(site.grant())
    session.note(after(10.2), after(12.8))
    session.note(after(12.0), after(13.0))
    first = after(10) // SECOND
    assert session.served == {first, first + 1, first + 2, first + 3}


def test_sessions_are_found_and_taken(site: OfficeSite) -> None:
    """By the grant's id."""
    sessions = site.recorder.sessions
    one, two = site.open_grant(site.grant()), site.open_grant(site.grant())
    assert sessions.get(one.grant.id) is one
    assert sessions.all() == [one, two]
    assert sessions.pop(one.grant.id) is one
    assert sessions.pop(one.grant.id) is None
    assert sessions.all() == [two]
    sessions.put(one)


def test_those_whose_time_is_over_are_known(site: OfficeSite) -> None:
    """From the very instant."""
    now = site.clock.wall()
    soon, late = site.open_grant(site.grant(until=now + MINUTE)), site.open_grant(site.grant(until=now + HOUR))
    assert site.recorder.sessions.over(now + MINUTE - 1) == []
    assert site.recorder.sessions.over(now + MINUTE) == [soon]
    assert site.recorder.sessions.over(now + HOUR) == [soon, late]
