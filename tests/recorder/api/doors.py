"""A small recorder behind a real door: a real ledger in a real database, footage that is a few bytes for each second.

It keeps the order the real one must keep: check, intent durable, remember, then give out.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from mihariban.base import sqlite
from mihariban.base.clock import SECOND, TurnedClock, iso
from mihariban.base.errors import MiharibanError
from mihariban.ledger.checkpoint import open_checkpoint, parse_checkpoint
from mihariban.ledger.entry import Draft, moment, read_leaf
from mihariban.ledger.keys import KeyKind, Signer, base64_text
from mihariban.ledger.ledger import Ledger
from mihariban.ledger.note import Signature
from mihariban.ledger.store import SqliteStore
from mihariban.ledger.tags import Outcome, Tag
from mihariban.ledger.tiles import publish
from mihariban.ledger.witness import Request, Witness
from mihariban.office.book import OfficeBook
from mihariban.office.signer import Decided, Office
from mihariban.office.trust import trust
from mihariban.recorder.api.door import Segment, Session
from mihariban.recorder.api.serve import Served, TlsAddress, serve
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.contract.errors import NoSuchThing
from mihariban.recorder.contract.facts import (
    Accepted,
    CheckpointReply,
    CosignReply,
    Event,
    EventPage,
    HoldState,
    Status,
    VisitItem,
)
from mihariban.recorder.contract.keys import OFFICE_KEYS, load_keys
from mihariban.recorder.contract.order import Order
from mihariban.recorder.contract.orders import (
    CalendarOrder,
    HoldOrder,
    PolicyOrder,
    ReleaseOrder,
    RevokeOrder,
    StillOrder,
)
from mihariban.recorder.decision import Decision, Known, Trust, check_fresh, check_sequence
from mihariban.recorder.grant import Grant

O = TypeVar("O", bound=Order)  # noqa: E741  # O for order

WALL = 1_780_000_000 * SECOND
SITE, RECORDER, CAMERA = "saga", "r1", "cam1"
DECIDED = Decided("manager", "見本 太郎", "照会書のため", "第8条", "市窓 7")

_TABLES = """
CREATE TABLE done (id TEXT PRIMARY KEY, digest BLOB, entry INTEGER, ended INTEGER DEFAULT 0, revoked INTEGER DEFAULT 0);
CREATE TABLE push (kind TEXT PRIMARY KEY, last INTEGER);
CREATE TABLE calendar (id TEXT PRIMARY KEY, entry TEXT);
CREATE TABLE hold (id TEXT PRIMARY KEY, state TEXT);
"""


class SmallRecorder:
    """See ``RecorderDoor``."""

    def __init__(self, folder: Path, clock: TurnedClock) -> None:
        folder.mkdir(parents=True)
        self.folder, self.clock = folder, clock
        self.lock = threading.RLock()
        self.db = sqlite.connect(folder / "control.db", synchronous="FULL")
        store = SqliteStore(self.db, self.lock)
        with store.transaction() as db:
            store.create(db)
            for statement in sqlite.statements(_TABLES):
                db.execute(statement)
        signer = Signer.create(folder / "ledger.key", "saga.example/r1", KeyKind.LOG)
        self.cosigner = Signer.create(folder / "cosign.key", "saga.example/r1/cosign", KeyKind.COSIGNER)
        self.ledger = Ledger(store, signer, clock)
        self.sessions: dict[str, Session] = {}
        self.broken: Exception | None = None
        self.blocked: threading.Event | None = None
        self.closed_pieces = 0
        self.given: list[Iterator[bytes]] = []
        self.piece_size = 3

    def close(self) -> None:
        self.db.close()

    def entries(self) -> list[dict[str, Any]]:
        return [read_leaf(leaf) for leaf in self.ledger.store.leaves(0, self.ledger.store.size())]

    def tags(self) -> list[str]:
        return [each["tag"] for each in self.entries()]

    def trust(self) -> Trust:
        keys = load_keys(self.folder / OFFICE_KEYS)
        seen = self.ledger.store.seen(keys.ledger.name)
        last = None if seen is None else open_checkpoint(seen[1], keys.ledger)[0]
        return Trust(keys, SITE, RECORDER, {CAMERA, "cam2"}, self.clock.wall(), last)

    def refused(self, kind: str, error: MiharibanError) -> None:
        with self.ledger.change(Draft(Tag.GRANT_FOOTAGE_REFUSE, {"cause": error.code, "kind": kind})):
            pass

    # Facts

    def status(self) -> Status:
        if self.blocked is not None:
            self.blocked.wait(30)
        if self.broken is not None:
            raise self.broken
        return Status.model_validate(
            {
                "site": SITE,
                "recorder": RECORDER,
                "version": "1",
                "at": iso(self.clock.wall()),
                "time_quality": "synchronised",
                "state": "ok",
                "cameras": [{"id": CAMERA, "state": "ok", "watched": True, "recording": False}],
                "findings": [],
                "ledger": {"origin": self.ledger.origin, "size": self.ledger.store.size(), "writable": True},
                "holds": {"count": 0, "seconds": 0.0, "bytes": 0, "free_bytes": 1},
            }
        )

    def visits(self) -> list[VisitItem]:
        return []

    def events(self, after: int, limit: int) -> EventPage:
        size = self.ledger.store.size()
        leaves = self.ledger.store.leaves(after, min(size, after + limit)) if after < size else []
        events = [self._event(leaf) for leaf in leaves]
        return EventPage(events=events, next=after + len(events), size=size)

    def _event(self, leaf: bytes) -> Event:
        entry = read_leaf(leaf)
        texts = {}
        for hash_ in (entry.get("actor", {}).get("who"), entry.get("note")):
            kept = self.ledger.text(bytes.fromhex(hash_)) if hash_ else None
            if kept is not None:
                texts[hash_] = kept.text
        return Event(seq=entry["_seq"], entry=entry, texts=texts)

    def day_svg(self, day: date, language: str) -> bytes:
        return f"<svg lang='{language}'><title>{day}</title></svg>".encode()

    def metrics(self) -> bytes:
        return b"mihariban_small 1\n"

    def healthy(self) -> bool:
        return self.broken is None

    # The ledgers

    def checkpoint(self, old: int) -> CheckpointReply:
        note = self.ledger.checkpoint()
        proof = self.ledger.consistency(old, parse_checkpoint(note.text).size)
        return CheckpointReply(checkpoint=note.encode().decode(), old=old, proof=[base64_text(each) for each in proof])

    def cosign(self, asked: Request) -> CosignReply:
        keys = load_keys(self.folder / OFFICE_KEYS)
        witness = Witness(self.cosigner, {keys.ledger.name: keys.ledger}, self.ledger.store, self.clock.wall)
        with self.ledger.store.transaction():
            return CosignReply(signature=witness.cosign(asked).line().removesuffix("\n"))

    def add_cosignature(self, size: int, signature: Signature) -> Accepted:
        self.ledger.add_cosignature(size, signature, load_keys(self.folder / OFFICE_KEYS).cosign)
        return Accepted(id="", entry=0)

    # Orders

    def put_calendar(self, order: Decision[CalendarOrder]) -> Accepted:
        with self._once(order) as db:
            if db is not None:
                self._next(db, order, order.order.sequence)
                for each in order.order.entries():
                    db.execute("INSERT OR REPLACE INTO calendar VALUES (?, ?)", (each.id, each.to_json()))
                for name in order.order.withdrawn:
                    db.execute("DELETE FROM calendar WHERE id = ?", (name,))
        return Accepted(id=order.order.id, entry=0)

    def put_policy(self, order: Decision[PolicyOrder]) -> Accepted:
        with self._once(order) as db:
            if db is not None:
                self._next(db, order, order.order.sequence)
                db.execute("INSERT OR REPLACE INTO calendar VALUES ('policy', ?)", (order.text,))
        return Accepted(id=order.order.id, entry=0)

    def holds(self) -> list[HoldState]:
        with self.lock:
            rows = self.db.execute("SELECT state FROM hold").fetchall()
        return [HoldState.model_validate_json(row[0]) for row in rows]

    def place_hold(self, order: Decision[HoldOrder]) -> HoldState:
        it = order.order
        state = HoldState.model_validate(
            {
                "id": it.id,
                "camera": it.camera,
                "from": it.start,
                "to": it.end,
                "basis": it.basis,
                "request": it.request,
                "review": it.review,
                "placed": moment(self.clock.wall()),
                "released": None,
                "seconds": 1.0,
                "bytes": 10,
            }
        )
        with self._once(order) as db:
            if db is not None:
                db.execute("INSERT INTO hold VALUES (?, ?)", (it.id, state.model_dump_json(by_alias=True)))
        return state

    def release_hold(self, order: Decision[ReleaseOrder]) -> HoldState:
        with self._once(order) as db:
            if db is not None:
                row = db.execute("SELECT state FROM hold WHERE id = ?", (order.order.hold,)).fetchone()
                if row is None:
                    raise NoSuchThing(what="hold of that id")
                facts = {**json.loads(row[0]), "released": moment(self.clock.wall())}
                db.execute("UPDATE hold SET state = ? WHERE id = ?", (json.dumps(facts), order.order.hold))
        return next(each for each in self.holds() if each.id == order.order.hold)

    def still(self, order: Decision[StillOrder]) -> Segment:
        with self.ledger.deed(self._draft(Tag.FOOTAGE_STILL_TAKE, order, {"camera": order.order.camera})):
            return Segment(b"\xff\xd8picture\xff\xd9", "image/jpeg")

    # Footage

    def open_grant(self, grant: Grant) -> Session:
        facts = {
            "grant": grant.id,
            "camera": grant.camera,
            "from": moment(grant.start),
            "to": moment(grant.end),
        }
        with self.lock:
            known = self._known(grant.id)
            if check_fresh(grant.decision, known):
                with self.ledger.change() as change:
                    who = self.ledger.keep_text(change.db, grant.decision.order.decided_by.name.text)
                    change.enter(
                        Draft(
                            Tag.GRANT_FOOTAGE_ACCEPT,
                            facts,
                            grant.decision.actor(who),
                            case=grant.decision.order.request,
                        )
                    )
                    self._remember(change.db, grant.decision)
            return self.sessions.setdefault(grant.id, Session(grant))

    def session(self, grant: str) -> Session:
        if grant not in self.sessions:
            raise NoSuchThing(what="open grant of that id")
        return self.sessions[grant]

    def playlist(self, session: Session) -> str:
        return '#EXTM3U\n#EXT-X-MAP:URI="init-0.mp4"\nseg-0.m4s\n'

    def segment(self, session: Session, name: str) -> Segment:
        if name not in ("init-0.mp4", "seg-0.m4s"):
            raise NoSuchThing(what="segment of that name")
        grant = session.grant
        facts = {"grant": grant.id, "from": moment(grant.start), "to": moment(grant.end)}
        with self.ledger.deed(Draft(Tag.FOOTAGE_SECONDS_SERVE, facts)):
            return Segment(b"FOOTAGE")

    def extract(self, session: Session, exact: bool) -> Iterator[bytes]:
        grant = session.grant
        facts = {"grant": grant.id, "from": moment(grant.start), "to": moment(grant.end)}
        draft = Draft(Tag.FOOTAGE_EXTRACT_MAKE, facts)
        intent = self.ledger.intend(draft)
        self.given.append(self._pieces(intent, draft, exact))  # kept: else dropping it would close it by itself
        return self.given[-1]

    def _pieces(self, intent: int, draft: Draft, exact: bool) -> Iterator[bytes]:
        outcome = Outcome.FAILED
        try:
            for number in range(self.piece_size):
                yield (b"EXACT" if exact else b"PIECE") + bytes([48 + number % 10]) * (
                    1 if self.piece_size < 10 else 65_536
                )
            outcome = Outcome.DONE
        finally:
            self.closed_pieces += 1
            self.ledger.settle(intent, draft, outcome)

    def close_grant(self, session: Session) -> Accepted:
        with self.ledger.change(Draft(Tag.GRANT_FOOTAGE_REVOKE, {"grant": session.grant.id})) as change:
            change.db.execute("UPDATE done SET ended = 1 WHERE id = ?", (session.grant.id,))
        self.sessions.pop(session.grant.id, None)
        return Accepted(id=session.grant.id, entry=change.entries[0])

    def revoke_grant(self, order: Decision[RevokeOrder]) -> Accepted:
        with self._once(order) as db:
            if db is not None:
                db.execute("UPDATE done SET revoked = 1 WHERE id = ?", (order.order.grant,))
        self.sessions.pop(order.order.grant, None)
        return Accepted(id=order.order.id, entry=0)

    # Helpers

    def _known(self, id_: str) -> Known | None:
        row = self.db.execute("SELECT digest, ended, revoked FROM done WHERE id = ?", (id_,)).fetchone()
        return None if row is None else Known(row[0], bool(row[1]), bool(row[2]))

    def _remember(self, db: sqlite.Connection, order: Decision[O]) -> None:
        db.execute("INSERT INTO done (id, digest, entry) VALUES (?, ?, ?)", (order.order.id, order.digest, order.entry))

    @contextmanager
    def _once(self, order: Decision[O]) -> Iterator[sqlite.Connection | None]:
        """The transaction in which an order is carried out; None where it was carried out before."""
        with self.lock:
            if not check_fresh(order, self._known(order.order.id)):
                yield None
                return
            draft = order.order.draft()
            with self.ledger.change(self._draft(draft.tag, order, dict(draft.object))) as change:
                yield change.db
                self._remember(change.db, order)

    def _draft(self, tag: Tag, order: Decision[O], facts: Any) -> Draft:
        with self.ledger.store.transaction() as db:
            who = self.ledger.keep_text(db, order.order.decided_by.name.text)
        return Draft(tag, facts, order.actor(who), basis=order.order.basis, case=order.order.request)

    def _next(self, db: sqlite.Connection, order: Decision[O], sequence: int) -> None:
        kind = str(order.order.kind)
        row = db.execute("SELECT last FROM push WHERE kind = ?", (kind,)).fetchone()
        check_sequence(order, sequence, 0 if row is None else row[0])
        db.execute("INSERT OR REPLACE INTO push VALUES (?, ?)", (kind, sequence))


@dataclass
class Pair:
    """A recorder and its office, which know each other's keys."""

    path: Path
    clock: TurnedClock = field(default_factory=lambda: TurnedClock(WALL))

    def __post_init__(self) -> None:
        self.recorder = SmallRecorder(self.path / "recorder", self.clock)
        self.book = OfficeBook.create(self.path / "office", name="saga.example/office", clock=self.clock)
        party = trust(self.path / "recorder", self.path / "office", site=SITE, recorder=RECORDER)
        self.office = Office(self.book, party)

    def close(self) -> None:
        self.recorder.close()
        self.book.close()

    def sql(self, text: str) -> list[Any]:
        """The rows that a statement on the office's database gives."""
        with self.book.db.cursor() as cursor:
            cursor.execute(text)
            return list(cursor.fetchall()) if cursor.description else []

    def grant(self, **facts: Any) -> str:
        """A grant for the ten seconds before last minute, for an hour."""
        now = self.clock.wall()
        wanted: dict[str, Any] = {
            "camera": CAMERA,
            "start": now - 60 * SECOND,
            "end": now - 50 * SECOND,
            "until": now + 3600 * SECOND,
        }
        return self.office.issue_grant(DECIDED, **{**wanted, **facts})

    @contextmanager
    def served(self, tls: TlsAddress | None = None, **more: Any) -> Iterator[tuple[RecorderClient, Served]]:
        """The door answering at a real socket, and a client of it."""
        socket = self.path / "recorder" / "recorder.sock"
        with (
            serve(self.recorder, socket=socket, tls=tls, **more) as served,
            RecorderClient(socket, seconds=20) as client,
        ):
            yield client, served

    def publish(self) -> None:
        """Both ledgers as folders."""
        publish(self.recorder.ledger, self.path / "recorder" / "ledger", [self.book.keys.cosign.public])
        self.book.publish([self.recorder.cosigner.public])
