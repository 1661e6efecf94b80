"""The server: starts, stops in order, survives what a dead one left, and what impatient or rude callers do."""

from __future__ import annotations

import json
import socket as sockets
import stat
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from mihariban.office.exchange import deliver
from mihariban.recorder.api import guard, protocol
from mihariban.recorder.api import serve as serve_module
from mihariban.recorder.api.serve import TlsAddress, serve
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.contract.errors import DoorTaken, RecorderUnavailable, RequestTooLarge
from mihariban.recorder.contract.signed import MAX_BODY
from tests.recorder.api.doors import DECIDED, Pair


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path)
    yield made
    made.close()


def _connect(pair: Pair) -> sockets.socket:
    made = sockets.socket(sockets.AF_UNIX)
    made.settimeout(10)
    made.connect(str(pair.path / "recorder" / "recorder.sock"))
    return made


def _all(connection: sockets.socket) -> bytes:
    parts = []
    while part := connection.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def _error(answer: bytes) -> str:
    return str(json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"])


def test_it_answers_at_once_and_leaves_nothing_behind(pair: Pair) -> None:
    """Group may call, others not; after it ended the socket is gone and it can be started again."""
    socket = pair.path / "recorder" / "recorder.sock"
    for _ in range(2):
        with pair.served() as (client, served):
            assert client.healthy()
            assert stat.S_IMODE(socket.stat().st_mode) == 0o660
            assert served.port is None
        assert not socket.exists()
        assert not any(thread.name.startswith(("recorder-api",)) for thread in threading.enumerate())
    with RecorderClient(socket, seconds=1) as client, pytest.raises(RecorderUnavailable):
        client.status()


def test_a_socket_left_by_a_dead_server_is_replaced(pair: Pair) -> None:
    """After a kill -9 the file stays and nobody listens."""
    socket = pair.path / "recorder" / "recorder.sock"
    dead = sockets.socket(sockets.AF_UNIX)
    dead.bind(str(socket))
    dead.close()
    assert socket.exists()
    with pair.served() as (client, _):
        assert client.healthy()


def test_a_second_server_and_foreign_files_are_refused(pair: Pair) -> None:
    """The first one goes on answering; a file that is no socket is not touched."""
    with pair.served() as (client, _):
        with pytest.raises(DoorTaken), pair.served():
            pass
        assert client.healthy()
    socket = pair.path / "recorder" / "recorder.sock"
    socket.write_text("mine")
    with pytest.raises(DoorTaken), pair.served():
        pass
    assert socket.read_text() == "mine"


def test_an_address_that_cannot_be_used_is_said(pair: Pair) -> None:
    """A path too long for a socket, a port that is taken."""
    long = pair.path / ("x" * 120)
    long.mkdir()
    with pytest.raises(RecorderUnavailable), serve(pair.recorder, socket=long / "recorder.sock"):
        pass
    import ssl

    with sockets.create_server(("127.0.0.1", 0)) as taken:
        address = TlsAddress("127.0.0.1", taken.getsockname()[1], ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
        with pytest.raises(RecorderUnavailable), pair.served(address):
            pass
    with pair.served() as (client, _):
        assert client.healthy()


def test_stopping_ends_long_polls_at_once(pair: Pair) -> None:
    """They answer what they have instead of holding the recorder up."""
    pages = []
    with pair.served() as (client, served):
        assert served.socket is not None
        other = RecorderClient(served.socket)
        thread = threading.Thread(target=lambda: pages.append(other.events(0, wait=30)))
        thread.start()
        client.status()
        begun = time.monotonic()
    thread.join(10)
    other.close()
    assert time.monotonic() - begun < 8
    assert [page.events for page in pages] == [[]]


def test_what_is_not_http_gets_our_error(pair: Pair) -> None:
    """Also in the middle of a connection."""
    with pair.served() as (client, _):
        for rubbish in (
            b"\x16\x03\x01 hello\r\n\r\n",
            b"GET / HTTP/9\r\n\r\n",
            b"GET /v1/status HTTP/1.1\r\nhost\r\n\r\n",
        ):
            with _connect(pair) as connection:
                connection.sendall(rubbish)
                assert _error(_all(connection)) == "MH370"
        assert client.healthy()


def test_heads_and_bodies_have_a_limit(pair: Pair) -> None:
    """A body in one piece or in chunks; a head of a mebibyte."""
    with pair.served() as (client, _):
        with pytest.raises(RequestTooLarge):
            client.open_grant(b"x" * (MAX_BODY + 1))
        with _connect(pair) as connection:
            connection.sendall(b"GET /v1/status HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 40_000)
            assert _error(_all(connection)) == "MH370"
        assert client.healthy()


def test_a_body_that_does_not_come_is_not_waited_for(pair: Pair) -> None:
    """The limit is a parameter, so the test need not wait as long."""
    with pair.served(body_seconds=0.2), _connect(pair) as connection:
        connection.sendall(b"POST /v1/grants HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\nconnection: close\r\n\r\nabc")
        assert _error(_all(connection)) == "MH383"


def test_a_head_that_does_not_come_is_not_waited_for(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """A silent connection, a drip, and a second request on a connection that was good."""
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(serve_module, "KEEP_ALIVE_S", 1)
    with pair.served() as (client, _):
        for begin in (b"", b"GET /v1/st", b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\nGET /v1"):
            with _connect(pair) as connection:
                connection.sendall(begin)
                answer = _all(connection)
                assert (b"200 OK" in answer) == (b"healthz" in begin)
        assert client.healthy()


def test_too_many_connections_are_turned_away(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """With our error; when the others have gone it answers again."""
    monkeypatch.setattr(protocol, "MAX_CONNECTIONS", 4)
    with pair.served() as (client, _):
        held = [_connect(pair) for _ in range(4)]
        with _connect(pair) as one_more:
            assert _error(_all(one_more)) == "MH383"
        for each in held:
            each.close()
        for _ in range(100):
            try:
                assert client.healthy()
                break
            except RecorderUnavailable:
                time.sleep(0.02)
        else:
            pytest.fail("it does not answer again")


def test_a_door_that_hangs_does_not_hold_up_the_stop(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits is cut off after the grace."""
    monkeypatch.setattr(serve_module, "_GRACE_S", 1)
    pair.recorder.blocked = threading.Event()
    with pair.served() as (_, served):
        assert served.socket is not None
        waiting = _connect(pair)
        waiting.sendall(b"GET /v1/status HTTP/1.1\r\nhost: x\r\n\r\n")
        begun = time.monotonic()
    with waiting:
        assert b"200 OK" not in _all(waiting)
    assert time.monotonic() - begun < 6
    pair.recorder.blocked.set()


def _extract_unread(pair: Pair, grant: str, token: str) -> sockets.socket:
    connection = _connect(pair)
    connection.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 2048)
    ask = f"GET /v1/grants/{grant}/extract.mp4 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n"
    connection.sendall(ask.encode())
    connection.recv(1, sockets.MSG_PEEK)  # it has begun
    return connection


def test_readers_who_take_nothing_do_not_keep_a_grant_from_being_taken_back(pair: Pair) -> None:
    """As many as the door takes at once."""
    pair.recorder.piece_size = 1000
    with pair.served() as (client, _):
        grant = pair.grant(purpose="extract")
        token = deliver(pair.office, grant, client.open_grant).token
        unread = [_extract_unread(pair, grant, token) for _ in range(guard.MAX_REQUESTS)]
        with pytest.raises(RecorderUnavailable):
            client.status()
        assert deliver(pair.office, pair.office.revoke_grant(DECIDED, grant), partial(client.revoke_grant, grant))
        for each in unread:
            each.close()


def test_a_reader_who_takes_nothing_is_dropped(pair: Pair) -> None:
    """Its outcome is entered; the limit is a parameter."""
    pair.recorder.piece_size = 1000
    with pair.served(read_seconds=0.2) as (client, _):
        grant = pair.grant(purpose="extract")
        token = deliver(pair.office, grant, client.open_grant).token
        with _extract_unread(pair, grant, token) as unread:
            for _ in range(500):
                if pair.recorder.closed_pieces:
                    break
                time.sleep(0.02)
            assert pair.recorder.closed_pieces == 1
            assert len(_all(unread)) < 1000 * 65_536
    assert pair.recorder.entries()[-1]["outcome"] == "failed"


def test_a_hanging_door_takes_no_more_requests_than_its_limit(pair: Pair) -> None:
    """The others are refused at once; when it goes on, those that waited are answered."""
    pair.recorder.blocked = threading.Event()
    statuses: list[str] = []

    def ask() -> None:
        with RecorderClient(pair.path / "recorder" / "recorder.sock", seconds=20) as client:
            try:
                client.status()
                statuses.append("ok")
            except RecorderUnavailable:
                statuses.append("refused")

    begun = time.monotonic()
    with pair.served():
        threads = [threading.Thread(target=ask) for _ in range(guard.MAX_REQUESTS + 6)]
        for thread in threads:
            thread.start()
        for _ in range(400):
            if statuses.count("refused") >= 6:
                break
            time.sleep(0.02)
        assert statuses.count("refused") == 6
        pair.recorder.blocked.set()
    for thread in threads:
        thread.join(20)
    assert statuses.count("ok") == guard.MAX_REQUESTS
    assert time.monotonic() - begun < 25
