"""Lives of the process, gaps and closed periods: what was watched and what was not. Each method is one transaction."""

from __future__ import annotations

from mihariban.ledger.entry import Draft, moment
from mihariban.ledger.tags import Tag
from mihariban.recorder.control.base import ControlBase
from mihariban.recorder.control.rows import LifeRow, Span


class Watching(ControlBase):
    """That part of the book."""

    # Lives of the process

    def begin_life(self, boot: str, wall: int) -> tuple[int, int | None]:
        """A new life begins. Returns its id and when the last one was seen if it did not end in order (a crash)."""
        rows = self._rows("SELECT last_seen, ended FROM life ORDER BY id DESC LIMIT 1")
        crashed = bool(rows) and rows[0]["ended"] is None
        facts: dict[str, str | int] = {"process": "recorder", "crashed": int(crashed)}
        if crashed:
            facts["last_seen"] = moment(rows[0]["last_seen"])
        with self.entered(Draft(Tag.BOOT_PROCESS_START, facts)) as db:
            life = db.execute("INSERT INTO life (boot, started, last_seen) VALUES (?, ?, ?)", (boot, wall, wall))
        return int(life.lastrowid or 0), (rows[0]["ended"] or rows[0]["last_seen"]) if rows else None

    def seen(self, life: int, wall: int) -> None:
        """The life is going on."""
        with self.transaction() as db:
            db.execute("UPDATE life SET last_seen = ? WHERE id = ?", (wall, life))

    def end_life(self, life: int, wall: int) -> None:
        """The life has ended in order."""
        with self.entered(Draft(Tag.BOOT_PROCESS_STOP, {"process": "recorder"})) as db:
            db.execute("UPDATE life SET last_seen = ?, ended = ? WHERE id = ?", (wall, wall, life))

    def lives(self) -> list[LifeRow]:
        """All lives, oldest first."""
        rows = self._rows("SELECT started, last_seen, ended FROM life ORDER BY id")
        return [LifeRow(row["started"], row["last_seen"], row["ended"]) for row in rows]

    # Gaps

    def new_gap(self) -> int:
        """A number for a gap that is about to begin."""
        with self._lock:
            number = self._next_gap
            self._next_gap += 1
            return number

    def begin_gap(self, camera: str, started: int, cause: str, detail: str, *, number: int | None = None) -> int:
        """The camera is not watched from ``started`` on. Returns the gap's number."""
        gap = self.new_gap() if number is None else number
        facts: dict[str, str | int] = {"camera": camera, "cause": cause, "from": moment(started), "gap": gap}
        with self.entered(Draft(Tag.GAP_RECORDING_BEGIN, facts)) as db:
            db.execute(
                "INSERT INTO gap (id, camera, started, cause, detail) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (gap, camera, started, cause, detail),
            )
        return gap

    def end_gap(self, gap: int, ended: int) -> None:
        """The camera is watched again; a gap that has ended already stays as it is."""
        rows = self._rows("SELECT camera, started FROM gap WHERE id = ? AND ended IS NULL", gap)
        if not rows:
            return
        ended = max(rows[0]["started"], ended)
        facts = {"camera": rows[0]["camera"], "gap": gap, "to": moment(ended)}
        with self.entered(Draft(Tag.GAP_RECORDING_END, facts)) as db:
            db.execute("UPDATE gap SET ended = ? WHERE id = ?", (ended, gap))

    def open_gaps(self) -> list[int]:
        """Numbers of the gaps that have not ended."""
        return [row["id"] for row in self._rows("SELECT id FROM gap WHERE ended IS NULL ORDER BY id")]

    def gaps(self, camera: str | None = None, since: int = 0) -> list[Span]:
        """Gaps that last beyond ``since``, oldest first."""
        rows = self._rows(
            "SELECT * FROM gap WHERE (? IS NULL OR camera = ?) AND (ended IS NULL OR ended >= ?) ORDER BY started, id",
            camera, camera, since,
        )  # fmt: skip
        return [Span(row["camera"], row["started"], row["ended"], row["cause"], row["detail"]) for row in rows]

    # Closed periods

    def begin_closed(self, camera: str, started: int, reason: str) -> None:
        """No filming from ``started`` on; a period that already lasts goes on."""
        if self._rows("SELECT 1 FROM closed_period WHERE camera = ? AND ended IS NULL", camera):
            return
        facts = {"camera": camera, "from": moment(started), "reason": reason}
        with self.entered(Draft(Tag.CLOSED_PERIOD_BEGIN, facts)) as db:
            db.execute(
                "INSERT INTO closed_period (camera, started, reason) VALUES (?, ?, ?)", (camera, started, reason)
            )

    def end_closed(self, camera: str, ended: int) -> None:
        """Filming is permitted again."""
        rows = self._rows("SELECT id, started FROM closed_period WHERE camera = ? AND ended IS NULL", camera)
        if not rows:
            return
        ended = max(rows[0]["started"], ended)
        with self.entered(Draft(Tag.CLOSED_PERIOD_END, {"camera": camera, "to": moment(ended)})) as db:
            db.execute("UPDATE closed_period SET ended = ? WHERE id = ?", (ended, rows[0]["id"]))

    def closed_periods(self, camera: str | None = None, since: int = 0) -> list[Span]:
        """Closed periods that last beyond ``since``, oldest first."""
        rows = self._rows(
            "SELECT * FROM closed_period WHERE (? IS NULL OR camera = ?) AND (ended IS NULL OR ended >= ?)"
            " ORDER BY started, id",
            camera, camera, since,
        )  # fmt: skip
        return [Span(row["camera"], row["started"], row["ended"], row["reason"]) for row in rows]
