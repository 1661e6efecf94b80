"""Playing footage as a browser does: playlist, initialisation, segments; and pictures of it on one sheet."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import cast

import av
import numpy as np
from numpy.typing import NDArray

from mihariban.base.clock import SECOND, from_datetime, to_datetime
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.contact_sheet import contact_sheet
from mihariban.recorder.contract.facts import SessionReply

_KEPT_EVERY = SECOND
"""One picture a second is kept in memory for the sheet."""


@dataclass(slots=True)
class Played:
    """What was shown. ``outside``: pictures that should not have been. ``pictures``: (wall ns, RGB), one a second."""

    frames: int = 0
    outside: int = 0
    seconds: float = 0.0
    pictures: list[tuple[int, NDArray[np.uint8]]] = field(default_factory=list)


def play(client: RecorderClient, session: SessionReply, start: int, end: int) -> Played:
    """Fetch and decode everything that a session shows."""
    played = Played()
    head = b""
    shown_at = 0
    parts = iter(client.playlist(session).splitlines())
    for line in parts:
        if line.startswith("#EXT-X-MAP"):
            name = re.search(r'URI="([^"]+)"', line)
            head = client.segment(session, name[1]) if name else b""
        elif line.startswith("#EXT-X-PROGRAM-DATE-TIME:"):
            shown_at = from_datetime(datetime.fromisoformat(line.partition(":")[2]))
        elif line.startswith("#EXTINF:"):
            seconds = float(line.removeprefix("#EXTINF:").partition(",")[0])
            _take(played, head + client.segment(session, next(parts)), shown_at, start, end)
            shown_at += round(seconds * SECOND)
            played.seconds += seconds
    return played


def _take(played: Played, data: bytes, shown_at: int, start: int, end: int) -> None:
    first: float | None = None
    with av.open(io.BytesIO(data), "r") as container:
        for frame in container.decode(video=0):
            time = float(frame.time or 0.0)
            first = time if first is None else first
            wall = shown_at + round((time - first) * SECOND)
            played.frames += 1
            played.outside += not start <= wall < end
            if not played.pictures or wall - played.pictures[-1][0] >= _KEPT_EVERY:
                played.pictures.append((wall, cast("NDArray[np.uint8]", frame.to_ndarray(format="rgb24"))))


def sheet_of(played: Played, moments: list[int], zone: tzinfo) -> bytes:
    """A PNG with the picture nearest to each moment (wall ns)."""
    chosen = []
    for number, moment in enumerate(moments, 1):
        wall, picture = min(played.pictures, key=lambda each: abs(each[0] - moment))
        chosen.append((picture, f"{number} {to_datetime(wall, zone):%H:%M:%S}"))
    return contact_sheet(chosen, columns=3)
