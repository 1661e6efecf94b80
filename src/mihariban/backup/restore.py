"""Putting a backup back: all of it or nothing, and never over something."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mihariban.backup.databases import restore_postgres
from mihariban.backup.enter import enter, office_ledger, recorder_ledger
from mihariban.backup.errors import BackupIncomplete, BackupTargetTaken, BackupUnreadable
from mihariban.backup.keys import Opener
from mihariban.backup.members import BOOK, OFFICE_DATABASE, OFFICE_DUMP
from mihariban.backup.read import Contents, Member, check, walk
from mihariban.base import sqlite
from mihariban.base.clock import Clock
from mihariban.base.files import sync_directory
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPARE = 1 << 20


def restore(path: Path, folder: Path, openers: Sequence[Opener], *, clock: Clock) -> Contents:
    """Put the backup in ``path`` into ``folder``, which is new or empty.

    All is verified before anything is written; it is written beside and gets its name when it is whole. Logins that
    were open then are ended, and both ledgers say that they were restored. There is no ring: see ``new_ring``.

    Raises:
        BackupUnreadable, BackupRefused, BackupKeyWrong: nothing was written.
        BackupTargetTaken: something is there already.
        BackupIncomplete: no room, or a database that came out damaged; nothing is left of it.
    """
    _require_empty(folder)
    contents = check(path, openers)
    _require_room(folder, contents)
    with _beside(folder) as place:
        if _write(path, place, openers) != contents:
            raise BackupUnreadable(path=path, why="it was changed while it was read")
        _settle(place, contents, clock)
        if folder.exists():
            folder.rmdir()
        place.rename(folder)
    sync_directory(folder.parent)
    return contents


def _require_empty(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise BackupTargetTaken(path=folder, why="it is there already and not an empty folder")
    if not folder.absolute().parent.is_dir():
        raise BackupTargetTaken(path=folder, why="the folder above it does not exist")


def _require_room(folder: Path, contents: Contents) -> None:
    free = shutil.disk_usage(folder.absolute().parent).free
    if free < contents.bytes + _SPARE:
        raise BackupIncomplete(what=folder, why=f"{contents.bytes:,} bytes are needed, {free:,} are free")


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A folder beside, gone unless it was renamed."""
    place = folder.absolute().with_name(f"{folder.name}.restoring")
    try:
        place.mkdir(mode=0o700)
    except FileExistsError as error:
        why = "left by a restore that was broken off: remove it"
        raise BackupTargetTaken(path=place, why=why) from error
    try:
        yield place
    except OSError as error:
        raise BackupIncomplete(what=folder, why=error.strerror or str(error)) from error
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _write(path: Path, place: Path, openers: Sequence[Opener]) -> Contents:
    """Write every member; each is durable before the next begins."""
    writing: list[int] = []

    def end() -> None:
        while writing:
            fd = writing.pop()
            os.fsync(fd)
            os.close(fd)

    def take(member: Member, data: bytes) -> None:
        if not data:  # its beginning
            end()
            writing.append(_created(place / member.name, member.mode))
        view = memoryview(data)
        while view:
            view = view[os.write(writing[-1], view) :]

    try:
        return walk(path, take, openers)
    finally:
        end()


def _created(path: Path, mode: int) -> int:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode & 0o644)


def _settle(place: Path, contents: Contents, clock: Clock) -> None:
    """Check the databases, end the logins of then, enter the restore."""
    for name in (OFFICE_DATABASE, BOOK):
        if contents.has(name):
            check_database(place / name)
    draft = Draft(Tag.BACKUP_SITE_RESTORE, {"made": contents.made_at, "members": len(contents.members)})
    if contents.has(OFFICE_DUMP):
        _restore_dump(place / "office", place / OFFICE_DUMP)
    if contents.has("office/ledger.key"):
        with office_ledger(place / "office", clock) as ledger, ledger.change(draft) as change:
            _end_logins(change.db)
    if contents.has(BOOK):
        with recorder_ledger(place / "recorder", clock) as ledger:
            enter(ledger, draft)


def check_database(path: Path) -> None:
    """Make sure that a database is whole.

    Raises:
        BackupIncomplete: it is damaged.
    """
    try:
        with closing(sqlite.connect(path, synchronous="FULL")) as db:
            told = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except (sqlite.DatabaseError, sqlite.DatabaseUnusable) as error:
        told = str(error)
    if told != "ok":
        raise BackupIncomplete(what=path.name, why=f"damaged: {told}")


def _restore_dump(office: Path, dump: Path) -> None:
    from mihariban.office.web.config import load_config
    from mihariban.office.web.settings import database

    config = load_config(office)
    if not config.database:
        why = "the backup holds a PostgreSQL database, and neither office.toml nor the environment names one"
        raise BackupIncomplete(what="office", why=why)
    restore_postgres(database(office, config), dump)
    dump.unlink()


def _end_logins(db: Any) -> None:
    """Sessions that were open when the backup was made must not open anything now."""
    with db.cursor() as cursor:
        cursor.execute("DELETE FROM django_session")
