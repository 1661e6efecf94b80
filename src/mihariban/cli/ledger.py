"""``mihariban ledger``: verify, sign and cosign a tamper-evident book."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mihariban.base.errors import MiharibanError, UsageError
from mihariban.cli._common import FOLDER, JSON, print_json

if TYPE_CHECKING:
    from mihariban.ledger.keys import PublicKey
    from mihariban.ledger.verify import Verdict


def _there(_context: click.Context, _parameter: click.Parameter, path: Path) -> Path:
    from mihariban.ledger.errors import LedgerMissing

    try:
        path.stat()
    except OSError as error:
        raise LedgerMissing(path=path, why=f"{error.strerror}; {_NAME}") from error
    return path


_NAME = "name a site's folder, a ledger's folder or an export"
PATH = click.argument("path", type=click.Path(path_type=Path), callback=_there)
_ROOMS = ("recorder", "office")
_DATABASES = ("control.db", "office.db", "ledger.db")


@click.group()
def command() -> None:
    """The tamper-evident ledger: verify, checkpoint, cosign."""


@command.command()
@PATH
@click.option("--key", "key_text", help="The log's key as you have it on paper.")
@click.option("--cosigner", "cosigner_texts", multiple=True, help="Key of a party that must have cosigned.")
@click.option("--old", multiple=True, type=click.Path(path_type=Path), help="An earlier checkpoint.")
@click.option("--contents", is_flag=True, help="Also read every entry (slower).")
@JSON
def verify(
    path: Path,
    key_text: str | None,
    cosigner_texts: tuple[str, ...],
    old: tuple[Path, ...],
    contents: bool,
    as_json: bool,
) -> int:
    """Verify the ledger in PATH: an export, a ledger folder, or a site with several. Exit 1 where it does not hold,
    2 where it cannot be examined."""
    from mihariban.ledger.errors import LedgerUnexamined
    from mihariban.ledger.keys import parse_key
    from mihariban.ledger.verify import verify as verify_folder

    key = parse_key(key_text) if key_text else None
    cosigners = [parse_key(each) for each in cosigner_texts]
    facts: list[dict[str, object]] = []
    held, examined = True, True
    earlier = [_earlier(each) for each in old]
    for folder in _ledger_folders(path):
        try:
            verdict = verify_folder(folder, key=key, cosigners=cosigners, old=earlier, contents=contents)
            facts.append({"path": str(folder), "verified": True, **_verdict_facts(verdict)})
        except LedgerUnexamined as error:
            examined = False
            facts.append({"path": str(folder), "verified": False, "examined": False, "error": error.as_json()})
        except MiharibanError as error:
            held = False
            facts.append({"path": str(folder), "verified": False, "examined": True, "error": error.as_json()})
    if as_json:
        print_json(facts)
    else:
        for each in facts:
            _tell(each)
    return 1 if not held else 0 if examined else 2


@command.command()
@FOLDER
@click.option("--secret", type=click.Path(path_type=Path), help="The log's secret key [DIR/ledger.key].")
@click.option(
    "--cosigner", "cosigner_texts", multiple=True, help="Key of a party whose cosignatures are published [as before]."
)
@click.option(
    "--export",
    "export_to",
    type=click.Path(path_type=Path),
    help="Also write a whole copy into this new folder; of a site, one below it a room.",
)
def checkpoint(directory: Path, secret: Path | None, cosigner_texts: tuple[str, ...], export_to: Path | None) -> None:
    """Sign the ledger of DIR (a room's folder, or a site) as it stands and publish its tiles."""
    from mihariban.base import sqlite
    from mihariban.base.clock import SystemClock
    from mihariban.ledger.export import export
    from mihariban.ledger.keys import Signer, parse_key
    from mihariban.ledger.ledger import Ledger
    from mihariban.ledger.store import SqliteStore
    from mihariban.ledger.tiles import publish

    books = _books(directory)
    if export_to is not None and export_to.exists():
        raise UsageError(what=f"{export_to} exists; name a folder that does not, nothing is ever written over")
    for room, database in books:
        connection = sqlite.connect(database, synchronous="FULL")
        try:
            signer = Signer.load(secret or room / "ledger.key")
            ledger = Ledger(SqliteStore(connection), signer, SystemClock())
            cosigners = [parse_key(each) for each in cosigner_texts] or _known(room / "ledger")
            note = publish(ledger, room / "ledger", cosigners)
            if export_to is not None:
                export(ledger, export_to / room.name if len(books) > 1 else export_to, cosigners)
        finally:
            connection.close()
        print(note.encode().decode(), end="")
        print(f"key: {signer.public.text()}")


@command.command()
@PATH
@click.option("--secret", required=True, type=click.Path(path_type=Path), help="Your cosigning key.")
@click.option("--new", "name", help="Make the key under this name (such as audit.example/laptop) if there is none.")
@click.option("--memory", type=click.Path(path_type=Path), help="What you have cosigned [SECRET.seen].")
@click.option("--key", "key_text", help="The log's key as you have it on paper.")
def cosign(path: Path, secret: Path, name: str | None, memory: Path | None, key_text: str | None) -> None:
    """Verify the ledger in PATH whole, make sure it continues what you cosigned last, and cosign it."""
    from mihariban.base.clock import SystemClock
    from mihariban.ledger.export import FolderMemory, cosign_folder
    from mihariban.ledger.keys import KeyKind, Signer, parse_key

    folders = _ledger_folders(path)
    if name and not secret.exists():
        print(f"new key: {Signer.create(secret, name, KeyKind.COSIGNER).public.text()}")
    signer = Signer.load(secret)
    seen = FolderMemory(memory or secret.with_name(secret.name + ".seen"))
    for folder in folders:
        verdict, signature = cosign_folder(
            folder, signer, seen, SystemClock().wall, key=parse_key(key_text) if key_text else None
        )
        print(f"{verdict.checkpoint.origin}: {verdict.checkpoint.size}")
        print(signature.line(), end="")


def _earlier(path: Path) -> bytes:
    """A checkpoint that was kept.

    Raises:
        UsageError: it cannot be read.
    """
    from mihariban.base.files import read_plain

    try:
        return read_plain(path, 1 << 20)
    except OSError as error:
        raise UsageError(what=f"--old {path} cannot be read ({error.strerror})") from error


def _ledger_folders(path: Path) -> list[Path]:
    """The published folders in PATH."""
    from mihariban.ledger.errors import LedgerMissing

    places = (path, path / "ledger", *(path / room / "ledger" for room in _ROOMS))
    found = [place for place in places if os.path.lexists(place / "checkpoint")]  # a link to nowhere is read and told
    if not found:
        raise LedgerMissing(path=path, why=f"no checkpoint; {_NAME}")
    return found


def _known(folder: Path) -> list[PublicKey]:
    """Who cosigns what is published there already: an export without them would look cosigned by nobody."""
    from mihariban.ledger.tiles import KEYS
    from mihariban.ledger.verify import read_keys

    return read_keys(folder)[1] if (folder / KEYS).exists() else []


def _books(directory: Path) -> list[tuple[Path, Path]]:
    """The rooms in DIR that keep a ledger, with their databases."""
    from mihariban.base import sqlite
    from mihariban.base.files import is_there
    from mihariban.ledger.errors import LedgerMissing
    from mihariban.ledger.store import SqliteStore

    found = []
    for room in (directory, *(directory / name for name in _ROOMS)):
        for database in (room / name for name in _DATABASES):
            if is_there(database):
                connection = sqlite.connect(database, synchronous="FULL", readonly=True)
                if SqliteStore.exists(connection):
                    found.append((room, database))
                connection.close()
    if not found:
        raise LedgerMissing(
            path=directory, why="no database with a ledger; name a site's folder, or recorder or office in it"
        )
    return found


def _verdict_facts(verdict: Verdict) -> dict[str, object]:
    return {
        "origin": verdict.checkpoint.origin,
        "size": verdict.checkpoint.size,
        "root": base64.b64encode(verdict.checkpoint.root).decode(),
        "key": verdict.key.text(),
        "cosigned": [_cosigned(key, *found) for key, found in sorted(verdict.cosigned.items(), key=_by_name)],
        "open_intents": {str(seq): tag for seq, tag in verdict.open_intents.items()},
    }


def _by_name(item: tuple[PublicKey, object]) -> str:
    return item[0].text()


def _cosigned(key: PublicKey, size: int, when: int) -> dict[str, object]:
    from mihariban.base.clock import SECOND, iso

    return {"key": key.text(), "size": size, "at": iso(when * SECOND)}


def _tell(facts: dict[str, object]) -> None:
    from mihariban.base.text import language_of

    if not facts["verified"]:
        error = facts["error"]
        sentence = error[language_of()] if isinstance(error, dict) else error
        print(f"{'NOT VERIFIED' if facts['examined'] else 'NOT EXAMINED'}: {facts['path']}: {sentence}")
        return
    print(f"VERIFIED: {facts['origin']}, {facts['size']} entries ({facts['path']})")
    print(f"root      {facts['root']}")
    print(f"key       {facts['key']}")
    cosigned = facts["cosigned"]
    for each in cosigned if isinstance(cosigned, list) else ():
        print(f"cosigned  {each['key']} at {each['size']} entries, {each['at']}")
    intents = facts["open_intents"]
    for seq, tag in intents.items() if isinstance(intents, dict) else ():
        print(f"open      intent {seq} ({tag}) has no outcome yet")
