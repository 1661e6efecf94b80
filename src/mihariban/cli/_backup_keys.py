"""How backup and restore are told a key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mihariban.base.errors import UsageError

if TYPE_CHECKING:
    from mihariban.backup.keys import Opener, Passphrase, Recipient


def recipients(keys: tuple[Path, ...], texts: tuple[str, ...], secret: Passphrase | None) -> list[Recipient]:
    """Who may open the backup.

    Raises:
        UsageError: nobody could.
        BackupKeyWrong: one of them is no key.
    """
    from mihariban.backup.keys import KeyFile, parse_recipient

    found: list[Recipient] = [KeyFile.load(path).recipient for path in keys]
    found += [parse_recipient(text) for text in texts]
    found += [secret] if secret is not None else []
    if not found:
        raise UsageError(what="a backup is always encrypted: name --key, --recipient, or --passphrase-file")
    return found


def openers(keys: tuple[Path, ...], secret: Passphrase | None) -> list[Opener]:
    """Who wants to open it.

    Raises:
        UsageError: no key was named.
        BackupKeyWrong: one of them is no key.
    """
    from mihariban.backup.keys import KeyFile

    found: list[Opener] = [*map(KeyFile.load, keys), *([secret] if secret is not None else [])]
    if not found:
        raise UsageError(what="name the key of the backup: --key or --passphrase-file")
    return found


def passphrase(file: Path | None, *, ask: bool, twice: bool) -> Passphrase | None:
    """From the first line of a file, or asked for at the terminal; never from the command line, which others can read.

    Raises:
        BackupKeyWrong: too short, or the file cannot be read.
    """
    import click

    from mihariban.backup.errors import BackupKeyWrong
    from mihariban.backup.keys import Passphrase

    if file is not None:
        try:
            return Passphrase(file.read_text(encoding="utf-8").split("\n", 1)[0])
        except (OSError, UnicodeDecodeError) as error:
            raise BackupKeyWrong(why=f"{file} cannot be read") from error
    if ask:
        return Passphrase(click.prompt("passphrase", hide_input=True, confirmation_prompt=twice))
    return None
