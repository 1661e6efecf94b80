"""Open a grant: the intent names who decided and is durable before any clip key is opened (no entry, no access)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import moment
from mihariban.ledger.tags import Tag
from mihariban.recorder.actions.decided import draft_of
from mihariban.recorder.contract.errors import GrantRevoked
from mihariban.recorder.control import GrantRow
from mihariban.recorder.decision import Known, check_fresh
from mihariban.recorder.grant import Grant
from mihariban.recorder.sessions import OpenGrant

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder


def open_grant(recorder: Recorder, grant: Grant) -> OpenGrant:
    """Open a verified grant, or go on with one that is open.

    Raises:
        GrantReplayed: its id was used for another decision, or it has ended.
        GrantRevoked: it was taken back.
        LedgerUnwritable: nothing was opened.
    """
    with recorder.sessions.lock:
        row = recorder.control.grant(grant.id)
        known = Known(row.digest, row.closed is not None, row.revoked is not None) if row else None
        if known is None and recorder.control.order("revoked", grant.id) is not None:
            raise GrantRevoked(grant=grant.id)
        fresh = check_fresh(grant.decision, known)
        session = recorder.sessions.get(grant.id)
        if session is not None:
            return session
        session = _open(recorder, grant, fresh=fresh)
        recorder.sessions.put(session)
        return session


def _open(recorder: Recorder, grant: Grant, *, fresh: bool) -> OpenGrant:
    control, wall = recorder.control, recorder.clock.wall()
    facts: dict[str, Json] = {
        "grant": grant.id,
        "camera": grant.camera,
        "from": moment(grant.start),
        "to": moment(grant.end),
        "until": moment(grant.until),
        "purpose": grant.purpose,
        "entry": grant.decision.entry,
        "ledger": grant.decision.origin,
        "resumed": int(not fresh),
    }
    draft = draft_of(recorder, grant.decision, Tag.GRANT_FOOTAGE_ACCEPT, facts)
    intent = control.ledger.intend(draft)
    if fresh:
        order = grant.decision.order
        with control.transaction() as db:
            control.put_grant(
                db,
                GrantRow(
                    grant.id, grant.decision.digest, grant.camera, grant.start, grant.end, grant.purpose, order.request,
                    grant.until, wall, None, None,
                ),
            )  # fmt: skip
    return OpenGrant(grant, intent, draft)
