"""What opening takes from index.db, what it believes of it, and what is left in it of a clip that was destroyed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from mihariban.base import sqlite
from mihariban.base.clock import DAY, SECOND, TurnedClock
from mihariban.volume import ClipHeader, ClipKind, Volume
from mihariban.volume.index import region_context
from mihariban.volume.page import (
    Entry,
    Page,
    RegionState,
    open_slot,
    pack_page,
    page_of,
    rows_of,
    slot_sequence,
    slot_sequences,
)
from mihariban.volume.recover import Reader
from mihariban.volume.regions import RegionTable
from mihariban.volume.root import Root
from mihariban.volume.sealing import common_key, open_row
from mihariban.volume.table import SUMMARY, ClipTable, pack_summaries, unpack_notes, unpack_table
from tests.volume.support import START, chunk, make, record


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock(START)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The regions whose clips were looked for in the ring."""
    regions: list[int] = []
    original = Reader.tables

    def tables(self: Reader, page: Page) -> dict[int, ClipTable]:
        regions.append(page.region)
        return original(self, page)

    monkeypatch.setattr(Reader, "tables", tables)
    return regions


def _filled(folder: Path, clock: TurnedClock) -> list[bytes]:
    """Several regions of several clips of two cameras, some with notes, closed in order."""
    volume = make(folder, clock)
    for number in range(14):
        record(volume, clock, "front" if number % 3 else "back", size=5000)
    plain = volume.begin_clip("front", ClipHeader(bytes(16), ClipKind.SCENE, START + DAY))
    plain.append(chunk(clock, 0, b"without notes"))
    plain.close()
    clips = [info.clip for info in volume.clips()]
    clock.turn(SECOND)
    volume.close()
    return clips


def _shared(volume: Volume) -> list[list[bytes]]:
    """The clips of each region that has several."""
    infos = volume.clips()
    groups = [[info.clip for info in infos if info.region == region] for region in {info.region for info in infos}]
    return [group for group in groups if len(group) > 2]


def test_after_an_orderly_end_nothing_is_read_from_the_ring(
    tmp_path: Path, clock: TurnedClock, read: list[int]
) -> None:
    """The index has the clips of every closed region, and says what the ring says."""
    clips = _filled(tmp_path, clock)
    opened = Volume.open(tmp_path, clock=clock)
    listed = opened.clips()
    assert (read, {info.clip for info in listed}) == ([], set(clips))
    opened.close()
    (tmp_path / "index.db").unlink()
    rebuilt = Volume.open(tmp_path, clock=clock)
    assert rebuilt.clips() == listed
    assert set(read) == {info.region for info in listed}
    rebuilt.close()
    read.clear()
    Volume.open(tmp_path, clock=clock).close()
    assert read == []


def test_the_index_follows_what_is_destroyed_and_changed(tmp_path: Path, clock: TurnedClock, read: list[int]) -> None:
    """Deadlines and holds come from the key pages; the rest of a region in which a clip was destroyed stays known."""
    _filled(tmp_path, clock)
    volume = Volume.open(tmp_path, clock=clock)
    first, second, *_ = _shared(volume)[0]
    volume.destroy(first, before_minimum=True)
    volume.set_deadline(second, START + 5 * DAY)
    volume.hold(second)
    listed = volume.clips()
    volume.close()
    read.clear()
    again = Volume.open(tmp_path, clock=clock)
    assert (again.clips(), read) == (listed, [])
    assert first not in {info.clip for info in listed}
    assert (again.clip(second).deadline, again.clip(second).holds) == (START + 5 * DAY, 1)
    again.close()


def test_an_index_from_before_a_clip_was_destroyed_is_not_believed(
    tmp_path: Path, clock: TurnedClock, read: list[int]
) -> None:
    """Put back, it gives nothing of the clip, and the region is read anew; after that the index is right again."""
    _filled(tmp_path, clock)
    old = tmp_path.with_name("old.db")
    shutil.copy(tmp_path / "index.db", old)
    volume = Volume.open(tmp_path, clock=clock)
    clip = _shared(volume)[0][0]
    region = volume.clip(clip).region
    volume.destroy(clip, before_minimum=True)
    listed = volume.clips()
    volume.close()
    shutil.copy(old, tmp_path / "index.db")
    read.clear()
    again = Volume.open(tmp_path, clock=clock)
    assert (again.clips(), read) == (listed, [region])
    again.close()
    read.clear()
    Volume.open(tmp_path, clock=clock).close()
    assert read == []


