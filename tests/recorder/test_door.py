"""The recorder behind its real door: socket, client, office; and a book whose disk is full."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mihariban.base.clock import DAY, HOUR, SECOND
from mihariban.ledger.errors import LedgerUnwritable, ProofInvalid
from mihariban.ledger.tags import Tag
from mihariban.office.exchange import deliver, exchange
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
from mihariban.recorder.door import REFUSALS_FOLDED
from mihariban.recorder.site_service import open_door
from mihariban.volume import ClipKind
from mihariban.volume.errors import HoldShareFull
from tests.support.office import CAMERA, DECIDED, OPENING, OfficeSite, after


@pytest.fixture
def client(site: OfficeSite) -> Iterator[RecorderClient]:
    with open_door(site.recorder) as served, RecorderClient(served.socket) as made:
        yield made


def test_a_granted_minute_is_seen_through_the_door(site: OfficeSite, client: RecorderClient) -> None:
    """Opened, played, extracted, closed; both ledgers tell it, and cosign each other."""
    exchange(site.office, client)
    session = deliver(site.office, site.grant(10, 18), client.open_grant)
    text = client.playlist(session)
    names = [line for line in text.splitlines() if line.startswith("seg-")]
    assert all(len(client.segment(session, name)) > 1000 for name in names)
    client.close_grant(session)
    taken = deliver(site.office, site.grant(10, 18, purpose="extract"), client.open_grant)
    with client.extract(taken) as pieces:
        assert len(b"".join(pieces)) > 10_000
    with pytest.raises(GrantWidened):
        client.playlist(taken)
    client.close_grant(taken)
    exchange(site.office, client)
    tags = [event.entry["tag"] for event in client.events(0).events]
    assert tags.count(str(Tag.FOOTAGE_SECONDS_SERVE)) == len(names)
    assert site.outcomes(Tag.FOOTAGE_EXTRACT_MAKE) == ["intent", "done"]


def test_closed_revoked_and_expired_sessions_have_their_own_words(site: OfficeSite, client: RecorderClient) -> None:
    """And what never was has another."""
    closed, revoked, expired = (site.grant(10, 12, until=site.clock.wall() + HOUR) for _ in range(3))
    sessions = [deliver(site.office, each, client.open_grant) for each in (closed, revoked, expired)]
    client.close_grant(sessions[0])
    with pytest.raises(GrantReplayed):
        deliver(site.office, closed, client.open_grant)
    client.revoke_grant(revoked, site.office.present(site.office.revoke_grant(DECIDED, revoked)))
    with pytest.raises(NoSuchThing):
        client.playlist(sessions[0])
    with pytest.raises(GrantRevoked):
        client.playlist(sessions[1])
    site.clock.turn(HOUR)
    with pytest.raises(GrantExpired):
        client.playlist(sessions[2])


def test_refusals_are_entered_once_an_hour_with_their_number(site: OfficeSite, client: RecorderClient) -> None:
    """A thousand forged documents must not fill the book."""
    document = site.office.present(site.grant()).replace(b"cam1", b"cam2")
    for _ in range(5):
        with pytest.raises(GrantForged):
            client.open_grant(document)
    with pytest.raises(GrantElsewhere):
        deliver(site.office, site.grant(camera="cam9"), client.open_grant)
    refused = [entry["object"] for entry in site.entries(Tag.GRANT_FOOTAGE_REFUSE)]
    assert [(facts["cause"], facts["folded"]) for facts in refused] == [
        (GrantForged.code, 0), (GrantElsewhere.code, 0)
    ]  # fmt: skip
    site.clock.turn(REFUSALS_FOLDED)
    with pytest.raises(GrantForged):
        client.open_grant(document)
    assert site.entries(Tag.GRANT_FOOTAGE_REFUSE)[-1]["object"]["folded"] == 4


def test_every_refusal_is_entered_wherever_it_was_decided(site: OfficeSite, client: RecorderClient) -> None:
    """A replay, a token that is not the session's, another purpose, an older push; not a proof that is brought up to date."""
    grant = site.grant()
    session = deliver(site.office, grant, client.open_grant)
    with pytest.raises(GrantWidened), client.extract(session):
        pass
    with pytest.raises(DoorClosed):
        client.playlist(session.model_copy(update={"token": "0" * 64}))
    client.close_grant(session)
    with pytest.raises(GrantReplayed):
        deliver(site.office, grant, client.open_grant)
    entered = [(entry["object"]["kind"], entry["object"]["cause"]) for entry in site.entries(Tag.GRANT_FOOTAGE_REFUSE)]
    assert entered == [("grant", each.code) for each in (GrantWidened, DoorClosed, GrantReplayed)]


