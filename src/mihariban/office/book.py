"""The office's book: its database with its ledger, and its three keys."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mihariban.base.clock import Clock
from mihariban.base.ids import Random
from mihariban.ledger.entry import Draft
from mihariban.ledger.errors import LedgerMissing
from mihariban.ledger.keys import KeyKind, PublicKey, Signer
from mihariban.ledger.ledger import Ledger
from mihariban.ledger.note import Note
from mihariban.ledger.tags import Tag
from mihariban.ledger.tiles import publish
from mihariban.office.web.setup import DATABASE, check_migrated, database_of, migrate
from mihariban.recorder.contract.keys import PartyKeys

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class OfficeKeys:
    """The office's secret keys. The one that signs orders is neither the ledger's nor the one that cosigns."""

    ledger: Signer
    cosign: Signer
    grant: Signer

    @classmethod
    def create(cls, folder: Path, name: str, random: Random) -> OfficeKeys:
        """New keys in ``folder`` (0600 each)."""
        return cls(
            Signer.create(folder / "ledger.key", name, KeyKind.LOG, random),
            Signer.create(folder / "cosign.key", f"{name}/cosign", KeyKind.COSIGNER, random),
            Signer.create(folder / "grant.key", f"{name}/grant", KeyKind.LOG, random),
        )

    @classmethod
    def load(cls, folder: Path) -> OfficeKeys:
        """The keys in ``folder``.

        Raises:
            LedgerMissing: one is missing.
        """
        return cls(*(Signer.load(folder / f"{use}.key") for use in ("ledger", "cosign", "grant")))

    def public(self) -> PartyKeys:
        """What recorders are given."""
        return PartyKeys(self.ledger.public, self.cosign.public, self.grant.public)


class OfficeBook:
    """The office's book, opened on Django's database. Use as a context manager.

    Where Django is not set up in this process yet, it is set up for ``folder``; where it is set up for another folder,
    that of this book is a database more.

    Args:
        folder: DIR/office.
        clock: the time of entries.
        quality: the present clock quality.
        random: of ids.

    Raises:
        LedgerMissing: there is none.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock,
        quality: Callable[[], str] = lambda: "unknown",
        random: Random = os.urandom,
    ) -> None:
        from mihariban.office.base.store import DjangoStore

        if not (folder / "ledger.key").exists():
            raise LedgerMissing(path=folder, why="no ledger.key")
        self.folder = folder
        self.clock = clock
        self.random = random
        self.keys = OfficeKeys.load(folder)
        self.alias = database_of(folder, clock)
        store = DjangoStore(self.alias)
        check_migrated(self.alias, folder)
        self.ledger: Ledger[BaseDatabaseWrapper] = Ledger(store, self.keys.ledger, clock, quality)
        self.ledger.close_dangling()

    @classmethod
    def create(cls, folder: Path, *, name: str, clock: Clock, random: Random = os.urandom) -> OfficeBook:
        """A new office: keys, database, and the ledger's first entry. Never overwrites one.

        Args:
            name: of the office as a key name, such as ``saga.example/office``: no space and no plus sign.

        Raises:
            FileExistsError: there is an office already.
            NoteMalformed: the name is no key name.
        """
        from mihariban.office.base.store import DjangoStore

        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in (folder / DATABASE, folder / "ledger.key"):
            if path.exists():
                raise FileExistsError(path)
        keys = OfficeKeys.create(folder, name, random)
        alias = database_of(folder, clock)
        migrate(alias)
        if (folder / DATABASE).exists():  # PostgreSQL keeps it elsewhere
            (folder / DATABASE).chmod(0o600)
        ledger = Ledger(DjangoStore(alias), keys.ledger, clock)
        with ledger.change(Draft(Tag.LEDGER_BOOK_OPEN, {"origin": name})):
            pass
        return cls(folder, clock=clock, random=random)

    def __enter__(self) -> OfficeBook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def db(self) -> BaseDatabaseWrapper:
        """Django's connection of this thread."""
        return self.ledger.store.connection  # type: ignore[attr-defined,no-any-return]  # a DjangoStore

    def close(self) -> None:
        """Give this thread's connection back."""
        self.db.close()

    def publish(self, cosigners: list[PublicKey]) -> Note:
        """Sign the ledger and bring DIR/office/ledger up to it, for ``mihariban ledger verify``."""
        return publish(self.ledger, self.folder / "ledger", cosigners)
