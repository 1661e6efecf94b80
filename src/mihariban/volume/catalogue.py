"""All clips of an open volume, to be asked by camera, time and kind. Lives in memory alone: it is readable.

Rows are plain tuples in a dictionary beside sorted lists of what is asked for, not objects and no database: a recorder
starts with a hundred thousand of them.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, Final

import cbor2

from mihariban.volume.page import ClipKind, Entry, Page
from mihariban.volume.table import ClipTable, unpack_summary

Row = tuple[
    bytes, bytes, str, int, int, int, int, int, int, bytes, int, int, int, int, int, int, int, int, bool, bytes | None
]
"""The fields of ``ClipInfo`` in their order; notes packed, None where there are none."""

CLIP: Final = 0
CAMERA: Final = 2
KIND: Final = 3
REGION: Final = 4
SLOT: Final = 5
DEADLINE: Final = 7
MINIMUM: Final = 8
HOLDS: Final = 10
START: Final = 11
END: Final = 12
DURATION: Final = 13
STORED: Final = 14
CHUNKS: Final = 17
FINAL: Final = 18


@dataclass(frozen=True, slots=True)
class ClipInfo:
    """A clip without its footage. Instants are ns since 1970 UTC, ids 16 bytes.

    Attributes:
        region, slot: where its footage and its key are.
        deadline: not readable after, unless held. minimum: not erased before.
        policy: first 16 bytes of the hash of the policy in force.
        start, end: first and last instant shown; 0 while nothing is. duration: ns shown of stream 0.
        stored: bytes it takes in the ring. media: bytes of samples.
        final: closed; nothing will be added. notes: given when it was closed.
    """

    clip: bytes
    visit: bytes
    camera: str
    kind: ClipKind
    region: int
    slot: int
    created: int
    deadline: int
    minimum: int
    policy: bytes
    holds: int
    start: int
    end: int
    duration: int
    stored: int
    media: int
    samples: int
    chunks: int
    final: bool
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def held(self) -> bool:
        return self.holds > 0


def clip_info(page: Page, slot: int, table: ClipTable) -> ClipInfo:
    """What the key page and the table say of a clip."""
    entry = page.entries[slot]
    return ClipInfo(
        entry.clip, entry.visit, page.camera, entry.kind, page.region, slot, entry.created, entry.deadline,
        entry.minimum, entry.policy, entry.holds, table.start, table.end, table.duration, table.stored, table.media,
        table.samples, table.count, table.final, table.notes,
    )  # fmt: skip


def packed_row(page: Page, slot: int, entry: Entry, summary: bytes) -> Row:
    """The row of a clip whose table is closed, from its packed summary: as ``clip_info``, without the objects."""
    final, chunks, start, end, duration, stored, media, samples, notes = unpack_summary(summary)
    return (
        entry.clip, entry.visit, page.camera, int(entry.kind), page.region, slot, entry.created, entry.deadline,
        entry.minimum, entry.policy, entry.holds, start, end, duration, stored, media, samples, chunks, final, notes,
    )  # fmt: skip


class Catalogue:
    """The clips of one volume. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._clips: dict[bytes, Row] = {}
        self._clear()

    def _clear(self) -> None:
        self._regions: dict[int, set[bytes]] = {}
        self._times: dict[str, list[tuple[int, bytes]]] = {}  # of each camera, by first instant shown
        self._deadlines: list[tuple[int, bytes]] = []
        self._counted: set[bytes] = set()
        self._longest = 0  # ns from first to last instant shown of any clip so far

    def fill(self, rows: Iterable[Row]) -> None:
        """Take in what is found at opening, before anything is asked: sorting once is quicker than clip by clip."""
        with self._lock:
            self._clips.update((row[CLIP], row) for row in rows)
            self._clear()
            for row in self._clips.values():
                self._times.setdefault(row[CAMERA], []).append((row[START], row[CLIP]))
                self._note(row)
            self._deadlines = sorted((row[DEADLINE], row[CLIP]) for row in self._clips.values())
            for times in self._times.values():
                times.sort()

    def put(self, infos: Iterable[ClipInfo]) -> None:
        """Take clips in, or take over what changed about them."""
        with self._lock:
            for info in infos:
                self._put(clip_row(info))

    def amend(self, entry: Entry) -> None:
        """Take over deadline, minimum and holds of a clip."""
        with self._lock:
            row = self._clips.get(entry.clip)
            if row is not None:
                self._put((*row[:DEADLINE], entry.deadline, entry.minimum, row[9], entry.holds, *row[START:]))

    def _put(self, row: Row) -> None:
        clip = row[CLIP]
        self.remove(clip)
        self._clips[clip] = row
        insort(self._times.setdefault(row[CAMERA], []), (row[START], clip))
        insort(self._deadlines, (row[DEADLINE], clip))
        self._note(row)

    def _note(self, row: Row) -> None:
        self._regions.setdefault(row[REGION], set()).add(row[CLIP])
        self._longest = max(self._longest, row[END] - row[START])
        if row[HOLDS] or row[KIND] >= ClipKind.COPY:
            self._counted.add(row[CLIP])

    def remove(self, clip: bytes) -> None:
        """Forget a clip."""
        with self._lock:
            row = self._clips.pop(clip, None)
            if row is None:
                return
            self._regions[row[REGION]].discard(clip)
            for ordered, moment in ((self._times[row[CAMERA]], row[START]), (self._deadlines, row[DEADLINE])):
                del ordered[bisect_left(ordered, (moment, clip))]
            self._counted.discard(clip)

    def remove_region(self, region: int) -> None:
        """Forget the clips of a region."""
        with self._lock:
            for clip in tuple(self._regions.get(region, ())):
                self.remove(clip)

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._clips.clear()
            self._clear()

    def get(self, clip: bytes) -> ClipInfo | None:
        """One clip."""
        row = self._clips.get(clip)
        return _info(row) if row else None

    def of_region(self, region: int) -> list[ClipInfo]:
        """The clips of a region, in the order of their keys."""
        with self._lock:
            return _infos(self._regions.get(region, ()), self._clips)

    def find(
        self,
        camera: str | None = None,
        since: int | None = None,
        until: int | None = None,
        kind: ClipKind | None = None,
    ) -> list[ClipInfo]:
        """Clips that show something in [since, until), by time; the papers of holds only where asked for."""
        with self._lock:
            found: list[tuple[int, bytes]] = []
            for times in self._times.values() if camera is None else [self._times.get(camera, [])]:
                low = 0 if since is None else bisect_left(times, (since - self._longest, b""))
                high = len(times) if until is None else bisect_left(times, (until, b""))
                found += times[low:high]
            rows = [self._clips[clip] for _, clip in (sorted(found) if camera is None else found)]
        rows = [row for row in rows if row[CHUNKS] and (since is None or row[END] > since)]
        if kind is not None:
            return [_info(row) for row in rows if row[KIND] == kind]
        return [_info(row) for row in rows if row[KIND] != ClipKind.MANIFEST]

    def expired(self, now: int, limit: int | None = None) -> list[ClipInfo]:
        """Closed clips that may not be read any more, those first whose deadline is longest past; at most ``limit``."""
        with self._lock:
            past = self._deadlines[: bisect_left(self._deadlines, (now + 1, b""))]
            rows = [self._clips[clip] for _, clip in past]
        rows = [row for row in rows if row[MINIMUM] <= now and not row[HOLDS] and row[FINAL]]
        return [_info(row) for row in rows[:limit]]

    def counted(self) -> list[ClipInfo]:
        """All that the papers of holds must explain: held clips, copies and the papers themselves."""
        with self._lock:
            return _infos(self._counted, self._clips)

    def sums(self, wanted: Callable[[Row], bool]) -> tuple[int, int, int]:
        """Count, stored bytes and ns shown of the clips that are wanted."""
        with self._lock:
            rows = [row for row in self._clips.values() if wanted(row)]
        return len(rows), sum(row[STORED] for row in rows), sum(row[DURATION] for row in rows)

    def oldest(self) -> int | None:
        """First instant shown by any clip; None where there is none."""
        with self._lock:
            firsts = [times[bisect_left(times, (1, b"")) :][:1] for times in self._times.values()]
        return min((first[0][0] for first in firsts if first), default=None)


def _infos(clips: Iterable[bytes], rows: Mapping[bytes, Row]) -> list[ClipInfo]:
    """By region and slot."""
    return [_info(row) for row in sorted((rows[clip] for clip in clips), key=lambda row: (row[REGION], row[SLOT]))]


def clip_row(info: ClipInfo) -> Row:
    """The row of a clip."""
    return (
        info.clip, info.visit, info.camera, int(info.kind), info.region, info.slot, info.created, info.deadline,
        info.minimum, info.policy, info.holds, info.start, info.end, info.duration, info.stored, info.media,
        info.samples, info.chunks, info.final, cbor2.dumps(dict(info.notes)) if info.notes else None,
    )  # fmt: skip


def _info(row: Row) -> ClipInfo:
    notes = cbor2.loads(row[19]) if row[19] else {}
    return ClipInfo(*row[:KIND], ClipKind(row[KIND]), *row[REGION:19], notes)  # type: ignore[arg-type]  # the same order
