"""The papers of a hold: a clip that shows nothing and says which clips are kept, so that the ring alone can tell.

Everything is stored twice in the clip, as stream 0 and stream 1: one damaged block must not end a hold. The digest in
front tells what is whole from what a power cut left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cbor2

from mihariban.base.clock import SECOND, Clock
from mihariban.volume.catalogue import ClipInfo
from mihariban.volume.chunk import Chunk, CodecConfig, Sample
from mihariban.volume.errors import ChunkDamaged
from mihariban.volume.page import ClipKind

if TYPE_CHECKING:
    from mihariban.volume.volume import Volume

_VERSION = 1
_PIECE = 64 << 10
_DIGEST = 32
_CONFIG = CodecConfig("mihariban-hold", 0, 0, (1, 1), b"", "cbor")


@dataclass(frozen=True, slots=True)
class KeptPart:
    """One clip that a hold keeps.

    Attributes:
        source: the clip it was copied from, the clip itself where it is kept where it is.
        start, end: first and last instant shown of it, ns since 1970 UTC.
        present: it is in the volume.
    """

    clip: bytes
    source: bytes
    start: int
    end: int
    present: bool = True

    @property
    def copied(self) -> bool:
        return self.clip != self.source


@dataclass(frozen=True, slots=True)
class KeptHold:
    """A hold as the ring alone tells it.

    Attributes:
        hold: its id, 16 bytes. camera: whose footage. start, end: the span asked for, ns since 1970 UTC.
        placed: when, ns since 1970 UTC. document: as it was given.
        seconds: shown by the parts that are present. bytes: of the ring they take, the papers included.
        whole: its papers can be read and everything they name is present.
        clip: the clip that holds the papers.
    """

    hold: bytes
    camera: str
    start: int
    end: int
    placed: int
    document: bytes
    parts: tuple[KeptPart, ...]
    clip: bytes
    whole: bool
    seconds: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Papers:
    """What a manifest says.

    Attributes:
        damaged: the disk has lost what was whole once. Else, where ``facts`` is None, a power cut came before the end.
    """

    info: ClipInfo
    facts: Mapping[str, Any] | None
    damaged: bool = False

    @property
    def named(self) -> list[bytes]:
        """The clips the hold keeps."""
        return [] if self.facts is None else [part[0] for part in self.facts["parts"]]


def pack_papers(hold: bytes, span: tuple[int, int], placed: int, document: bytes, parts: Sequence[KeptPart]) -> bytes:
    """The papers as bytes. ``span``, ``placed``: ns since 1970 UTC."""
    facts = {
        "v": _VERSION,
        "hold": hold,
        "start": span[0],
        "end": span[1],
        "placed": placed,
        "document": document,
        "parts": [[part.clip, part.source, part.start, part.end] for part in parts],
    }
    body = cbor2.dumps(facts)
    return hashlib.sha256(body).digest() + body


def paper_chunks(raw: bytes, clock: Clock) -> list[Chunk]:
    """The chunks of a manifest: all of it as stream 0, then all again as stream 1."""
    pieces = [raw[at : at + _PIECE] for at in range(0, len(raw), _PIECE)]
    return [_paper_chunk(clock, stream, number, piece) for stream in (0, 1) for number, piece in enumerate(pieces)]


def _paper_chunk(clock: Clock, stream: int, number: int, piece: bytes) -> Chunk:
    """Its one sample is lead-in: nothing of it is ever shown."""
    sample = Sample(len(piece), number, number, 0, key=True, lead_in=True)
    config = None if number else _CONFIG
    return Chunk(stream, clock.wall(), clock.monotonic(), clock.boot_id(), "", config, (sample,), piece)


def read_papers(volume: Volume, info: ClipInfo) -> Papers:
    """What a manifest clip says, from whichever of its two halves is whole."""
    damaged: list[ChunkDamaged] = []
    halves: dict[int, bytes] = {0: b"", 1: b""}
    for chunk in volume.read(info.clip, damaged):
        halves[chunk.stream] = halves.get(chunk.stream, b"") + chunk.data
    for raw in halves.values():
        if len(raw) > _DIGEST and hashlib.sha256(raw[_DIGEST:]).digest() == raw[:_DIGEST]:
            return Papers(info, cbor2.loads(raw[_DIGEST:]))
    return Papers(info, None, damaged=bool(damaged) or "hold" in info.notes or not info.chunks)


def all_papers(volume: Volume) -> list[Papers]:
    """The manifests of a volume, oldest first."""
    with volume.lock:
        infos = [info for info in volume.catalogue.counted() if info.kind is ClipKind.MANIFEST]
        return [read_papers(volume, info) for info in sorted(infos, key=lambda info: info.clip)]


def kept_hold(volume: Volume, papers: Papers) -> KeptHold:
    """A hold for people. Of one whose papers are damaged the id is known and that it is not whole."""
    info, facts = papers.info, papers.facts or {}
    found = [volume.catalogue.get(part[0]) for part in facts.get("parts", [])]
    parts = tuple(
        KeptPart(name, source, start, end, clip is not None)
        for (name, source, start, end), clip in zip(facts.get("parts", []), found, strict=True)
    )
    present = [clip for clip in found if clip is not None]
    return KeptHold(
        hold=info.visit,
        camera=info.camera,
        start=facts.get("start", 0),
        end=facts.get("end", 0),
        placed=facts.get("placed", info.created),
        document=facts.get("document", b""),
        parts=parts,
        seconds=sum(clip.duration for clip in present) / SECOND,
        bytes=info.stored + sum(clip.stored for clip in present),
        whole=papers.facts is not None and len(present) == len(parts),
        clip=info.clip,
    )
