"""From stored chunks to the packets of a segment: only what may be shown, and of that only what can be decoded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mihariban.base.clock import SECOND
from mihariban.recorder.footage.range import Piece, Range, Segment
from mihariban.recorder.footage.stored import Stored, decode_moment, read_pieces
from mihariban.recorder.packet import Packet
from mihariban.recorder.sources import nal
from mihariban.recorder.sources.parameters import length_size
from mihariban.volume import ChunkDamaged, Volume

_SAME = SECOND // 50  # moments of one picture computed from two chunks differ by less


@dataclass(slots=True)
class Filled:
    """The packets of a segment.

    Attributes:
        packets: in decoding order, from a key frame on.
        orphans: pictures of the last group that may be shown, coded from pictures that may not or that are damaged.
        group: the last group whole, for decoding the orphans; never given out.
        lost: such pictures of earlier groups.
        damaged: seconds (UTC) that could not be read.
    """

    packets: list[Packet] = field(default_factory=list)
    orphans: list[Packet] = field(default_factory=list)
    group: list[Packet] = field(default_factory=list)
    lost: int = 0
    damaged: list[str] = field(default_factory=list)


def fill(volume: Volume, range_: Range, segment: Segment) -> Filled:
    """Read a segment.

    A picture is left out where one stored before it in its group may not be shown or is damaged: it could be coded
    from that. So a stream with B pictures may end up to its reordering depth before the range does.

    Raises:
        ClipUnknown, ClipRefused: destroyed, or its time ended, since the range was selected.
    """
    filled = Filled()
    chooser = _Chooser(segment, filled)
    damaged: list[ChunkDamaged] = []
    for each in in_order(volume, range_, segment.pieces, damaged):
        if not chooser.take(each):
            break
    filled.damaged += [str(error.facts["second"]) for error in damaged]
    return filled


class _Chooser:
    """Walks through a segment in decoding order."""

    def __init__(self, segment: Segment, filled: Filled) -> None:
        self._segment = segment
        self._filled = filled
        self._key: int | None = None
        self._first = True
        self._broken = False
        self._over = False

    def take(self, each: Stored) -> bool:
        """Take one; False where the next segment begins."""
        packet = each.packet
        if packet is None:
            self._broken = True
            return True
        if packet.key:
            if self._ends(each, packet):
                return False
            self._begin_group(each, packet)
        if self._key is None or self._over:
            return True
        self._filled.group.append(packet)
        if packet.wall < self._key and (self._first and self._segment.fresh):
            return True  # displayed before its group's key frame and coded from a group that is not shown
        if not each.shown:
            self._broken = self._broken or not disposable(packet)
        elif self._broken:
            self._filled.orphans.append(packet)
        else:
            self._filled.packets.append(packet)
        return True

    def _ends(self, each: Stored, packet: Packet) -> bool:
        return self._segment.cut and each.shown and packet.wall >= self._segment.end

    def _begin_group(self, each: Stored, packet: Packet) -> None:
        if not each.shown:
            self._over = True
        elif self._key is not None or packet.wall >= self._segment.start:
            self._first = self._key is None
            self._broken = self._over = False
            self._key = packet.wall
            self._filled.lost += len(self._filled.orphans)
            self._filled.orphans.clear()
            self._filled.group.clear()


def disposable(packet: Packet) -> bool:
    """No other picture is coded from it (H.264, 14496-10 7.4.1: ``nal_ref_idc`` 0); where unsure, it is not."""
    config = packet.config
    if config.codec != "h264":
        return False
    size = length_size(config) if config.framing == "length" else 4
    slices = (unit[0] for unit in nal.units(packet.data, config.framing, size) if 1 <= unit[0] & 31 <= 5)
    return next(slices, 0x60) & 0x60 == 0


def in_order(volume: Volume, range_: Range, pieces: Sequence[Piece], damaged: list[ChunkDamaged]) -> Iterator[Stored]:
    """Packets in decoding order, each once, though a group on a boundary is stored in two clips."""
    found = read_pieces(volume, pieces, range_.configs, damaged)
    if len({piece.clip for piece in pieces}) > 1:
        yield from _merged(list(found))
    else:
        yield from found


def _merged(found: list[Stored]) -> list[Stored]:
    """By the moment of decoding; of a picture stored twice the one that may be shown."""
    placed: list[tuple[int, Stored]] = []
    moment = 0
    for each in found:
        moment = each.piece.wall if each.packet is None else decode_moment(each.packet)
        placed.append((moment, each))
    placed.sort(key=lambda pair: pair[0])
    kept: list[Stored] = []
    by_pts: dict[int, int] = {}
    for _, each in placed:
        packet = each.packet
        at = by_pts.get(packet.pts) if packet is not None else None
        if packet is None or at is None or not _same(kept[at], packet):
            if packet is not None:
                by_pts[packet.pts] = len(kept)
            kept.append(each)
        elif each.shown and not kept[at].shown:
            kept[at] = each
    return kept


def _same(other: Stored, packet: Packet) -> bool:
    return other.packet is not None and abs(other.packet.wall - packet.wall) < _SAME
