"""Whatever comes in, over a real socket: never a 500, never a hang, always our form of error, nothing entered as done."""

from __future__ import annotations

import json
import socket as sockets
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mihariban.recorder.client import RecorderClient
from tests.recorder.api.doors import CAMERA, DECIDED, Pair

GRANT = "01ksr49200c5xmafwk2amhbs0r"
SLOW = [HealthCheck.too_slow]
"""A busy machine is no finding."""

ROUTES = [
    ("GET", "/v1/status"),
    ("GET", "/v1/visits"),
    ("GET", "/v1/events"),
    ("GET", "/v1/day/2026-05-28.svg"),
    ("GET", "/v1/checkpoint"),
    ("POST", "/v1/cosign"),
    ("POST", "/v1/cosignatures"),
    ("POST", "/v1/calendar"),
    ("POST", "/v1/policy"),
    ("GET", "/v1/holds"),
    ("POST", "/v1/holds"),
    ("POST", f"/v1/holds/{GRANT}/release"),
    ("POST", "/v1/still"),
    ("POST", "/v1/grants"),
    ("POST", f"/v1/grants/{GRANT}/revoke"),
    ("DELETE", f"/v1/grants/{GRANT}"),
    ("GET", f"/v1/grants/{GRANT}/index.m3u8"),
    ("GET", f"/v1/grants/{GRANT}/seg-0.m4s"),
    ("GET", f"/v1/grants/{GRANT}/extract.mp4"),
    ("GET", "/metrics"),
    ("GET", "/healthz"),
]


@dataclass
class Target:
    """A served recorder with one good grant of each kind of document."""

    pair: Pair
    http: httpx.Client
    client: RecorderClient
    good: list[tuple[str, bytes]]

    def check(self, reply: httpx.Response) -> None:
        """What must hold of every answer."""
        assert reply.status_code < 500, reply.text
        if reply.status_code >= 400:
            error = json.loads(reply.content)["error"]
            assert set(error) <= {"code", "ja", "en", "size"} and error["code"].startswith("MH")
        assert b"FOOTAGE" not in reply.content and b"Traceback" not in reply.content

    def nothing_done(self) -> None:
        """The book holds refusals alone."""
        assert set(self.pair.recorder.tags()) <= {"grant:footage:refuse"}
        assert self.pair.recorder.sessions == {}


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    pair = Pair(tmp_path_factory.mktemp("fuzz"))
    now = pair.clock.wall()
    office = pair.office
    orders = [
        ("/v1/grants", pair.grant()),
        ("/v1/holds", office.order_hold(DECIDED, camera=CAMERA, start=now - 9, end=now, review=now + 9)),
        (f"/v1/holds/{GRANT}/release", office.release_hold(DECIDED, GRANT)),
        (f"/v1/grants/{GRANT}/revoke", office.revoke_grant(DECIDED, GRANT)),
        ("/v1/still", office.order_still(DECIDED, CAMERA)),
        ("/v1/calendar", office.push_calendar(DECIDED, [], ["x"])),
        ("/v1/policy", office.push_policy(DECIDED, text="a", version="1", document_number="1")),
    ]
    good = [(path, office.present(order)) for path, order in orders]
    socket = pair.path / "recorder" / "recorder.sock"
    with (
        pair.served() as (client, _),
        httpx.Client(transport=httpx.HTTPTransport(uds=str(socket)), base_url="http://recorder", timeout=10) as http,
    ):
        yield Target(pair, http, client, good)
        pair.recorder.ledger.store.size()
    pair.close()


_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
_ENVELOPE = st.fixed_dictionaries({}, optional=dict.fromkeys(("document", "key", "signature", "text", "size"), _VALUE))
_BODY = (
    st.binary(max_size=300)
    | _ENVELOPE.map(lambda value: json.dumps(value, ensure_ascii=True).encode())
    | st.text(max_size=99).map(lambda text: f"old {text}".encode())
)


@settings(max_examples=500, deadline=None, suppress_health_check=SLOW)
@given(
    route=st.sampled_from(ROUTES),
    body=_BODY,
    query=st.dictionaries(st.sampled_from(["after", "old", "exact", "x"]), st.text(max_size=20), max_size=2),
    token=st.none() | st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=70),
)
def test_any_request_at_any_route(
    target: Target, route: tuple[str, str], body: bytes, query: dict[str, str], token: str | None
) -> None:
    """Arbitrary bodies, queries and tokens."""
    method, path = route
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    content = body if method == "POST" else None
    target.check(target.http.request(method, path, params=query, content=content, headers=headers))
    target.nothing_done()


@settings(max_examples=400, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_a_good_document_changed_anywhere(target: Target, data: st.DataObject) -> None:
    """Bits flipped, pieces cut, doubled, moved: refused with a code, and nothing readable comes back."""
    path, good = data.draw(st.sampled_from(target.good))
    start = data.draw(st.integers(0, len(good) - 1))
    stop = data.draw(st.integers(start, min(len(good), start + 40)))
    bad = good[:start] + data.draw(st.binary(max_size=12) | st.just(good[start:stop] * 2)) + good[stop:]
    if bad == good:
        return
    reply = target.http.post(path, content=bad)
    target.check(reply)
    assert reply.status_code in (400, 403)
    assert b"token" not in reply.content
    target.nothing_done()


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(st.binary(max_size=200))
def test_any_bytes_on_the_socket(target: Target, data: bytes) -> None:
    """Whatever is no request is answered or closed, and the door goes on."""
    with sockets.socket(sockets.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(target.pair.path / "recorder" / "recorder.sock"))
        connection.sendall(data)
        connection.shutdown(sockets.SHUT_WR)
        while connection.recv(65_536):
            pass
    assert target.client.healthy()


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40))
def test_any_path(target: Target, path: str) -> None:
    """Paths of our own making and others."""
    try:
        request = target.http.build_request("GET", "/v1/" + path)
    except httpx.InvalidURL:
        return
    target.check(target.http.send(request))


def test_the_good_ones_are_good(target: Target) -> None:
    """Last: unchanged they are taken, or the tests above could not fail."""
    answers = {path: target.http.post(path, content=good).status_code for path, good in target.good}
    assert [status for path, status in answers.items() if "release" not in path] == [200] * 6
    assert answers[f"/v1/holds/{GRANT}/release"] == 404  # there is no such hold
