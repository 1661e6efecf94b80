"""The door over a real server on a real socket: every route, and what it refuses."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest

from mihariban.base.clock import SECOND
from mihariban.base.errors import MiharibanError
from mihariban.ledger.errors import LedgerForked
from mihariban.office.exchange import deliver, exchange
from mihariban.policy import CalendarEntry
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.contract.errors import (
    DoorClosed,
    GrantElsewhere,
    GrantExpired,
    GrantForged,
    GrantReplayed,
    GrantRevoked,
    GrantWidened,
    NoSuchThing,
)
from tests.recorder.api.doors import CAMERA, DECIDED, Pair


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path)
    yield made
    made.close()


@pytest.fixture
def client(pair: Pair) -> Iterator[RecorderClient]:
    with pair.served() as (made, _):
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """One server for all cases that change nothing."""
    pair = Pair(tmp_path_factory.mktemp("shared"))
    with pair.served(), _raw(pair) as raw:
        yield raw
    pair.close()


def _raw(pair: Pair) -> httpx.Client:
    return httpx.Client(
        transport=httpx.HTTPTransport(uds=str(pair.path / "recorder" / "recorder.sock")), base_url="http://recorder"
    )


def test_facts_are_told_without_a_signature(client: RecorderClient) -> None:
    """Status, visits, a day drawn, figures, health."""
    assert client.status().cameras[0].id == CAMERA
    assert client.visits() == []
    assert b"lang='ja'><title>2026-05-28" in client.day_svg(date(2026, 5, 28))
    assert b"lang='en'" in client.day_svg(date(2026, 5, 28), "en")
    assert client.healthy()
    assert "mihariban_small 1" in client.metrics()
    assert 'mihariban_api_answers_total{status="200"}' in client.metrics()


def test_a_grant_opens_plays_and_closes(pair: Pair, client: RecorderClient) -> None:
    """The entry that names who decided is there before the first byte leaves."""
    session = deliver(pair.office, pair.grant(), client.open_grant)
    assert pair.recorder.tags()[-1] == "grant:footage:accept"
    assert "seg-0.m4s" in client.playlist(session)
    assert client.segment(session, "seg-0.m4s") == b"FOOTAGE"
    with pytest.raises(NoSuchThing):
        client.segment(session, "seg-7.m4s")
    client.close_grant(session)
    with pytest.raises(NoSuchThing):
        client.playlist(session)
    with pytest.raises(GrantReplayed):
        deliver(pair.office, session.id, client.open_grant)
    assert [each["outcome"] for each in pair.recorder.entries() if each["tag"] == "footage:seconds:serve"] == [
        "intent",
        "done",
    ]


def test_presenting_a_grant_again_goes_on_with_the_session(pair: Pair, client: RecorderClient) -> None:
    """Also with a newer proof; it is entered once."""
    grant = pair.grant()
    first = deliver(pair.office, grant, client.open_grant)
    pair.grant()  # the office's ledger grows: the proof is another one
    assert deliver(pair.office, grant, client.open_grant) == first
    assert pair.recorder.tags().count("grant:footage:accept") == 1


def test_the_grants_id_alone_opens_nothing(pair: Pair, client: RecorderClient) -> None:
    """The id stands in the ledger; the token went to who presented the grant."""
    session = deliver(pair.office, pair.grant(), client.open_grant)
    for token in ("x", "0" * 64, session.token[:-1], session.token + "0"):
        with pytest.raises(DoorClosed):
            client.playlist(session.model_copy(update={"token": token}))
    with pytest.raises(DoorClosed):
        client.close_grant(session.model_copy(update={"token": "x"}))
    assert client.playlist(session)


def test_a_grant_is_single_in_purpose(pair: Pair, client: RecorderClient) -> None:
    """One to view gives no extract, one to extract gives no playlist."""
    view = deliver(pair.office, pair.grant(), client.open_grant)
    with pytest.raises(GrantWidened), client.extract(view):
        pass
    take = deliver(pair.office, pair.grant(purpose="extract"), client.open_grant)
    for ask in (lambda: client.playlist(take), lambda: client.segment(take, "seg-0.m4s")):
        with pytest.raises(GrantWidened):
            ask()
    with client.extract(take, exact=True) as pieces:
        assert b"".join(pieces) == b"EXACT0EXACT1EXACT2"
    with client.extract(take) as pieces:
        assert b"".join(pieces).startswith(b"PIECE")
    assert [each["outcome"] for each in pair.recorder.entries() if each["tag"] == "footage:extract:make"] == [
        "intent",
        "done",
        "intent",
        "done",
    ]


def test_who_goes_away_during_an_extract_leaves_an_outcome(pair: Pair, client: RecorderClient) -> None:
    """The door's iterator is closed, its intent ends as failed."""
    pair.recorder.piece_size = 10_000
    take = deliver(pair.office, pair.grant(purpose="extract"), client.open_grant)
    with client.extract(take) as pieces:
        next(pieces)
    done = threading.Event()
    for _ in range(200):
        if pair.recorder.closed_pieces:
            break
        done.wait(0.05)
    assert pair.recorder.closed_pieces == 1
    (outcome,) = [each for each in pair.recorder.entries() if "intent" in each]
    assert outcome["outcome"] == "failed"


