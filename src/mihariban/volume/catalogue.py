"""All clips of an open volume, to be asked by camera, time and kind. Lives in memory alone: it is readable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import cbor2

from mihariban.base import sqlite
from mihariban.volume.page import ClipKind, Entry, Page
from mihariban.volume.table import ClipTable

_SCHEMA = """
CREATE TABLE clip (
  clip BLOB PRIMARY KEY, visit BLOB, camera TEXT, kind INTEGER, region INTEGER, slot INTEGER, created INTEGER,
  deadline INTEGER, minimum INTEGER, policy BLOB, holds INTEGER, start INTEGER, end INTEGER, duration INTEGER,
  stored INTEGER, media INTEGER, samples INTEGER, chunks INTEGER, final INTEGER, notes BLOB
) WITHOUT ROWID;
CREATE INDEX clip_by_time ON clip (camera, start);
CREATE INDEX clip_by_region ON clip (region);
CREATE INDEX clip_by_deadline ON clip (deadline) WHERE holds = 0;
CREATE INDEX clip_by_hold ON clip (region) WHERE holds > 0;
"""


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


class Catalogue:
    """The clips of one volume."""

    def __init__(self) -> None:
        self._db = sqlite.memory()
        for statement in sqlite.statements(_SCHEMA):
            self._db.execute(statement)

    def put(self, infos: Iterable[ClipInfo]) -> None:
        """Take clips in, or take over what changed about them."""
        rows = [_row(info) for info in infos]
        self._db.execute("BEGIN")
        self._db.executemany(f"INSERT OR REPLACE INTO clip VALUES ({', '.join('?' * 20)})", rows)  # noqa: S608  # question marks only
        self._db.execute("COMMIT")

    def amend(self, entry: Entry) -> None:
        """Take over deadline, minimum and holds of a clip."""
        self._db.execute(
            "UPDATE clip SET deadline = ?, minimum = ?, holds = ? WHERE clip = ?",
            (entry.deadline, entry.minimum, entry.holds, entry.clip),
        )

    def get(self, clip: bytes) -> ClipInfo | None:
        """One clip."""
        row = self._db.execute("SELECT * FROM clip WHERE clip = ?", (clip,)).fetchone()
        return _info(row) if row else None

    def of_region(self, region: int) -> list[ClipInfo]:
        """The clips of a region, in the order of their keys."""
        return self._select("region = ? ORDER BY slot", (region,))

    def find(
        self,
        camera: str | None = None,
        since: int | None = None,
        until: int | None = None,
        kind: ClipKind | None = None,
    ) -> list[ClipInfo]:
        """Clips that show something in [since, until), by time; the papers of holds only where asked for."""
        terms: list[str] = ["chunks > 0" if kind is not None else f"chunks > 0 AND kind <> {int(ClipKind.MANIFEST)}"]
        values: list[object] = []
        for term, value in (("camera = ?", camera), ("end > ?", since), ("start < ?", until), ("kind = ?", kind)):
            if value is not None:
                terms.append(term)
                values.append(value)
        return self._select(" AND ".join(terms) + " ORDER BY start, clip", values)

    def expired(self, now: int, limit: int | None = None) -> list[ClipInfo]:
        """Closed clips that may not be read any more, those first whose deadline is longest past; at most ``limit``."""
        most = -1 if limit is None else limit
        condition = "deadline <= ? AND minimum <= ? AND holds = 0 AND final ORDER BY deadline, clip LIMIT ?"
        return self._select(condition, (now, now, most))

    def counted(self) -> list[ClipInfo]:
        """All that the papers of holds must explain: held clips, copies and the papers themselves."""
        return self._select(f"holds > 0 OR kind >= {int(ClipKind.COPY)} ORDER BY region, slot", ())

    def sums(self, condition: str = "1", values: Iterable[object] = ()) -> tuple[int, int, int]:
        """Count, stored bytes and ns shown of the clips under a condition of this package."""
        statement = f"SELECT count(*), coalesce(sum(stored), 0), coalesce(sum(duration), 0) FROM clip WHERE {condition}"  # noqa: S608  # conditions are constants of this package
        count, stored, duration = self._db.execute(statement, tuple(values)).fetchone()
        return count, stored, duration

    def oldest(self) -> int | None:
        """First instant shown by any clip; None where there is none."""
        found: int | None = self._db.execute("SELECT min(start) FROM clip WHERE start > 0").fetchone()[0]
        return found

    def remove(self, clip: bytes) -> None:
        """Forget a clip."""
        self._db.execute("DELETE FROM clip WHERE clip = ?", (clip,))

    def remove_region(self, region: int) -> None:
        """Forget the clips of a region."""
        self._db.execute("DELETE FROM clip WHERE region = ?", (region,))

    def close(self) -> None:
        self._db.close()

    def _select(self, condition: str, values: Iterable[object]) -> list[ClipInfo]:
        return [_info(row) for row in self._db.execute(f"SELECT * FROM clip WHERE {condition}", tuple(values))]  # noqa: S608  # the same


def _row(info: ClipInfo) -> tuple[object, ...]:
    return (
        info.clip, info.visit, info.camera, int(info.kind), info.region, info.slot, info.created, info.deadline,
        info.minimum, info.policy, info.holds, info.start, info.end, info.duration, info.stored, info.media,
        info.samples, info.chunks, info.final, cbor2.dumps(dict(info.notes)) if info.notes else None,
    )  # fmt: skip


def _info(row: sqlite.Row) -> ClipInfo:
    *facts, final, notes = tuple(row)
    facts[3] = ClipKind(facts[3])
    return ClipInfo(*facts, bool(final), cbor2.loads(notes) if notes else {})  # type: ignore[call-arg]  # a row's length
