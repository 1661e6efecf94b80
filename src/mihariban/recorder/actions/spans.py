"""What of a camera's time may be shown, and why there is nothing in the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder


def visible(recorder: Recorder, camera: str, start: int, end: int) -> dict[bytes, tuple[int, int | None]]:
    """Of each visit in [start, end), what of it may be shown."""
    rows = recorder.control.visits(camera=camera, since=start, until=end)
    return {row.id: (row.recorded_from, row.recorded_to) for row in rows}


def why(recorder: Recorder, camera: str) -> Callable[[int, int], str]:
    """A word for why there is nothing in a span: closed, a gap's cause, erased, or no visit."""

    def reason(start: int, end: int) -> str:
        for span in recorder.control.gaps(camera, start):
            if span.started < end and (span.ended or end) > start:
                return f"gap {span.cause}"
        for span in recorder.control.closed_periods(camera, start):
            if span.started < end and (span.ended or end) > start:
                return "closed"
        if any(row.erased is not None for row in recorder.control.visits(camera=camera, since=start, until=end)):
            return "erased"
        return "no_visit"

    return reason
