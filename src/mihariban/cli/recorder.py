"""``mihariban recorder``: the recorder of a site, until it is told to stop."""

from __future__ import annotations

import threading
from pathlib import Path

import click

from mihariban.cli._common import FOLDER, console


@click.command()
@FOLDER
def command(directory: Path) -> None:
    """Run the recorder of the site in DIR: all cameras, the duties of the rule, and the door on recorder.sock."""
    import signal

    from mihariban.base.process import keep_to_itself
    from mihariban.recorder.site_clock import told
    from mihariban.recorder.site_folder import SiteFolder
    from mihariban.recorder.site_service import run_site

    keep_to_itself()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    folder = SiteFolder(directory)
    with run_site(folder, stop=stop) as (service, served):
        cameras = ", ".join(camera.id for camera in service.recorder.site.camera) or "-"
        console().print(f"recorder of {service.recorder.site.site.id}: cameras {cameras}; door {served.socket}")
        if clock := told(directory, service.recorder.clock):
            console().print(clock)
        stop.wait()
    console().print("stopped in order")
