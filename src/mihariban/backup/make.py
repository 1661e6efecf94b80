"""Making a backup: copies that agree with each other, one sealed file, read again from its beginning."""

from __future__ import annotations

import json
import os
import stat
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from mihariban.backup.databases import BookFacts, copy_postgres, copy_sqlite, scratch
from mihariban.backup.enter import enter, office_ledger
from mihariban.backup.errors import BackupIncomplete, BackupRefused, BackupTargetTaken
from mihariban.backup.keys import Recipient
from mihariban.backup.members import (
    BOOK,
    LEDGERS,
    NEEDED,
    NEVER,
    OFFICE_DATABASE,
    OFFICE_DUMP,
    check_plain,
    forbidden_in,
    found,
    is_allowed,
    is_published,
)
from mihariban.backup.read import MANIFEST, Contents, check
from mihariban.backup.sealed import SealedWriter
from mihariban.base.clock import Clock, iso
from mihariban.base.files import sync_directory
from mihariban.base.ids import Random
from mihariban.ledger.entry import Draft
from mihariban.ledger.keys import Signer
from mihariban.ledger.tags import Tag
from mihariban.ledger.tiles import alone

FORMAT = 1
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Source:
    """A file that goes into the backup: under which name, and where it is read."""

    name: str
    path: Path


def make_backup(
    folder: Path, target: Path, recipients: Sequence[Recipient], *, clock: Clock, random: Random = os.urandom
) -> Contents:
    """Back up the site in ``folder`` into ``target``, while it runs.

    The file appears under its name when it is whole, was read again, and is entered in the office's ledger.

    Raises:
        BackupTargetTaken: there is a file already, or another backup is being made.
        BackupRefused: something that may not be in a backup.
        BackupIncomplete: a copy could not be made, or there is no room.
    """
    if target.exists():
        raise BackupTargetTaken(path=target, why="there is a file already")
    unfinished = target.with_name(target.name + ".new")
    try:
        with scratch(folder) as place, _created(unfinished) as out:
            writer = SealedWriter(out, recipients, random)
            _write(writer, _sources(folder, place), iso(clock.wall()), forbidden_in(folder))
            out.flush()
            os.fsync(out.fileno())
        contents = check(unfinished, file_key=writer.file_key)
        _enter(folder, contents, clock)
        unfinished.replace(target)
        sync_directory(target.parent)
    except OSError as error:
        raise BackupIncomplete(what=target, why=error.strerror or str(error)) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return contents


@contextmanager
def _created(path: Path) -> Iterator[BinaryIO]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o600), "wb") as out:
        yield out


def _sources(folder: Path, place: Path) -> list[Source]:
    """Everything that goes in. The published ledgers are copied before their books, so that they never show more."""
    plain = [Source(name, folder / name) for name in found(folder) if not is_published(name)]
    published = list(_published(folder, place))
    books = _books(folder, place)
    if not books:
        raise BackupIncomplete(what=folder, why="neither a recorder nor an office")
    sources = [*plain, *published, *books]
    _require_whole(folder, {source.name for source in sources})
    return sources


def _require_whole(folder: Path, names: set[str]) -> None:
    """What could be restored, but not run, is no backup."""
    missing = [name for book, others in NEEDED.items() if book in names for name in others if name not in names]
    if missing:
        raise BackupIncomplete(what=folder, why=f"missing: {', '.join(missing)}")


def _published(folder: Path, place: Path) -> Iterator[Source]:
    """The published ledgers, copied while nobody publishes."""
    forbidden = forbidden_in(folder)
    for ledger in LEDGERS:
        if not (folder / ledger).is_dir():
            continue
        with alone(folder / ledger):
            for name in [name for name in found(folder) if name.startswith(f"{ledger}/")]:
                copy = place / name
                copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                check_plain(folder / name, forbidden)
                copy.write_bytes((folder / name).read_bytes())
                yield Source(name, copy)


def _books(folder: Path, place: Path) -> list[Source]:
    """Both databases, from moments at which neither had cosigned more of the other than is in its copy."""
    for _ in range(_TRIES):
        books: dict[str, BookFacts] = {}
        sources = []
        if (folder / BOOK).exists():
            copy = place / "control.db"
            copy.unlink(missing_ok=True)
            books[_origin(folder / "recorder")] = copy_sqlite(folder / BOOK, copy)
            sources.append(Source(BOOK, copy))
        if (folder / "office" / "ledger.key").exists():
            name, facts = _office(folder / "office", place)
            books[_origin(folder / "office")] = facts
            sources.append(Source(name, place / Path(name).name))
        if agree(books):
            return sources
    raise BackupIncomplete(what=folder, why="the ledgers are cosigned all the time")


def agree(books: dict[str, BookFacts]) -> bool:
    """Whether no book has cosigned more entries of another one than that other one has."""
    return all(
        cosigned <= books[origin].entries
        for facts in books.values()
        for origin, cosigned in facts.seen.items()
        if origin in books
    )


def _origin(folder: Path) -> str:
    return Signer.load(folder / "ledger.key").public.name


def _office(office: Path, place: Path) -> tuple[str, BookFacts]:
    from mihariban.office.web.config import load_config
    from mihariban.office.web.settings import database

    config = load_config(office)
    name = OFFICE_DUMP if config.database else OFFICE_DATABASE
    copy = place / Path(name).name
    copy.unlink(missing_ok=True)
    if config.database:
        return name, copy_postgres(database(office, config), copy)
    return name, copy_sqlite(office / "office.db", copy)


def _write(writer: SealedWriter, sources: Sequence[Source], made_at: str, forbidden: set[tuple[int, int]]) -> None:
    """The members as a tar stream, the manifest last."""
    stream: Any = writer  # tarfile asks for no more than write()
    with tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        members = [_add(tar, source, forbidden) for source in sorted(sources, key=lambda each: each.name)]
        manifest = json.dumps({"format": FORMAT, "made_at": made_at, "members": members}, sort_keys=True).encode()
        about = tarfile.TarInfo(MANIFEST)
        about.size = len(manifest)
        tar.addfile(about, BytesIO(manifest))
    writer.finish()


def _add(tar: tarfile.TarFile, source: Source, forbidden: set[tuple[int, int]]) -> dict[str, Any]:
    if not is_allowed(source.name) or source.path.name in NEVER:
        raise BackupRefused(what=source.name, why="not on the list of what may be in a backup")
    fd = os.open(source.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(fd, "rb") as read:
        facts = os.fstat(fd)
        if not stat.S_ISREG(facts.st_mode) or (facts.st_dev, facts.st_ino) in forbidden:
            raise BackupRefused(what=source.name, why="not the file that its name says")
        about = tarfile.TarInfo(source.name)
        about.size, about.mode = facts.st_size, stat.S_IMODE(facts.st_mode)
        hashed = _Hashed(read)
        tar.addfile(about, hashed)
    return {"name": source.name, "size": about.size, "mode": about.mode, "sha256": hashed.digest.hexdigest()}


class _Hashed:
    """A file that hashes what is read from it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.digest = file, sha256()

    def read(self, length: int = -1) -> bytes:
        data = self._file.read(length)
        self.digest.update(data)
        return data


def _enter(folder: Path, contents: Contents, clock: Clock) -> None:
    """The office's ledger says that a copy of its data exists. With a recorder alone nothing is entered."""
    office = folder / "office"
    if (office / "ledger.key").exists():
        facts: dict[str, str | int] = {"members": len(contents.members), "bytes": contents.bytes}
        with office_ledger(office, clock) as ledger:
            enter(ledger, Draft(Tag.BACKUP_SITE_MAKE, {**facts}))
