"""``mihariban restore``: a backup put back into a new folder, and what has to be done after that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mihariban.cli._common import bar

if TYPE_CHECKING:
    from mihariban.backup.accept import Party
    from mihariban.backup.keys import Opener

_PATH = click.Path(path_type=Path)
_AFTER = """There is no ring: footage is never in a backup. Either put ring.vol, keys.tab and root.key of the old disk
into {recorder}, or make a new, empty ring: mihariban restore --new-ring --to {folder}
Visits whose footage is not there are then entered as erased or lost at the next start.
Everything decided after {made} is missing: dismissals, closed accounts, calendar, versions of the rule. Do it again
before the office opens. Where the other party still runs and refuses the restored ledger, see docs/guide/it.en.md."""


@click.command()
@click.argument("file", metavar="[FILE]", required=False, type=_PATH)
@click.option("--to", "folder", type=_PATH, help="The folder: new or empty for a restore.")
@click.option("--key", "keys", type=_PATH, multiple=True, help="Key file.")
@click.option("--passphrase-file", type=_PATH, help="File whose first line is the passphrase.")
@click.option("--passphrase", "ask", is_flag=True, help="Ask for the passphrase.")
@click.option("--check", is_flag=True, help="Verify FILE, write nothing.")
@click.option("--new-ring", is_flag=True, help="Make a new, empty ring, after a restore or with it.")
@click.option("--allow-cow", is_flag=True, help="Trial sites only: see mihariban init.")
@click.option(
    "--accept",
    type=click.Choice(["office", "recorder"]),
    help="Let the other one go on with the restored ledger of this one.",
)
@click.option("--reason", help="Why, with --accept; the auditor will read it.")
def command(
    file: Path | None,
    folder: Path | None,
    keys: tuple[Path, ...],
    passphrase_file: Path | None,
    ask: bool,
    check: bool,
    new_ring: bool,
    allow_cow: bool,
    accept: Party | None,
    reason: str | None,
) -> None:
    """Put the backup FILE into the folder DIR of --to. All is verified before anything is written.

    Unless the exit status is 0 nothing was written.
    """
    from mihariban.base.errors import UsageError
    from mihariban.cli._backup_keys import openers, passphrase

    if file is None and not (new_ring or accept):
        raise UsageError(what="restore FILE --to DIR --key KEYFILE; restore FILE --check --key KEYFILE")
    if file is not None:
        wanted = openers(keys, passphrase(passphrase_file, ask=ask, twice=False))
        if check:
            _check(file, wanted)
            return
    if folder is None:
        raise UsageError(what="name the folder with --to")
    if file is not None:
        _restore(file, folder, wanted)
    if new_ring:
        _new_ring(folder, allow_cow=allow_cow)
    if accept:
        _accept(folder, accept, reason)


def _check(file: Path, wanted: list[Opener]) -> None:
    from mihariban.backup.read import check

    contents = check(file, wanted)
    print(f"{file}: made {contents.made_at}, {len(contents.members)} files, {contents.bytes:,} bytes, whole")


def _restore(file: Path, folder: Path, wanted: list[Opener]) -> None:
    from mihariban.backup.restore import restore
    from mihariban.base.clock import SystemClock

    contents = restore(file, folder, wanted, clock=SystemClock())
    print(f"{folder}: restored {len(contents.members)} files from the backup of {contents.made_at}")
    if (folder / "recorder").exists():
        print(_AFTER.format(recorder=folder / "recorder", folder=folder, made=contents.made_at))


def _new_ring(folder: Path, *, allow_cow: bool) -> None:
    from mihariban.backup.ring import new_ring
    from mihariban.base.clock import SystemClock

    with bar() as progress:
        task = progress.add_task("ring.vol", total=None)
        new_ring(
            folder,
            clock=SystemClock(),
            progress=lambda done, total: progress.update(task, completed=done, total=total),
            allow_cow=allow_cow,
        )
    print(f"{folder}: a new, empty ring")


def _accept(folder: Path, restored: Party, reason: str | None) -> None:
    from mihariban.backup.accept import accept_restored
    from mihariban.base.clock import SystemClock
    from mihariban.base.errors import UsageError

    if not reason:
        raise UsageError(what="--accept needs a --reason: the auditor will ask")
    cosigned, found = accept_restored(folder, restored, reason=reason, clock=SystemClock())
    print(f"the ledger of the {restored} goes on from {found} entries; {cosigned} had been cosigned. This is entered.")
