"""Rings with real, small, coded pictures in them, for tests of what comes out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from mihariban.base.clock import HOUR, SECOND, TurnedClock
from mihariban.recorder.buffer import GroupBuffer
from mihariban.recorder.control import Control
from mihariban.recorder.footage import Range, select
from mihariban.recorder.packet import Packet, StreamConfig
from mihariban.recorder.recording import Recording
from mihariban.recorder.sources import nal
from mihariban.recorder.sources.parameters import decoder_record
from mihariban.recorder.visit import Visit
from mihariban.volume import Volume, VolumeSpec
from tests.support.clips import access_units

START = 1_795_305_600 * SECOND
POLICY = "ab" * 32


def coded(
    codec: str = "h264", *, seconds: float = 20, fps: int = 15, gop: int = 15, bframes: int = 0, framing: str = "annexb"
) -> list[Packet]:
    """Packets of a drawn scene from START on."""
    units = access_units(codec, round(seconds * fps), fps=fps, gop=gop, bframes=bframes)
    shift = min(pts for _, pts, _ in units)
    sets = [u for u in nal.units(units[0][0], "annexb") if nal.is_parameter_set(nal.unit_type(u, codec), codec)]  # type: ignore[arg-type]  # a codec's name
    extradata = b"".join(b"\0\0\0\1" + unit for unit in sets)
    if framing == "length":
        extradata = decoder_record(sets, codec)  # type: ignore[arg-type]  # a codec's name
    config = StreamConfig(codec, 160, 96, Fraction(1, 90_000), extradata, framing)  # type: ignore[arg-type]  # as above
    packets = []
    for data, pts, dts in units:
        key = nal.head(data, codec, "annexb").key  # type: ignore[arg-type]  # as above
        body = data
        if framing == "length":
            body = b"".join(len(u).to_bytes(4, "big") + u for u in nal.units(data, "annexb"))
        wall = START + (pts - shift) * SECOND // fps
        packets.append(Packet(body, pts * 90_000 // fps, dts * 90_000 // fps, key, wall, wall - START, config))
    return packets


@dataclass
class Ring:
    """A ring, its book, and the visits written into it.

    Attributes:
        shown: moments of all pictures that may be shown, and whether each is a key frame.
    """

    path: Path
    region: int = 1 << 20
    visible: dict[bytes, tuple[int, int | None]] = field(default_factory=dict)
    shown: dict[int, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clock = TurnedClock(START)
        spec = VolumeSpec(16 * self.region, self.region, 0.1, "s", "r")
        self.volume = Volume.create(self.path, spec, clock=self.clock)
        self.control = Control.create(self.path / "control.db", site="s", recorder="r", wall=0)
        self.buffer = GroupBuffer(120 * SECOND)
        self.recording = Recording(
            self.volume,
            self.control,
            camera="cam1",
            buffer=self.buffer,
            deadline=lambda _policy, wall: wall + 5760 * HOUR,
            boot=self.clock.boot_id(),
            time_quality=lambda: "synchronised",
        )

    def visit(self, packets: list[Packet], begin: float, end: float, *, leave_open: bool = False) -> Visit:
        """Store [begin, end) seconds after START as a visit, with the lead-in that it needs."""
        low, high = START + round(begin * SECOND), START + round(end * SECOND)
        visit = Visit(len(self.visible).to_bytes(16, "big"), "cam1", POLICY, low, low, "stayed", 0.5)
        first = max(at for at, each in enumerate(packets) if each.key and each.wall <= low)
        self.recording.open(visit)
        for each in packets[:first]:
            self.buffer.add(each)
        for each in packets[first:]:
            if each.wall >= high:
                break
            self.buffer.add(each)
            self.recording.write(visit, each, lead_in=each.wall < low)
            if low <= each.wall < high:
                self.shown[each.wall] = each.key
        if not leave_open:
            visit.ended, visit.recorded_to, visit.end_reason = high, high, "empty"
            self.recording.close(visit)
        self.visible[visit.id] = (low, None if leave_open else high)
        return visit

    def select(self, begin: float, end: float, **how: bool) -> Range:
        """The range [begin, end) in seconds after START."""
        low, high = START + round(begin * SECOND), START + round(end * SECOND)
        return select(self.volume, "cam1", low, high, visible=self.visible, why=lambda _start, _end: "no_visit", **how)

    def expected(self, begin: float, end: float) -> list[int]:
        """Moments of the pictures that a range without holes shows."""
        low, high = START + round(begin * SECOND), START + round(end * SECOND)
        inside = sorted(wall for wall in self.shown if low <= wall < high)
        first = next((wall for wall in inside if self.shown[wall]), high)
        return [wall for wall in inside if wall >= first]

    def close(self) -> None:
        """Close both."""
        self.volume.close()
        self.control.close()


def ring_of(path: Path, packets: list[Packet], *spans: tuple[float, float], region: int = 1 << 20) -> Iterator[Ring]:
    """A ring with a visit for each span; closed afterwards."""
    ring = Ring(path, region)
    for begin, end in spans:
        ring.visit(packets, begin, end)
    yield ring
    ring.close()
