"""The end of a grant says how many seconds left; taken back, it opens nothing any more."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from mihariban.base.clock import SECOND
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.ledger.tags import Tag
from mihariban.recorder.actions import serve_footage
from mihariban.recorder.actions.close_grant import close_expired, close_grant, revoke_grant
from mihariban.recorder.audit import audit_site
from mihariban.recorder.contract.errors import GrantExpired, GrantReplayed, GrantRevoked, RecorderUnavailable
from mihariban.recorder.contract.orders import RevokeOrder
from tests.support.office import DECIDED, OfficeSite, after


def _segments(site: OfficeSite, grant: str) -> list[str]:
    text = serve_footage.playlist(site.recorder, site.open_grant(grant))
    return [line for line in text.splitlines() if line.startswith("seg-")]


def test_the_sum_of_what_left_is_entered(site: OfficeSite) -> None:
    """Seconds are counted once, segments as often as they left."""
    grant = site.grant(10, 18)
    session = site.open_grant(grant)
    names = _segments(site, grant)
    for name in [*names, names[0]]:
        serve_footage.segment(site.recorder, session, name)
    entry = close_grant(site.recorder, session)
    done = site.entries(Tag.GRANT_FOOTAGE_ACCEPT)[-1]
    assert done["_seq"] == entry
    assert done["outcome"] == "done"
    assert (done["object"]["seconds"], done["object"]["segments"]) == (8, len(names) + 1)
    assert done["object"]["revoked"] == 0
    row = site.recorder.control.grant(grant)
    assert row is not None
    assert row.closed == site.clock.wall()


def test_two_callers_who_close_at_once_enter_one_outcome(site: OfficeSite) -> None:
    """The second finds it told."""
    session = site.open_grant(site.grant())
    close_grant(site.recorder, session)
    assert close_grant(site.recorder, session) == session.intent
    assert site.outcomes(Tag.GRANT_FOOTAGE_ACCEPT) == ["intent", "done"]


def test_an_open_grant_is_taken_back(site: OfficeSite) -> None:
    """Its session ends in the same moment; a segment asked for afterwards is refused."""
    grant = site.grant()
    session = site.open_grant(grant)
    serve_footage.segment(site.recorder, session, "seg-00000.m4s")
    order = site.office.revoke_grant(DECIDED, grant)
    entry = revoke_grant(site.recorder, site.decided(RevokeOrder, order))
    (revoked,) = site.entries(Tag.GRANT_FOOTAGE_REVOKE)
    assert (revoked["_seq"], revoked["object"]["grant"]) == (entry, grant)
    done = site.entries(Tag.GRANT_FOOTAGE_ACCEPT)[-1]["object"]
    assert done["revoked"] == 1
    assert done["seconds"] > 0
    for asked in (site.open_grant, site.door.session):
        with pytest.raises(GrantRevoked):
            asked(grant)
    with pytest.raises(GrantRevoked):
        site.door.segment(session, "seg-00000.m4s")  # type: ignore[arg-type]  # of the API's session only the grant is looked at


def test_taking_back_is_done_once(site: OfficeSite) -> None:
    """The same order is answered; its id for another grant is refused."""
    one, two = site.grant(), site.grant()
    order = site.office.revoke_grant(DECIDED, one)
    revoke_grant(site.recorder, site.decided(RevokeOrder, order))
    revoke_grant(site.recorder, site.decided(RevokeOrder, order))
    assert len(site.entries(Tag.GRANT_FOOTAGE_REVOKE)) == 1
    other = site.decided(RevokeOrder, site.office.revoke_grant(DECIDED, two))
    core = {**other.order.core(), "id": order}
    forged = type(other)(RevokeOrder.model_validate(core), other.digest, other.entry, other.origin, None)
    with pytest.raises(GrantReplayed):
        revoke_grant(site.recorder, forged)
    site.open_grant(two)


def test_a_grant_taken_back_twice_stays_taken_back(site: OfficeSite) -> None:
    """Two decisions about one grant are two entries and one fact."""
    grant = site.grant()
    for _ in range(2):
        revoke_grant(site.recorder, site.decided(RevokeOrder, site.office.revoke_grant(DECIDED, grant)))
    assert len(site.entries(Tag.GRANT_FOOTAGE_REVOKE)) == 2
    with pytest.raises(GrantRevoked):
        site.open_grant(grant)


def test_without_an_entry_nothing_is_taken_back(site: OfficeSite) -> None:
    """It is refused, and the office tells it again."""
    grant = site.grant()
    session = site.open_grant(grant)
    decision = site.decided(RevokeOrder, site.office.revoke_grant(DECIDED, grant))
    with site.unwritable(), pytest.raises(LedgerUnwritable):
        revoke_grant(site.recorder, decision)
    assert site.recorder.sessions.get(grant) is session
    revoke_grant(site.recorder, decision)
    assert site.recorder.sessions.get(grant) is None


def test_an_end_that_cannot_be_entered_is_owed_until_the_next_start(site: OfficeSite) -> None:
    """The session ends all the same; its intent is closed as unknown."""
    grant = site.grant(until=site.clock.wall() + SECOND)
    site.open_grant(grant)
    site.clock.turn(SECOND)
    with site.unwritable(), pytest.raises(LedgerUnwritable):
        close_expired(site.recorder, site.clock.wall())
    assert site.recorder.sessions.all() == []
    site.crash()
    site.start()
    assert site.outcomes(Tag.GRANT_FOOTAGE_ACCEPT) == ["intent", "unknown"]


def test_grants_end_when_the_recorder_ends(site: OfficeSite) -> None:
    """In order: their outcome says what left."""
    session = site.open_grant(site.grant(10, 18))
    serve_footage.segment(site.recorder, session, "seg-00000.m4s")
    site.restart()
    done = site.entries(Tag.GRANT_FOOTAGE_ACCEPT)[-1]
    assert done["outcome"] == "done"
    assert done["object"]["segments"] == 1
    first = min(session.served) * SECOND
    assert first >= after(10)


@pytest.mark.parametrize("how", ["until", "revoked", "closed"])
def test_an_extract_under_way_ends_with_its_grant(site: OfficeSite, how: str) -> None:
    """Not a byte more leaves; what had left is counted in the outcome and in the audit."""
    grant = site.grant(8, 22, purpose="extract", until=site.clock.wall() + 60 * SECOND)
    session = site.open_grant(grant)
    pieces = serve_footage.extract(site.recorder, session, exact=False)
    for _ in range(2):
        next(pieces)
    if how == "until":
        site.clock.turn(60 * SECOND)
        assert close_expired(site.recorder, site.clock.wall()) == 1
    elif how == "revoked":
        order = site.office.revoke_grant(DECIDED, grant)
        revoke_grant(site.recorder, site.decided(RevokeOrder, order))
    else:
        close_grant(site.recorder, session)
    refusals = {"until": GrantExpired, "revoked": GrantRevoked, "closed": GrantReplayed}
    with pytest.raises(refusals[how]):
        next(pieces)
    assert list(pieces) == []
    accepted = site.entries(Tag.GRANT_FOOTAGE_ACCEPT)[-1]["object"]
    made = site.entries(Tag.FOOTAGE_EXTRACT_MAKE)[-1]
    assert (made["outcome"], made["object"]["error"]) == ("failed", refusals[how].code)
    assert accepted["seconds"] > 0
    assert accepted["seconds"] == len(session.served)
    site.stop()
    (asked,) = audit_site(site.folder.path, clock=site.clock).answer(10).figures["grants"]
    assert asked["seconds"] == accepted["seconds"]


def test_time_that_is_over_ends_an_extract_before_the_second_hand_comes(site: OfficeSite) -> None:
    """Nobody has closed the session yet."""
    session = site.open_grant(site.grant(8, 22, purpose="extract", until=site.clock.wall() + 60 * SECOND))
    pieces = serve_footage.extract(site.recorder, session, exact=False)
    next(pieces)
    site.clock.turn(60 * SECOND)
    with pytest.raises(GrantExpired):
        next(pieces)


def test_who_presents_a_grant_while_it_is_closed_finds_it_closed(
    site: OfficeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the end of the session and its row there is no moment in which it opens again."""
    grant = site.grant()
    session = site.open_grant(grant)
    found: list[object] = []
    real = site.recorder.control.close_grant

    def present() -> None:
        try:
            found.append(site.open_grant(grant))
        except GrantReplayed as error:
            found.append(error.code)

    def meanwhile(*arguments: Any, **more: Any) -> None:
        thread.start()
        thread.join(0.3)  # it waits for the lock, which is the point
        real(*arguments, **more)

    thread = threading.Thread(target=present)
    monkeypatch.setattr(site.recorder.control, "close_grant", meanwhile)
    close_grant(site.recorder, session)
    thread.join(10)
    assert found == ["MH377"]
    assert site.recorder.sessions.all() == []


def test_an_extract_is_taken_by_few_at_once(site: OfficeSite) -> None:
    """And again when one has ended."""
    session = site.open_grant(site.grant(8, 22, purpose="extract"))
    running = [serve_footage.extract(site.recorder, session, exact=False) for _ in range(serve_footage.MOST_EXTRACTS)]
    with pytest.raises(RecorderUnavailable):
        serve_footage.extract(site.recorder, session, exact=False)
    assert list(running[0])
    assert list(serve_footage.extract(site.recorder, session, exact=False))
