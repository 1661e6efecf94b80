"""A restore never makes expired footage readable: not with the old disk put back, not with a new ring, through no door."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from mihariban.backup.keys import KeyFile
from mihariban.backup.members import NEVER
from mihariban.backup.read import Member, walk
from mihariban.backup.ring import new_ring
from mihariban.base.clock import DAY, HOUR, SECOND
from mihariban.base.errors import MiharibanError
from mihariban.ledger.tags import Tag
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.errors import NothingToHold
from mihariban.recorder.site_service import open_door
from mihariban.volume import ClipKind, ClipRefused, ClipUnknown, Volume, check_volume
from tests.backup.conftest import RestoredSite
from tests.support.office import OPENING, PERIOD, OfficeSite

OLD_DISK = ("ring.vol", "keys.tab", "root.key")


def clips_of(site: OfficeSite) -> list[bytes]:
    return [clip.clip for clip in site.recorder.volume.clips(kind=ClipKind.VISIT)]


def put_old_disk(old: Path, restored: Path) -> None:
    for name in OLD_DISK:
        shutil.copy(old / "recorder" / name, restored / "recorder" / name)


def every_door_is_shut(site: OfficeSite, clips: list[bytes]) -> None:
    """The ring itself, a reader beside it, a grant to view and one to extract, a hold, the socket."""
    with closing(Volume.read_only(site.folder.recorder, clock=site.clock)) as beside:
        for volume in (site.recorder.volume, beside):
            for clip in clips:
                with pytest.raises((ClipRefused, ClipUnknown)):
                    list(volume.read(clip))
    for purpose in ("view", "extract"):
        with pytest.raises(MiharibanError) as refused:
            session = site.open_grant(site.grant(8, 22, purpose=purpose))
            if purpose == "view":
                names = [
                    line for line in site.door.playlist(_session(site, session.grant.id)).splitlines() if "seg-" in line
                ]
                assert names == [], "there is something to play"
                raise ClipUnknown(clip="none")
            assert b"".join(site.door.extract(_session(site, session.grant.id), exact=False)) == b""
        assert isinstance(refused.value, MiharibanError)
    with pytest.raises(NothingToHold):
        site.hold(8, 22)
    with open_door(site.recorder) as served, RecorderClient(served.socket) as client:
        assert all(visit.state in ("expired", "erased", "lost") for visit in client.visits())


def _session(site: OfficeSite, grant: str) -> object:
    return site.door.session(grant)


@pytest.mark.parametrize("meanwhile", ["keys destroyed", "recorder down"])
@pytest.mark.parametrize("ring", ["old disk", "new ring"])
def test_expired_footage_stays_gone(
    site: OfficeSite, backed_up: Callable[[], Path], put_back: Callable[[Path], Path], meanwhile: str, ring: str
) -> None:
    """Backed up while everything could be seen, put back when nothing may be."""
    clips = clips_of(site)
    assert len(clips) == 2
    readable = list(site.recorder.volume.read(clips[0]))
    assert readable
    backup = backed_up()
    if meanwhile == "recorder down":
        site.stop()
    site.clock.turn_to(OPENING + PERIOD + HOUR)
    if meanwhile == "keys destroyed":
        site.recorder.keeper.all_now(site.clock.wall())
        assert clips_of(site) == []
    site.stop()
    folder = put_back(backup)
    assert not (NEVER & {path.name for path in folder.rglob("*")})
    if ring == "old disk":
        put_old_disk(site.folder.path, folder)
    else:
        new_ring(folder, clock=site.clock, allow_cow=True)
    again = RestoredSite(folder, site.clock)
    try:
        every_door_is_shut(again, clips)
        for _ in range(70):
            again.clock.turn(SECOND)
            again.recorder.tick()
        every_door_is_shut(again, clips)
        assert clips_of(again) == []
        assert [row for row in again.visits if row.erased is None] == []
        assert len(again.entries(Tag.BACKUP_SITE_RESTORE)) == 1
        assert again.verified().checkpoint.size > 0
        found = {each.code for each in check_volume(again.recorder.volume, deep=True)}
        assert found <= {"not-in-place", "volume-moved"}
    finally:
        again.close()


def test_footage_that_may_still_be_seen_is_there_with_the_old_disk(
    site: OfficeSite, backed_up: Callable[[], Path], put_back: Callable[[Path], Path]
) -> None:
    """The control: the doors above are shut by the deadline, not by the restore."""
    clips = clips_of(site)
    backup = backed_up()
    site.clock.turn(DAY)
    site.stop()
    folder = put_back(backup)
    put_old_disk(site.folder.path, folder)
    again = RestoredSite(folder, site.clock)
    try:
        assert list(again.recorder.volume.read(clips[0]))
        session = again.open_grant(again.grant(8, 22))
        assert "seg-" in again.door.playlist(_session(again, session.grant.id))
    finally:
        again.close()


def test_visits_without_their_footage_are_lost_and_entered(
    site: OfficeSite, backed_up: Callable[[], Path], put_back: Callable[[Path], Path]
) -> None:
    """Before their time was over, with a new ring: lost, and the book says so."""
    backup = backed_up()
    site.clock.turn(DAY)
    site.stop()
    folder = put_back(backup)
    new_ring(folder, clock=site.clock, allow_cow=True)
    again = RestoredSite(folder, site.clock)
    try:
        (entry,) = again.entries(Tag.VISIT_FOOTAGE_LOSE)
        assert entry["object"]["count"] == 2
        with open_door(again.recorder) as served, RecorderClient(served.socket) as client:
            assert {visit.state for visit in client.visits()} == {"lost"}
        assert len(again.entries(Tag.VOLUME_RING_CREATE)) == 1
    finally:
        again.close()


def test_nothing_that_opens_footage_is_in_the_file(
    site: OfficeSite, backed_up: Callable[[], Path], key: KeyFile
) -> None:
    """Neither by name nor by content: no byte of the root, no block of the key table, none of the ring."""
    found: dict[str, bytes] = {}

    def take(member: Member, data: bytes) -> None:
        found[member.name] = found.get(member.name, b"") + data

    walk(backed_up(), take, [key])
    assert not {name for name in found if name.rpartition("/")[2] in NEVER}
    everything = b"\0".join(found.values())
    recorder = site.folder.recorder
    root = (recorder / "root.key").read_bytes()
    assert len(root) == 32
    assert root not in everything and root.hex().encode() not in everything
    for name in ("keys.tab", "ring.vol"):
        raw = (recorder / name).read_bytes()
        for start in range(0, len(raw) - 64, 4096):
            block = raw[start + 16 : start + 64]
            if len(set(block)) > 8:
                assert block not in everything, f"{name} at {start}"