def test_an_open_session_ends_with_its_grant(pair: Pair, client: RecorderClient) -> None:
    """Until means until."""
    session = deliver(pair.office, pair.grant(), client.open_grant)
    pair.clock.turn(3600 * SECOND)
    with pytest.raises(GrantExpired):
        client.segment(session, "seg-0.m4s")
    with pytest.raises(GrantExpired):
        deliver(pair.office, session.id, client.open_grant)
    assert pair.recorder.entries()[-1]["object"]["cause"] == "MH373"


def test_a_revoked_grant_ends_and_stays_shut(pair: Pair, client: RecorderClient) -> None:
    """By an order of its own; the path must name the same grant."""
    session = deliver(pair.office, pair.grant(), client.open_grant)
    order = pair.office.revoke_grant(DECIDED, session.id)
    with pytest.raises(GrantElsewhere):
        deliver(pair.office, order, lambda body: client.revoke_grant(order, body))
    deliver(pair.office, order, lambda body: client.revoke_grant(session.id, body))
    with pytest.raises(NoSuchThing):
        client.playlist(session)
    with pytest.raises(GrantRevoked):
        deliver(pair.office, session.id, client.open_grant)


def test_holds_are_placed_and_released_by_order(pair: Pair, client: RecorderClient) -> None:
    """Idempotent by id; a release must name the hold of its path."""
    now = pair.clock.wall()
    order = pair.office.order_hold(DECIDED, camera=CAMERA, start=now - 9 * SECOND, end=now, review=now + SECOND)
    held = deliver(pair.office, order, client.place_hold)
    assert deliver(pair.office, order, client.place_hold).id == held.id
    assert [each.id for each in client.holds()] == [order]
    release = pair.office.release_hold(DECIDED, order)
    with pytest.raises(GrantElsewhere):
        deliver(pair.office, release, lambda body: client.release_hold(release, body))
    assert deliver(pair.office, release, lambda body: client.release_hold(order, body)).released is not None
    assert pair.recorder.tags() == ["hold:footage:place", "grant:footage:refuse", "hold:footage:release"]


def test_a_calendar_push_older_than_the_last_is_refused(pair: Pair, client: RecorderClient) -> None:
    """And nothing of it is kept."""
    entries = [
        CalendarEntry.from_json(
            f'{{"id":"{name}","kind":"closure","first_day":"2026-12-0{day}","last_day":"2026-12-0{day}","reason_ja":"点検",'
            '"approver_ja":"課長","document_number":"1"}'
        )
        for day, name in ((1, "a"), (2, "b"))
    ]
    first = pair.office.push_calendar(DECIDED, entries[:1])
    second = pair.office.push_calendar(DECIDED, entries[1:])
    deliver(pair.office, second, client.put_calendar)
    with pytest.raises(GrantReplayed):
        deliver(pair.office, first, client.put_calendar)
    deliver(pair.office, second, client.put_calendar)  # the same again is answered
    assert [row[0] for row in pair.recorder.db.execute("SELECT id FROM calendar")] == ["b"]
    third = pair.office.push_calendar(DECIDED, [], ["b"])
    deliver(pair.office, third, client.put_calendar)
    assert pair.recorder.db.execute("SELECT count(*) FROM calendar").fetchone()[0] == 0
    assert pair.recorder.tags() == ["calendar:entry:put", "grant:footage:refuse", "calendar:entry:withdraw"]


def test_a_rule_travels_with_its_text(pair: Pair, client: RecorderClient) -> None:
    """The text is bound by its hash; quotes and newlines and all."""
    text = 'id = "x"\n' * 3000
    order = pair.office.push_policy(DECIDED, text=text, version="2", document_number="3")
    deliver(pair.office, order, client.put_policy)
    assert pair.recorder.db.execute("SELECT entry FROM calendar").fetchone()[0] == text
    other = pair.office.present(pair.office.push_policy(DECIDED, text=text, version="3", document_number="4"))
    with pytest.raises(GrantForged):
        client.put_policy(other.replace(b'id = \\"x', b'id = \\"y', 1))


def test_a_still_is_given_out_under_an_entry(pair: Pair, client: RecorderClient) -> None:
    """It is not to be kept by anybody on the way."""
    order = pair.office.order_still(DECIDED, CAMERA)
    with _raw(pair) as raw:
        reply = raw.post("/v1/still", content=pair.office.present(order))
    assert (reply.content[:2], reply.headers["cache-control"]) == (b"\xff\xd8", "no-store")
    assert [each["outcome"] for each in pair.recorder.entries()] == ["intent", "done"]


def test_an_order_of_another_kind_is_refused(pair: Pair, client: RecorderClient) -> None:
    """A grant is no hold, a still no grant: the kind is part of what is signed."""
    grant, still = pair.office.present(pair.grant()), pair.office.present(pair.office.order_still(DECIDED, CAMERA))
    for send, body in ((client.place_hold, grant), (client.open_grant, still), (client.still, grant)):
        with pytest.raises(GrantForged):
            send(body)
    assert set(pair.recorder.tags()) == {"grant:footage:refuse"}


