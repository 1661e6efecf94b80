"""Opening a grant: nothing without an entry, and nothing that was not granted."""

from __future__ import annotations

import pytest

from mihariban.base.clock import HOUR, MINUTE, SECOND
from mihariban.ledger.entry import moment
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.ledger.tags import Tag
from mihariban.recorder.actions import serve_footage
from mihariban.recorder.actions.close_grant import close_expired, close_grant, revoke_grant
from mihariban.recorder.actions.open_grant import open_grant
from mihariban.recorder.contract.errors import GrantElsewhere, GrantExpired, GrantReplayed, GrantRevoked
from mihariban.recorder.contract.orders import RevokeOrder
from mihariban.recorder.grant import Grant
from tests.support.office import DECIDED, OfficeSite, after


def test_the_intent_says_who_what_and_until_when(site: OfficeSite) -> None:
    """And which entry of the office's ledger it rests on."""
    grant = site.grant(10, 18)
    session = site.open_grant(grant)
    (entry,) = site.entries(Tag.GRANT_FOOTAGE_ACCEPT)
    assert entry["_seq"] == session.intent
    assert entry["outcome"] == "intent"
    facts = entry["object"]
    assert (facts["grant"], facts["camera"], facts["purpose"], facts["resumed"]) == (grant, "cam1", "view", 0)
    assert (facts["from"], facts["to"]) == (moment(after(10)), moment(after(18)))
    assert facts["until"] == moment(site.clock.wall() + HOUR)
    assert facts["ledger"] == "test.example/office"
    assert facts["entry"] == entry["actor"]["entry"] == session.grant.decision.entry
    assert (entry["actor"]["role"], entry["basis"], entry["case"]) == ("manager", "第8条", "市窓 7")
    row = site.recorder.control.grant(grant)
    assert row is not None
    assert (row.request, row.opened, row.closed, row.revoked) == ("市窓 7", site.clock.wall(), None, None)


def test_without_an_entry_no_key_is_opened(site: OfficeSite) -> None:
    """MH402, no session, not a byte; the same grant opens when the book can be written again."""
    grant = site.grant()
    with site.unwritable(), pytest.raises(LedgerUnwritable) as refused:
        site.open_grant(grant)
    assert refused.value.code == "MH402"
    assert site.recorder.sessions.all() == []
    assert site.recorder.control.grant(grant) is None
    assert site.open_grant(grant).grant.id == grant


def test_an_open_grant_is_gone_on_with(site: OfficeSite) -> None:
    """Presented twice: one session, one intent."""
    grant = site.grant()
    assert site.open_grant(grant) is site.open_grant(grant)
    assert len(site.entries(Tag.GRANT_FOOTAGE_ACCEPT)) == 1


def test_a_grant_that_has_ended_is_not_opened_again(site: OfficeSite) -> None:
    """Closed is closed, in this life and the next."""
    grant = site.grant()
    close_grant(site.recorder, site.open_grant(grant))
    with pytest.raises(GrantReplayed):
        site.open_grant(grant)
    site.restart()
    with pytest.raises(GrantReplayed):
        site.open_grant(grant)


def test_an_id_serves_one_decision(site: OfficeSite) -> None:
    """The id of an open grant for another range is refused, whatever signs it."""
    grant = site.grant(10, 12)
    session = site.open_grant(grant)
    wider = site.open_grant(site.grant(10, 18)).grant
    forged = Grant(
        type(wider.decision)(
            wider.decision.order.model_copy(update={"id": grant}), wider.decision.digest, wider.decision.entry,
            wider.decision.origin, None,
        ),
        grant, wider.camera, wider.start, wider.end, wider.until, wider.purpose,
    )  # fmt: skip
    with pytest.raises(GrantReplayed):
        open_grant(site.recorder, forged)
    assert site.recorder.sessions.get(grant) is session


def test_an_expired_grant_opens_nothing(site: OfficeSite) -> None:
    """Neither fresh nor open."""
    soon = site.clock.wall() + MINUTE
    fresh, opened = site.grant(until=soon), site.grant(until=soon)
    session = site.open_grant(opened)
    site.clock.turn_to(soon)
    with pytest.raises(GrantExpired):
        site.open_grant(fresh)
    with pytest.raises(GrantExpired):
        site.door.session(opened)
    assert close_expired(site.recorder, site.clock.wall()) == 1
    assert site.recorder.sessions.get(session.grant.id) is None
    assert site.outcomes(Tag.GRANT_FOOTAGE_ACCEPT) == ["intent", "done"]
    with pytest.raises(GrantExpired):
        site.door.session(opened)


def test_a_grant_for_another_camera_is_refused(site: OfficeSite) -> None:
    """There is no such camera here."""
    with pytest.raises(GrantElsewhere):
        site.open_grant(site.grant(camera="cam2"))
    assert site.entries(Tag.GRANT_FOOTAGE_ACCEPT) == []


def test_a_grant_revoked_before_it_came_is_refused(site: OfficeSite) -> None:
    """The taking back overtook the grant."""
    grant = site.grant()
    revoke_grant(site.recorder, site.decided(RevokeOrder, site.office.revoke_grant(DECIDED, grant)))
    with pytest.raises(GrantRevoked):
        site.open_grant(grant)
    site.restart()
    with pytest.raises(GrantRevoked):
        site.open_grant(grant)
    assert site.entries(Tag.GRANT_FOOTAGE_ACCEPT) == []


def test_after_a_crash_the_intent_is_unknown_and_the_grant_goes_on(site: OfficeSite) -> None:
    """Nobody can say how many seconds left; what leaves from now on has an intent of its own."""
    grant = site.grant()
    serve_footage.segment(site.recorder, site.open_grant(grant), "seg-00000.m4s")
    site.crash()
    site.start()
    assert site.outcomes(Tag.GRANT_FOOTAGE_ACCEPT) == ["intent", "unknown"]
    session = site.open_grant(grant)
    assert serve_footage.segment(site.recorder, session, "seg-00000.m4s")
    site.clock.turn(SECOND)
    close_grant(site.recorder, session)
    told = site.entries(Tag.GRANT_FOOTAGE_ACCEPT)
    assert [entry["outcome"] for entry in told] == ["intent", "unknown", "intent", "done"]
    assert [entry["object"]["resumed"] for entry in told] == [0, 0, 1, 1]


def test_a_crash_before_the_row_was_written_leaves_the_grant_fresh(
    site: OfficeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The intent is durable, the grant's row is not: closed as unknown, and the grant opens."""
    grant = site.grant()

    def power(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(site.recorder.control), "put_grant", power)
    with pytest.raises(KeyboardInterrupt):
        site.open_grant(grant)
    monkeypatch.undo()
    assert site.recorder.sessions.all() == []
    site.crash()
    site.start()
    assert site.outcomes(Tag.GRANT_FOOTAGE_ACCEPT) == ["intent", "unknown"]
    assert site.open_grant(grant).grant.id == grant
