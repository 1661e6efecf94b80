"""The ledger as its owner uses it: append, change with entry, deed with intent and outcome, checkpoint, proofs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Generic, TypeVar

import structlog

from mihariban.base.clock import Clock
from mihariban.base.errors import MiharibanError
from mihariban.ledger import tree
from mihariban.ledger.canonical import Json
from mihariban.ledger.checkpoint import Checkpoint, open_checkpoint
from mihariban.ledger.commitment import Commitment, commit
from mihariban.ledger.cosignature import cosigned_at
from mihariban.ledger.entry import Draft, leaf_of, read_leaf, stamp
from mihariban.ledger.errors import DeedOutOfOrder, LedgerForked, LedgerRolledBack, LedgerUnwritable, SignatureInvalid
from mihariban.ledger.hashing import leaf_hash
from mihariban.ledger.keys import PublicKey, Signer
from mihariban.ledger.note import Note, Signature, parse_note
from mihariban.ledger.store import EntryStore
from mihariban.ledger.tags import Outcome, Tag

T = TypeVar("T")
_log = structlog.get_logger(__name__)


class Change(Generic[T]):
    """A change of our own data that is being made. ``db`` is the open transaction."""

    def __init__(self, ledger: Ledger[T], db: T) -> None:
        self._ledger = ledger
        self.db = db
        self.entries: list[int] = []

    def enter(self, draft: Draft) -> int:
        """Enter what is being changed; may be called after the change, when its facts are known."""
        self.entries.append(self._ledger.append(self.db, draft))
        return self.entries[-1]


class Deed:
    """An outward deed whose intent is durable. ``intent`` is the number of that entry."""

    def __init__(self, intent: int) -> None:
        self.intent = intent
        self.facts: dict[str, Json] = {}

    def add(self, **facts: Json) -> None:
        """Facts known only after the deed; they stand in the outcome."""
        self.facts.update(facts)


class Ledger(Generic[T]):
    """One book.

    Args:
        store: where entries are.
        signer: the log's own key; its name is the origin of the checkpoints.
        clock: the time of entries.
        quality: the present clock quality: synchronised, holdover or unknown.
    """

    def __init__(
        self, store: EntryStore[T], signer: Signer, clock: Clock, quality: Callable[[], str] = lambda: "unknown"
    ) -> None:
        self.store = store
        self.origin = signer.public.name
        self.key = signer.public
        self._signer = signer
        self._clock = clock
        self._quality = quality

    # Entering

    def append(self, transaction: T, draft: Draft) -> int:
        """Enter ``draft`` inside the caller's open transaction; returns its number.

        Raises:
            EntryRefused: the draft is not acceptable.
            LedgerUnwritable: it cannot be written; roll back.
            DeedOutOfOrder: the transaction is not open, or not of this store.
        """
        self.store.check_open(transaction)
        return self._append(draft, Outcome.DONE)

    @contextmanager
    def change(self, draft: Draft | None = None) -> Iterator[Change[T]]:
        """Change our own data and enter it, as one transaction: both or neither.

        ``with ledger.change(draft) as change: change.db.execute(...)``. Without ``draft`` the caller calls
        ``change.enter`` once its facts are known.

        Raises:
            DeedOutOfOrder: nothing was entered; the change is undone.
            LedgerUnwritable: the change is undone.
        """
        with self.store.transaction() as db:
            change = Change(self, db)
            yield change
            if draft is not None:
                change.enter(draft)
            if not change.entries:
                raise DeedOutOfOrder(why="a change without an entry")

    @contextmanager
    def deed(self, draft: Draft) -> Iterator[Deed]:
        """Do something outward: the intent is durable before the body runs, the outcome is entered after it.

        An exception in the body is entered as failed and goes on. Where the outcome cannot be written the deed has
        happened all the same: the intent stays open and the next start closes it as unknown.

        Raises:
            LedgerUnwritable: before the body, the deed must not happen; after it, its outcome is owed.
            DeedOutOfOrder: called inside an open transaction, where the intent would not be durable.
        """
        deed = Deed(self.intend(draft))
        try:
            yield deed
        except BaseException as error:
            self._fail(deed, draft, error)
            raise
        self.settle(deed.intent, draft, Outcome.DONE, deed.facts)

    def intend(self, draft: Draft) -> int:
        """Enter an intent, durable on return; for deeds that outlive a ``with``. Returns the intent's number."""
        if self.store.is_open():
            raise DeedOutOfOrder(why="an intent inside an open transaction is not durable")
        with self.store.transaction():
            seq = self._append(draft, Outcome.INTENT)
            self.store.add_intent(seq)
        return seq

    def settle(self, intent: int, draft: Draft, outcome: Outcome, facts: Mapping[str, Json] | None = None) -> int:
        """Enter how the deed of ``intent`` ended; returns the number of the entry.

        Raises:
            DeedOutOfOrder: no outcome is owed for it.
            LedgerUnwritable: not entered; the intent stays open.
        """
        ended = replace(draft, object={**draft.object, **(facts or {})})
        with self.store.transaction():
            if not self.store.settle_intent(intent):
                raise DeedOutOfOrder(why=f"entry {intent} owes no outcome")
            return self._append(ended, outcome, intent)

    def close_dangling(self) -> list[int]:
        """Close the intents of a life that ended before their outcome, as unknown. Call once at every start, before
        any deed. Returns the intents closed."""
        closed = self.store.intents()
        with self.store.transaction():
            for intent in closed:
                entry = read_leaf(self.store.leaves(intent, intent + 1)[0])
                draft = Draft(
                    Tag(entry["tag"]),
                    entry.get("object", {}),
                    actor=entry.get("actor"),
                    basis=entry.get("basis", ""),
                    case=entry.get("case", ""),
                    note=entry.get("note", ""),
                )
                self.settle(intent, draft, Outcome.UNKNOWN)
        return closed

    def keep_text(self, transaction: T, text: str) -> bytes:
        """Commit to a name or free text inside the caller's transaction; returns the hash for the draft."""
        self.store.check_open(transaction)
        made = commit(text)
        self.store.put_text(made)
        return made.hash

    def text(self, hash_: bytes) -> Commitment | None:
        """The text behind a commitment, with its salt; None where it was erased."""
        return self.store.text(hash_)

    def _append(self, draft: Draft, outcome: Outcome, intent: int | None = None) -> int:
        seq = self.store.size()
        leaf = leaf_of(draft, seq, stamp(self._clock, self._quality), outcome, intent)
        hash_ = leaf_hash(leaf)
        self.store.add_entry(seq, leaf, hash_, tree.completed(_WithLast(self.store, seq, hash_), seq + 1))
        return seq

    def _fail(self, deed: Deed, draft: Draft, error: BaseException) -> None:
        cause = error.code if isinstance(error, MiharibanError) else type(error).__name__
        try:
            self.settle(deed.intent, draft, Outcome.FAILED, {**deed.facts, "error": cause})
        except LedgerUnwritable as unwritable:
            # The first error is the caller's; the intent stays open and the next start closes it.
            _log.error("outcome not entered", intent=deed.intent, why=str(unwritable))

    # Signing

    def checkpoint(self) -> Note:
        """The tree as it stands, signed and kept. Signing the same size again gives the same note.

        Raises:
            LedgerRolledBack: fewer entries than were signed before.
            LedgerForked: other entries than were signed before.
            LedgerUnwritable: it cannot be kept.
        """
        with self.store.transaction():
            kept = self.store.checkpoints()
            for _, data in kept[-1:]:
                self.check_continues(data)
            size = self.store.size()
            if kept and kept[-1][0] == size:
                return parse_note(kept[-1][1])
            note = Checkpoint(self.origin, size, tree.root(self.store, size)).signed(self._signer)
            self.store.put_checkpoint(size, note.encode())
            self._drop_superseded()
        return note

    def check_continues(self, data: bytes) -> Checkpoint:
        """Make sure that the table continues what this log signed in ``data``.

        Raises:
            SignatureInvalid, NoteMalformed: not a checkpoint of this log.
            LedgerRolledBack: fewer entries.
            LedgerForked: other entries.
        """
        signed, _ = open_checkpoint(data, self.key)
        found = self.store.size()
        if found < signed.size:
            raise LedgerRolledBack(origin=self.origin, size=signed.size, found=found)
        if tree.root(self.store, signed.size) != signed.root:
            raise LedgerForked(origin=self.origin, size=signed.size, why="the table holds other entries")
        return signed

    def add_cosignature(self, size: int, signature: Signature, cosigner: PublicKey) -> Note:
        """Keep a cosignature that ``cosigner`` gave to the checkpoint of ``size``.

        Raises:
            SignatureInvalid: it is false, or there is no such checkpoint any more.
        """
        with self.store.transaction():
            data = dict(self.store.checkpoints()).get(size)
            if data is None:
                raise SignatureInvalid(name=cosigner.name, why=f"no checkpoint of {size} entries is kept")
            note = parse_note(data).with_signatures([signature])
            if cosigned_at(note, cosigner) is None:
                raise SignatureInvalid(name=cosigner.name, why="the line is of another key")
            self.store.put_checkpoint(size, note.encode())
            self._drop_superseded()
        return note

    def cosigned(self, cosigner: PublicKey) -> tuple[int, int] | None:
        """The newest checkpoint cosigned by ``cosigner``: its size, and when in seconds since 1970 UTC."""
        for size, data in reversed(self.store.checkpoints()):
            when = cosigned_at(parse_note(data), cosigner)
            if when is not None:
                return size, when
        return None

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Proof that ``new`` entries continue ``old``."""
        return tree.consistency(self.store, old, new)

    def inclusion(self, seq: int, size: int) -> list[bytes]:
        """Proof that entry ``seq`` is under the checkpoint of ``size``."""
        return tree.inclusion(self.store, seq, size)

    def _drop_superseded(self) -> None:
        """Of checkpoints keep the newest, and of each cosigner its newest."""
        wanted: set[tuple[str, bytes]] = set()
        newest = True
        for size, data in reversed(self.store.checkpoints()):
            signers = {(each.name, each.key_id) for each in parse_note(data).signatures}
            if not newest and signers <= wanted:
                self.store.drop_checkpoint(size)
            wanted |= signers
            newest = False


class _WithLast:
    """The stored hashes and, behind them, the leaf that is being added."""

    def __init__(self, store: tree.Hashes, seq: int, last: bytes) -> None:
        self._store, self._seq, self._last = store, seq, last

    def size(self) -> int:
        return self._seq + 1

    def hashes(self, level: int, start: int, stop: int) -> bytes:
        if level == 0 and stop == self._seq + 1:
            return self._store.hashes(0, start, stop - 1) + self._last
        return self._store.hashes(level, start, stop)
