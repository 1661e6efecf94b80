"""Mutual TLS over a real server: who has no certificate of the site's CA gets nowhere, a role sees its own part."""

from __future__ import annotations

import ssl
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mihariban.base.clock import DAY, SystemClock
from mihariban.office.exchange import deliver
from mihariban.recorder.api.serve import Served, TlsAddress
from mihariban.recorder.api.tls import Files, client_context, issue, make_ca, role_of, server_context
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.contract.errors import DoorClosed, RecorderUnavailable
from tests.recorder.api.doors import Pair

NOW = SystemClock().wall()


@dataclass
class Door:
    """A served recorder and the CA of its site."""

    pair: Pair
    path: Path
    ca: Files
    served: Served
    local: RecorderClient

    def client(
        self, name: str, role: Any, *, host: str = "127.0.0.1", ca: Files | None = None, **more: Any
    ) -> RecorderClient:
        own = issue(ca or self.ca, self.path, name=name, role=role, **{"wall": NOW, **more})
        return self.connect(client_context(own, self.ca.certificate), host)

    def connect(self, context: ssl.SSLContext, host: str = "127.0.0.1") -> RecorderClient:
        return RecorderClient(address=f"{host}:{self.served.port}", tls=context, seconds=10)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    path = tmp_path_factory.mktemp("tls")
    pair = Pair(path / "site")
    ca = make_ca(path, name="saga", wall=NOW)
    own = issue(ca, path, name="recorder", role="recorder", wall=NOW, hosts=["127.0.0.1"])
    address = TlsAddress("127.0.0.1", 0, server_context(own, ca.certificate))
    with pair.served(address) as (local, served):
        yield Door(pair, path, ca, served, local)
    pair.close()


def test_the_office_may_do_everything(door: Door) -> None:
    """A grant opened over TLS, and names in the events."""
    with door.client("office", "office") as client:
        session = deliver(door.pair.office, door.pair.grant(), client.open_grant)
        assert client.segment(session, "seg-0.m4s") == b"FOOTAGE"
        assert client.status()
        assert any(each.texts for each in client.events().events)


def test_an_auditor_sees_entries_without_names_and_no_footage(door: Door) -> None:
    """And a monitor sees figures."""
    session = deliver(door.pair.office, door.pair.grant(), door.local.open_grant)
    with door.client("auditor", "auditor") as client:
        assert client.visits() == [] and client.checkpoint() and client.holds() == []
        events = client.events().events
        assert events and not any(each.texts for each in events)
        for ask in (lambda: client.playlist(session), lambda: client.close_grant(session)):
            with pytest.raises(DoorClosed):
                ask()
        with pytest.raises(DoorClosed):
            deliver(door.pair.office, session.id, client.open_grant)
    with door.client("monitor", "monitor") as client:
        assert client.healthy() and client.status() and client.metrics()
        for ask in (client.visits, client.holds, lambda: client.playlist(session)):
            with pytest.raises(DoorClosed):
                ask()


def test_a_certificate_without_a_role_sees_nothing(door: Door) -> None:
    """Not even health; a recorder's own certificate does not even call."""
    made = issue(door.ca, door.path, name="none", role="strange", wall=NOW)  # type: ignore[arg-type]  # no role of ours
    with door.connect(client_context(made, door.ca.certificate)) as client, pytest.raises(DoorClosed):
        client.status()
    with door.client("r9", "recorder") as client, pytest.raises(RecorderUnavailable):
        client.status()


def test_strangers_get_nowhere(door: Door, tmp_path: Path) -> None:
    """Another CA, no certificate, one that has expired or does not hold yet, TLS 1.2, no TLS."""
    other = make_ca(tmp_path, name="saga", wall=NOW)
    strangers = [
        door.client("a", "office", ca=other),
        door.client("b", "office", wall=NOW - 10 * DAY, days=5),
        door.client("c", "office", wall=NOW + 10 * DAY),
        door.connect(ssl.create_default_context(cafile=door.ca.certificate)),
        RecorderClient(address=f"127.0.0.1:{door.served.port}", seconds=10),
    ]
    for client in strangers:
        with client, pytest.raises(RecorderUnavailable):
            client.status()
    old = client_context(issue(door.ca, door.path, name="d", role="office", wall=NOW), door.ca.certificate)
    old.minimum_version = ssl.TLSVersion.TLSv1_2
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with door.connect(old) as client, pytest.raises(RecorderUnavailable):
        client.status()
    with door.client("e", "office") as client:
        assert client.status()  # after all of them the door still answers


def test_the_caller_knows_the_recorder_too(door: Door, tmp_path: Path) -> None:
    """Another CA's recorder, or one under another name, is not talked to."""
    own = issue(door.ca, door.path, name="f", role="office", wall=NOW)
    other = make_ca(tmp_path, name="other", wall=NOW)
    for context, host in (
        (client_context(own, other.certificate), "127.0.0.1"),
        (client_context(own, door.ca.certificate), "localhost"),
    ):
        with door.connect(context, host) as client, pytest.raises(RecorderUnavailable):
            client.status()


def test_keys_are_private_and_a_ca_is_never_replaced(door: Door) -> None:
    """0600; a second init says so."""
    for key in door.path.glob("*.key"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        make_ca(door.path, name="saga", wall=NOW)
    with pytest.raises(RecorderUnavailable):
        server_context(Files(door.path / "none.pem2", door.path / "x"), door.ca.certificate)
    (door.path / "damaged.pem").write_text("x")
    with pytest.raises(RecorderUnavailable):
        server_context(Files(door.path / "damaged.pem", door.ca.key), door.ca.certificate)


def test_one_role_to_a_certificate() -> None:
    """Two, or an unknown one, are none."""
    role = "urn:mihariban:role:"
    assert role_of({"subjectAltName": (("URI", role + "office"),)}) == "office"
    assert role_of({"subjectAltName": (("URI", role + "office"), ("URI", role + "monitor"))}) == ""
    assert role_of({"subjectAltName": (("URI", role + "local"),)}) == ""
    assert role_of({"subjectAltName": (("DNS", role + "office"),)}) == ""
    assert role_of({}) == ""
