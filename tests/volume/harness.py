"""The crash harness: random scripts on a simulated machine, the power cut at any operation, and a model of what holds.

What the model knows of each clip: what was sent, and how many of its chunks were acknowledged as durable.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mihariban.base.clock import SECOND, TurnedClock
from mihariban.base.ids import Random
from mihariban.volume import Chunk, ClipHeader, CodecConfig, HoldShareFull, Sample, Volume, VolumeFull, VolumeSpec
from mihariban.volume.ring import Ring
from mihariban.volume.sealing import Piece
from mihariban.volume.simulated import PowerCut, SimulatedMachine
from mihariban.volume.storage import KEYS, RING
from mihariban.volume.volume import ClipWriter

REGION = 32 << 10
REGIONS = 6
CONFIG = CodecConfig("h264", 64, 48, (1, 1000), b"extradata", "annexb")
START = 1_795_305_600 * SECOND
FAR = 1 << 62


def template() -> SimulatedMachine:
    """A machine with a new, empty volume."""
    machine = SimulatedMachine()
    spec = VolumeSpec(8192 + REGIONS * REGION, REGION, 0.34, "s", "r")
    Volume.create(machine, spec, clock=TurnedClock(START), random=_bytes(random.Random(0))).close()
    return machine


def _bytes(rng: random.Random) -> Random:
    return rng.randbytes


@dataclass
class Model:
    """What must hold. Clips by id."""

    sent: dict[bytes, list[bytes]] = field(default_factory=dict)
    acked: dict[bytes, int] = field(default_factory=dict)
    keys: dict[bytes, bytes] = field(default_factory=dict)
    held: set[bytes] = field(default_factory=set)
    gone: set[bytes] = field(default_factory=set)
    may_go: set[bytes] = field(default_factory=set)
    nonces: dict[tuple[bytes, int], bytes] = field(default_factory=dict)


class Run:
    """One script on one machine, with cuts at given operations.

    Args:
        machine: a fresh copy of the template.
        seed: of the script and of everything random in it.
        cuts: numbers of operations after each start at which the power goes.
    """

    def __init__(self, machine: SimulatedMachine, seed: int, cuts: list[int]) -> None:
        self.machine = machine
        self.rng = random.Random(seed)
        self.random = random.Random(seed + 1)
        self.clock = TurnedClock(START)
        self.model = Model()
        self.cuts = list(cuts)
        self.operations = 0
        self.writers: dict[str, ClipWriter] = {}
        self._mount()

    def _mount(self) -> None:
        self.volume = Volume.open(self.machine, clock=self.clock, random=_bytes(self.random))
        self.writers.clear()
        self.machine.operations = 0
        self.machine.cut_at = self.cuts.pop(0) if self.cuts else None
        _watch_nonces(self.volume.ring, self.model)

    def play(self, steps: int) -> None:
        """Play the script; where the power goes, start again and go on."""
        for _ in range(steps):
            step = self.rng.random()
            try:
                self._step(step)
            except PowerCut:
                self.operations += self.machine.operations
                self._after_cut()
            else:
                self._settle_model()
                self._look_at_disk()
        self.operations += self.machine.operations
        self._clean_end()

    # Script

    def _step(self, step: float) -> None:
        volume, model = self.volume, self.model
        self.clock.turn(SECOND)
        model.may_go = set()
        if step < 0.55:
            self._append(f"c{self.rng.randrange(2)}")
        elif step < 0.75:
            self._commit()
        elif step < 0.83:
            self._close(f"c{self.rng.randrange(2)}")
        elif step < 0.9:
            self._hold()
        elif step < 0.94 and model.held:
            clip = self.rng.choice(sorted(model.held))
            model.held.discard(clip)  # from here on it may go
            volume.release(clip)
        else:
            self._destroy()

    def _append(self, camera: str) -> None:
        writer = self.writers.get(camera) or self._begin(camera, new_region=False)
        if writer is None:
            return
        if not self._send(writer):
            self._close(camera)
            writer = self._begin(camera, new_region=True)
            if writer is not None:
                self._send(writer)

    def _send(self, writer: ClipWriter) -> bool:
        """Known as sent before it is tried: it may land although the power goes meanwhile."""
        sent = self.model.sent[writer.clip]
        chunk = self._chunk(sent)
        sent.append(chunk.data)
        if writer.append(chunk):
            return True
        sent.pop()
        return False

    def _chunk(self, before: list[bytes]) -> Chunk:
        data = self.random.randbytes(self.rng.randrange(300, 6000))
        config = None if before else CONFIG
        sample = Sample(len(data), len(before) * 1000, len(before) * 1000, 1000, True)
        return Chunk(0, self.clock.wall(), self.clock.monotonic(), self.clock.boot_id(), "x", config, (sample,), data)

    def _begin(self, camera: str, *, new_region: bool) -> ClipWriter | None:
        self._expect_victim()
        header = ClipHeader(self.random.randbytes(16), deadline=FAR)
        try:
            writer = self.volume.begin_clip(camera, header, new_region=new_region)
        except VolumeFull:
            self.writers.pop(camera, None)
            return None
        self.writers[camera] = writer
        self.model.sent[writer.clip] = []
        self.model.keys[writer.clip] = writer.inner.entry.key
        return writer

    def _expect_victim(self) -> None:
        """The clips that may go now: those of the oldest region without a hold."""
        volume = self.volume
        pages = [volume.keys.load(region) for region in range(volume.shape.regions)]
        open_regions = set(volume.ring.open)
        candidates = [
            page
            for page in pages
            if page is not None and page.live and not page.held and page.region not in open_regions
        ]
        held = {entry.clip for page in pages if page is not None and page.held for entry in page.entries}
        assert self.model.held <= held | {w.clip for w in self.writers.values()} | held, "a hold is not on the disk"
        if candidates:
            oldest = min(candidates, key=lambda page: page.generation)
            self.model.may_go = {entry.clip for entry in oldest.entries if entry.live}

    def _commit(self) -> None:
        self.volume.commit()
        for writer in self.writers.values():
            self.model.acked[writer.clip] = writer.durable

    def _close(self, camera: str) -> None:
        writer = self.writers.pop(camera, None)
        if writer is not None:
            writer.close(notes={"n": 1})
            self.volume.commit()
            self.model.acked[writer.clip] = writer.appended

    def _free(self) -> list[bytes]:
        """Closed clips that no hold keeps; after a cut during a hold only the volume knows whether it took effect."""
        busy = {writer.clip for writer in self.writers.values()}
        return sorted(clip.clip for clip in self.volume.clips() if clip.clip not in busy and not clip.held)

    def _hold(self) -> None:
        clips = [clip for clip in self._free() if clip not in self.model.held]
        if clips:
            clip = self.rng.choice(clips)
            try:
                self.volume.hold(clip)
            except HoldShareFull:
                return
            self.model.held.add(clip)

    def _destroy(self) -> None:
        clips = [clip for clip in self._free() if clip not in self.model.held]
        if clips:
            clip = self.rng.choice(clips)
            self.model.may_go = {clip}
            self.volume.destroy(clip)
            self.model.gone.add(clip)

    # Judging

    def _settle_model(self) -> None:
        """What was overwritten in order is gone for good."""
        present = {clip.clip for clip in self.volume.clips()}
        for clip in [clip for clip in self.model.acked if clip not in present]:
            assert clip in self.model.may_go or clip in self.model.gone or not self.model.acked[clip], "a clip vanished"
            assert clip not in self.model.held, "a held clip vanished"
            self.model.gone.add(clip)
            del self.model.acked[clip]

    def _look_at_disk(self) -> None:
        """No destroyed key is in the key table, not even in its older slots; no generation is given twice."""
        given = self.volume.ring.table.generation
        given = given[given > 0]
        assert len(given) == len(set(given.tolist())), "a generation twice"
        gone = {self.model.keys[clip] for clip in self.model.gone}
        if not gone:
            return
        for region in range(self.volume.shape.regions):
            for page in self.volume.keys.slots(region):
                for entry in page.entries if page is not None else []:
                    assert entry.key not in gone, "a destroyed key is still on the disk"

    def _after_cut(self) -> None:
        model = self.model
        self.machine = self.machine.after_power_cut(self.rng)
        self._mount()
        present = {clip.clip for clip in self.volume.clips()}
        assert not present & model.gone, "a destroyed clip came back"
        for clip, count in list(model.acked.items()):
            if clip not in present:
                assert not count or clip in model.may_go, "an acknowledged clip is lost"
                assert clip not in model.held, "a held clip is lost"
                model.gone.add(clip)
                del model.acked[clip]
        self._read_all(present)
        for clip in present:
            model.acked[clip] = len(list(self.volume.read(clip)))
        self._twice()
        self._look_at_disk()

    def _read_all(self, present: set[bytes]) -> None:
        for clip in present:
            assert clip in self.model.sent, "a clip nobody wrote"
            chunks = [chunk.data for chunk in self.volume.read(clip)]
            assert chunks == self.model.sent[clip][: len(chunks)], "garbage"
            assert len(chunks) >= self.model.acked.get(clip, 0), "an acknowledged chunk is lost"

    def _twice(self) -> None:
        """Recovering again changes nothing."""
        again = Volume.open(self.machine.fresh(), clock=self.clock, random=_bytes(random.Random(1)))
        assert _facts(again) == _facts(self.volume), "recovery is not idempotent"

    def _clean_end(self) -> None:
        """After an orderly end the index made anew from the ring says what the living one said."""
        self.machine.cut_at = None
        for camera in list(self.writers):
            self._close(camera)
        living = _facts(self.volume)
        self.volume.close()
        rebuilt = Volume.open(self.machine, clock=self.clock, random=_bytes(self.random))
        assert _facts(rebuilt) == living, "the rebuilt index differs"
        for clip, count in self.model.acked.items():
            assert len(list(rebuilt.read(clip))) >= count, "an acknowledged chunk is lost"
        rebuilt.close()


def _facts(volume: Volume) -> list[tuple[bytes, int, int, int, int, int]]:
    return [(c.clip, c.region, c.start, c.end, c.samples, c.holds) for c in volume.clips()]


def _watch_nonces(ring: Ring, model: Model) -> None:
    """No number comes twice under one key with different bytes, in whatever region or process life."""
    seal = ring.sealer.seal

    def watched(cipher: AESGCM, region: int, piece: Piece, meta: bytes, data: bytes) -> memoryview:
        key = ring.open[region].page.entries[piece.slot].key
        text = meta + data
        assert model.nonces.setdefault((key, piece.number), text) == text, "a nonce twice"
        return seal(cipher, region, piece, meta, data)

    ring.sealer.seal = watched  # type: ignore[method-assign]  # only in this harness


__all__ = ["KEYS", "RING", "Run", "template"]
