"""Calendar entries of the office, kept here so that they are obeyed when the office is away."""

from __future__ import annotations

from mihariban.base import sqlite
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.recorder.control.base import ControlBase


class Calendar(ControlBase):
    """That part of the book."""

    def put_calendar(self, entry_id: str, entry: str, wall: int) -> None:
        """Keep a calendar entry of the office (JSON); one of the same id is replaced."""
        with self.entered(Draft(Tag.CALENDAR_ENTRY_PUT, {"entry": entry_id, "text": entry})) as db:
            self.keep_calendar(db, entry_id, entry, wall)

    def withdraw_calendar(self, entry_id: str, wall: int) -> None:
        """The office has withdrawn an entry."""
        with self.entered(Draft(Tag.CALENDAR_ENTRY_WITHDRAW, {"entry": entry_id})) as db:
            self.drop_calendar(db, entry_id, wall)

    def keep_calendar(self, db: sqlite.Connection, entry_id: str, entry: str, wall: int) -> None:
        """Inside the transaction of the action that enters it: keep an entry."""
        db.execute(
            "INSERT INTO calendar (id, entry, received) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE"
            " SET entry = excluded.entry, received = excluded.received, withdrawn = NULL",
            (entry_id, entry, wall),
        )

    def drop_calendar(self, db: sqlite.Connection, entry_id: str, wall: int) -> None:
        """Inside the transaction of the action that enters it: withdraw an entry."""
        db.execute("UPDATE calendar SET withdrawn = ? WHERE id = ?", (wall, entry_id))

    def calendar(self) -> list[str]:
        """All entries in force, as JSON."""
        return [row["entry"] for row in self._rows("SELECT entry FROM calendar WHERE withdrawn IS NULL ORDER BY id")]
