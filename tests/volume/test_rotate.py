"""Renewing the root: what is destroyed stays gone from everything ever written, and no power cut costs footage."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from mihariban.base.clock import TurnedClock
from mihariban.base.errors import MiharibanError, UsageError
from mihariban.volume import ClipHeader, ClipUnknown, Volume, VolumeIoError, check_volume
from mihariban.volume import rotate as rotate_module
from mihariban.volume.home import FileRoot, MovingRoot, Secrets
from mihariban.volume.layout import BLOCK
from mihariban.volume.page import Page, unpack_page
from mihariban.volume.reseal import Resealer
from mihariban.volume.root import Root
from mihariban.volume.rotate import Rotation, rotate, rotate_into
from mihariban.volume.simulated import PowerCut, SimulatedFile, SimulatedMachine
from mihariban.volume.storage import KEYS
from mihariban.volume.tpm import TpmRoot
from tests.volume.harness import Run, template
from tests.volume.support import START, chunk, make, record

STEPS = 22
TPM_NOTE: dict[str, object] = {"kind": "tpm"}


def _images(machine: SimulatedMachine, volume: Volume) -> list[tuple[int, bytes]]:
    """(page, bytes) of every slot of a key page that was ever written."""
    assert machine.history is not None
    size = volume.shape.page_size
    found = []
    for name, offset, data in machine.history:
        if name == KEYS and offset >= BLOCK:
            starts = range(0, len(data), size)
            found += [((offset + start - BLOCK) // (2 * size), data[start : start + size]) for start in starts]
    return found


def _opened(machine: SimulatedMachine, volume: Volume, secrets: list[bytes]) -> list[Page]:
    """Every image that one of these roots opens."""
    ciphers: dict[tuple[int, int], object] = {}
    pages = []
    for region, raw in _images(machine, volume):
        for number, secret in enumerate(secrets):
            cipher = ciphers.setdefault((number, region), Root(secret, volume.superblock.volume).cipher("page", region))
            page = unpack_page(raw, region, cipher, volume.superblock.volume)  # type: ignore[arg-type]  # a cache
            if page is not None:
                pages.append(page)
    return pages


def _secrets(machine: SimulatedMachine) -> Secrets:
    return machine.home().read()


class RotatingRun(Run):
    """The crash harness with renewals of the root in the script; the root may move into a TPM and back."""

    def __init__(self, machine: SimulatedMachine, seed: int, cuts: list[int]) -> None:
        machine.history = []
        self.gone_before: set[bytes] = set()
        self.generation = 0
        self.roots = {_secrets(machine).newest}
        super().__init__(machine, seed, cuts)

    def _step(self, step: float) -> None:
        choice = self.rng.random()
        if choice > 0.22:
            super()._step(step)
            return
        self.model.may_go = set()
        self.gone_before = {self.model.keys[clip] for clip in self.model.gone}
        home = self.volume.roots.home
        if choice < 0.14:
            rotation = rotate(self.volume)
        elif home.kind == "file":
            rotation = rotate_into(self.volume, MovingRoot(self.machine, home, TpmRoot(self.machine.nv), TPM_NOTE))
        else:
            new = FileRoot(self.machine, self.random.randbytes)
            rotation = rotate_into(self.volume, MovingRoot(self.machine, home, new, {"kind": "file"}))
        assert (rotation.lost, rotation.resumed) == (0, False)
        self._judge()

    def _after_cut(self) -> None:
        super()._after_cut()
        self._judge()

    def _judge(self) -> None:
        """After a renewal that has ended: I12, one root left, both slots there, nothing lost."""
        volume = self.volume
        assert volume.roots.generation == volume.roots.finished >= self.generation, "a renewal was forgotten"
        present = _secrets(self.machine)
        assert present.next is None, "two roots after the end"
        if volume.roots.generation > self.generation:
            assert present.newest not in self.roots, "the old root came back"
            for page in _opened(self.machine, volume, present.all()):
                assert not {entry.key for entry in page.entries} & self.gone_before, "a destroyed key can be found"
            assert all(None not in volume.keys.slots(region) for region in range(volume.shape.regions)), "a slot lost"
        self._look_for_roots(present.newest)
        self.generation = volume.roots.generation
        self._read_all({clip.clip for clip in volume.clips()})

    def _look_for_roots(self, present: bytes) -> None:
        """No root that is not in force is in any file of the disk, named or not, or in the TPM."""
        self.roots.add(present)
        machine = self.machine
        held = b"".join(bytes(file.durable) for file in [*machine.files.values(), *machine.unnamed])
        held += b"".join(machine.nv.held.values())
        for secret in self.roots - {present}:
            assert secret not in held, "an old root is still there"


def _sweep(seeds: range, every: int = 1) -> int:
    runs = 0
    blank = template()
    for seed in seeds:
        whole = RotatingRun(blank.fresh(), seed, [])
        whole.play(STEPS)
        for cut in range(1, whole.operations + 1, every):
            second = 1 + cut * 7 % max(1, whole.operations // 2)
            RotatingRun(blank.fresh(), seed, [cut, second]).play(STEPS)
            runs += 1
    return runs


@pytest.mark.parametrize("part", range(3))
def test_a_power_cut_in_scripts_with_renewals_loses_nothing(part: int) -> None:
    """Recording, holds, destruction, renewals and moves of the root; the second cut often hits the resumption."""
    assert _sweep(range(part * 2, part * 2 + 2), every=3) > 50


def _into_tpm(volume: Volume) -> Rotation:
    machine = volume._storage
    assert isinstance(machine, SimulatedMachine)
    return rotate_into(volume, MovingRoot(machine, volume.roots.home, TpmRoot(machine.nv), TPM_NOTE))


def _into_file(volume: Volume) -> Rotation:
    machine = volume._storage
    new = FileRoot(machine, random.Random("scrap").randbytes)
    return rotate_into(volume, MovingRoot(machine, volume.roots.home, new, {"kind": "file"}))


@pytest.mark.parametrize("deed", [rotate, _into_tpm, _into_file])
def test_a_cut_at_every_operation_and_at_every_one_of_the_resumption(deed: Callable[[Volume], Rotation]) -> None:
    """Two cuts inside one renewal: every write, sync, removal and renaming of it, and of the opening that goes on."""
    machine = template()
    clock = TurnedClock(START)
    volume = Volume.open(machine, clock=clock, random=random.Random(5).randbytes)
    clips = [record(volume, clock, chunks=2, size=900) for _ in range(4)]
    volume.destroy(clips.pop(1))
    if deed is _into_file:
        _into_tpm(volume)
    volume.close()
    for cut in range(1, _operations(machine.fresh(), deed, clock) + 1):
        broken = _cut(machine.fresh(), cut, deed, clock)
        for again in range(1, _opening(broken.fresh(), clock) + 2):
            twice = _cut(broken.fresh(), again, None, clock)
            opened = Volume.open(twice.fresh(), clock=clock)
            assert [len(list(opened.read(clip))) for clip in clips] == [2, 2, 2], (cut, again)
            mended = {"rotation-resumed", "superblock-damaged"}
            assert {each.code for each in check_volume(opened)} <= mended, (cut, again)
            opened.close()


def _operations(machine: SimulatedMachine, deed: Callable[[Volume], object], clock: TurnedClock) -> int:
    volume = Volume.open(machine, clock=clock)
    machine.operations = 0
    deed(volume)
    return machine.operations


def _opening(machine: SimulatedMachine, clock: TurnedClock) -> int:
    """How many operations an opening takes."""
    Volume.open(machine, clock=clock)
    return machine.operations


def _cut(
    machine: SimulatedMachine, at: int, deed: Callable[[Volume], object] | None, clock: TurnedClock
) -> SimulatedMachine:
    """The machine after a cut at an operation of a deed, or of opening."""
    with contextlib.suppress(PowerCut):
        if deed is None:
            machine.cut_at = at
        volume = Volume.open(machine, clock=clock)
        machine.operations, machine.cut_at = 0, at
        if deed is not None:
            deed(volume)
    return machine.after_power_cut(random.Random(at))


# Bugs that must be caught


def _keep_old_root(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(FileRoot, "_scrap", lambda self, name: None)


def _keep_old_root_in_tpm(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(TpmRoot, "destroy", lambda self: None)


def _next_not_synced(patch: pytest.MonkeyPatch) -> None:
    def write_whole(storage: SimulatedMachine, name: str, data: bytes) -> None:
        storage.remove(name)
        file = storage.open(name, create=True)
        storage.reserve(file, len(data))
        file.pwrite(0, data)
        storage.finish()

    patch.setattr("mihariban.volume.home.write_whole", write_whole)


def _name_of_next_not_synced(patch: pytest.MonkeyPatch) -> None:
    def write_whole(storage: SimulatedMachine, name: str, data: bytes) -> None:
        file = storage.open(name, create=True)
        storage.reserve(file, len(data))
        file.pwrite(0, data)
        file.sync()

    patch.setattr("mihariban.volume.home.write_whole", write_whole)


def _rename_before_pages(patch: pytest.MonkeyPatch) -> None:
    original = rotate_module._Work._pages

    def pages(self: rotate_module._Work) -> tuple[int, int]:
        self._home.promote()
        done = original(self)
        self._home.promote = lambda: None  # type: ignore[method-assign]  # it was done before
        return done

    patch.setattr(rotate_module._Work, "_pages", pages)


def _only_one_slot(patch: pytest.MonkeyPatch) -> None:
    """The other slot dies with the old root: no destroyed key comes back by it, but the page has lost its spare copy."""
    original = Resealer._put

    def put(self: Resealer, region: int, slot: object, cipher: object, *, twin: bool) -> None:
        if not twin:
            original(self, region, slot, cipher, twin=twin)  # type: ignore[arg-type]  # passed on

    patch.setattr(Resealer, "_put", put)


def _both_slots_at_once(patch: pytest.MonkeyPatch) -> None:
    original = Resealer.run

    def run(self: Resealer, regions: range) -> dict[int, int]:
        sync, self._file.sync = self._file.sync, lambda: None  # type: ignore[method-assign]  # only here
        try:
            return original(self, regions)
        finally:
            assert isinstance(self._file, SimulatedFile)
            self._file.sync = sync  # type: ignore[method-assign]  # back
            sync()

    patch.setattr(Resealer, "run", run)


def _pages_not_synced(patch: pytest.MonkeyPatch) -> None:
    """The old root goes while pages under the new one are in the machine's memory only."""
    original = Resealer.run

    def run(self: Resealer, regions: range) -> dict[int, int]:
        sync, self._file.sync = self._file.sync, lambda: None  # type: ignore[method-assign]  # only here
        try:
            return original(self, regions)
        finally:
            self._file.sync = sync  # type: ignore[method-assign]  # back

    patch.setattr(Resealer, "run", run)


