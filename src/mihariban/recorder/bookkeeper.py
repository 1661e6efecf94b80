"""What recording tells the book: the same words as the book's own, but none of them can stop a recording."""

from __future__ import annotations

from collections.abc import Callable

from mihariban.recorder.control import Control
from mihariban.recorder.owed import Owed
from mihariban.recorder.visit import Visit


class Bookkeeper:
    """Writes through ``Owed``.

    Args:
        control: the book.
        owed: what cannot be written now waits here.
    """

    def __init__(self, control: Control, owed: Owed | None = None) -> None:
        self._control = control
        self.owed = owed or Owed()

    def open_visit(self, visit: Visit) -> None:
        """A visit begins."""
        self._write(lambda: self._control.open_visit(visit))

    def close_visit(self, visit: Visit, expires: int | None) -> None:
        """A visit has ended, or is shown less far than was said."""
        self._write(lambda: self._control.close_visit(visit, expires))

    def begin_gap(self, camera: str, started: int, cause: str, detail: str) -> int:
        """The camera is not watched from ``started`` on. Returns the gap's number."""
        gap = self._control.new_gap()
        self._write(lambda: self._control.begin_gap(camera, started, cause, detail, number=gap))
        return gap

    def end_gap(self, gap: int, ended: int) -> None:
        """The camera is watched again."""
        self._write(lambda: self._control.end_gap(gap, ended))

    def begin_closed(self, camera: str, started: int, reason: str) -> None:
        """No filming from ``started`` on."""
        self._write(lambda: self._control.begin_closed(camera, started, reason))

    def end_closed(self, camera: str, ended: int) -> None:
        """Filming is permitted again."""
        self._write(lambda: self._control.end_closed(camera, ended))

    def seen(self, life: int, wall: int) -> None:
        """The process lives. Not owed: the next one says the same."""
        self.owed.try_now(lambda: self._control.seen(life, wall))

    def _write(self, work: Callable[[], object]) -> None:
        self.owed.write(work)
