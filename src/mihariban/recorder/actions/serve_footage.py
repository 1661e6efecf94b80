"""Pictures under an open grant. Which seconds leave the recorder is entered before they leave it."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

import structlog

from mihariban.base.errors import MiharibanError
from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import Draft, moment
from mihariban.ledger.tags import Outcome, Tag
from mihariban.recorder.actions.spans import visible, why
from mihariban.recorder.contract.errors import NoSuchThing, RecorderUnavailable
from mihariban.recorder.footage.extract import Extract
from mihariban.recorder.footage.playlist import media_playlist
from mihariban.recorder.footage.range import Range
from mihariban.recorder.footage.segment import init_segment, media_segment
from mihariban.recorder.footage.select import select

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mihariban.recorder.service import Recorder
    from mihariban.recorder.sessions import OpenGrant

_log = structlog.get_logger(__name__)
MOST_EXTRACTS = 4
"""Extracts of one grant under way at once: who takes the same footage more often than that takes it from everybody."""
_INIT = re.compile(r"init-([0-9]{1,9})\.mp4")
_SEGMENT = re.compile(r"seg-([0-9]{1,9})\.m4s")


def footage(recorder: Recorder, session: OpenGrant) -> Range:
    """What the grant shows; found once, so that names in a playlist keep their meaning.

    H.265 is coded anew for viewing, because browsers differ in playing it; the playlist says so.
    """
    if session.range is None:
        grant = session.grant
        shown = visible(recorder, grant.camera, grant.start, grant.end)
        reason = why(recorder, grant.camera)
        found = select(recorder.volume, grant.camera, grant.start, grant.end, visible=shown, why=reason)
        if grant.purpose == "view" and any(config.codec == "hevc" for config in found.configs):
            found = select(
                recorder.volume, grant.camera, grant.start, grant.end, visible=shown, why=reason, transcode=True
            )
        session.range = found
    return session.range


def playlist(recorder: Recorder, session: OpenGrant) -> str:
    """The HLS playlist.

    Raises:
        NothingToShow: there is no footage; its holes say why.
    """
    return media_playlist(footage(recorder, session))


def segment(recorder: Recorder, session: OpenGrant, name: str) -> bytes:
    """One segment or initialisation of the playlist.

    Raises:
        NoSuchThing: the playlist names no such part.
        LedgerUnwritable: nothing is given out.
        SegmentDamaged, ClipRefused, ClipUnknown: see ``media_segment``.
        GrantRevoked, GrantExpired, GrantReplayed: it ended while the segment was made.
    """
    found = footage(recorder, session)
    if init := _INIT.fullmatch(name):
        return init_segment(found, int(init[1])).data
    part = _SEGMENT.fullmatch(name)
    if part is None:
        raise NoSuchThing(what=name)
    reply = media_segment(recorder.volume, found, int(part[1]))
    facts: dict[str, Json] = {
        "grant": session.grant.id,
        "camera": session.grant.camera,
        "from": moment(reply.first),
        "to": moment(reply.last),
        "frames": reply.frames,
        "transcoded": int(reply.transcoded),
    }
    with recorder.sessions.lock:
        session.require_open(recorder.clock.wall())
        with recorder.control.transaction() as db:
            recorder.control.ledger.append(db, _draft(session, Tag.FOOTAGE_SECONDS_SERVE, facts))
        session.note(reply.first, reply.last)
        session.segments += 1
    return reply.data


def extract(recorder: Recorder, session: OpenGrant, *, exact: bool) -> Iterator[bytes | memoryview]:
    """The footage as one MP4 in pieces, under an intent of its own; its outcome is entered when it ends or breaks off.

    Each piece leaves only while the grant is open: one that was revoked, closed or has expired ends it.

    Raises:
        NothingToShow: there is no footage.
        LedgerUnwritable: nothing is given out.
        GrantRevoked, GrantExpired, GrantReplayed: also from the iterator.
        RecorderUnavailable: so many extracts of this grant are under way.
    """
    found = footage(recorder, session)
    found.require()
    grant = session.grant
    facts: dict[str, Json] = {"grant": grant.id, "from": moment(grant.start), "to": moment(grant.end)}
    draft = _draft(session, Tag.FOOTAGE_EXTRACT_MAKE, {**facts, "camera": grant.camera, "exact": int(exact)})
    with recorder.sessions.lock:
        session.require_open(recorder.clock.wall())
        if session.extracts >= MOST_EXTRACTS:
            raise RecorderUnavailable(address="", why=f"{session.extracts} extracts of this grant are under way")
        intent = recorder.control.ledger.intend(draft)
        session.extracts += 1
    return _Pieces(recorder, session, Extract(recorder.volume, found, exact=exact), intent, draft)


class _Pieces:
    """An extract under way. Whoever drops it before its end calls ``close``: its outcome is owed."""

    def __init__(self, recorder: Recorder, session: OpenGrant, made: Extract, intent: int, draft: Draft) -> None:
        self._recorder, self._session, self._made = recorder, session, made
        self._intent, self._draft = intent, draft
        self._digest = sha256()
        self._over = False

    def __iter__(self) -> Iterator[bytes | memoryview]:
        return self

    def __next__(self) -> bytes | memoryview:
        if self._over:
            raise StopIteration
        try:
            piece = next(self._made)
            self._let_out()
        except StopIteration:
            self._end(Outcome.DONE, "")
            raise
        except MiharibanError as error:
            self._end(Outcome.FAILED, error.code)
            raise
        except BaseException:
            self.close()
            raise
        self._digest.update(piece)
        return piece

    def _let_out(self) -> None:
        """What is about to leave is counted first, and leaves only under a grant that is open."""
        facts, session = self._made.facts, self._session
        with self._recorder.sessions.lock:
            session.require_open(self._recorder.clock.wall())
            if facts.first is not None and facts.last is not None:
                session.note(facts.first, facts.last)

    def close(self) -> None:
        """Broken off."""
        self._end(Outcome.FAILED, "broken off")

    def _end(self, outcome: Outcome, error: str) -> None:
        with self._recorder.sessions.lock:
            if self._over:
                return
            self._over = True
            self._session.extracts -= 1
            if outcome is Outcome.DONE:
                self._session.segments += 1
        told = {**_told(self._made), "sha256": self._digest.hexdigest(), "error": error}
        _settle(self._recorder, self._intent, self._draft, outcome, told)


def _settle(recorder: Recorder, intent: int, draft: Draft, outcome: Outcome, facts: dict[str, Json]) -> None:
    told = {name: value for name, value in facts.items() if value != ""}
    try:
        recorder.control.ledger.settle(intent, draft, outcome, told)
    except MiharibanError as error:  # the intent stays open, and the next start closes it as unknown
        _log.error("outcome not entered", intent=intent, why=str(error))


def _told(made: Extract) -> dict[str, Json]:
    facts = made.facts
    return {
        "frames": facts.frames,
        "bytes": facts.bytes,
        "first": "" if facts.first is None else moment(facts.first),
        "last": "" if facts.last is None else moment(facts.last),
        "recoded": len(facts.recoded),
        "transcoded": int(facts.transcoded),
        "left_out": facts.left_out,
        "holes": len(facts.holes),
    }


def _draft(session: OpenGrant, tag: Tag, facts: dict[str, Json]) -> Draft:
    """An entry under a grant: its intent names who decided."""
    told = session.draft
    return Draft(tag, {**facts, "accepted": session.intent}, actor=told.actor, basis=told.basis, case=told.case)
