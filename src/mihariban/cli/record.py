"""``mihariban record``: record one camera or file into a site, without the rest of the system."""

from __future__ import annotations

import threading
from pathlib import Path

import click

from mihariban.cli._common import FOLDER, console, parse_moment


@click.command()
@FOLDER
@click.option("--source", default=None, help="rtsp://…, v4l2:…, demo:, or a video file [as in site.toml].")
@click.option("--camera", "camera_name", default=None, help="Camera of the site that it stands for [the first].")
@click.option("--until-end", is_flag=True, help="Stop where the source ends (files and demo: always do).")
@click.option("--starts-at", default=None, help="ISO 8601: when a file or demo: was filmed [the last open morning].")
@click.option("--zone", default=None, help="x1,y1,x2,y2,… as fractions of the picture [as in site.toml].")
@click.option("--real-time", is_flag=True, help="Files and demo: no faster than filmed.")
def command(
    directory: Path,
    source: str | None,
    camera_name: str | None,
    until_end: bool,
    starts_at: str | None,
    zone: str | None,
    real_time: bool,
) -> None:
    """Record a source into the site in DIR while somebody stands at the kiosk, within the rule's hours."""
    from mihariban.base.process import keep_to_itself
    from mihariban.cli._tables import visit_table
    from mihariban.recorder.look import site_visits
    from mihariban.recorder.record import RecordOrder, record

    order = RecordOrder(
        source=source,
        camera=camera_name,
        starts_at=None if starts_at is None else parse_moment(starts_at),
        zone=None if zone is None else tuple(float(number) for number in zone.split(",")),
        real_time=real_time,
        until_end=until_end,
    )
    keep_to_itself()
    stop = threading.Event()
    said = record(directory, order, stop)
    console().print(said)
    console().print(visit_table(site_visits(directory)))