def _not_resumed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("mihariban.volume.mounted.rotate", lambda volume: None)


def _same_root_again(patch: pytest.MonkeyPatch) -> None:
    original = rotate_module._Work._next

    def following(self: rotate_module._Work) -> tuple[bytes, bool]:
        _, resumed = original(self)
        self._home.destroy()
        secret = self._volume.roots.sealed
        self._home.stage(secret)
        self._home.stage(secret)
        return secret, resumed

    patch.setattr(rotate_module._Work, "_next", following)


def _region_key_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("mihariban.volume.root.Root.key", _plain_key)


def _plain_key(self: Root, purpose: str, number: int = 0) -> bytes:
    kept, self._region_key = self._region_key, b""
    try:
        return _root_key(self, purpose, number)
    finally:
        self._region_key = kept


_root_key = Root.key

# "Superblocks before pages" is no bug: while root.key.next is there, an opening tries both roots on each superblock and
# each page, whatever order they were written in, and the old root goes only after both. The order is kept because the
# generation in the superblock then means that the pages are done.


@pytest.mark.parametrize(
    "bug",
    [
        _keep_old_root,
        _keep_old_root_in_tpm,
        _next_not_synced,
        _name_of_next_not_synced,
        _rename_before_pages,
        _only_one_slot,
        _both_slots_at_once,
        _pages_not_synced,
        _not_resumed,
        _same_root_again,
        _region_key_forgotten,
    ],
)
def test_a_seeded_bug_is_caught(bug: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """The harness above can fail."""
    bug(monkeypatch)
    with pytest.raises((AssertionError, MiharibanError, FileNotFoundError)):
        for seed in range(12):
            RotatingRun(template().fresh(), seed, []).play(STEPS)
        _sweep(range(12), every=2)


def test_superblocks_before_pages_is_equivalent(monkeypatch: pytest.MonkeyPatch) -> None:
    """See the comment above: shown, not only said."""
    original = rotate_module._Work._pages

    def pages(self: rotate_module._Work) -> tuple[int, int]:
        secret = self._home.read().next
        assert secret is not None
        self._superblocks(secret, 1)
        return original(self)

    monkeypatch.setattr(rotate_module._Work, "_pages", pages)
    _sweep(range(2), every=7)


def _two_clips_in_an_open_region() -> None:
    """The second one's key is in one slot only when the root is renewed; the power goes right after."""
    machine, clock = template(), TurnedClock(START)
    volume = Volume.open(machine, clock=clock)
    clips = []
    for _ in range(2):
        writer = volume.begin_clip("front", ClipHeader(bytes(16)))
        assert writer.append(chunk(clock, 0, writer.clip * 20))
        volume.commit()
        clips.append(writer.clip)
    assert [len(page.entries) for page in volume.keys.slots(volume.clip(clips[0]).region) if page] in ([1, 2], [2, 1])
    rotate(volume)
    opened = Volume.open(machine.after_power_cut(random.Random(1)), clock=clock)
    assert [next(opened.read(clip)).data for clip in clips] == [clip * 20 for clip in clips]


def test_the_newest_slot_of_a_page_is_carried_over() -> None:
    """And a clip goes on being written while the root is renewed."""
    _two_clips_in_an_open_region()


def _old_slot_left(patch: pytest.MonkeyPatch) -> None:
    """The page as it was before the last change is carried over instead of the newest one."""
    original = Resealer._newest

    def newest(self: Resealer, region: int) -> object:
        raw = self._file.pread(self._offset(region, 0), 2 * self._size)
        found = [self._open(half, region) for half in (raw[: self._size], raw[self._size :])]
        slot = original(self, region)
        if slot is not None and None not in found:
            slot.plain = min(found, key=lambda each: each.sequence).plain  # type: ignore[union-attr]  # not None
        return slot

    patch.setattr(Resealer, "_newest", newest)


def test_carrying_the_older_slot_over_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug to the test above."""
    _old_slot_left(monkeypatch)
    with pytest.raises((AssertionError, ClipUnknown)):
        _two_clips_in_an_open_region()


def test_a_superblock_that_cannot_be_read_is_mended_before_the_other_is_touched() -> None:
    """Copy A torn, and the power goes at any operation of the opening that mends it: B stays until A is whole."""
    clock = TurnedClock(START)
    for copy in range(2):
        torn = template()
        torn.files["ring.vol"].durable[copy * BLOCK + 100] ^= 1
        for cut in range(1, _opening(torn.fresh(), clock) + 1):
            Volume.open(_cut(torn.fresh(), cut, None, clock), clock=clock).close()


def test_a_destroyed_key_is_found_with_the_old_root_and_not_with_the_new_one() -> None:
    """I12 in everything ever written to keys.tab; the old root as control: the search can find something."""
    machine, clock = template(), TurnedClock(START)
    machine.history = []
    volume = Volume.open(machine, clock=clock)
    clip, kept = (record(volume, clock, chunks=1, size=900) for _ in range(2))
    info = volume.clip(clip)
    keys = [volume.ring.page(info.region).entries[volume.clip(each).slot].key for each in (clip, kept)]
    volume.destroy(clip)
    old = _secrets(machine).all()
    rotate(volume)

    def found(secrets: list[bytes]) -> list[bool]:
        seen = {entry.key for page in _opened(machine, volume, secrets) for entry in page.entries}
        return [key in seen for key in keys]

    assert found(old) == [True, True]
    assert found(_secrets(machine).all()) == [False, True]
    with pytest.raises(ClipUnknown):
        volume.clip(clip)
    assert len(list(volume.read(kept))) == 1


@pytest.mark.parametrize("name", ["keys.tab", "ring.vol", "root.key", "root.key.next.new", "directory"])
@pytest.mark.parametrize("what", ["write", "sync", "rename"])
def test_a_failing_disk_stops_a_renewal_and_the_next_opening_ends_it(name: str, what: str) -> None:
    """EIO is told, nothing is written after it, and after the power cut that may follow all footage is there."""
    machine, clock = template(), TurnedClock(START)
    volume = Volume.open(machine, clock=clock)
    clips = [record(volume, clock, chunks=1, size=900) for _ in range(3)]
    machine.failing = lambda did, file: (did, file) == (what, name)
    if (what, name) in {("write", "directory"), ("rename", "keys.tab"), ("rename", "ring.vol"), ("rename", "directory"),
                        ("rename", "root.key.next.new")}:  # fmt: skip
        assert rotate(volume).generation == 1  # no such operation
        return
    with pytest.raises(VolumeIoError, match="simulated failure"):
        rotate(volume)
    with pytest.raises(VolumeIoError, match="opened anew"):
        record(volume, clock)
    machine.failing = lambda _did, _file: False
    volume.close()
    again = Volume.open(machine.after_power_cut(random.Random(2)), clock=clock)
    assert [len(list(again.read(clip))) for clip in clips] == [1, 1, 1]
    assert again.roots.generation == again.roots.finished
    assert rotate(again).generation in {1, 2}
    assert [len(list(again.read(clip))) for clip in clips] == [1, 1, 1]


def test_who_only_reads_opens_with_either_root_and_renews_nothing() -> None:
    """At every operation of a renewal that was interrupted there: all footage is read, no operation on the disk."""
    machine, clock = template(), TurnedClock(START)
    volume = Volume.open(machine, clock=clock)
    clips = [record(volume, clock, chunks=1, size=900) for _ in range(3)]
    volume.close()
    for cut in range(1, _operations(machine.fresh(), rotate, clock) + 1):
        broken = _cut(machine.fresh(), cut, rotate, clock)
        reader = Volume.read_only(broken, clock=clock)
        assert [len(list(reader.read(clip))) for clip in clips] == [1, 1, 1]
        assert reader.roots.generation - reader.roots.finished in {0, 1}
        assert broken.operations == 0
        with pytest.raises(UsageError):
            rotate(reader)
        reader.close()


def test_recording_goes_on_while_the_root_is_renewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A camera's thread and a reader beside five renewals, two pages at a time: all that was acknowledged is there."""
    monkeypatch.setattr(rotate_module, "BATCH", 2)
    clock = TurnedClock(START)
    volume = make(tmp_path, clock, regions=24)
    first = record(volume, clock)
    done, clips, wrong = threading.Event(), [first], []

    def work() -> None:
        try:
            while not done.is_set():
                clips.append(record(volume, clock, size=3000))
        except Exception as error:  # noqa: BLE001  # judged below
            wrong.append(error)

    reader = Volume.read_only(tmp_path, clock=clock)
    thread = threading.Thread(target=work)
    thread.start()
    told: list[tuple[int, int]] = []
    for _ in range(5):
        rotate(volume, lambda pages, count: told.append((pages, count)))
        assert len(list(reader.read(first))) == 3
    done.set()
    thread.join()
    assert wrong == []
    assert (told[0], told[-1], len(told)) == ((2, 24), (24, 24), 60)
    reader.close()
    volume.close()
    again = Volume.open(tmp_path, clock=clock)
    kept = {info.clip for info in again.clips()}
    assert all(len(list(again.read(clip))) == 3 for clip in clips if clip in kept)
    assert len(kept) > 5
    assert {each.code for each in check_volume(again, deep=True)} <= {"not-in-place"}
    assert again.roots.generation == 5
    again.close()


def test_a_page_that_no_root_opens_is_counted_and_left_as_it_is() -> None:
    """Both slots damaged: its footage was lost before; the rest is renewed, and the page stays to be examined."""
    machine, clock = template(), TurnedClock(START)
    volume = Volume.open(machine, clock=clock)
    clip = record(volume, clock, chunks=1, size=900)
    volume.close()
    keys = machine.files[KEYS].durable
    lost = BLOCK + 2 * 3 * volume.shape.page_size
    for slot in (0, 1):
        keys[lost + slot * volume.shape.page_size + 100] ^= 1
    before = bytes(keys[lost : lost + 2 * volume.shape.page_size])
    volume = Volume.open(machine, clock=clock)
    rotation = rotate(volume)
    assert (rotation.pages, rotation.lost) == (5, 1)
    assert bytes(keys[lost : lost + 2 * volume.shape.page_size]) == before
    assert len(list(volume.read(clip))) == 1
