"""Scrubbing: every stored chunk is authenticated anew from time to time, so that decay of the disk is found early.

The place reached is (region, generation, number of the next piece), kept by the caller; a region used anew meanwhile
is begun from its start. Reading goes around the page cache where the system lets it: what counts is what the disk says.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from typing import Any

from mihariban.base.clock import SECOND, Clock, iso
from mihariban.base.files import RealFile
from mihariban.base.ids import id_text
from mihariban.volume.catalogue import ClipInfo
from mihariban.volume.errors import ChunkDamaged, ClipRefused, ClipUnknown, VolumeDamaged
from mihariban.volume.finding import Finding, finding
from mihariban.volume.layout import blocks
from mihariban.volume.page import Page, RegionState
from mihariban.volume.table import ChunkInfo
from mihariban.volume.volume import Volume

_LEAST = 1 << 20  # bytes a pass takes at least a day
_RESERVE = 10  # a tenth more than needed, for what arrives while the pass goes on


@dataclass(slots=True)
class ScrubState:
    """How far scrubbing has come. Instants are ns since 1970 UTC, 0 for never.

    Attributes:
        region, generation, piece: where to go on.
        began: the present pass. finished: the last whole one; passes: how many there were.
    """

    region: int = 0
    generation: int = 0
    piece: int = 0
    began: int = 0
    finished: int = 0
    passes: int = 0

    def as_json(self) -> dict[str, int]:
        """To be kept."""
        return asdict(self)

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> ScrubState:
        """What ``as_json`` gave; what is no whole number counts as 0, for then the pass merely begins anew."""
        known = {name: facts.get(name) for name in cls.__dataclass_fields__}
        return cls(**{name: value if isinstance(value, int) and value >= 0 else 0 for name, value in known.items()})


@dataclass(slots=True)
class ScrubReport:
    """What one step read.

    Attributes:
        stored: bytes. chunks: how many.
        damaged: those that are not as they were written. findings: headers and footers that are not.
        ended: the pass is complete; the next step begins another.
    """

    stored: int = 0
    chunks: int = 0
    damaged: list[ChunkDamaged] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    ended: bool = False

    def __iadd__(self, other: ScrubReport) -> ScrubReport:
        """Take another step's in."""
        self.stored += other.stored
        self.chunks += other.chunks
        self.damaged += other.damaged
        self.findings += other.findings
        self.ended = other.ended
        return self


class Scrubber:
    """Goes through a volume step by step, beside its recorder or in it.

    Args:
        volume: open, for reading or writing.
        clock: tells when a pass began and ended.
        state: where to go on; it is changed by each step, and the caller keeps it.
    """

    def __init__(self, volume: Volume, clock: Clock, state: ScrubState | None = None) -> None:
        self.state = state or ScrubState()
        self._volume = volume
        self._clock = clock

    def step(self, budget: int) -> ScrubReport:
        """Read up to ``budget`` bytes, at least one chunk where any is left; ends with the end of the pass.

        What is past its deadline is not read, unless held. What was destroyed or overwritten meanwhile is no damage.
        """
        state, report = self.state, ScrubReport()
        if not state.began:
            state.began = self._clock.wall()
        while state.region < self._volume.shape.regions:
            if not self._region(report, budget):
                return report
            state.region, state.generation, state.piece = state.region + 1, 0, 0
        report.ended = True
        state.region, state.began = 0, 0
        state.finished, state.passes = self._clock.wall(), state.passes + 1
        return report

    def _region(self, report: ScrubReport, budget: int) -> bool:
        """The rest of the present region; False where the budget ended first."""
        state = self.state
        generation = int(self._volume.ring.table.generation[state.region])
        if state.generation != generation:
            state.generation, state.piece = generation, 0
        if state.piece == 0:
            report.findings += self._ends(state.region)
        for info, chunk in self._chunks(state.region):
            if chunk.number < state.piece:
                continue
            if report.stored >= budget:
                return False
            self._chunk(report, info, chunk)
            state.piece = chunk.number + 1
        return True

    def _chunks(self, region: int) -> list[tuple[ClipInfo, ChunkInfo]]:
        """The chunks of a region that count, in the order they lie there."""
        volume, found = self._volume, list[tuple[ClipInfo, ChunkInfo]]()
        with volume.lock:
            volume._refresh_open()
            for info in volume.catalogue.of_region(region):
                if self._page(info) is not None:
                    found += [(info, chunk) for chunk in volume.chunks(info.clip)]
        return sorted(found, key=lambda pair: pair[1].number)

    def _ends(self, region: int) -> list[Finding]:
        """What is wrong with the header and the footer of a region that is closed and has footage."""
        volume = self._volume
        with volume.lock:
            known = (int(volume.ring.table.generation[region]), RegionState.CLOSED)
            if not volume.ring.table.live[region] or (page := self._closed(region, known)) is None:
                return []
            found = [] if volume.reader.header_valid(page) else [finding("header-damaged", region=region)]
            if page.tail and volume.reader.records(page) is None:
                found.append(finding("footer-damaged", region=region))
            return found if found and self._closed(region, known) is not None else []

    def _closed(self, region: int, known: tuple[int, RegionState]) -> Page | None:
        """The page of a region if it is still what was known of it and keeps footage."""
        page = self._volume.keys.load(region)
        return page if page is not None and page.live and (page.generation, page.state) == known else None

    def _chunk(self, report: ScrubReport, info: ClipInfo, chunk: ChunkInfo) -> None:
        page = self._page(info)
        if page is None:
            return
        size = blocks(chunk.length)
        report.stored += size
        report.chunks += 1
        offset = self._volume.shape.offset(info.region) + chunk.offset
        self._around_cache(offset, size)
        sound = self._volume.reader.sound(page, info.slot, chunk)
        self._around_cache(offset, size)
        if not sound and self._page(info) is not None:
            report.damaged.append(
                ChunkDamaged(
                    camera=info.camera,
                    clip=id_text(info.clip),
                    second=iso(chunk.wall),
                    region=info.region,
                    offset=chunk.offset,
                )
            )

    def _page(self, info: ClipInfo) -> Page | None:
        """The page with the clip's key as it is now; None where it may not be read any more, or is gone."""
        try:
            with self._volume.lock:
                self._volume.readable(info.clip)
                return self._volume.ring.page(info.region)
        except (ClipUnknown, ClipRefused, VolumeDamaged):
            return None

    def _around_cache(self, offset: int, length: int) -> None:
        file = self._volume.ring.file
        if isinstance(file, RealFile):
            os.posix_fadvise(file.fileno(), offset, length, os.POSIX_FADV_DONTNEED)


def pace(volume: Volume, period: int) -> int:
    """Bytes a second so that all that is stored now, and a tenth more, is read once in ``period`` ns."""
    now = volume.clock.wall()
    with volume.lock:
        stored = volume.catalogue.sums(lambda rows: (rows["holds"] > 0) | (rows["deadline"] > now))[1]
    seconds = max(1, period // SECOND)
    return max(-(-stored * (_RESERVE + 1) // (_RESERVE * seconds)), -(-_LEAST // 86_400))