def test_holds_and_visits_are_told(site: OfficeSite, client: RecorderClient) -> None:
    """Placed, refused with figures, released."""
    hold = deliver(site.office, site.order_hold(10, 18), client.place_hold)
    assert [each.state for each in client.visits()] == ["held", "kept"]
    with pytest.raises(HoldShareFull, match="2"):
        deliver(site.office, site.order_hold(5, 50), client.place_hold)
    order = site.office.release_hold(DECIDED, hold.id)
    released = client.release_hold(hold.id, site.office.present(order))
    assert released.released is not None
    assert [each.released is None for each in client.holds()] == [False]
    assert client.status().holds.count == 0


def test_proofs_are_given_for_what_there_is(site: OfficeSite, client: RecorderClient) -> None:
    """No proof that continues more entries than there are."""
    size = site.recorder.control.store.size()
    assert client.checkpoint(size).proof == []
    with pytest.raises(ProofInvalid):
        client.checkpoint(size + 5)


def test_a_day_and_figures_are_drawn(client: RecorderClient) -> None:
    """As SVG, and for Prometheus."""
    assert client.day_svg(date(2026, 11, 24)).startswith((b"<svg", b"<?xml"))
    assert "mihariban_" in client.metrics()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with little room."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root: a full disk is not tried here")
    path = tmp_path / "disk"
    path.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "none", str(path)], capture_output=True, check=False
    )
    if made.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {made.stderr.decode().strip()}")
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


def test_a_full_disk(room: Path, small_disk: Path) -> None:
    """Nothing is shown without an entry (MH402); what is filmed is stored; what is owed is entered when there is room."""
    site = OfficeSite(room, small_disk / "site")
    grant, at = site.grant(10, 18), OPENING + HOUR
    document = site.office.present(grant)
    with open_door(site.recorder) as served, RecorderClient(served.socket) as client:
        _fill(small_disk / "rest")
        while True:  # what room the database's own file still has
            try:
                site.recorder.control.begin_gap("cam2", OPENING, "filler", "x" * 400)
            except LedgerUnwritable:
                break
        entries = site.recorder.control.store.size()
        with pytest.raises(LedgerUnwritable) as refused:
            client.open_grant(document)
        assert refused.value.code == "MH402"
        site.film(at)
        clips = [clip for clip in site.recorder.volume.clips(kind=ClipKind.VISIT) if clip.start > at]
        assert len(clips) == 2
        assert all(list(site.recorder.volume.read(clip.clip)) for clip in clips)
        assert not client.status().ledger.writable
        assert site.recorder.control.store.size() == entries
        (small_disk / "rest").unlink()
        site.clock.turn(SECOND)
        site.recorder.tick()
        assert client.status().ledger.writable
        assert len(client.visits()) == 4
        assert client.open_grant(document).camera == CAMERA
        assert site.recorder.control.store.size() > entries
    site.clock.turn(DAY)
    site.recorder.tick()
    site.verified()
    assert site.visits[-1].started > after(3600)
    site.close()


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            while True:
                try:
                    if file.write(bytes(size)) == 0:
                        break
                except OSError:
                    break
