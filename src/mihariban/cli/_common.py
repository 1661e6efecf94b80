"""What several commands share: options, output, and the clock of a site."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from mihariban.base.clock import from_datetime
from mihariban.base.errors import UsageError


def _there(_context: click.Context, _parameter: click.Parameter, folder: Path | None) -> Path | None:
    from mihariban.recorder.site_folder import require_part

    if folder is not None:
        require_part(folder, ".")
    return folder


NEW_FOLDER = click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
"""The folder of a site to be."""
FOLDER = click.argument("directory", metavar="DIR", type=click.Path(path_type=Path), callback=_there)
"""The folder of a site: refused before anything else where it is no folder, or may not be entered."""
MAYBE_FOLDER = click.argument(
    "directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path), callback=_there
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")


def print_json(value: object) -> None:
    """Facts for a program."""
    print(json.dumps(value, ensure_ascii=False, indent=1))


def console() -> Console:
    """Where progress and tables for people go."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=160)


def bar() -> Progress:
    """A bar for work measured in bytes; on standard error, so that facts stay clean."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


@contextmanager
def growing(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar that is drawn once the work has begun: what is refused before draws none."""
    with ExitStack() as drawn:
        shown: list[tuple[Progress, TaskID]] = []

        def grow(done: int, total: int) -> None:
            if not shown:
                progress = drawn.enter_context(bar())
                shown.append((progress, progress.add_task(what, total=total)))
            progress, task = shown[0]
            progress.update(task, completed=done, total=total)

        yield grow


def parse_moment(text: str) -> int:
    """ISO 8601 with offset as wall ns.

    Raises:
        UsageError: not a moment, or without an offset.
    """
    try:
        return from_datetime(datetime.fromisoformat(text))
    except ValueError:
        raise UsageError(
            what=f"not a moment with an offset: {text} (write for example 2026-11-24T08:30:00+09:00)"
        ) from None
