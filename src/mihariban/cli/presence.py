"""``mihariban presence``: the visits in a video file; the recorder's own engine and settings, nothing recorded."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click

from mihariban.base.clock import SECOND
from mihariban.base.errors import UsageError

if TYPE_CHECKING:
    from mihariban.recorder.presence import PresenceEvent, Zone


class Visit(TypedDict):
    """One visit as printed by ``--json``; seconds from the first picture."""

    enter_s: float
    leave_s: float
    handover: bool
    reason: str


@click.command()
@click.argument("video", type=click.Path(path_type=Path))
@click.option("--zone", help="Corners of the zone, x1,y1,x2,y2,… as fractions of the picture; two make a rectangle.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
def command(video: Path, zone: str | None, *, as_json: bool) -> None:
    """Print the visits in VIDEO. Nothing is recorded."""
    duration, visits = visits_in(video, zone)
    if as_json:
        print(json.dumps({"duration_s": duration, "visits": visits}))
        return
    print(f"{video}: {duration:.1f} s, {len(visits)} visits")
    for visit in visits:
        flag = "  hand-over" if visit["handover"] else ""
        print(f"{visit['enter_s']:9.1f} s  to {visit['leave_s']:9.1f} s  {visit['reason']}{flag}")


def visits_in(video: Path, zone: str | None) -> tuple[float, list[Visit]]:
    """Duration in seconds and the visits of a video file.

    Raises:
        SourceUnreadable: no such file, or not a video.
        UsageError: ``zone`` is not a zone.
    """
    from mihariban.recorder.presence import PresenceSettings, Watcher
    from mihariban.recorder.sources.file import FileSource

    watcher = Watcher(PresenceSettings(), _zone(zone))
    visits: list[Visit] = []
    end = 0
    for packet in FileSource(video).packets(threading.Event()):
        end = max(end, packet.wall)
        _collect(watcher.feed(packet), visits)
    _collect(watcher.finish(end), visits)
    return round(end / SECOND, 3), visits


def _collect(events: list[PresenceEvent], visits: list[Visit]) -> None:
    for event in events:
        at = round(event.at / SECOND, 3)
        if event.kind == "enter":
            visits.append({"enter_s": at, "leave_s": at, "handover": False, "reason": event.reason})
        elif event.kind == "leave" and visits:
            visits[-1]["leave_s"], visits[-1]["reason"] = at, event.reason
        elif event.kind == "handover" and visits:
            visits[-1]["handover"] = True


def _zone(numbers: str | None) -> Zone:
    from mihariban.recorder.presence import Zone

    if numbers is None:
        return Zone.whole()
    try:
        return Zone.from_numbers([float(number) for number in numbers.split(",")])
    except ValueError as error:
        raise UsageError(what=f"--zone: {error}") from error
