"""Holds, erasures, findings and grants. Writing happens inside the transaction of the action that enters it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from mihariban.base import sqlite
from mihariban.recorder.control.base import ControlBase
from mihariban.recorder.control.rows import (
    ErasureRow,
    FindingRow,
    GrantRow,
    HoldRow,
    erasure_row,
    finding_row,
    hold_row,
)


class Keeping(ControlBase):
    """That part of the book."""

    # Holds

    def put_hold(self, db: sqlite.Connection, hold: HoldRow) -> None:
        """Keep a hold; one that is known already stays as it is."""
        db.execute(
            "INSERT INTO hold VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                hold.id, hold.camera, hold.from_wall, hold.to_wall, json.dumps(hold.document, ensure_ascii=False),
                hold.review, hold.kept_ns, hold.bytes, hold.placed, hold.released,
            ),
        )  # fmt: skip

    def release_hold(self, db: sqlite.Connection, hold: bytes, wall: int) -> None:
        """A hold keeps nothing any more; why and who stays in the ledger's commitments alone."""
        db.execute("UPDATE hold SET released = ?, document = '{}' WHERE id = ?", (wall, hold))

    def holds(self, *, kept_only: bool = False) -> list[HoldRow]:
        """Holds, oldest first."""
        sql = "SELECT * FROM hold WHERE released IS NULL OR NOT ? ORDER BY placed, id"
        return [hold_row(row) for row in self._rows(sql, kept_only)]

    def hold(self, hold: bytes) -> HoldRow | None:
        """One hold."""
        rows = self._rows("SELECT * FROM hold WHERE id = ?", hold)
        return hold_row(rows[0]) if rows else None

    # Erasures

    def put_erasures(self, db: sqlite.Connection, rows: Iterable[ErasureRow]) -> None:
        """Keys that are gone."""
        db.executemany(
            "INSERT INTO erasure VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [
                (
                    row.clip, row.visit, row.camera, row.region, row.generation, row.filmed_from, row.filmed_to,
                    row.bytes, row.deadline, row.cause, row.destroyed, int(row.read_back), row.overwritten, row.level,
                )
                for row in rows
            ],
        )  # fmt: skip

    def mark_overwritten(self, db: sqlite.Connection, region: int, before: int, wall: int, level: str) -> int:
        """What lay in uses of a region before generation ``before`` is overwritten. Returns how many clips."""
        done = db.execute(
            "UPDATE erasure SET overwritten = ?, level = ? WHERE region = ? AND generation < ? AND overwritten IS NULL",
            (wall, level, region, before),
        )
        return done.rowcount

    def raise_level(self, db: sqlite.Connection, before: int, level: str) -> int:
        """Keys destroyed before an instant have reached ``level``. Returns how many clips."""
        done = db.execute("UPDATE erasure SET level = ? WHERE destroyed < ? AND level < ?", (level, before, level))
        return done.rowcount

    def erasures(self, *, waiting_only: bool = False) -> list[ErasureRow]:
        """Clips whose keys are gone; with ``waiting_only`` those whose bytes are not yet overwritten."""
        sql = "SELECT * FROM erasure WHERE overwritten IS NULL OR NOT ? ORDER BY destroyed, clip"
        return [erasure_row(row) for row in self._rows(sql, waiting_only)]

    # Findings

    def begin_finding(self, db: sqlite.Connection, finding: FindingRow) -> None:
        """Something is wrong from now on."""
        db.execute(
            "INSERT INTO finding (kind, subject, began, ended, figures) VALUES (?, ?, ?, ?, ?)",
            (finding.kind, finding.subject, finding.began, finding.ended, json.dumps(dict(finding.figures))),
        )

    def end_finding(self, db: sqlite.Connection, kind: str, subject: str, wall: int) -> None:
        """It is over."""
        db.execute(
            "UPDATE finding SET ended = max(began, ?) WHERE kind = ? AND subject = ? AND ended IS NULL",
            (wall, kind, subject),
        )

    def findings(self, *, open_only: bool = False, since: int = 0) -> list[FindingRow]:
        """Findings that last beyond ``since``, oldest first."""
        sql = "SELECT * FROM finding WHERE ended IS NULL OR (? AND ended >= ?) ORDER BY began, id"
        return [finding_row(row) for row in self._rows(sql, not open_only, since)]

    # Grants

    def put_grant(self, db: sqlite.Connection, grant: GrantRow) -> None:
        """A grant was opened."""
        db.execute(
            "INSERT INTO footage_grant VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                grant.id, grant.digest, grant.camera, grant.from_wall, grant.to_wall, grant.purpose, grant.request,
                grant.until_wall, grant.opened, grant.closed, grant.revoked,
            ),
        )  # fmt: skip

    def close_grant(self, db: sqlite.Connection, grant: str, wall: int, *, revoked: bool = False) -> None:
        """A grant opens nothing any more."""
        column = "revoked" if revoked else "closed"
        db.execute(f"UPDATE footage_grant SET {column} = ? WHERE id = ? AND {column} IS NULL", (wall, grant))  # noqa: S608  # one of two words above

    def grant(self, grant: str) -> GrantRow | None:
        """A grant that was opened."""
        rows = self._rows("SELECT * FROM footage_grant WHERE id = ?", grant)
        return GrantRow(**dict(rows[0])) if rows else None

    # Signed orders

    def order(self, kind: str, order: str) -> bytes | None:
        """Digest of an order that was carried out; None where it was not."""
        rows = self._rows("SELECT digest FROM signed_order WHERE kind = ? AND id = ?", kind, order)
        return bytes(rows[0]["digest"]) if rows else None

    def newest_order(self, kind: str) -> int:
        """The highest sequence carried out of a kind; 0 where there was none."""
        return self._first("SELECT coalesce(max(sequence), 0) FROM signed_order WHERE kind = ?", kind)

    def put_order(self, db: sqlite.Connection, kind: str, order: str, digest: bytes, sequence: int, wall: int) -> None:
        """An order was carried out."""
        db.execute("INSERT INTO signed_order VALUES (?, ?, ?, ?, ?)", (kind, order, digest, sequence, wall))
