"""All clips of an open volume, to be asked by camera, time and kind. Lives in memory alone: it is readable.

One numpy row for each clip, not an object and no database: a recorder starts with a hundred thousand of them, and takes
them in and asks them all at once.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from threading import RLock
from typing import Any, Final

import cbor2
import numpy as np
from numpy.typing import NDArray

from mihariban.volume.page import ClipKind, Entry, Page
from mihariban.volume.table import ClipTable

Rows = NDArray[np.void]
Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]

ROW: Final = np.dtype(
    [
        ("clip", "V16"), ("visit", "V16"), ("camera", "u2"), ("kind", "u1"), ("region", "u4"), ("slot", "u1"),
        ("created", "i8"), ("deadline", "i8"), ("minimum", "i8"), ("policy", "V16"), ("holds", "u2"), ("start", "i8"),
        ("end", "i8"), ("duration", "i8"), ("stored", "i8"), ("media", "i8"), ("samples", "u4"), ("chunks", "u4"),
        ("final", "?"), ("used", "?"), ("fresh", "?"),
    ],
    align=True,
)  # fmt: skip
"""The fields of ``ClipInfo`` in their order; ``camera`` is a number of ``Catalogue.camera``. Then what the catalogue
notes of the row itself: it stands for a clip; it came in since the rows were last sorted.
"""

_FRESH = 256  # rows that may wait unsorted
_SIDES: Final = ("left", "right")
_FIELDS: Final = ROW.names[:19] if ROW.names else ()
_INT64 = np.iinfo(np.int64)


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


def clip_table(info: ClipInfo) -> ClipTable:
    """The sums and notes of a clip, without its chunks."""
    return ClipTable(
        [], info.final, info.start, info.end, info.duration, info.stored, info.media, info.samples, info.chunks,
        info.notes,
    )  # fmt: skip


class Catalogue:
    """The clips of one volume. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._cameras: list[str] = []
        self._clear()

    def _clear(self) -> None:
        self._rows: Rows = np.zeros(0, ROW)
        self._count = 0  # rows ever used
        self._free: list[int] = []
        self._found, self._found_ids = _by_id(self._rows)  # rows found at opening, to be looked up by id
        self._where: dict[bytes, int] = {}  # rows that came in later, or were looked up already
        self._regions: dict[int, list[int]] = {}
        self._notes: dict[bytes, bytes] = {}
        self._longest = 0  # ns from first to last instant shown of any clip so far
        self._order: Numbers = np.zeros(0, np.int64)  # rows by first instant shown, as they were last sorted
        self._starts: Numbers = np.zeros(0, np.int64)
        self._fresh: set[int] = set()
        self._sorted = True

    # Taking in

    def camera(self, name: str) -> int:
        """The number that stands for a camera in a row."""
        with self._lock:
            if name not in self._cameras:
                self._cameras.append(name)
            return self._cameras.index(name)

    def fill(self, parts: Sequence[Rows], notes: Mapping[bytes, bytes]) -> None:
        """Take in what is found at opening, before anything is asked. ``notes``: packed, by clip."""
        with self._lock:
            self._clear()
            rows = _joined(parts)
            self._found, self._found_ids = _by_id(rows)
            if (self._found_ids[1:] == self._found_ids[:-1]).any():
                rows = _without_twins(rows)
                self._found, self._found_ids = _by_id(rows)
            rows["used"] = True
            self._rows, self._count, self._notes = rows, len(rows), dict(notes)
            self._regions = _by_region(rows["region"])
            self._longest = int((rows["end"] - rows["start"]).max(initial=0))
            self._sorted = False

    def put(self, infos: Iterable[ClipInfo]) -> None:
        """Take clips in, or take over what changed about them."""
        with self._lock:
            for info in infos:
                self.remove(info.clip)
                self._add(info)

    def _add(self, info: ClipInfo) -> None:
        number = self._free.pop() if self._free else self._grown()
        self._rows[number] = self._row(info)
        self._where[info.clip] = number
        self._regions.setdefault(info.region, []).append(number)
        self._fresh.add(number)
        self._longest = max(self._longest, info.end - info.start)
        if info.notes:
            self._notes[info.clip] = cbor2.dumps(dict(info.notes))

    def _row(self, info: ClipInfo) -> tuple[object, ...]:
        return (
            info.clip, info.visit, self.camera(info.camera), int(info.kind), info.region, info.slot, info.created,
            info.deadline, info.minimum, info.policy, info.holds, info.start, info.end, info.duration, info.stored,
            info.media, info.samples, info.chunks, info.final, True, True,
        )  # fmt: skip

    def _grown(self) -> int:
        """A row nobody has used."""
        if self._count == len(self._rows):
            self._rows = _joined([self._rows, np.zeros(max(64, self._count // 4), ROW)])
        self._count += 1
        return self._count - 1

    def amend(self, entry: Entry) -> None:
        """Take over deadline, minimum and holds of a clip."""
        with self._lock:
            number = self._number(entry.clip)
            if number is not None:
                row = self._rows[number]
                row["deadline"], row["minimum"], row["holds"] = entry.deadline, entry.minimum, entry.holds

    def remove(self, clip: bytes) -> None:
        """Forget a clip."""
        with self._lock:
            number = self._number(clip)
            if number is None:
                return
            self._where.pop(clip, None)
            self._notes.pop(clip, None)
            self._regions[int(self._rows[number]["region"])].remove(number)
            self._rows[number] = np.zeros((), ROW)
            self._fresh.discard(number)
            self._free.append(number)

    def remove_region(self, region: int) -> None:
        """Forget the clips of a region."""
        with self._lock:
            for number in tuple(self._regions.get(region, ())):
                self.remove(self._rows[number]["clip"].item())

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._clear()

    # Asking

    def get(self, clip: bytes) -> ClipInfo | None:
        """One clip."""
        with self._lock:
            number = self._number(clip)
            if number is None:
                return None
            row = self._rows[number].item()
            fields: list[Any] = [*row[:2], self._cameras[row[2]], _KINDS[row[3]], *row[4:19], self._noted(clip)]
            return ClipInfo(*fields)

    def _number(self, clip: bytes) -> int | None:
        """The row of a clip."""
        number = self._where.get(clip)
        if number is None:
            half = _half(clip)
            for each in self._found[slice(*(self._found_ids.searchsorted(half, side) for side in _SIDES))].tolist():
                if self._rows[each]["used"] and self._rows[each]["clip"].item() == clip:
                    number = self._where[clip] = each
        return number

    def of_region(self, region: int) -> list[ClipInfo]:
        """The clips of a region, in the order of their keys."""
        with self._lock:
            return self._infos(self._rows[self._regions.get(region, [])], "slot")

    def find(
        self,
        camera: str | None = None,
        since: int | None = None,
        until: int | None = None,
        kind: ClipKind | None = None,
    ) -> list[ClipInfo]:
        """Clips that show something in [since, until), by time; the papers of holds only where asked for."""
        with self._lock:
            rows = self._between(since, until)
            wanted = rows["chunks"] > 0
            if since is not None:
                wanted &= rows["end"] > _instant(since)
            if until is not None:
                wanted &= rows["start"] < _instant(until)
            if camera is not None:
                wanted &= rows["camera"] == self.camera(camera)
            wanted &= rows["kind"] != ClipKind.MANIFEST if kind is None else rows["kind"] == kind
            return self._infos(rows if wanted.all() else rows[wanted], "start")

    def _between(self, since: int | None, until: int | None) -> Rows:
        """The rows that may show something in [since, until), and others."""
        if not self._sorted or len(self._fresh) > _FRESH:
            self._sort()
        low = 0 if since is None else int(np.searchsorted(self._starts, _instant(since - self._longest)))
        high = len(self._starts) if until is None else int(np.searchsorted(self._starts, _instant(until)))
        rows = self._rows[self._order[low:high]]
        settled = rows["used"] & ~rows["fresh"]
        if not settled.all():
            rows = rows[settled]
        return _joined([rows, self._rows[list(self._fresh)]]) if self._fresh else rows

    def _sort(self) -> None:
        numbers = np.flatnonzero(self._every()["used"])
        starts = self._rows["start"][numbers]
        order = np.argsort(starts, kind="stable")
        self._order, self._starts = numbers[order], starts[order]
        self._rows["fresh"] = False
        self._fresh.clear()
        self._sorted = True

    def expired(self, now: int, limit: int | None = None) -> list[ClipInfo]:
        """Closed clips that may not be read any more, those first whose deadline is longest past; at most ``limit``."""
        with self._lock:
            rows = self._every()
            past = rows["used"] & rows["final"] & (rows["holds"] == 0)
            past &= (rows["deadline"] <= _instant(now)) & (rows["minimum"] <= _instant(now))
            return self._infos(rows[past], "deadline", limit)

    def counted(self) -> list[ClipInfo]:
        """All that the papers of holds must explain: held clips, copies and the papers themselves."""
        with self._lock:
            rows = self._every()
            found = self._infos(rows[rows["used"] & ((rows["holds"] > 0) | (rows["kind"] >= ClipKind.COPY))], "slot")
        return sorted(found, key=lambda info: info.region)

    def sums(self, wanted: Callable[[Rows], Mask]) -> tuple[int, int, int]:
        """Count, stored bytes and ns shown of the clips that are wanted."""
        with self._lock:
            rows = self._every()
            chosen = rows["used"] & wanted(rows)
            return int(chosen.sum()), int(rows["stored"][chosen].sum()), int(rows["duration"][chosen].sum())

    def oldest(self) -> int | None:
        """First instant shown by any clip; None where there is none."""
        with self._lock:
            starts = self._every()["start"]
            shown = starts[starts > 0]
            return int(shown.min()) if len(shown) else None

    def newest(self) -> int | None:
        """First instant shown by the newest clip; None where there is none."""
        with self._lock:
            starts = self._every()["start"]
            return int(starts.max()) if starts.size and starts.max() > 0 else None

    def _every(self) -> Rows:
        return self._rows[: self._count]

    def _infos(self, rows: Rows, by: str, limit: int | None = None) -> list[ClipInfo]:
        """In the order of a field, and of the ids where that is the same."""
        values = rows[by]
        if not (values[1:] > values[:-1]).all():
            ids = np.ascontiguousarray(rows["clip"]).view(">u8").reshape(-1, 2)
            rows = rows[np.lexsort((ids[:, 1], ids[:, 0], values))]
        rows = rows[:limit]
        columns = {name: _listed(rows[name]) for name in _FIELDS}
        columns["camera"] = [self._cameras[number] for number in columns["camera"]]
        columns["kind"] = [_KINDS[kind] for kind in columns["kind"]]
        notes = [self._noted(clip) for clip in columns["clip"]]
        return list(map(ClipInfo, *columns.values(), notes))

    def _noted(self, clip: bytes) -> Mapping[str, Any]:
        packed = self._notes.get(clip)
        return cbor2.loads(packed) if packed else {}


def _listed(column: NDArray[Any]) -> list[Any]:
    """A column as objects of Python. Of bytes numpy itself makes them slowly."""
    if column.dtype.kind == "V":
        return [each for (each,) in struct.iter_unpack(f"{column.dtype.itemsize}s", column.tobytes())]
    plain: list[Any] = column.tolist()
    return plain


_KINDS = {int(each): each for each in ClipKind}  # found much quicker here than by calling the class


def _joined(parts: Sequence[Rows]) -> Rows:
    """One behind the other; as bytes, which goes ten times as fast as field by field."""
    return np.concatenate([np.zeros(0, np.uint8), *(part.view(np.uint8) for part in parts)]).view(ROW)


def _half(clip: bytes) -> np.uint64:
    """The half of an id that is random, not time: nearly always enough to tell clips apart."""
    return np.uint64(int.from_bytes(clip[8:], "big"))


def _by_id(rows: Rows) -> tuple[Numbers, NDArray[np.uint64]]:
    """The numbers of rows in the order of half their ids, and those halves."""
    halves = np.ascontiguousarray(rows["clip"]).view(">u8")[1::2].astype(np.uint64)
    order = np.argsort(halves)
    return order, halves[order]


def _without_twins(rows: Rows) -> Rows:
    """Of rows with the same id only the last."""
    last = {clip: number for number, clip in enumerate(rows["clip"].tolist())}
    return rows[sorted(last.values())]


def _by_region(regions: NDArray[Any]) -> dict[int, list[int]]:
    """The numbers of the rows of each region."""
    order = np.argsort(regions, kind="stable")
    ordered = regions[order]
    firsts = np.flatnonzero(np.diff(ordered, prepend=-1))
    numbers, ends = order.tolist(), pairwise([*firsts.tolist(), len(regions)])
    return {region: numbers[first:end] for region, (first, end) in zip(ordered[firsts].tolist(), ends, strict=True)}


def _instant(moment: int) -> int:
    """An instant as a row can hold it."""
    return max(int(_INT64.min), min(int(_INT64.max), moment))