def test_events_are_the_ledger_from_a_cursor_on(pair: Pair, client: RecorderClient) -> None:
    """Numbers without holes; names that are not erased come along."""
    assert client.events().events == []
    deliver(pair.office, pair.grant(), client.open_grant)
    page = client.events()
    assert (page.next, page.size, page.events[0].entry["tag"]) == (1, 1, "grant:footage:accept")
    assert list(page.events[0].texts.values()) == ["見本 太郎"]
    assert client.events(after=page.next).events == []
    who = page.events[0].entry["actor"]["who"]
    pair.recorder.ledger.store.erase_text(bytes.fromhex(who))
    assert client.events().events[0].texts == {}


def test_a_long_poll_ends_with_the_first_entry(pair: Pair, client: RecorderClient) -> None:
    """It holds no thread of the door while it waits: more waiters than threads, and status answers."""
    pages = []
    waiting = [threading.Thread(target=lambda: pages.append(client.events(0, wait=20))) for _ in range(10)]
    for thread in waiting:
        thread.start()
    assert client.status()
    deliver(pair.office, pair.grant(), client.open_grant)
    for thread in waiting:
        thread.join(15)
    assert [page.size for page in pages] == [1] * 10


def test_office_and_recorder_cosign_each_other(pair: Pair, client: RecorderClient) -> None:
    """After which a grant's proof continues from what was cosigned."""
    pair.recorder.refused("grant", GrantForged(why="x"))
    exchange(pair.office, client)
    pair.grant()
    exchange(pair.office, client)
    assert pair.book.ledger.cosigned(pair.recorder.cosigner.public) is not None
    assert pair.recorder.ledger.cosigned(pair.book.keys.cosign.public) is not None
    assert deliver(pair.office, pair.grant(), client.open_grant)


def test_the_recorder_tells_an_office_with_two_histories(pair: Pair, client: RecorderClient, tmp_path: Path) -> None:
    """A rewritten ledger of the office is not cosigned."""
    pair.grant()
    exchange(pair.office, client)
    pair.sql("DROP TRIGGER ledger_entry_keep")
    pair.sql("UPDATE ledger_entry SET hash = zeroblob(32) WHERE seq = 0")
    pair.sql("DELETE FROM ledger_checkpoint")
    with pytest.raises(LedgerForked):
        exchange(pair.office, client)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/v2/status", 404),
        ("GET", "/v1/status/", 404),
        ("DELETE", "/v1/status", 405),
        ("PUT", "/v1/grants", 405),
        ("GET", "/v1/status?x=1", 400),
        ("GET", "/v1/events?after=-1", 400),
        ("GET", "/v1/events?after=1&after=2", 400),
        ("GET", "/v1/events?wait=31", 400),
        ("GET", "/v1/events?wait=1.5", 400),
        ("GET", "/v1/events?after=%EF%BC%91", 400),
        ("GET", "/v1/day/2026-02-30.svg", 404),
        ("GET", "/v1/day/20260201.svg", 404),
        ("GET", "/v1/day/2026-02-01.svg?lang=de", 400),
        ("GET", "/v1/checkpoint?old=99", 409),
        ("GET", "/v1/grants/x/index.m3u8", 404),
        ("GET", "/v1/grants/01ksr49200c5xmafwk2amhbs0r/index.m3u8", 404),
        ("GET", "/v1/grants/01ksr49200c5xmafwk2amhbs0r/..%2F..%2Fstatus", 404),
        ("POST", "/v1/cosign", 400),
        ("POST", "/v1/cosignatures", 400),
        ("POST", "/v1/grants", 400),
        ("POST", "/v1/grants?x=1", 400),
        ("POST", "/v1/holds/x/release", 404),
    ],
)
def test_what_the_door_does_not_know_is_an_error_of_our_form(
    shared: httpx.Client, method: str, path: str, status: int
) -> None:
    """Code and both sentences, and the status that fits."""
    reply = shared.request(method, path)
    assert reply.status_code == status
    error = reply.json()["error"]
    assert set(error) == {"code", "ja", "en"}
    assert error["code"].startswith("MH")


def test_an_unforeseen_error_tells_the_caller_nothing(
    pair: Pair, client: RecorderClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """No trace, no message; counted and logged for us, without values. The next request is answered."""
    pair.recorder.broken = RuntimeError("secret path /x")
    with _raw(pair) as raw:
        reply = raw.get("/v1/status")
        health = raw.get("/healthz")
    assert (reply.status_code, reply.json()["error"]["code"], health.status_code) == (500, "MH000", 503)
    assert "secret" not in reply.text and "Runtime" not in reply.text
    logged = "".join(capsys.readouterr())
    assert "RuntimeError" in logged and "doors.py" in logged and "secret" not in logged
    with pytest.raises(MiharibanError) as caught:
        client.status()
    assert caught.value.code == "MH000"
    assert not client.healthy()
    pair.recorder.broken = None
    assert client.status()
    assert "mihariban_api_unforeseen_total 2" in client.metrics()
