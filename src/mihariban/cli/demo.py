"""``mihariban demo``: the whole system on sample data."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mihariban.cli._common import bar, console

if TYPE_CHECKING:
    from mihariban.demo.make import DemoResult


@click.command()
@click.option("--dir", "directory", type=click.Path(path_type=Path), default=Path("run/site"), show_default=True)
@click.option("--policy", type=click.Path(path_type=Path), default=None, help="The rule [Saga City's].")
@click.option("--check", is_flag=True, help="Check everything and exit: 1 unless all is as it should be.")
@click.option("--port", type=int, default=8443, show_default=True, help="Port of the office's pages; 0 for any.")
@click.option("--ready", type=click.Path(path_type=Path), default=None, help="Write facts for programs into this file.")
def command(directory: Path, policy: Path | None, check: bool, port: int, ready: Path | None) -> int:
    """Make a site from nothing, record the drawn kiosk scene, look at it under grants, open the office on sample data,
    check it, and stay up."""
    from mihariban.demo.make import make_demo
    from mihariban.recorder.shipped import saga_policy

    with bar() as progress:
        task = progress.add_task("ring.vol", total=None)
        result = make_demo(
            directory,
            policy or saga_policy(),
            progress=lambda done, total: progress.update(task, completed=done, total=total),
            say=progress.console.print,
            sign=check,
        )
    _show(directory, result)
    if check:
        _write(ready, directory, result, {})
        return 1 if result.problems else 0
    _stay_up(result, lambda addresses: _write(ready, directory, result, addresses), port)
    return 0


def _show(directory: Path, result: DemoResult) -> None:
    from mihariban.base.clock import iso
    from mihariban.cli._tables import visit_table
    from mihariban.cli.volume import forecast
    from mihariban.volume import Volume

    out = console()
    volume = Volume.read_only(result.folder.recorder)
    try:
        figures = volume.stat(result.ended_at)
    finally:
        volume.close()
    out.print(f"site: {directory}; its clock began at {iso(result.starts_at, result.look.zone)}")
    out.print(visit_table(result.look))
    out.print(forecast(result.folder, figures))
    out.print(f"contact sheet (seen under a grant): {result.sheet}")
    for problem in result.problems:
        out.print(f"problem: {problem}")
    out.print("check: " + ("passed" if not result.problems else f"{len(result.problems)} problems"))


def _write(ready: Path | None, directory: Path, result: DemoResult, addresses: dict[str, str]) -> None:
    import json

    if ready is None:
        return
    ready.parent.mkdir(parents=True, exist_ok=True)
    facts = {
        "site": str(directory),
        "addresses": addresses,
        "accounts": [account.as_json() for account in result.accounts],
        "visits": len(result.look.visits),
        "contact_sheet": str(result.sheet),
        "said": result.said,
        "problems": result.problems,
    }
    ready.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _stay_up(result: DemoResult, write: Callable[[dict[str, str]], None], port: int) -> None:
    """The recorder goes on with the drawn camera at real speed, the office serves its pages, until Ctrl-C."""
    import signal
    from contextlib import ExitStack

    from mihariban.demo.served import serve_office
    from mihariban.office.base.clock import set_clock
    from mihariban.office.base.ledger import forget
    from mihariban.recorder.site_clock import running_clock, told
    from mihariban.recorder.site_service import run_site

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    path = result.folder.path
    with ExitStack() as running:
        clock = running.enter_context(running_clock(path))
        set_clock(clock)
        forget()
        _, recorder = running.enter_context(run_site(result.folder, stop=stop, clock=clock))
        office = running.enter_context(serve_office(path, port=port))
        console().print(told(path, clock))
        console().print(f"the recorder runs; its door is {recorder.socket}")
        console().print(f"the office is open: {office.url} (certificate: {office.ca})")
        for account in result.accounts:
            roles = ", ".join(account.roles) or "-"
            console().print(f"  {account.username:<8} {account.password}  {account.name} ({roles})", markup=False)
        console().print("Ctrl-C ends both.")
        write({"recorder": str(recorder.socket), "office": office.url})
        stop.wait()
