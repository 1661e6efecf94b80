"""control.db: visits, gaps, closed periods, calendar and the recorder's lives. Each method is one transaction."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from mihariban.base import sqlite
from mihariban.recorder.errors import ControlOfAnotherSite
from mihariban.recorder.visit import Visit

FORMAT = 1


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit as the book holds it. Instants are wall ns since 1970 UTC; see ``schema.sql``."""

    id: bytes
    camera: str
    policy: str
    started: int
    ended: int | None
    recorded_from: int
    recorded_to: int | None
    reason: str
    score: float
    end_reason: str | None
    end_score: float | None
    handovers: list[int]
    left_behind: list[int]
    expires: int | None
    erased: int | None


@dataclass(frozen=True, slots=True)
class Span:
    """A gap or a closed period. ``ended`` is None while it lasts."""

    camera: str
    started: int
    ended: int | None
    cause: str
    detail: str = ""


class Control:
    """The recorder's book.

    Args:
        path: the database file.
        readonly: look beside a running recorder; no row is changed.
    """

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self._db = sqlite.connect(path, synchronous="FULL", readonly=readonly)
        self._lock = threading.RLock()

    @classmethod
    def create(cls, path: Path, *, site: str, recorder: str, wall: int) -> Control:
        """Make the book of a new site."""
        control = cls(path)
        schema = resources.files("mihariban.recorder").joinpath("schema.sql").read_text(encoding="utf-8")
        with control._transaction() as db:
            for statement in sqlite.statements(schema):
                db.execute(statement)
            db.execute("INSERT INTO book VALUES (?, ?, ?, ?)", (FORMAT, site, recorder, wall))
        path.chmod(0o600)
        return control

    @contextmanager
    def _transaction(self) -> Iterator[sqlite.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._db.close()

    def belongs_to(self, site: str, recorder: str) -> None:
        """Make sure that this is the book of ``site`` and ``recorder``.

        Raises:
            ControlOfAnotherSite: it is somebody else's.
        """
        with self._lock:
            row = self._db.execute("SELECT site, recorder FROM book").fetchone()
        if (row["site"], row["recorder"]) != (site, recorder):
            raise ControlOfAnotherSite(found=f"{row['site']}/{row['recorder']}", wanted=f"{site}/{recorder}")

    # Lives of the process

    def begin_life(self, boot: str, wall: int) -> tuple[int, int | None]:
        """A new life begins. Returns its id and when the last one was seen if it did not end in order (a crash)."""
        with self._transaction() as db:
            last = db.execute("SELECT id, last_seen, ended FROM life ORDER BY id DESC LIMIT 1").fetchone()
            life = db.execute("INSERT INTO life (boot, started, last_seen) VALUES (?, ?, ?)", (boot, wall, wall))
        return int(life.lastrowid or 0), None if last is None else (last["ended"] or last["last_seen"])

    def seen(self, life: int, wall: int, *, ended: bool = False) -> None:
        """The life is going on, or has ended in order."""
        with self._transaction() as db:
            db.execute("UPDATE life SET last_seen = ?, ended = ? WHERE id = ?", (wall, wall if ended else None, life))

    # Versions of the rule

    def use_policy(self, hash_: str, policy: str, version: str, text: str, wall: int) -> None:
        """A version of the rule governs from now on; its text is kept."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO policy_version VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (hash_, policy, version, text, wall),
            )

    def policy_texts(self) -> dict[str, str]:
        """All versions ever used: hash to text."""
        with self._lock:
            return {row["hash"]: row["text"] for row in self._db.execute("SELECT hash, text FROM policy_version")}

    # Visits

    def open_visit(self, visit: Visit) -> None:
        """A visit begins."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO visit (id, camera, policy, started, recorded_from, reason, score)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (visit.id, visit.camera, visit.policy, visit.started, visit.recorded_from, visit.reason, visit.score),
            )

    def close_visit(self, visit: Visit, expires: int | None) -> None:
        """A visit has ended; its facts are complete."""
        with self._transaction() as db:
            db.execute(
                "UPDATE visit SET ended = ?, recorded_to = ?, end_reason = ?, end_score = ?, handovers = ?,"
                " left_behind = ?, expires = ? WHERE id = ?",
                (
                    visit.ended,
                    visit.recorded_to,
                    visit.end_reason,
                    visit.end_score,
                    json.dumps(visit.handovers),
                    json.dumps(visit.left_behind),
                    expires,
                    visit.id,
                ),
            )

    def end_visit_after_crash(self, visit: bytes, last: int, expires: int | None) -> None:
        """A visit was open when the recorder died: it ends with its last durable picture."""
        with self._transaction() as db:
            db.execute(
                "UPDATE visit SET ended = coalesce(ended, max(started, ?)), recorded_to = max(recorded_from, ?),"
                " end_reason = coalesce(end_reason, 'recorder_died'), end_score = coalesce(end_score, 0), expires = ?"
                " WHERE id = ? AND recorded_to IS NULL",
                (last, last, expires, visit),
            )

    def visits(self, *, camera: str | None = None, open_only: bool = False) -> list[VisitRow]:
        """All visits, oldest first."""
        sql = "SELECT * FROM visit WHERE (? IS NULL OR camera = ?)"
        if open_only:
            sql += " AND recorded_to IS NULL"
        with self._lock:
            rows = self._db.execute(sql + " ORDER BY started, id", (camera, camera)).fetchall()
        return [_visit_row(row) for row in rows]

    def erased(self, visit: bytes, wall: int) -> None:
        """The last key of a visit's footage is gone."""
        with self._transaction() as db:
            db.execute("UPDATE visit SET erased = ? WHERE id = ? AND erased IS NULL", (wall, visit))

    # Gaps and closed periods

    def begin_gap(self, camera: str, started: int, cause: str, detail: str) -> int:
        """The camera is not watched from ``started`` on. Returns the gap's id."""
        with self._transaction() as db:
            row = db.execute(
                "INSERT INTO gap (camera, started, cause, detail) VALUES (?, ?, ?, ?)", (camera, started, cause, detail)
            )
        return int(row.lastrowid or 0)

    def end_gap(self, gap: int, ended: int) -> None:
        """The camera is watched again."""
        with self._transaction() as db:
            db.execute("UPDATE gap SET ended = max(started, ?) WHERE id = ?", (ended, gap))

    def gaps(self) -> list[Span]:
        """All gaps, oldest first."""
        with self._lock:
            rows = self._db.execute("SELECT * FROM gap ORDER BY started, id").fetchall()
        return [Span(row["camera"], row["started"], row["ended"], row["cause"], row["detail"]) for row in rows]

    def begin_closed(self, camera: str, started: int, reason: str) -> None:
        """No filming from ``started`` on; a period that already lasts goes on."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO closed_period (camera, started, reason) SELECT ?, ?, ? WHERE NOT EXISTS"
                " (SELECT 1 FROM closed_period WHERE camera = ? AND ended IS NULL)",
                (camera, started, reason, camera),
            )

    def end_closed(self, camera: str, ended: int) -> None:
        """Filming is permitted again."""
        with self._transaction() as db:
            db.execute(
                "UPDATE closed_period SET ended = max(started, ?) WHERE camera = ? AND ended IS NULL", (ended, camera)
            )

    def closed_periods(self) -> list[Span]:
        """All closed periods, oldest first."""
        with self._lock:
            rows = self._db.execute("SELECT * FROM closed_period ORDER BY started, id").fetchall()
        return [Span(row["camera"], row["started"], row["ended"], row["reason"]) for row in rows]

    # Calendar

    def put_calendar(self, entry_id: str, entry: str, wall: int) -> None:
        """Keep a calendar entry of the office (JSON); one of the same id is replaced."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO calendar (id, entry, received) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE"
                " SET entry = excluded.entry, received = excluded.received, withdrawn = NULL",
                (entry_id, entry, wall),
            )

    def withdraw_calendar(self, entry_id: str, wall: int) -> None:
        """The office has withdrawn an entry."""
        with self._transaction() as db:
            db.execute("UPDATE calendar SET withdrawn = ? WHERE id = ?", (wall, entry_id))

    def calendar(self) -> list[str]:
        """All entries in force, as JSON."""
        with self._lock:
            rows = self._db.execute("SELECT entry FROM calendar WHERE withdrawn IS NULL ORDER BY id").fetchall()
        return [row["entry"] for row in rows]


def _visit_row(row: sqlite.Row) -> VisitRow:
    facts = dict(row)
    facts["handovers"] = json.loads(facts["handovers"])
    facts["left_behind"] = json.loads(facts["left_behind"])
    return VisitRow(**facts)
