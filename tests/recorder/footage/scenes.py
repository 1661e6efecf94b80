"""Rings with real, small, coded pictures in them, for tests of what comes out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import pytest

from mihariban.base.clock import HOUR, SECOND, TurnedClock
from mihariban.recorder import recording
from mihariban.recorder.bookkeeper import Bookkeeper
from mihariban.recorder.buffer import GroupBuffer
from mihariban.recorder.control import Control
from mihariban.recorder.footage import Range, init_segment, media_segment, select
from mihariban.recorder.footage.boxes import TIMESCALE
from mihariban.recorder.footage.samples import LEAD
from mihariban.recorder.packet import Packet, StreamConfig
from mihariban.recorder.recording import Recording
from mihariban.recorder.sources import nal
from mihariban.recorder.sources.parameters import decoder_record
from mihariban.recorder.stored_form import StoredForm
from mihariban.recorder.visit import Visit
from mihariban.volume import Volume, VolumeSpec
from tests.support.clips import access_units

START = 1_795_305_600 * SECOND
OFFSET = 370_000  # ns: no test's limit falls on a picture, where the rounding of ticks would decide
POLICY = "ab" * 32


def coded(
    codec: str = "h264", *, seconds: float = 20, fps: int = 15, gop: int = 15, bframes: int = 0, framing: str = "annexb"
) -> list[Packet]:
    """Packets of a drawn scene from START on.

    Args:
        framing: ``older`` is Annex B, for rings of before pictures were stored with lengths; see ``as_before``.
    """
    units = access_units(codec, round(seconds * fps), fps=fps, gop=gop, bframes=bframes)
    shift = min(pts for _, pts, _ in units)
    sets = [u for u in nal.units(units[0][0], "annexb") if nal.is_parameter_set(nal.unit_type(u, codec), codec)]  # type: ignore[arg-type]  # a codec's name
    extradata = b"".join(b"\0\0\0\1" + unit for unit in sets)
    if framing == "length":
        extradata = decoder_record(sets, codec)  # type: ignore[arg-type]  # a codec's name
    if framing == "older":
        framing = "annexb"
    config = StreamConfig(codec, 160, 96, Fraction(1, 90_000), extradata, framing)  # type: ignore[arg-type]  # as above
    packets = []
    for data, pts, dts in units:
        key = nal.head(data, codec, "annexb").key  # type: ignore[arg-type]  # as above
        body = data
        if framing == "length":
            body = b"".join(len(u).to_bytes(4, "big") + u for u in nal.units(data, "annexb"))
        wall = START + OFFSET + (pts - shift) * SECOND // fps
        packets.append(Packet(body, pts * 90_000 // fps, dts * 90_000 // fps, key, wall, wall - START, config))
    return packets


class _AsItComes(StoredForm):
    """Pictures as they were stored before they were given lengths: with the camera's start codes."""

    def _convert(self, given: StreamConfig) -> None:
        """Not at all."""


def as_before(monkeypatch: pytest.MonkeyPatch, framing: str) -> None:
    """Write rings in the older form where ``framing`` says so."""
    if framing == "older":
        monkeypatch.setattr(recording, "StoredForm", _AsItComes)


@dataclass(repr=False)
class Ring:
    """A ring, its book, and the visits written into it.

    Attributes:
        shown: moments of all pictures that may be shown, and whether each is a key frame.
    """

    path: Path
    region: int = 1 << 20
    visible: dict[bytes, tuple[int, int | None]] = field(default_factory=dict)
    shown: dict[int, bool] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "Ring"

    def __post_init__(self) -> None:
        self.clock = TurnedClock(START)
        spec = VolumeSpec(16 * self.region, self.region, 0.1, "s", "r")
        self.volume = Volume.create(self.path, spec, clock=self.clock)
        self.control = Control.create(self.path / "control.db", site="s", recorder="r", wall=0)
        self.buffer = GroupBuffer(120 * SECOND)
        self.recording = Recording(
            self.volume,
            Bookkeeper(self.control),
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
        first = max((at for at, each in enumerate(packets) if each.key and each.wall <= low), default=0)
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

    def expected(self, begin: float, end: float, *runs: tuple[float, float]) -> list[int]:
        """Moments of the pictures that a range shows: in each stretch without a hole from its first key frame on."""
        low, high = START + round(begin * SECOND), START + round(end * SECOND)
        found: list[int] = []
        for first, last in runs or ((0.0, 1e6),):
            at, to = max(low, START + round(first * SECOND)), min(high, START + round(last * SECOND))
            inside = sorted(wall for wall in self.shown if at <= wall < to)
            key = next((wall for wall in inside if self.shown[wall]), to)
            found += [wall for wall in inside if wall >= key]
        return found

    def close(self) -> None:
        """Close both."""
        self.volume.close()
        self.control.close()


def whole(ring: Ring, range_: Range) -> bytes:
    """Initialisation and all segments of a range of one coding, as a player puts them together."""
    parts = [init_segment(range_, range_.segments[0].config).data]
    parts += [media_segment(ring.volume, range_, each.number).data for each in range_.segments]
    return b"".join(parts)


def written(data: bytes, origin: int) -> list[int]:
    """Moments of all pictures in an MP4, shown or not, by its time stamps, in order."""
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.video[0]
        return sorted(_wall(raw.pts, origin) for raw in container.demux(stream) if raw.pts is not None)


def played(data: bytes, origin: int) -> list[int]:
    """Moments of all pictures that a decoder shows."""
    with av.open(io.BytesIO(data)) as container:
        return [_wall(frame.pts or 0, origin) for frame in container.decode(video=0)]


def _wall(pts: int, origin: int) -> int:
    return origin + round((pts - LEAD) * SECOND / TIMESCALE)


def near(found: list[int], expected: list[int]) -> bool:
    """The same moments, but for the rounding of ticks (11 microseconds)."""
    pairs = zip(found, expected, strict=False)
    return len(found) == len(expected) and all(abs(one - other) < 20_000 for one, other in pairs)


def ring_of(path: Path, packets: list[Packet], *spans: tuple[float, float], region: int = 1 << 20) -> Iterator[Ring]:
    """A ring with a visit for each span; closed afterwards."""
    ring = Ring(path, region)
    for begin, end in spans:
        ring.visit(packets, begin, end)
    yield ring
    ring.close()