def _swap(db: sqlite.Connection) -> int:
    one, two = db.execute("SELECT region, sealed FROM regions LIMIT 2").fetchall()
    db.execute("UPDATE regions SET sealed = ? WHERE region = ?", (two[1], one[0]))
    db.execute("UPDATE regions SET sealed = ? WHERE region = ?", (one[1], two[0]))
    return 2


def _flip(db: sqlite.Connection) -> int:
    region, sealed = db.execute("SELECT region, sealed FROM regions LIMIT 1").fetchone()
    db.execute("UPDATE regions SET sealed = ? WHERE region = ?", (sealed[:-1] + bytes([sealed[-1] ^ 1]), region))
    return 1


def _shorten(db: sqlite.Connection) -> int:
    db.execute("UPDATE regions SET sealed = x'00' WHERE region = (SELECT min(region) FROM regions)")
    return 1


def _no_bytes(db: sqlite.Connection) -> int:
    db.execute("UPDATE regions SET sealed = 'text' WHERE region = (SELECT min(region) FROM regions)")
    return 1


def _of_another_format(db: sqlite.Connection) -> int:
    """As the version before left it: a row for each clip."""
    count = db.execute("SELECT count(*) FROM regions").fetchone()[0]
    db.execute("DROP TABLE regions")
    db.execute("CREATE TABLE summary (place INTEGER PRIMARY KEY, sealed BLOB NOT NULL)")
    db.execute("INSERT INTO summary VALUES (1, x'00')")
    db.execute("PRAGMA user_version=1")
    return int(count)


@pytest.mark.parametrize("change", [_swap, _flip, _shorten, _no_bytes, _of_another_format])
def test_what_was_changed_in_the_index_is_found_and_read_from_the_ring(
    tmp_path: Path, clock: TurnedClock, read: list[int], change: Callable[[sqlite.Connection], int]
) -> None:
    """Only the regions concerned; then the index is right again."""
    _filled(tmp_path, clock)
    volume = Volume.open(tmp_path, clock=clock)
    listed = volume.clips()
    volume.close()
    db = sqlite.connect(tmp_path / "index.db", synchronous="NORMAL")
    changed = change(db)
    db.close()
    with closing(Volume.read_only(tmp_path, clock=clock)) as beside:
        assert (beside.clips(), len(read)) == (listed, changed)
    read.clear()
    again = Volume.open(tmp_path, clock=clock)
    assert (again.clips(), len(read)) == (listed, changed)
    again.close()
    read.clear()
    Volume.open(tmp_path, clock=clock).close()
    assert read == []


def test_nothing_in_any_index_opens_with_the_keys_that_are_left(tmp_path: Path, clock: TurnedClock) -> None:
    """Not the row of a region as it was either, whichever of the other clips' keys are tried; before, all keys did."""
    _filled(tmp_path, clock)
    volume = Volume.open(tmp_path, clock=clock)
    group = _shared(volume)[0]
    info = volume.clip(group[1])
    page = volume.ring.page(info.region)
    before = volume.indexed(range(info.region, info.region + 1))[info.region]
    context = region_context(page.region, page.generation)
    keys = [entry.key for entry in page.entries if entry.live]
    assert open_row(common_key(b"".join(keys)), context, before) is not None
    assert _times(info.start) in open_row(common_key(b"".join(keys)), context, before)  # type: ignore[operator]  # it opened
    volume.destroy(info.clip, before_minimum=True)
    left = [entry.key for entry in volume.ring.page(info.region).entries if entry.live]
    assert len(left) == len(keys) - 1
    tried = [common_key(b"".join(some)) for count in range(len(left) + 1) for some in combinations(left, count)]
    assert not [key for key in (*tried, *left) if open_row(key, context, before) is not None]
    now = volume.indexed(range(info.region, info.region + 1))[info.region]
    assert _times(info.start) not in open_row(common_key(b"".join(left)), context, now)  # type: ignore[operator]  # it opens
    volume.close()


def _times(moment: int) -> bytes:
    return moment.to_bytes(8, "big")


