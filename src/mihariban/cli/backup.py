"""``mihariban backup``: everything of a site but the footage and what opens it, in one encrypted file."""

from __future__ import annotations

from pathlib import Path

import click

from mihariban.cli._common import MAYBE_FOLDER

_PATH = click.Path(path_type=Path)


@click.command()
@MAYBE_FOLDER
@click.option("--to", "target", type=_PATH, help="The file to make.")
@click.option("--key", "keys", type=_PATH, multiple=True, help="Key file of who may open it.")
@click.option("--recipient", "texts", multiple=True, help="The same by its public part: this machine cannot open it.")
@click.option("--passphrase-file", type=_PATH, help="File whose first line is a passphrase.")
@click.option("--passphrase", "ask", is_flag=True, help="Ask for a passphrase.")
@click.option("--new-key", type=_PATH, help="Make a key file, print its recipient, and end.")
def command(
    directory: Path | None,
    target: Path | None,
    keys: tuple[Path, ...],
    texts: tuple[str, ...],
    passphrase_file: Path | None,
    ask: bool,
    new_key: Path | None,
) -> None:
    """Back up the site in DIR, running or not: databases, keys of office and ledgers, rule, settings, ledgers.

    Never in it, encrypted or not: ring, key table, root key. A restore cannot bring back footage. Unless the exit
    status is 0 the file was not made.
    """
    from mihariban.backup.keys import KeyFile
    from mihariban.backup.make import make_backup
    from mihariban.base.clock import SystemClock
    from mihariban.base.errors import UsageError
    from mihariban.cli._backup_keys import passphrase, recipients

    if new_key is not None:
        print(f"recipient: {KeyFile.create(new_key).recipient.text()}")
        return
    if directory is None or target is None:
        raise UsageError(what="backup DIR --to FILE --key KEYFILE, or backup --new-key KEYFILE")
    wanted = recipients(keys, texts, passphrase(passphrase_file, ask=ask, twice=True))
    contents = make_backup(directory, target, wanted, clock=SystemClock())
    print(f"{target}: {len(contents.members)} files, {contents.bytes:,} bytes, verified; without footage and its keys")
