"""At its deadline footage is gone through every door, within a minute and not before, and the book says so."""

from __future__ import annotations

import json

import pytest

from mihariban.base.clock import DAY, HOUR, MINUTE, SECOND
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.ledger.tags import Tag
from mihariban.recorder.actions import serve_footage
from mihariban.recorder.actions.place_hold import place_hold
from mihariban.recorder.contract.orders import HoldOrder
from mihariban.recorder.errors import NothingToHold
from mihariban.recorder.keeping.expire import expire
from mihariban.volume import ClipInfo, ClipKind, ClipRefused, ClipUnknown
from tests.support.office import OPENING, PERIOD, OfficeSite, after


def _clips(site: OfficeSite) -> list[ClipInfo]:
    return site.recorder.volume.clips(kind=ClipKind.VISIT)


def _everything(site: OfficeSite) -> list[ClipInfo]:
    """The remembered empty scene too."""
    return site.recorder.volume.clips()


def _last_moment(site: OfficeSite) -> int:
    """The instant from which nothing of the room may be read."""
    return max(clip.deadline for clip in _clips(site))


def test_nothing_is_erased_before_its_time(site: OfficeSite) -> None:
    """Not a nanosecond: the whole period is a minimum too."""
    first = min(clip.deadline for clip in _clips(site))
    site.clock.turn_to(first - 1)
    site.recorder.keeper.all_now(site.clock.wall())
    assert len(_clips(site)) == 2
    assert len(list(site.recorder.volume.read(_clips(site)[0].clip))) > 10
    assert [row for row in site.recorder.control.erasures() if row.visit != bytes(16)] == []


def test_at_the_deadline_nothing_can_be_read_any_more(site: OfficeSite) -> None:
    """From the very instant, before anything was destroyed."""
    clip = _clips(site)[0]
    site.clock.turn_to(clip.deadline)
    with pytest.raises(ClipRefused):
        list(site.recorder.volume.read(clip.clip))


def test_within_a_minute_the_key_is_gone(site: OfficeSite) -> None:
    """By the recorder's own second hand, whatever the phase of its duties."""
    site.recorder.tick()
    clip = _clips(site)[0]
    site.clock.turn_to(clip.deadline - 7 * SECOND)
    site.recorder.tick()
    assert _clips(site)[0].clip == clip.clip
    for _ in range(66):
        site.clock.turn(SECOND)
        site.recorder.tick()
    with pytest.raises(ClipUnknown):
        site.recorder.volume.clip(clip.clip)
    (row,) = [row for row in site.recorder.control.erasures() if row.clip == clip.clip]
    assert 0 <= row.destroyed - clip.deadline <= MINUTE


def test_an_erasure_is_entered_with_lag_level_and_read_back(site: OfficeSite) -> None:
    """Intent before, outcome after; which clips, as a commitment that can be forgotten."""
    clips = _everything(site)
    site.clock.turn_to(_last_moment(site) + 30 * SECOND)
    wall = site.clock.wall()
    assert expire(site.recorder, wall) == len(clips) == 3
    intent, done = site.entries(Tag.CLIP_KEY_DESTROY)
    assert (intent["outcome"], done["outcome"]) == ("intent", "done")
    facts = done["object"]
    assert facts["count"] == facts["read_back"] == 3
    assert facts["level"] == "E0"
    assert facts["lag_ms"] == (wall - min(clip.deadline for clip in clips)) // 1_000_000
    assert facts["seconds"] == sum(clip.duration for clip in clips) // SECOND
    assert facts["bytes"] == sum(clip.stored for clip in clips)
    assert done["basis"] == "saga-kiosk-2016:1"
    told = site.recorder.control.store.text(bytes.fromhex(facts["list.cam1.2026-11-24"]))
    assert told is not None
    assert len(json.loads(told.text)) == 3


def test_visits_are_erased_with_their_last_clip(site: OfficeSite) -> None:
    """One after the other, each at its own time."""
    first, second = sorted(_clips(site), key=lambda clip: clip.deadline)
    site.clock.turn_to(first.deadline)
    expire(site.recorder, site.clock.wall())
    assert [row.erased is not None for row in site.visits] == [True, False]
    assert [state.state for state in site.door.visits()] == ["erased", "kept"]
    site.clock.turn_to(second.deadline)
    expire(site.recorder, site.clock.wall())
    assert [row.erased for row in site.visits] == [first.deadline, second.deadline]


def test_a_visit_is_not_erased_while_a_copy_of_it_is_held(site: OfficeSite) -> None:
    """The hold keeps three seconds of the first visit; all else of it goes."""
    site.clock.turn_to(OPENING + 100 * SECOND)
    site.hold(10, 13)
    copies = site.recorder.volume.clips(kind=ClipKind.COPY)
    assert copies
    site.clock.turn_to(_last_moment(site) + SECOND)
    expire(site.recorder, site.clock.wall())
    assert [row.erased is not None for row in site.visits] == [False, True]
    assert [clip.clip for clip in site.recorder.volume.clips() if clip.visit == site.visits[0].id] == [
        clip.clip for clip in copies
    ]
    assert site.door.visits()[0].state == "held"


