"""The recorder behind its API: each method is one action, or a look at the book."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from mihariban.base.clock import HOUR
from mihariban.base.errors import MiharibanError
from mihariban.base.ids import id_text
from mihariban.base.text import Language
from mihariban.ledger.canonical import Json
from mihariban.ledger.checkpoint import parse_checkpoint
from mihariban.ledger.entry import Draft, moment
from mihariban.ledger.errors import LedgerMissing, ProofInvalid
from mihariban.ledger.keys import base64_text
from mihariban.ledger.note import Signature
from mihariban.ledger.tags import Tag
from mihariban.ledger.witness import Request
from mihariban.recorder.actions import cosign_ledgers, serve_footage
from mihariban.recorder.actions.close_grant import close_grant, revoke_grant
from mihariban.recorder.actions.open_grant import open_grant
from mihariban.recorder.actions.place_hold import place_hold
from mihariban.recorder.actions.put_calendar import put_calendar
from mihariban.recorder.actions.put_policy import put_policy
from mihariban.recorder.actions.release_hold import release_hold
from mihariban.recorder.actions.take_still import take_still
from mihariban.recorder.api.door import Segment, Session
from mihariban.recorder.contract.errors import GrantExpired, GrantRevoked, NoSuchThing
from mihariban.recorder.contract.facts import (
    Accepted,
    CheckpointReply,
    CosignReply,
    EventPage,
    HoldState,
    Status,
    VisitItem,
)
from mihariban.recorder.contract.orders import (
    CalendarOrder,
    HoldOrder,
    PolicyOrder,
    ReleaseOrder,
    RevokeOrder,
    StillOrder,
)
from mihariban.recorder.control import HoldRow
from mihariban.recorder.day import camera_days
from mihariban.recorder.day_drawing import day_svg
from mihariban.recorder.decision import Decision, Trust
from mihariban.recorder.event_feed import event_page
from mihariban.recorder.facts import recorder_facts
from mihariban.recorder.grant import Grant
from mihariban.recorder.metrics import metrics_text
from mihariban.recorder.status import recorder_status
from mihariban.recorder.visit_list import visit_states
from mihariban.volume import ClipKind

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder
    from mihariban.recorder.sessions import OpenGrant

REFUSALS_FOLDED = HOUR
"""Refusals of the same kind for the same cause are entered once in so long (ns), with their number."""


class Door:
    """The recorder as its API sees it; for each method see ``api.door.RecorderDoor``."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._refusals: dict[tuple[str, str], tuple[int, int]] = {}
        self._lock = threading.Lock()

    def trust(self) -> Trust:
        recorder = self._recorder
        keys = cosign_ledgers.office_keys(recorder)
        if keys is None:
            raise LedgerMissing(path=recorder.folder.recorder / "office.keys", why="no office was made known here")
        return Trust(
            keys,
            recorder.site.site.id,
            recorder.site.recorder.id,
            [camera.id for camera in recorder.site.camera],
            recorder.latest(),
            cosign_ledgers.last_seen(recorder, keys.ledger),
            recorder.site.zone,
        )

    def refused(self, kind: str, error: MiharibanError) -> None:
        recorder, now = self._recorder, self._recorder.clock.monotonic()
        with self._lock:
            since, folded = self._refusals.get((kind, error.code), (0, 0))
            if since and now - since < REFUSALS_FOLDED:
                self._refusals[kind, error.code] = (since, folded + 1)
                return
            self._refusals[kind, error.code] = (now, 0)
        facts: dict[str, Json] = {"cause": error.code, "kind": kind, "folded": folded}
        recorder.owed.write(lambda: _enter(recorder, Draft(Tag.GRANT_FOOTAGE_REFUSE, facts)))

    # Facts

    def status(self) -> Status:
        return recorder_status(self._recorder)

    def visits(self) -> list[VisitItem]:
        recorder = self._recorder
        clips = [clip for clip in recorder.volume.clips() if clip.kind in (ClipKind.VISIT, ClipKind.COPY)]
        states = visit_states(recorder.control.visits(), clips, recorder.clock.wall(), recorder.control.holds())
        rid, zone = recorder.site.recorder.id, recorder.site.zone
        return [VisitItem.model_validate(state.as_json(rid, zone)) for state in states]

    def events(self, after: int, limit: int) -> EventPage:
        return event_page(self._recorder.control, after, limit)

    def day_svg(self, day: date, language: Language) -> bytes:
        recorder = self._recorder
        days = camera_days(recorder.control, recorder.site, recorder.hours.in_force, day, recorder.clock.wall())
        if not days:
            raise NoSuchThing(what=f"camera to draw {day} of")
        name = recorder.site.site.name or recorder.site.site.id
        return day_svg(days, recorder.site.zone, name, language, titled=False).encode()  # its page has the heading

    def metrics(self) -> bytes:
        return metrics_text(recorder_facts(self._recorder))

    def healthy(self) -> bool:
        alarms = any(finding.severity == "alarm" for finding in self._recorder.health.current())
        return not alarms and not self._recorder.failed

    # The ledgers

    def checkpoint(self, old: int) -> CheckpointReply:
        ledger = self._recorder.control.ledger
        note = ledger.checkpoint()
        size = parse_checkpoint(note.text).size
        if old > size:
            raise ProofInvalid(why=f"there are {size} entries, fewer than {old}")
        proof = [base64_text(each) for each in ledger.consistency(old, size)]
        return CheckpointReply(checkpoint=note.encode().decode(), old=old, proof=proof)

    def cosign(self, asked: Request) -> CosignReply:
        return CosignReply(signature=cosign_ledgers.cosign(self._recorder, asked).line().removesuffix("\n"))

    def add_cosignature(self, size: int, signature: Signature) -> Accepted:
        cosign_ledgers.add_cosignature(self._recorder, size, signature)
        return Accepted(id=str(size), entry=size)

    # Orders

    def put_calendar(self, order: Decision[CalendarOrder]) -> Accepted:
        return Accepted(id=order.order.id, entry=put_calendar(self._recorder, order))

    def put_policy(self, order: Decision[PolicyOrder]) -> Accepted:
        return Accepted(id=order.order.id, entry=put_policy(self._recorder, order))

    def holds(self) -> list[HoldState]:
        return [hold_state(row) for row in self._recorder.control.holds()]

    def place_hold(self, order: Decision[HoldOrder]) -> HoldState:
        return hold_state(place_hold(self._recorder, order))

    def release_hold(self, order: Decision[ReleaseOrder]) -> HoldState:
        return hold_state(release_hold(self._recorder, order))

    def still(self, order: Decision[StillOrder]) -> Segment:
        return Segment(take_still(self._recorder, order), "image/jpeg")

    # Footage

    def open_grant(self, grant: Grant) -> Session:
        return Session(open_grant(self._recorder, grant).grant)

    def session(self, grant: str) -> Session:
        return Session(self._open(grant).grant)

    def playlist(self, session: Session) -> str:
        return serve_footage.playlist(self._recorder, self._open(session.grant.id))

    def segment(self, session: Session, name: str) -> Segment:
        data = serve_footage.segment(self._recorder, self._open(session.grant.id), name)
        return Segment(data, "video/mp4")

    def extract(self, session: Session, exact: bool) -> Iterator[bytes | memoryview]:
        return serve_footage.extract(self._recorder, self._open(session.grant.id), exact=exact)

    def close_grant(self, session: Session) -> Accepted:
        return Accepted(id=session.grant.id, entry=close_grant(self._recorder, self._open(session.grant.id)))

    def revoke_grant(self, order: Decision[RevokeOrder]) -> Accepted:
        return Accepted(id=order.order.id, entry=revoke_grant(self._recorder, order))

    def _open(self, grant: str) -> OpenGrant:
        session = self._recorder.sessions.get(grant)
        if session is not None:
            session.grant.require_time(self._recorder.latest())
            return session
        row = self._recorder.control.grant(grant)
        if row is not None and row.revoked is not None:
            raise GrantRevoked(grant=grant)
        if row is not None and row.until_wall <= self._recorder.latest():
            raise GrantExpired(grant=grant, until=moment(row.until_wall))
        raise NoSuchThing(what=f"open grant {grant}")


def hold_state(row: HoldRow) -> HoldState:
    """A hold as the contract tells it."""
    return HoldState.model_validate(
        {
            "id": id_text(row.id),
            "camera": row.camera,
            "from": moment(row.from_wall),
            "to": moment(row.to_wall),
            "basis": str(row.document.get("basis", "")),
            "request": str(row.document.get("request", "")),
            "review": moment(row.review or row.to_wall),
            "placed": moment(row.placed),
            "released": None if row.released is None else moment(row.released),
            "seconds": row.kept_ns / 1e9,
            "bytes": row.bytes,
        }
    )


def _enter(recorder: Recorder, draft: Draft) -> None:
    with recorder.control.transaction() as db:
        recorder.control.ledger.append(db, draft)
