"""One MP4 file of a range: samples unchanged wherever that is exact, coded anew only at the edges.

The file is fragmented: it can leave the recorder while it is made, in constant memory and without a temporary file, and
what arrived before a broken connection plays. It has one track, no edit list and no picture outside the range.

Who may have it is not asked here: the deed that calls has decided and entered that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from mihariban.recorder.footage.boxes import SampleEntry, fragment_head, initialisation
from mihariban.recorder.footage.decodable import Filled, fill
from mihariban.recorder.footage.edge import lead_pictures, tail_pictures
from mihariban.recorder.footage.range import DAMAGED, NO_KEY_FRAME, Edge, Hole, Range, Segment
from mihariban.recorder.footage.samples import codec_of, sample_entry, samples
from mihariban.recorder.footage.segment import before
from mihariban.recorder.footage.stored import Picture
from mihariban.recorder.footage.transcode import EDGE_SET, Frames, Recoder, decoded
from mihariban.recorder.packet import StreamConfig
from mihariban.recorder.sources import nal
from mihariban.recorder.sources.parameters import length_size, sets_in
from mihariban.volume import Volume

_PROFILES = {66: "baseline", 77: "main", 100: "high"}


@dataclass(slots=True)
class ExtractFacts:
    """What was given out; complete when the extract has been read to its end. Moments are wall ns.

    Attributes:
        first, last: of the first and last picture. frames, bytes: how many.
        recoded: spans of pictures that are coded anew: what is shown there is not what was stored.
        transcoded: that is so for the whole extract.
        left_out: pictures of the range that could not be decoded without damaged or withheld ones.
        holes: spans of the range without pictures.
    """

    first: int | None = None
    last: int | None = None
    frames: int = 0
    bytes: int = 0
    recoded: list[tuple[int, int]] = field(default_factory=list)
    transcoded: bool = False
    left_out: int = 0
    holes: list[Hole] = field(default_factory=list)


class Extract:
    """An iterator of the file's bytes, uncopied where they lie as the file wants them. ``facts`` fill as it is read;
    ``origin`` (wall ns) is 10 s of media time.
    """

    def __init__(self, volume: Volume, range_: Range, *, exact: bool) -> None:
        self._volume = volume
        self._range = range_
        self._exact = exact
        self._edges = {edge.segment: edge for edge in range_.edges}
        self.origin = min([range_.origin, *(edge.start for edge in range_.edges)])
        self.facts = ExtractFacts(holes=list(range_.holes))
        self._bytes = self._made()

    def __iter__(self) -> Iterator[bytes | memoryview]:
        return self

    def __next__(self) -> bytes | memoryview:
        part = next(self._bytes)
        self.facts.bytes += len(part)
        return part

    def _made(self) -> Iterator[bytes | memoryview]:
        first = self._range.configs[self._range.segments[0].config]
        coder, whole = self._coder(first)
        self.facts.transcoded = whole
        yield initialisation(self._entry(first, coder, whole=whole))
        number = 0
        for segment in self._range.segments:
            filled = fill(self._volume, self._range, segment)
            pictures = self._whole(segment, filled, coder) if coder and whole else self._copied(segment, filled, coder)
            if pictures:
                number += 1
                yield from self._fragment(number, segment, pictures)
            else:
                self.facts.holes.append(Hole(segment.start, segment.end, DAMAGED))
        self.facts.holes.sort(key=lambda hole: hole.start)

    def _entry(self, config: StreamConfig, coder: Recoder | None, *, whole: bool) -> SampleEntry:
        if coder is None:
            return sample_entry(config, self._range.camera)
        if whole:
            return sample_entry(coder.config, self._range.camera)
        return sample_entry(config, self._range.camera, sets_in(coder.config))

    def _coder(self, config: StreamConfig) -> tuple[Recoder | None, bool]:
        """The encoder for edges, or for the whole range where the samples cannot be kept."""
        used = {segment.config for segment in self._range.segments}
        whole = self._range.transcoded or len(used) > 1 or (self._exact and not self._joins(config))
        origin = self.origin
        if whole:
            return Recoder(config.width, config.height, origin, preset="veryfast"), True
        if not self._exact:
            return None, False
        profile = _PROFILES[_sequence_set(config)[1]]
        return Recoder(config.width, config.height, origin, preset="veryfast", set_id=EDGE_SET, profile=profile), False

    def _joins(self, config: StreamConfig) -> bool:
        """Pictures coded here can stand beside the camera's in one track: a decoder starts anew at each run."""
        if codec_of(config) != "h264":
            return False
        sequence = _sequence_set(config)
        if not sequence or sequence[1] not in _PROFILES:
            return False
        form = nal.picture_format(sequence, "h264")
        if (form.chroma, form.depth_luma, form.depth_chroma) != (1, 8, 8):
            return False
        if any(nal.set_id(unit, "h264")[1] == EDGE_SET for unit in sets_in(config)):
            return False
        return all(self._restarts(segment) for segment in self._range.segments if segment.fresh)

    def _restarts(self, segment: Segment) -> bool:
        head = fill(self._volume, self._range, replace(segment, pieces=segment.pieces[:3])).pictures
        return not head or _is_idr(head[0])

    # Samples as they are, edges coded anew

    def _copied(self, segment: Segment, filled: Filled, edges: Recoder | None) -> list[Picture]:
        lead = edges.encode(self._lead(segment, filled)) if edges else []
        tail = edges.encode(tail_pictures(filled)) if edges and not segment.cut else []
        for part in (lead, tail):
            if part:
                self.facts.recoded.append((part[0].wall, part[-1].wall))
        self.facts.left_out += len(filled.orphans) + filled.lost - len(tail)
        return [*lead, *filled.pictures, *tail]

    def _lead(self, segment: Segment, filled: Filled) -> Frames:
        edge: Edge | None = self._edges.get(segment.number)
        if edge is None or not segment.fresh or not filled.pictures or filled.pictures[0].wall != segment.start:
            return []
        pictures = lead_pictures(self._volume, self._range, edge, segment)
        if pictures:
            self._shorten(pictures[0][0], segment.start)
        return pictures

    def _shorten(self, first: int, until: int) -> None:
        """What was a hole for want of a key frame is shown after all."""
        holes = [hole for hole in self.facts.holes if not (hole.reason == NO_KEY_FRAME and hole.end == until)]
        gone = [hole for hole in self.facts.holes if hole not in holes]
        rest = [Hole(hole.start, first, hole.reason) for hole in gone if hole.start < first - 1_000_000_000]
        self.facts.holes = [*holes, *rest]

    # Everything coded anew

    def _whole(self, segment: Segment, filled: Filled, coder: Recoder) -> list[Picture]:
        tail = tail_pictures(filled) if self._exact and not segment.cut else []
        lead = self._lead(segment, filled) if self._exact else []
        wanted = {picture.wall for picture in filled.pictures}
        source = [*before(self._volume, self._range, segment, filled), *filled.pictures]
        body = [(wall, frame) for wall, frame in decoded(source) if wall in wanted]
        made = coder.encode([*lead, *body, *tail])
        if made:
            self.facts.recoded.append((made[0].wall, made[-1].wall))
        missing = len(filled.pictures) - len(body) + len(filled.orphans) - len(tail)
        self.facts.left_out += filled.lost + missing
        return made

    def _fragment(self, number: int, segment: Segment, pictures: Sequence[Picture]) -> Iterator[bytes | memoryview]:
        walls = [picture.wall for picture in pictures]
        facts = self.facts
        facts.first = min(walls) if facts.first is None else min(facts.first, *walls)
        facts.last = max(walls) if facts.last is None else max(facts.last, *walls)
        facts.frames += len(pictures)
        until = segment.end if segment.cut else None
        media = samples(pictures, self.origin, until=until)
        yield fragment_head(number, media, typed=False)
        for parts in media.bodies:
            yield parts[0] if len(parts) == 1 else b"".join(parts)


def extract(volume: Volume, range_: Range, *, exact: bool) -> Extract:
    """One MP4 of the range.

    Args:
        exact: begin with the first picture displayed at or after the range's start and end with the last before its
            end, coding pictures anew at the edges; without it begin with the first key frame and copy every sample.
            Where edges cannot stand beside the camera's pictures (H.265, pictures of several codings, key frames at
            which a decoder does not start anew) the whole range is coded anew as H.264 and marked in the facts.

    Raises:
        NothingToShow, CodecNotPlayable. While it is read: ClipUnknown, ClipRefused, where the footage goes meanwhile.
    """
    range_.require()
    return Extract(volume, range_, exact=exact)


def _sequence_set(config: StreamConfig) -> bytes:
    return next((unit for unit in sets_in(config) if nal.is_sequence_set(unit, codec_of(config))), b"")


def _is_idr(picture: Picture) -> bool:
    config = picture.config
    size = length_size(config) if config.framing == "length" else 4
    return any(nal.unit_type(unit, "h264") == 5 for unit in nal.units(picture.data, config.framing, size))
