"""The life of a small volume as a state machine against a model: visits, holds, expiry, power cuts, a lost index.

The model knows of every displayed picture when it was shown, when it may no longer be, and which holds keep it; and of
every file operation whether it had returned. After a power cut that came in the middle of a deed both outcomes are
right, but nothing in between: the model takes over which one it was.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mihariban.base.clock import SECOND, TurnedClock
from mihariban.volume import (
    Chunk,
    ClipHeader,
    ClipInfo,
    ClipKind,
    ClipRefused,
    HoldShareFull,
    Volume,
    VolumeFull,
    VolumeSpec,
    check_volume,
)
from mihariban.volume.copying import shots_of
from mihariban.volume.erasing import erasable_regions, overwrite_region
from mihariban.volume.errors import HoldRefused
from mihariban.volume.holding import HoldPlan, holds, keep, let_go, plan_hold, reconcile
from mihariban.volume.index import MemoryIndex
from mihariban.volume.simulated import PowerCut, SimulatedMachine
from mihariban.volume.volume import ClipWriter
from tests.volume.hold_support import CONFIG, FRAME, pictures

REGION = 32 << 10
REGIONS = 10
SHARE = 4
CAMERAS = ("front", "back")
START = 1_795_305_600 * SECOND
LIFE = 120 * SECOND
LEAST = 60 * SECOND


def blank() -> SimulatedMachine:
    """A machine with a new volume, made once."""
    machine = SimulatedMachine()
    spec = VolumeSpec(8192 + REGIONS * REGION, REGION, SHARE / REGIONS, "s", "r")
    Volume.create(machine, spec, clock=TurnedClock(START), random=random.Random(0).randbytes).close()
    return machine


BLANK = blank()


@dataclass
class Recorded:
    """A clip that was sent, as the model knows it.

    Attributes:
        shown: (moment, bytes) of all its pictures. acked: how many of them were acknowledged as durable.
        region: where it is. key: under which. raw: the bytes of the ring, once it is held.
    """

    camera: str
    deadline: int
    minimum: int
    key: bytes
    shown: list[tuple[int, bytes]] = field(default_factory=list)
    acked: int = 0
    region: int = -1
    closed: bool = False


@dataclass
class Hold:
    """A hold as the model knows it: exactly these pictures, whatever happens."""

    camera: str
    start: int
    end: int
    shown: list[tuple[int, bytes]]
    keys: dict[bytes, bytes]


class KeptIndex(MemoryIndex):
    """An index.db that stays when its process ends."""

    def close(self) -> None:
        """Stays."""


class Life(RuleBasedStateMachine):
    """See the module. ``deadline``: the wall clock of the model is the volume's."""

    @initialize(seed=st.integers(0, 1 << 16))
    def begin(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.clock = TurnedClock(START)
        self.machine = BLANK.fresh()
        self.clips: dict[bytes, Recorded] = {}
        self.gone: dict[bytes, bytes] = {}  # clip -> key, of what was destroyed
        self.kept: dict[bytes, Hold] = {}
        self.ended: set[bytes] = set()
        self.writers: dict[str, ClipWriter] = {}
        self.number = 0
        self.capacity: set[bytes] = set()
        self.cuts = 0
        self.index = KeptIndex()
        self._open()

    def teardown(self) -> None:
        if hasattr(self, "volume"):
            self._restart()
            torn = {"key-page-single"} if self.cuts else set()  # a slot torn behind its head: mended when next written
            found = {each.code for each in check_volume(self.volume, deep=True)}
            assert found <= torn, f"the check finds {found}"
            self.volume.close()

    # Deeds

    @rule(
        camera=st.sampled_from(CAMERAS),
        seconds=st.integers(1, 5),
        size=st.sampled_from((300, 900, 1900)),
        stays=st.booleans(),
    )
    def visit(self, camera: str, seconds: int, size: int, stays: bool) -> None:
        """Record, commit after every second; mostly somebody else comes later, sometimes the visit stays open."""
        for number in range(seconds):
            if not self._try(lambda number=number: self._second(camera, number, size)):
                return
            self.clock.turn(SECOND)
        if not stays:
            self._try(lambda: self._close(camera))

    @rule(seconds=st.sampled_from((1, 10, 45, 90, 150)))
    def turn(self, seconds: int) -> None:
        """Time passes; at its end nothing past its deadline may be readable."""
        self.clock.turn(seconds * SECOND)

    @rule()
    def expire(self) -> None:
        """The recorder's minute: destroy what has expired."""
        self._try(self._expire)

    @rule(pick=st.integers(0, 99), skip=st.integers(-4, 12), length=st.integers(1, 30))
    def hold(self, pick: int, skip: int, length: int) -> None:
        """A span that begins somewhere in or before one of the clips; in pictures, so that it rarely ends with a clip."""
        shown = [sent for sent in self.clips.values() if sent.shown]
        if shown and self._try(self._close_all):
            sent = shown[pick % len(shown)]
            start = sent.shown[0][0] + skip * FRAME
            self._try(lambda: self._hold(sent.camera, start, start + length * FRAME))

    @precondition(lambda self: getattr(self, "kept", None))
    @rule(pick=st.integers(0, 99))
    def release(self, pick: int) -> None:
        """End one of the holds."""
        self._try(lambda: self._release(sorted(self.kept)[pick % len(self.kept)]))

    @rule(pick=st.integers(0, 99))
    def overwrite(self, pick: int) -> None:
        """Overwrite a region nothing opens; and try one that is held, in vain."""
        self._try(lambda: self._overwrite(pick))

    @rule(drop_index=st.booleans())
    def reopen(self, drop_index: bool) -> None:
        """An orderly end and a new start, with or without its index."""
        if self._try(self._close_all):
            before = self._facts()
            self._restart(drop_index=drop_index)
            assert self._facts() == before, "the rebuilt catalogue differs"

    @precondition(lambda self: hasattr(self, "machine") and self.machine.cut_at is None)
    @rule(operations=st.integers(1, 40))
    def arm(self, operations: int) -> None:
        """The power will go so many operations from now."""
        self.machine.cut_at = self.machine.operations + operations

    # What must hold after every deed

    @invariant()
    def nothing_is_readable_after_its_deadline(self) -> None:
        if not hasattr(self, "volume"):
            return
        now = self.clock.wall()
        allowed = [pair for hold in self.kept.values() for pair in hold.shown]
        for info in self.volume.clips():
            if info.kind is ClipKind.VISIT and info.deadline <= now and not info.held:
                with pytest.raises(ClipRefused):
                    next(self.volume.read(info.clip))
            elif info.deadline <= now:
                assert set(self._shown(info.clip)) <= set(allowed), "readable after its deadline and of no hold"

    @invariant()
    def what_is_held_never_changes(self) -> None:
        for name, hold in getattr(self, "kept", {}).items():
            told = next(each for each in holds(self.volume) if each.hold == name)
            assert told.whole, "a held clip is gone"
            assert sorted(pair for part in told.parts for pair in self._shown(part.clip)) == hold.shown, (
                "held footage changed"
            )
            assert {part.clip: self._key(part.clip) for part in told.parts} == hold.keys, "a held clip's key changed"

    @invariant()
    def nothing_goes_but_by_a_reason(self) -> None:
        if not hasattr(self, "volume"):
            return
        self._take_events()
        present = {info.clip: info for info in self.volume.clips(kind=ClipKind.VISIT)}
        for clip, sent in list(self.clips.items()):
            if clip in present:
                info = present[clip]
                if info.held or info.deadline > self.clock.wall():
                    assert len(self._shown(clip)) >= sent.acked, "an acknowledged picture is lost"
                continue
            assert clip in self.capacity or not sent.acked, "a clip vanished"
            self._forget(clip)
        assert not set(self.gone) & set(present), "a destroyed clip came back"

    @invariant()
    def destroyed_keys_are_nowhere(self) -> None:
        keys = set(getattr(self, "gone", {}).values()) - {b""}
        for region in range(REGIONS) if keys else ():
            for page in self.volume.keys.slots(region):
                assert not [e for e in (page.entries if page else []) if e.key in keys], (
                    "a destroyed key is on the disk"
                )

    @invariant()
    def counts_are_explained(self) -> None:
        if hasattr(self, "volume"):
            assert reconcile(self.volume) == [], "counts, copies and papers do not agree"
            assert {each.hold for each in holds(self.volume)} == set(self.kept)
            assert self.volume.ring.table.held_regions() <= SHARE
            given = [each for each in self.volume.ring.table.generation.tolist() if each]
            assert len(given) == len(set(given)), "a generation twice"

    # Inside

    def _open(self, *, clean: bool = True) -> None:
        self.machine.index = lambda *, readonly: self.index  # type: ignore[method-assign]  # one that outlives a process
        self.volume = Volume.open(self.machine, clock=self.clock, random=self.rng.randbytes)
        self.writers.clear()
        found = reconcile(self.volume)
        assert clean is False or found == [], "after an orderly end something had to be put right"
        self.machine.operations, self.machine.cut_at = 0, None

    def _try(self, deed: object) -> bool:
        """Do it; where the power goes meanwhile, start again and find out how far it came."""
        assert callable(deed)
        try:
            deed()
        except PowerCut:
            self.cuts += 1
            self.machine = self.machine.after_power_cut(self.rng)
            self._after_cut()
            return False
        return True

    def _restart(self, *, drop_index: bool = False) -> None:
        self.machine.cut_at = None
        self._close_all()
        self._take_events()
        self.volume.close()
        if drop_index:
            self.index = KeptIndex()
        self._open()

    def _close_all(self) -> None:
        for camera in list(self.writers):
            self._close(camera)

    def _second(self, camera: str, number: int, size: int) -> None:
        writer = self.writers.get(camera) or self._begin(camera, new_region=False)
        if not self._send(writer, size):
            self._close(camera)
            assert self._send(self._begin(camera, new_region=True), size), "does not fit an empty region"
        self.volume.commit()
        for each in self.writers.values():
            self.clips[each.clip].acked = each.durable * 4

    def _send(self, writer: ClipWriter, size: int) -> bool:
        sent = self.clips[writer.clip]
        number = len(sent.shown) // 4
        part = pictures(self.clock, number, writer.clip.hex().encode()[-8:], size, config=number == 0)
        before = list(sent.shown)
        sent.shown += _shown_of([replace(part, config=CONFIG)])
        if not writer.append(part):
            sent.shown[:] = before
            return False
        return True

    def _begin(self, camera: str, *, new_region: bool) -> ClipWriter:
        now = self.clock.wall()
        header = ClipHeader(self.rng.randbytes(16), deadline=now + LIFE, minimum=now + LEAST)
        try:
            writer = self.volume.begin_clip(camera, header, new_region=new_region)
        except VolumeFull as error:
            raise AssertionError("recording was stopped") from error
        self.writers[camera] = writer
        entry = writer.inner.entry
        self.clips[writer.clip] = Recorded(camera, header.deadline, header.minimum, entry.key)
        self._take_events()
        return writer

    def _close(self, camera: str) -> None:
        writer = self.writers.get(camera)
        if writer is not None:
            writer.close(notes={"n": 1})
            self.volume.commit()
            del self.writers[camera]
            self.clips[writer.clip].acked = len(self.clips[writer.clip].shown)

    def _expire(self) -> None:
        now = self.clock.wall()
        busy = {writer.clip for writer in self.writers.values()}
        for each in self.volume.destroy_expired(limit=3):
            assert each.verified, "a key was not destroyed"
            assert each.info.deadline <= now, "destroyed before its deadline"
            assert each.info.minimum <= now, "destroyed before its minimum"
            assert not each.info.held, "a held clip was destroyed"
            assert each.clip not in busy, "destroyed while it was written"
            self._forget(each.clip)

    def _forget(self, clip: bytes) -> None:
        sent = self.clips.pop(clip, None)
        if sent is not None:
            self.gone[clip] = sent.key

    def _hold(self, camera: str, start: int, end: int) -> None:
        plan = plan_hold(self.volume, camera, start, end)
        before = self._facts()
        self.number += 1
        name = self.number.to_bytes(16, "big")
        wanted = self._readable_shown(camera, start, end)
        self.pending = (name, plan, wanted)
        try:
            kept = keep(self.volume, plan, name, b"why")
        except (HoldShareFull, HoldRefused) as error:
            assert self._facts() == before, "a refused hold has changed something"
            assert isinstance(error, HoldRefused) or plan.used + plan.needed > SHARE, "refused though it fits"
            assert not isinstance(error, HoldRefused) or not wanted, "refused though there is footage"
            return
        assert plan.fits, "placed though it does not fit"
        assert kept.regions <= plan.needed, "more was taken than said"
        self._note_hold(name, plan, wanted)

    def _note_hold(self, name: bytes, plan: HoldPlan, wanted: list[tuple[int, bytes]]) -> None:
        told = next(each for each in holds(self.volume) if each.hold == name)
        keys = {part.clip: self._key(part.clip) for part in told.parts}
        self.kept[name] = Hold(plan.camera, plan.start, plan.end, wanted, keys)

    def _readable_shown(self, camera: str, start: int, end: int) -> list[tuple[int, bytes]]:
        """What is displayed in a span and may be read now, each instant once."""
        now = self.clock.wall()
        infos = [i for i in self.volume.clips(camera) if i.final and (i.held or i.deadline > now)]
        return sorted({pair for info in infos for pair in self._shown(info.clip) if start <= pair[0] < end})

    def _release(self, name: bytes) -> None:
        self.ended.add(name)
        hold = self.kept.pop(name)
        self.releasing = (name, hold)
        let_go(self.volume, name)
        others = {clip for each in self.kept.values() for clip in each.keys}
        for clip, key in hold.keys.items():
            if clip not in others and clip not in self.clips:
                self.gone[clip] = key

    def _overwrite(self, pick: int) -> None:
        found = erasable_regions(self.volume)
        assert not [r for r, _ in found if self.volume.ring.table.held[r]]
        if found:
            region, generation = found[pick % len(found)]
            assert overwrite_region(self.volume, region, generation).verified

    def _after_cut(self) -> None:
        busy_hold, self.pending = getattr(self, "pending", None), None
        self._open(clean=False)
        told = {each.hold: each for each in holds(self.volume)}
        if busy_hold is not None and busy_hold[0] in told and busy_hold[0] not in self.ended:
            self.kept.setdefault(busy_hold[0], None)  # type: ignore[arg-type]  # replaced in the next line
            self._note_hold(*busy_hold)
        ending = getattr(self, "releasing", None)
        if ending is not None and ending[0] in told:
            self.kept[ending[0]] = ending[1]  # the power went before it was ended
            self.ended.discard(ending[0])
        assert set(self.kept) <= set(told), "an acknowledged hold is lost"
        self._allow_what_was_under_way()

    def _allow_what_was_under_way(self) -> None:
        """Destroyed or taken just when the power went: both outcomes are right for what might have gone."""
        now = self.clock.wall()
        present = {info.clip: info for info in self.volume.clips(kind=ClipKind.VISIT)}
        missing = [clip for clip in self.clips if clip not in present]
        held = {clip for hold in self.kept.values() for clip in hold.keys}
        assert not set(missing) & held, "a held clip is lost"
        sudden = [self.clips[clip] for clip in missing if clip not in self.capacity]
        regions = {sent.region for sent in sudden if sent.acked and sent.deadline > now}
        assert len(regions) <= 1, "more than one region went at once"
        self.capacity |= set(missing)
        for clip, info in present.items():
            sent = self.clips.get(clip)
            assert sent is not None, "a clip nobody wrote"
            if info.held or info.deadline > now:
                pairs = self._shown(clip)
                assert pairs == sent.shown[: len(pairs)], "garbage"
                assert len(pairs) >= sent.acked, "an acknowledged picture is lost"
                sent.acked = len(pairs)

    def _take_events(self) -> None:
        for event in self.volume.drain_events():
            for info in event.lost:
                assert event.what == "taken"
                self.capacity.add(info.clip)
                assert not [h for h in self.kept.values() if info.clip in h.keys], "a held clip was overwritten"
        for info in self.volume.clips(kind=ClipKind.VISIT):
            if info.clip in self.clips:
                self.clips[info.clip].region = info.region

    def _shown(self, clip: bytes) -> list[tuple[int, bytes]]:
        return _shown_of(list(self.volume.read(clip)))

    def _key(self, clip: bytes) -> bytes:
        info = self.volume.clip(clip)
        return self.volume.ring.page(info.region).entries[info.slot].key

    def _facts(self) -> list[tuple[object, ...]]:
        return sorted(_fact(info) for kind in ClipKind for info in self.volume.clips(kind=kind) if info.chunks)


def _fact(info: ClipInfo) -> tuple[object, ...]:
    return (
        info.clip,
        info.camera,
        info.kind,
        info.region,
        info.start,
        info.end,
        info.samples,
        info.holds,
        info.deadline,
    )


def _shown_of(chunks: list[Chunk]) -> list[tuple[int, bytes]]:
    return sorted((shot.wall, shot.data) for shot in shots_of(chunks) if not shot.sample.lead_in)
