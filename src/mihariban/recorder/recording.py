"""A visit's packets into the volume: chunks of a second or less, clips of a minute or less.

What a crash can lose: a chunk is handed to the volume as soon as it spans ``CHUNK_NS`` and made durable before the next
packet is taken, so at most one chunk and one sync are in flight from a visit's opening on.

A key frame begins a chunk wherever that costs no further chunk: the chunk tables then tell where playing may begin, and
nothing need be decrypted to find it. Groups of a second or two make chunks of a second; shorter groups share one.

A clip must be playable alone. It is cut at a key frame where one comes before its minute is over; where it must be cut
inside a group (no key frame in time, or the region is full), the new clip begins with the group's earlier packets as a
lead-in, which is stored but never shown.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from mihariban.base.clock import MINUTE, SECOND
from mihariban.recorder.bookkeeper import Bookkeeper
from mihariban.recorder.buffer import GroupBuffer
from mihariban.recorder.packet import Packet, StreamConfig
from mihariban.recorder.stored_form import StoredForm
from mihariban.recorder.visit import Visit
from mihariban.volume import Chunk, ClipHeader, ClipKind, ClipWriter, CodecConfig, Sample, Volume

_log = structlog.get_logger(__name__)

CHUNK_NS = SECOND
_JITTER = SECOND // 100  # groups of a camera are as alike as this
CHUNK_BYTES = 1 << 20
CLIP_NS = MINUTE
MOST_LEAD_IN_BYTES = 4 << 20
NEVER = (1 << 63) - 1


class Recording:
    """Takes a camera's visits and stores them.

    Args:
        volume: where to.
        book: of visits.
        camera: name of the camera.
        buffer: the camera's compressed past, for lead-ins.
        deadline: instant (ns) from which a picture filmed at a given instant cannot be read, under a version of the
            rule; None where the rule knows no clock.
        boot: the machine's boot id.
        time_quality: state of the clock, kept with every chunk.
    """

    def __init__(
        self,
        volume: Volume,
        book: Bookkeeper,
        *,
        camera: str,
        buffer: GroupBuffer,
        deadline: Callable[[str, int], int | None],
        boot: str,
        time_quality: Callable[[], str],
    ) -> None:
        self._volume = volume
        self._visits = book
        self._camera = camera
        self._buffer = buffer
        self._deadline = deadline
        self._boot = boot
        self._time_quality = time_quality
        self._writer: ClipWriter | None = None
        self._clip_start = 0
        self._clip_config: StreamConfig | None = None
        self._form: StoredForm | None = None
        self._pending: list[tuple[Packet, bool]] = []
        self._pending_bytes = 0
        self._longest_group = 0
        self._last_key = 0
        self._last_shown = 0
        self._step = 0

    # VisitSink

    def open(self, visit: Visit) -> None:
        """A visit begins."""
        self._visits.open_visit(visit)
        self._last_key = 0
        self._last_shown = visit.recorded_from

    def write(self, visit: Visit, packet: Packet, *, lead_in: bool) -> None:
        """One packet in decoding order."""
        if packet.key:
            self._note_group(packet)
        split = self._writer is not None and self._must_split(packet)
        if split or self._must_flush(packet):
            self._flush(visit, packet)
        if split:
            self._end_clip(visit)
        self._pending.append((packet, lead_in))
        self._pending_bytes += len(packet.data)

    def cut(self, visit: Visit) -> None:
        """The time line was cut: begin a new clip. From the key frame before to the next is no group's length."""
        self._flush(visit)
        self._end_clip(visit)
        self._last_key = 0

    def close(self, visit: Visit) -> None:
        """The visit has ended."""
        self._flush(visit)
        self._end_clip(visit, last=True)
        self._book(visit)

    def amend(self, visit: Visit) -> None:
        """A closed visit is shown less far; the ring tells the same by the next visit's beginning."""
        self._book(visit)

    def _book(self, visit: Visit) -> None:
        expires = self._deadline(visit.policy, visit.recorded_to or visit.recorded_from)
        self._visits.close_visit(visit, expires)

    @property
    def clip(self) -> bytes | None:
        """The clip that is being written."""
        return self._writer.clip if self._writer else None

    @property
    def shown_to(self) -> int:
        """Wall ns of the last picture known to be durable; 0 before the first visit."""
        return self._last_shown

    def abandon(self) -> None:
        """The volume failed: forget what is in flight. What was durable stays durable."""
        self._writer = None
        self._pending, self._pending_bytes = [], 0

    def use(self, volume: Volume) -> None:
        """The volume was opened again after a failure."""
        self.abandon()
        self._volume = volume

    # Chunks

    def _must_flush(self, packet: Packet) -> bool:
        if not self._pending:
            return False
        first = self._pending[0][0]
        return (
            packet.wall - first.wall >= CHUNK_NS
            or (packet.key and not self._shares(first, packet))
            or packet.config is not first.config
            or self._pending_bytes + len(packet.data) > CHUNK_BYTES
        )

    def _shares(self, first: Packet, key: Packet) -> bool:
        """The group that ``key`` begins fits into the chunk as well, and that begins with a key frame itself."""
        return first.key and key.wall - first.wall + self._longest_group <= CHUNK_NS + _JITTER

    def _flush(self, visit: Visit, following: Packet | None = None) -> None:
        if not self._pending:
            return
        packets, self._pending, self._pending_bytes = self._pending, [], 0
        self._note_step(packets[-1][0], following)
        writer = self._writer or self._begin_clip(visit, packets, new_region=False)
        if not self._append(writer, visit, packets):
            self._end_clip(visit)
            writer = self._begin_clip(visit, packets, new_region=True)
            if not self._append(writer, visit, packets):
                _log.error("a chunk does not fit into an empty region", camera=self._camera, packets=len(packets))
        self._volume.commit()
        self._last_shown = max(self._last_shown, packets[-1][0].wall)

    def _append(self, writer: ClipWriter, visit: Visit, packets: list[tuple[Packet, bool]]) -> bool:
        first = packets[0][0]
        fresh = self._clip_config is not first.config
        notes: dict[str, object] = {"visit": visit.opening_notes()} if self._clip_config is None else {}
        chunk = self._chunk(packets, config=first.config if fresh else None, notes=notes)
        if not writer.append(chunk):
            return False
        self._clip_config = first.config
        return True

    def _chunk(
        self, packets: list[tuple[Packet, bool]], *, config: StreamConfig | None, notes: dict[str, object]
    ) -> Chunk:
        first = packets[0][0]
        if self._form is None or self._form.given is not first.config:
            self._form = StoredForm(first.config)
        # Several pictures tell by their times how long each stands; one alone stands until the next.
        alone = self._step if len(packets) == 1 else 0
        pictures = [self._form.data(packet.data) for packet, _ in packets]
        return Chunk(
            stream=0,
            wall=first.wall,
            monotonic=first.monotonic,
            boot=self._boot,
            time_quality=self._time_quality(),
            config=None if config is None else _stored(self._form.config),
            samples=tuple(
                Sample(len(data), packet.pts, packet.dts, alone, packet.key, lead_in)
                for data, (packet, lead_in) in zip(pictures, packets, strict=True)
            ),
            data=b"".join(pictures),
            notes=notes,
        )

    def _note_step(self, last: Packet, following: Packet | None) -> None:
        if following is not None and following.config is last.config and not following.broken:
            self._step = max(0, following.dts - last.dts)

    # Clips

    def _note_group(self, packet: Packet) -> None:
        if self._last_key:
            self._longest_group = max(self._longest_group, packet.wall - self._last_key)
        self._last_key = packet.wall

    def _must_split(self, packet: Packet) -> bool:
        age = packet.wall - self._clip_start
        if packet.key:
            return age + self._longest_group + CHUNK_NS > CLIP_NS
        return age >= CLIP_NS - CHUNK_NS

    def _begin_clip(self, visit: Visit, packets: list[tuple[Packet, bool]], *, new_region: bool) -> ClipWriter:
        first = packets[0][0]
        header = ClipHeader(
            visit=visit.id,
            kind=ClipKind.VISIT,
            deadline=_or_never(self._deadline(visit.policy, first.wall + CLIP_NS)),
            minimum=_or_never(self._deadline(visit.policy, first.wall)),
            policy=bytes.fromhex(visit.policy)[:16],
        )
        writer = self._writer = self._volume.begin_clip(self._camera, header, new_region=new_region)
        self._clip_config = None
        self._clip_start = first.wall
        lead_in = [] if first.key else self._buffer.group_before(first)
        if lead_in and sum(len(packet.data) for packet in lead_in) <= MOST_LEAD_IN_BYTES:
            for part in _parts(lead_in):
                self._append(writer, visit, [(packet, True) for packet in part])
        return writer

    def _end_clip(self, visit: Visit, *, last: bool = False) -> None:
        writer, self._writer = self._writer, None
        if writer is None:
            return
        notes = {"visit_end": visit.closing_notes()} if last else {}
        writer.close(deadline=self._deadline(visit.policy, self._last_shown), notes=notes)
        self._volume.commit()


def _or_never(deadline: int | None) -> int:
    return NEVER if deadline is None else deadline


def _parts(packets: list[Packet]) -> list[list[Packet]]:
    """Packets in portions that each fit a chunk."""
    parts: list[list[Packet]] = [[]]
    size = 0
    for packet in packets:
        if parts[-1] and size + len(packet.data) > CHUNK_BYTES:
            parts.append([])
            size = 0
        parts[-1].append(packet)
        size += len(packet.data)
    return parts


def _stored(config: StreamConfig) -> CodecConfig:
    return CodecConfig(
        codec=config.codec,
        width=config.width,
        height=config.height,
        time_base=(config.time_base.numerator, config.time_base.denominator),
        extradata=config.extradata,
        framing=config.framing,
    )
