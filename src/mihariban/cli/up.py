"""``mihariban up``: recorder and office of a site, supervised, until it is told to stop."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import click

from mihariban.cli._common import FOLDER, console


@click.command()
@FOLDER
@click.option("--host", default="127.0.0.1", show_default=True, help="Address of the office's pages.")
@click.option("--port", default=8443, show_default=True, type=int, help="Port of the office's pages (TLS).")
def command(directory: Path, host: str, port: int) -> None:
    """Run what is in DIR: recorder, office, or both, each as a process of its own.

    A part that dies is begun anew after 1 s, 2 s, 4 s … at most a minute; the other goes on. SIGTERM ends the office,
    then the recorder, in order: exit status 0. 122: one would not end and was killed.
    """
    import signal

    from mihariban.base.clock import SystemClock
    from mihariban.base.files import is_there
    from mihariban.base.logs import log_to_stderr
    from mihariban.cli._parts import Part, keep_running
    from mihariban.recorder.errors import NotASite
    from mihariban.recorder.site_clock import running_clock, told

    log_to_stderr(lines=True)  # as its parts do: one journal, one form
    parts = []
    if is_there(directory / "recorder" / "control.db"):
        parts.append(Part("recorder", ["recorder", str(directory)]))
    if is_there(directory / "office" / "ledger.key"):
        parts.append(Part("office", ["office", str(directory), "--host", host, "--port", str(port)]))
    if not parts:
        raise NotASite(
            folder=directory, missing="recorder/control.db, office/ledger.key", why=os.strerror(errno.ENOENT)
        )
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with running_clock(directory) as clock:  # held, so that a part that is begun anew finds it unmoved
        if sentence := told(directory, clock):
            console().print(sentence)
        keep_running(parts, stop, SystemClock())
    deaths = ", ".join(f"{part.name} died {part.deaths} times" for part in parts)
    console().print(f"ended in order ({deaths})")
