"""Visits, and what stays of them. Each method is one transaction.

A visit has no entry of its own in the ledger: an entry and its time stay for ever, the time of a visit must not. The
list of a day's visits is entered as a commitment when the day closes (``keeping/day_list.py``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from mihariban.base import sqlite
from mihariban.base.clock import DAY
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.recorder.control.base import ControlBase
from mihariban.recorder.control.rows import PastVisit, VisitRow, visit_row
from mihariban.recorder.visit import Visit


class Visits(ControlBase):
    """That part of the book."""

    # Versions of the rule

    def use_policy(self, hash_: str, policy: str, version: str, text: str, wall: int) -> bool:
        """A version of the rule governs from now on; its text is kept. False where it governed before."""
        if self._rows("SELECT 1 FROM policy_version WHERE hash = ?", hash_):
            return False
        with self.entered(Draft(Tag.POLICY_VERSION_USE, {"policy": policy, "version": version, "hash": hash_})) as db:
            db.execute("INSERT INTO policy_version VALUES (?, ?, ?, ?, ?)", (hash_, policy, version, text, wall))
        return True

    def policy_texts(self) -> dict[str, str]:
        """All versions ever used: hash to text."""
        return {row["hash"]: row["text"] for row in self._rows("SELECT hash, text FROM policy_version")}

    # Visits

    def open_visit(self, visit: Visit) -> None:
        """A visit begins."""
        with self.transaction() as db:
            db.execute(
                "INSERT INTO visit (id, camera, policy, started, recorded_from, reason, score)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (visit.id, visit.camera, visit.policy, visit.started, visit.recorded_from, visit.reason, visit.score),
            )

    def close_visit(self, visit: Visit, expires: int | None) -> None:
        """A visit has ended; its facts are complete."""
        with self.transaction() as db:
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
        with self.transaction() as db:
            db.execute(
                "UPDATE visit SET ended = coalesce(ended, max(started, ?)), recorded_to = max(recorded_from, ?),"
                " end_reason = coalesce(end_reason, 'recorder_died'), end_score = coalesce(end_score, 0), expires = ?"
                " WHERE id = ? AND recorded_to IS NULL",
                (last, last, expires, visit),
            )

    def set_expiry(self, visit: bytes, expires: int | None) -> None:
        """Another version of the rule gives the visit another deadline."""
        with self.transaction() as db:
            db.execute("UPDATE visit SET expires = ? WHERE id = ?", (expires, visit))

    def visits(
        self,
        *,
        camera: str | None = None,
        open_only: bool = False,
        since: int | None = None,
        until: int | None = None,
    ) -> list[VisitRow]:
        """Visits, oldest first; those that show something in [since, until) where such are given."""
        sql = "SELECT * FROM visit WHERE (? IS NULL OR camera = ?)"
        values: list[object] = [camera, camera]
        if open_only:
            sql += " AND recorded_to IS NULL"
        if since is not None:
            sql += " AND (recorded_to IS NULL OR recorded_to > ?)"
            values.append(since)
        if until is not None:
            sql += " AND recorded_from < ?"
            values.append(until)
        return [visit_row(row) for row in self._rows(sql + " ORDER BY started, id", *values)]

    def erased_visits(self) -> list[VisitRow]:
        """Visits whose footage is gone and whose record has not shrunk yet."""
        sql = "SELECT * FROM visit WHERE erased IS NOT NULL AND recorded_to IS NOT NULL ORDER BY started, id"
        return [visit_row(row) for row in self._rows(sql)]

    def overdue_visits(self, wall: int) -> list[VisitRow]:
        """Visits past their expiry that are not marked as erased: something of them is held, or nothing was stored."""
        sql = "SELECT * FROM visit WHERE erased IS NULL AND recorded_to IS NOT NULL AND expires <= ? ORDER BY started"
        return [visit_row(row) for row in self._rows(sql, wall)]

    def visit(self, visit: bytes) -> VisitRow | None:
        """One visit."""
        rows = self._rows("SELECT * FROM visit WHERE id = ?", visit)
        return visit_row(rows[0]) if rows else None

    def erased(self, visit: bytes, wall: int) -> None:
        """The last key of a visit's footage is gone."""
        with self.transaction() as db:
            db.execute("UPDATE visit SET erased = ? WHERE id = ? AND erased IS NULL", (wall, visit))

    def shrink(self, db: sqlite.Connection, visits: Iterable[tuple[bytes, PastVisit]]) -> None:
        """Inside the caller's transaction: of erased visits only date, hour and seconds stay."""
        for visit, past in visits:
            db.execute("DELETE FROM visit WHERE id = ?", (visit,))
            # What still waits to be overwritten stays counted, without anything that tells whose or when.
            db.execute(
                "UPDATE erasure SET clip = randomblob(16), visit = zeroblob(16), filmed_from = 0, filmed_to = 0,"
                " deadline = deadline - deadline % ?, destroyed = destroyed - destroyed % ?"
                " WHERE visit = ? AND overwritten IS NULL",
                (DAY, DAY, visit),
            )
            db.execute("DELETE FROM erasure WHERE visit = ?", (visit,))
            db.execute(
                "INSERT INTO past_visit (camera, date, hour, seconds, policy) VALUES (?, ?, ?, ?, ?)",
                (past.camera, past.date, past.hour, past.seconds, past.policy),
            )

    def put_forgettable(self, db: sqlite.Connection, hash_: bytes, camera: str, date: str, due: int | None) -> None:
        """A text beside the ledger goes when the visits of a date are forgotten, or at ``due``."""
        db.execute("INSERT INTO forgettable VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", (hash_, camera, date, due))

    def forgettable(self) -> list[tuple[bytes, str, str, int | None]]:
        """Texts that must go some day: hash, camera, date, due."""
        return [tuple(row) for row in self._rows("SELECT hash, camera, date, due FROM forgettable")]

    def forget(self, db: sqlite.Connection, hash_: bytes) -> None:
        """Erase such a text; the ledger's tree stays whole."""
        self.store.erase_text(hash_)
        db.execute("DELETE FROM forgettable WHERE hash = ?", (hash_,))

    def past_visits(self, camera: str | None = None) -> list[PastVisit]:
        """What stays of erased visits, oldest first."""
        rows = self._rows(
            "SELECT * FROM past_visit WHERE (? IS NULL OR camera = ?) ORDER BY date, hour, id", camera, camera
        )
        return [PastVisit(row["camera"], row["date"], row["hour"], row["seconds"], row["policy"]) for row in rows]
