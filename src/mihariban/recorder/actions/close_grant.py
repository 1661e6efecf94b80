"""Close a grant: its outcome says how many seconds left the recorder. Closed, revoked or expired, it opens nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mihariban.ledger.canonical import Json
from mihariban.ledger.errors import DeedOutOfOrder
from mihariban.ledger.tags import Outcome, Tag
from mihariban.recorder.actions.decided import draft_of, known, remember
from mihariban.recorder.contract.orders import RevokeOrder
from mihariban.recorder.decision import Decision, check_fresh

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder
    from mihariban.recorder.sessions import OpenGrant


def close_grant(recorder: Recorder, session: OpenGrant, *, revoked: bool = False) -> int:
    """End a session. Returns the number of the entry.

    Raises:
        LedgerUnwritable: the session has ended, its outcome is owed until the next start.
    """
    # The lock is held throughout: who presents the grant meanwhile finds it open or finds it ended, and an extract
    # under way either has its next piece counted here or does not give it out.
    with recorder.sessions.lock:
        session.closed, session.revoked = True, session.revoked or revoked
        try:
            return _settle(recorder, session, revoked=revoked)
        finally:
            recorder.sessions.pop(session.grant.id)


def _settle(recorder: Recorder, session: OpenGrant, *, revoked: bool) -> int:
    control = recorder.control
    facts: dict[str, Json] = {"seconds": len(session.served), "segments": session.segments, "revoked": int(revoked)}
    with control.transaction() as db:
        control.close_grant(db, session.grant.id, recorder.clock.wall(), revoked=revoked)
        try:
            return control.ledger.settle(session.intent, session.draft, Outcome.DONE, facts)
        except DeedOutOfOrder:  # closed by two callers at once: the first has told it
            return session.intent


def close_expired(recorder: Recorder, wall: int) -> int:
    """End the sessions whose grant's time is over. Returns how many."""
    over = recorder.sessions.over(wall)
    for session in over:
        close_grant(recorder, session)
    return len(over)


def revoke_grant(recorder: Recorder, decision: Decision[RevokeOrder]) -> int:
    """Take a grant back, open or not, or not even presented yet. Returns the number of our entry.

    Raises:
        GrantReplayed: the order's id was used for another decision.
        LedgerUnwritable: nothing was changed.
    """
    control, grant = recorder.control, decision.order.grant
    if not check_fresh(decision, known(recorder, decision)):
        return control.store.size() - 1
    draft = draft_of(recorder, decision, Tag.GRANT_FOOTAGE_REVOKE, {"grant": grant})
    wall = recorder.clock.wall()
    with recorder.sessions.lock:  # else it could be opened between the order's row and the look at what is open
        with control.transaction() as db:
            entry = control.ledger.append(db, draft)
            control.close_grant(db, grant, wall, revoked=True)
            if control.order("revoked", grant) is None:
                control.put_order(db, "revoked", grant, decision.digest, 0, wall)
            remember(recorder, db, decision)
        session = recorder.sessions.get(grant)
        if session is not None:
            close_grant(recorder, session, revoked=True)
    return entry
