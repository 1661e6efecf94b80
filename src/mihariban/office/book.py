"""The office's book: office.db with its ledger, and its three keys."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from mihariban.base import sqlite
from mihariban.base.clock import Clock
from mihariban.base.ids import Random
from mihariban.ledger.entry import Draft
from mihariban.ledger.errors import LedgerMissing
from mihariban.ledger.keys import KeyKind, PublicKey, Signer
from mihariban.ledger.ledger import Ledger
from mihariban.ledger.note import Note
from mihariban.ledger.store import SqliteStore
from mihariban.ledger.tags import Tag
from mihariban.ledger.tiles import publish
from mihariban.recorder.contract.keys import PartyKeys

FORMAT = 1
DATABASE = "office.db"


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
    """The office's book, opened. Use as a context manager.

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
        if not (folder / DATABASE).exists():
            raise LedgerMissing(path=folder, why=f"no {DATABASE}")
        self.folder = folder
        self.clock = clock
        self.random = random
        self.keys = OfficeKeys.load(folder)
        self.db = sqlite.connect(folder / DATABASE, synchronous="FULL")
        self.ledger = Ledger(SqliteStore(self.db, threading.RLock()), self.keys.ledger, clock, quality)
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
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / DATABASE
        if path.exists():
            raise FileExistsError(path)
        keys = OfficeKeys.create(folder, name, random)
        connection = sqlite.connect(path, synchronous="FULL")
        path.chmod(0o600)
        try:
            ledger = Ledger(SqliteStore(connection), keys.ledger, clock)
            with ledger.store.transaction() as db:
                SqliteStore.create(db)
                schema = resources.files("mihariban.office").joinpath("schema.sql").read_text(encoding="utf-8")
                for statement in sqlite.statements(schema):
                    db.execute(statement)
                db.execute("INSERT INTO book VALUES (?, ?, ?)", (FORMAT, name, clock.wall()))
                ledger.append(db, Draft(Tag.LEDGER_BOOK_OPEN, {"origin": name}))
        finally:
            connection.close()
        return cls(folder, clock=clock, random=random)

    def __enter__(self) -> OfficeBook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the database back."""
        self.db.close()

    def publish(self, cosigners: list[PublicKey]) -> Note:
        """Sign the ledger and bring DIR/office/ledger up to it, for ``mihariban ledger verify``."""
        return publish(self.ledger, self.folder / "ledger", cosigners)
