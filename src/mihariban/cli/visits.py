"""``mihariban visits``: what was recorded, and what is left of it."""

from __future__ import annotations

from pathlib import Path

import click

from mihariban.cli._common import FOLDER, JSON, console, print_json


@click.command()
@FOLDER
@JSON
def command(directory: Path, as_json: bool) -> None:
    """List the visits of a site, oldest first. Shows no picture; works beside a running recorder."""
    from mihariban.recorder.look import site_visits

    look = site_visits(directory)
    if as_json:
        print_json([state.as_json(look.recorder, look.zone) for state in look.visits])
        return
    from mihariban.cli._tables import visit_table

    console().print(visit_table(look))