def test_what_cannot_be_read_now_is_looked_for_at_each_start(
    tmp_path: Path, clock: TurnedClock, read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails for a while does not have the index say that there was nothing."""
    clips = _filled(tmp_path, clock)
    (tmp_path / "index.db").unlink()
    with monkeypatch.context() as failing:
        failing.setattr(Reader, "tables", lambda _, page: {})
        volume = Volume.open(tmp_path, clock=clock)
        assert volume.clips() == []
        volume.close()
    again = Volume.open(tmp_path, clock=clock)
    assert {info.clip for info in again.clips()} == set(clips)
    assert read
    again.close()


@given(
    st.lists(
        st.builds(
            Entry, clip=st.binary(min_size=16, max_size=16), visit=st.binary(min_size=16, max_size=16),
            key=st.sampled_from([b"", bytes(32), b"\x07" * 32]), kind=st.sampled_from(list(ClipKind)),
            created=st.integers(0, 1 << 62), deadline=st.integers(0, (1 << 63) - 1), minimum=st.integers(0, 1 << 62),
            policy=st.binary(min_size=16, max_size=16), holds=st.integers(0, 9),
        ),
        max_size=20,
    ),
    st.sampled_from(list(RegionState)), st.booleans(), st.integers(0, 1 << 62), st.text("あいa", max_size=15),
)  # fmt: skip
def test_many_pages_at_once_say_what_each_says(
    entries: list[Entry], state: RegionState, twin: bool, opened: int, camera: str
) -> None:
    """The columns of a page are the fields of the object, and so is what the table of regions takes from them."""
    cipher = AESGCM(bytes(32))
    entries = [entry if entry.live else Entry() for entry in entries]
    page = Page(3, 77, state, twin, 5, 8192, 4096, opened, camera, bytes(16), entries)
    plain = open_slot(pack_page(page, 2, 4096, cipher, bytes(16), bytes(12)), cipher, bytes(16))
    assert plain is not None
    assert page_of(plain, 3) == page
    row = np.frombuffer(plain, rows_of(4096))
    head = row[0]
    assert (int(head["generation"]), int(head["state"]), bool(head["twin"])) == (77, state, twin)
    assert head["camera"].item()[: head["camera_length"]].decode() == camera
    for entry, seen in zip(entries, head["entries"], strict=False):
        assert b"".join(seen["key"].item())[: seen["key_length"]] == entry.key
        for name in ("clip", "visit", "kind", "created", "deadline", "minimum", "policy", "holds"):
            assert seen[name].item() == getattr(entry, name), name
    one, many = RegionTable(4, 0), RegionTable(4, 0)
    one.update(page)
    many.fill([3], row)
    for column in ("generation", "state", "live", "held", "opened"):
        assert getattr(one, column).tolist() == getattr(many, column).tolist(), column


def test_many_sequences_at_once_are_those_of_each_slot() -> None:
    """Also where a slot is of another page, torn, or nothing at all."""
    cipher = AESGCM(bytes(32))
    slots = [pack_page(Page(page), sequence, 1024, cipher, bytes(16), bytes(12)) for page, sequence in PLACES]
    raw = b"".join([*slots, bytes(1024), b"\xff" * 1024])
    halves = [raw[at : at + 1024] for at in range(0, len(raw), 1024)]
    each = [slot_sequence(half, 5 + number // 2) for number, half in enumerate(halves)]
    assert each == [8, 7, -1, 1 << 40, -1, -1]
    assert slot_sequences(raw, 1024, 5) == [each[0:2], each[2:4], each[4:6]]


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=16, max_size=16), st.integers(0, 1 << 40))
def test_keys_of_the_root_are_those_of_the_library(secret: bytes, volume: bytes, number: int) -> None:
    """HKDF-SHA-256, made ready once for many keys."""
    info = b"mihariban page\x00" + number.to_bytes(8, "big")
    assert Root(secret, volume).key("page", number) == HKDF(SHA256(), 32, volume, info).derive(secret)


def test_the_common_key_is_the_first_step_of_hkdf() -> None:
    keys = bytes(range(64))
    assert common_key(keys) == HKDF.extract(SHA256(), b"mihariban region summaries", keys)


PLACES = ((5, 8), (5, 7), (5, 3), (6, 1 << 40))


def test_summaries_of_several_clips_come_back() -> None:
    """Sums in their order, notes with the clip they belong to."""
    tables = [ClipTable([], True, 1, 2, 3, 4, 5, 6, 7, notes) for notes in ({}, {"a": 1}, {}, {"b": [2]})]
    packed = pack_summaries(tables)
    notes = unpack_notes(packed, len(tables))
    heads = [packed[number * SUMMARY : (number + 1) * SUMMARY] for number in range(len(tables))]
    assert [unpack_table(head + notes.get(number, b"")) for number, head in enumerate(heads)] == tables
    assert unpack_notes(pack_summaries(tables[:1]), 1) == {}
