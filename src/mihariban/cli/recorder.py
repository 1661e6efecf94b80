"""``mihariban recorder``: the recorder of a site, until it is told to stop."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mihariban.base.errors import UsageError
from mihariban.cli._common import FOLDER, console

if TYPE_CHECKING:
    from mihariban.recorder.site_folder import SiteFolder


@click.command()
@FOLDER
@click.option(
    "--confirm-clock", is_flag=True, help="Enter that the machine's clock is right, and end. Works while it records."
)
@click.option(
    "--new-book", is_flag=True, help="Move a lost or damaged control.db aside, make a new one, enter why, and end."
)
@click.option("--reason", default="", help="Why; for --confirm-clock and --new-book. Kept beside the ledger.")
def command(directory: Path, confirm_clock: bool, new_book: bool, reason: str) -> None:
    """Run the recorder of the site in DIR: all cameras, the duties of the rule, and the door on recorder.sock."""
    from mihariban.recorder.site_folder import SiteFolder

    folder = SiteFolder(directory)
    if confirm_clock and new_book:
        raise UsageError(what="one of --confirm-clock and --new-book at a time")
    if (confirm_clock or new_book) and not reason.strip():
        raise UsageError(what="--reason is missing: what was compared or found, and by whom it was decided")
    if confirm_clock:
        _confirm(folder, reason)
    elif new_book:
        _new_book(folder, reason)
    else:
        _run(folder)


def _confirm(folder: SiteFolder, reason: str) -> None:
    from mihariban.base.clock import SystemClock, iso
    from mihariban.base.ntp import quality
    from mihariban.recorder.control import Control
    from mihariban.recorder.keeping.watch_time import confirm_time, read_clock

    folder.require()
    clock = SystemClock()
    control = Control(folder.control, clock=clock, quality=quality)
    try:
        mark = confirm_time(control, read_clock(clock, quality()), reason)
    finally:
        control.close()
    at = iso(mark.wall, folder.load_site().zone)[:19]
    console().print(f"entered: the clock is right, it is {at}; a running recorder goes by it within half a minute")


def _new_book(folder: SiteFolder, reason: str) -> None:
    from mihariban.ledger.keys import Signer
    from mihariban.office.trust import trust
    from mihariban.recorder.control.base import LEDGER_KEY
    from mihariban.recorder.new_book import make_new_book
    from mihariban.recorder.site_clock import site_clock

    aside = make_new_book(folder, clock=site_clock(folder.path), reason=reason)
    print(f"a new book was made; the old one's files are in {aside}")
    print(
        "visits and holds that the ring knows are entered at the next start; closed days, gaps and past grants are not"
    )
    office, site = folder.path / "office", folder.load_site()
    if office.exists():
        trust(folder.recorder, office, site=site.site.id, recorder=site.recorder.id)
        print("the office beside it was told the new key; start it anew")
    key = Signer.load(folder.recorder / LEDGER_KEY).public.text()
    print(f"key of the recorder's new ledger (keep it on paper, and tell the office): {key}")


def _run(folder: SiteFolder) -> None:
    import signal

    from mihariban.base.logs import log_to_stderr
    from mihariban.base.process import keep_to_itself
    from mihariban.recorder.site_service import run_site

    keep_to_itself()
    log_to_stderr(lines=True)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with run_site(folder, stop=stop) as (service, served):
        cameras = ", ".join(camera.id for camera in service.recorder.site.camera) or "-"
        console().print(f"recorder of {service.recorder.site.site.id}: cameras {cameras}; door {served.socket}")
        stop.wait()
    console().print("stopped in order")