def test_expired_but_not_overwritten_can_be_asked_for(site: OfficeSite) -> None:
    """Their keys are gone, their bytes are still there."""
    clips = _everything(site)
    assert site.recorder.control.erasures(waiting_only=True) == []
    site.clock.turn_to(_last_moment(site))
    expire(site.recorder, site.clock.wall())
    waiting = site.recorder.control.erasures(waiting_only=True)
    assert {row.clip for row in waiting} == {clip.clip for clip in clips}
    assert {(row.region, row.cause, row.level, row.read_back) for row in waiting} == {
        (clip.region, "deadline", "E0", True) for clip in clips
    }


def test_erasing_does_not_wait_for_the_book(site: OfficeSite) -> None:
    """It is due by the rule. The entry is owed, says that it is late, and is made when the book can be written."""
    site.clock.turn_to(_last_moment(site))
    wall = site.clock.wall()
    with site.unwritable():
        with pytest.raises(LedgerUnwritable):
            site.recorder.control.remember("x", {})
        site.recorder.tick()
        assert _clips(site) == []
        assert site.recorder.owed.waiting > 0
        assert site.entries(Tag.CLIP_KEY_DESTROY) == []
    site.clock.turn(2 * HOUR)
    site.recorder.tick()
    assert site.recorder.owed.waiting == 0
    (entry,) = site.entries(Tag.CLIP_KEY_DESTROY)
    assert entry["outcome"] == "done"
    assert entry["object"]["late"] == 1
    assert entry["object"]["count"] == entry["object"]["read_back"] == 3
    assert {row.destroyed for row in site.recorder.control.erasures()} == {wall}
    assert all(row.erased == wall for row in site.visits)


def test_many_clips_go_in_portions(site: OfficeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each portion has its own entry; none is forgotten."""
    monkeypatch.setattr("mihariban.recorder.keeping.expire.PORTION", 1)
    site.clock.turn_to(_last_moment(site))
    assert expire(site.recorder, site.clock.wall()) == 3
    assert [entry["object"]["count"] for entry in site.entries(Tag.CLIP_KEY_DESTROY)] == [1] * 6


def test_a_hold_that_comes_too_late_keeps_nothing(site: OfficeSite) -> None:
    """Decided before the deadline, placed after it."""
    site.clock.turn_to(_last_moment(site) - MINUTE)
    order = site.order_hold(8, 50)
    decision = site.decided(HoldOrder, order)
    site.clock.turn_to(_last_moment(site))
    with pytest.raises(NothingToHold):
        place_hold(site.recorder, decision)
    assert site.recorder.control.holds() == []
    expire(site.recorder, site.clock.wall())
    assert _clips(site) == []


def test_an_open_grant_shows_nothing_past_the_deadline(site: OfficeSite) -> None:
    """The playlist was fetched in time; the segment is asked for a moment too late."""
    clip = _clips(site)[0]
    site.clock.turn_to(clip.deadline - SECOND)
    session = site.open_grant(site.grant(8, 22))
    names = [line for line in serve_footage.playlist(site.recorder, session).splitlines() if line.startswith("seg-")]
    assert serve_footage.segment(site.recorder, session, names[0])
    site.clock.turn_to(clip.deadline)
    with pytest.raises((ClipRefused, ClipUnknown)):
        serve_footage.segment(site.recorder, session, names[1])
    expire(site.recorder, site.clock.wall())
    with pytest.raises((ClipRefused, ClipUnknown)):
        serve_footage.segment(site.recorder, session, names[1])
    assert len(site.entries(Tag.FOOTAGE_SECONDS_SERVE)) == 1


@pytest.mark.parametrize("destroyed", [False, True])
def test_an_extract_under_way_breaks_off_at_the_deadline(site: OfficeSite, destroyed: bool) -> None:
    """What has left has left and is entered; not a byte more leaves."""
    clip = _clips(site)[0]
    site.clock.turn_to(clip.deadline - SECOND)
    session = site.open_grant(site.grant(8, 22, purpose="extract"))
    pieces = serve_footage.extract(site.recorder, session, exact=False)
    assert next(pieces)
    assert next(pieces)
    site.clock.turn_to(clip.deadline)
    if destroyed:
        expire(site.recorder, site.clock.wall())
    with pytest.raises((ClipRefused, ClipUnknown)):
        list(pieces)
    assert site.outcomes(Tag.FOOTAGE_EXTRACT_MAKE) == ["intent", "failed"]
    facts = site.entries(Tag.FOOTAGE_EXTRACT_MAKE)[-1]["object"]
    assert facts["frames"] > 0
    assert facts["error"] in (ClipRefused.code, ClipUnknown.code)


def test_only_what_a_hold_keeps_outlives_the_deadline(site: OfficeSite) -> None:
    """Exactly the span of the hold, days later."""
    row = site.hold(5, 30)
    site.clock.turn_to(OPENING + PERIOD + 10 * DAY)
    expire(site.recorder, site.clock.wall())
    held = [clip for clip in site.recorder.volume.clips() if clip.kind is not ClipKind.MANIFEST]
    assert all(clip.held for clip in held)
    assert sum(clip.duration for clip in held) == row.kept_ns
    assert min(clip.start for clip in held) >= after(5)
    assert max(clip.end for clip in held) <= after(30)
