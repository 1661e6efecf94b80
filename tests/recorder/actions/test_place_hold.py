"""Holds: exactly what was ordered, or a refusal that says why; whatever is lost afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from mihariban.base.clock import DAY, SECOND, iso
from mihariban.base.ids import id_bytes, id_text
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.ledger.tags import Tag
from mihariban.recorder.actions.place_hold import place_hold
from mihariban.recorder.contract.errors import GrantReplayed
from mihariban.recorder.contract.orders import HoldOrder
from mihariban.recorder.control import Control
from mihariban.recorder.errors import HoldNotAllowed, NothingToHold, ReviewTooLate
from mihariban.recorder.keeping.expire import expire
from mihariban.recorder.keeping.overwrite import note_regions
from mihariban.volume import ClipKind
from mihariban.volume.errors import HoldShareFull
from mihariban.volume.holding import holds
from tests.support.office import OPENING, OTHER, PERIOD, OfficeSite, after, without_extension
from tests.support.sites import JAPAN

LONG_AFTER = OPENING + PERIOD + DAY


def _shown(site: OfficeSite, *, low: int, high: int) -> set[int]:
    """Moments of the pictures that can be read in [low, high)."""
    found = set()
    for clip in site.recorder.volume.clips():
        if clip.kind not in (ClipKind.VISIT, ClipKind.COPY):
            continue
        for chunk in site.recorder.volume.read(clip.clip):
            for sample in chunk.samples:
                wall = chunk.wall + (sample.pts - chunk.samples[0].pts) * SECOND // _ticks(chunk.config)
                if not sample.lead_in and low <= wall < high:
                    found.add(wall)
    return found


_TICKS: dict[str, int] = {}


def _ticks(config: object) -> int:
    if config is not None:
        _TICKS["last"] = config.time_base[1] // config.time_base[0]  # type: ignore[attr-defined]  # a CodecConfig
    return _TICKS["last"]


def test_exactly_the_ordered_span_outlives_the_deadline(site: OfficeSite) -> None:
    """From the first picture at or after its beginning to the last before its end."""
    wanted = _shown(site, low=after(10), high=after(35.5))
    assert len(wanted) > 50
    row = site.hold(10, 35.5)
    site.clock.turn_to(LONG_AFTER)
    expire(site.recorder, site.clock.wall())
    assert _shown(site, low=0, high=1 << 62) == wanted
    assert row.kept_ns == sum(each.seconds for each in holds(site.recorder.volume)) * SECOND


def test_a_hold_is_entered_before_and_after(site: OfficeSite) -> None:
    """Who decided, why, on which paper; what it keeps. No name stands in the entry itself."""
    row = site.hold(10, 18)
    intent, done = site.entries(Tag.HOLD_FOOTAGE_PLACE)
    assert (intent["outcome"], done["outcome"]) == ("intent", "done")
    assert done["intent"] == intent["_seq"]
    facts = done["object"]
    assert facts["hold"] == id_text(row.id)
    assert facts["camera"] == "cam1"
    assert facts["bytes"] == row.bytes > 0
    assert facts["seconds"] == row.kept_ns // SECOND == 8
    assert facts["copied"] == 1
    assert (done["basis"], done["case"], done["actor"]["role"]) == ("第8条", "市窓 7", "manager")
    store = site.recorder.control.store
    name, reason = (store.text(bytes.fromhex(each)) for each in (done["actor"]["who"], done["note"]))
    assert (name and name.text, reason and reason.text) == ("見本 太郎", "照会書のため")
    assert "見本" not in str(done)


def test_holds_are_shown(site: OfficeSite) -> None:
    """Number, seconds and bytes in the status; reason and review in the list."""
    row = site.hold(10, 18)
    status = site.door.status().holds
    assert (status.count, status.bytes) == (1, row.bytes)
    assert status.seconds == pytest.approx(row.kept_ns / SECOND)
    (held,) = site.door.holds()
    assert (held.basis, held.request, held.released) == ("第8条", "市窓 7", None)
    assert site.door.visits()[0].held_until == iso(row.review or 0, JAPAN)


def test_several_holds_on_one_clip_are_counted(site: OfficeSite) -> None:
    """Each ends alone; the footage goes with the last."""
    first, second = site.hold(5, 24), site.hold(5, 24, decided=OTHER)
    clip = site.recorder.volume.clips(kind=ClipKind.VISIT)[0]
    assert clip.holds == 2
    site.clock.turn_to(LONG_AFTER)
    expire(site.recorder, site.clock.wall())
    site.release(id_text(first.id))
    expire(site.recorder, site.clock.wall())
    assert list(site.recorder.volume.read(clip.clip))
    site.release(id_text(second.id))
    expire(site.recorder, site.clock.wall())
    assert [each for each in site.recorder.volume.clips() if each.visit == clip.visit] == []


def test_the_same_order_is_carried_out_once(site: OfficeSite) -> None:
    """Told again it is answered; its id for another decision is refused."""
    order = site.order_hold(10, 18)
    row = place_hold(site.recorder, site.decided(HoldOrder, order))
    assert place_hold(site.recorder, site.decided(HoldOrder, order)) == row
    assert len(site.entries(Tag.HOLD_FOOTAGE_PLACE)) == 2
    other = site.decided(HoldOrder, site.order_hold(10, 19))
    forged = type(other)(
        other.order.model_copy(update={"id": order}), other.digest, other.entry, other.origin, other.text
    )
    with pytest.raises(GrantReplayed):
        place_hold(site.recorder, forged)
    assert len(site.recorder.control.holds()) == 1


def test_a_full_share_refuses_with_figures(site: OfficeSite) -> None:
    """Entered as failed; nothing is changed, and recording goes on."""
    site.hold(10, 18)
    before = [(clip.clip, clip.holds) for clip in site.recorder.volume.clips()]
    with pytest.raises(HoldShareFull) as refused:
        site.hold(5, 50)
    assert refused.value.facts["share"] == 2
    assert refused.value.facts["used"] == 1
    needed = refused.value.facts["needed"]
    assert isinstance(needed, int)
    assert needed >= 2
    failed = site.entries(Tag.HOLD_FOOTAGE_PLACE)[-1]
    assert failed["outcome"] == "failed"
    assert failed["object"]["error"] == HoldShareFull.code
    assert (failed["object"]["share"], failed["object"]["needed"]) == (2, needed)
    assert [(clip.clip, clip.holds) for clip in site.recorder.volume.clips()] == before
    assert len(site.recorder.control.holds()) == 1
    site.lap(20)
    assert len(site.recorder.volume.clips(since=site.clock.wall())) >= 10


def test_what_the_rule_does_not_know_is_refused(sites: Callable[..., OfficeSite]) -> None:
    """No extension in the rule, no hold; the refusal names the rule."""
    site = sites(policy=without_extension)
    with pytest.raises(HoldNotAllowed, match="saga-kiosk-2016"):
        site.hold(10, 18)
    assert site.recorder.control.holds() == []
    assert holds(site.recorder.volume) == []


def test_a_review_beyond_the_rules_days_is_refused(site: OfficeSite) -> None:
    """Ninety days here."""
    with pytest.raises(ReviewTooLate, match="90"):
        site.hold(10, 18, review=site.clock.wall() + 92 * DAY)
    assert site.hold(10, 18, review=site.clock.wall() + 90 * DAY)


def test_nothing_to_hold_is_said(site: OfficeSite) -> None:
    """Between the visitors nobody was filmed."""
    with pytest.raises(NothingToHold, match="cam1"):
        site.hold(24, 26)
    assert site.outcomes(Tag.HOLD_FOOTAGE_PLACE) == ["intent", "failed"]


def test_without_an_entry_nothing_is_held(site: OfficeSite) -> None:
    """The intent cannot be written: not a byte of the ring changes."""
    decision = site.decided(HoldOrder, site.order_hold(10, 18))
    with site.unwritable(), pytest.raises(LedgerUnwritable):
        place_hold(site.recorder, decision)
    assert holds(site.recorder.volume) == []
    assert place_hold(site.recorder, decision).kept_ns > 0


def test_a_hold_outlives_a_restart(site: OfficeSite) -> None:
    """Book and ring still say the same."""
    row = site.hold(10, 18)
    site.restart()
    assert site.recorder.control.holds() == [row]
    assert len(site.entries(Tag.HOLD_FOOTAGE_PLACE)) == 2


def test_a_hold_outlives_a_full_ring(site: OfficeSite) -> None:
    """Everything else was overwritten, lap after lap."""
    site.hold(10, 18)
    wanted = _shown(site, low=after(10), high=after(18))
    site.lap(40)
    note_regions(site.recorder, site.clock.wall())
    assert site.entries(Tag.VISIT_FOOTAGE_LOSE)
    assert [row.erased is None for row in site.visits] == [True, False]
    assert _shown(site, low=OPENING, high=OPENING + 60 * SECOND) == wanted


def test_a_hold_outlives_a_lost_book(site: OfficeSite) -> None:
    """control.db is gone and made anew: hold and visits come back out of the ring, with why, article and who."""
    row = site.hold(10, 18)
    was = site.visits
    _lose_the_book(site)
    (told,) = site.recorder.control.holds()
    assert (told.id, told.camera, told.from_wall, told.to_wall) == (row.id, row.camera, row.from_wall, row.to_wall)
    assert (told.review, told.kept_ns, told.bytes, told.released) == (row.review, row.kept_ns, row.bytes, None)
    assert (told.document["basis"], told.document["request"]) == ("第8条", "市窓 7")
    assert told.document["reason"]["text"] == "照会書のため"
    assert told.document["decided_by"]["name"]["text"] == "見本 太郎"
    assert [(v.id, v.started, v.recorded_to) for v in site.visits] == [(v.id, v.started, v.recorded_to) for v in was]
    (entry,) = site.entries(Tag.HOLD_FOOTAGE_PLACE)
    assert entry["object"]["recovered"] == 1
    site.clock.turn_to(LONG_AFTER)
    expire(site.recorder, site.clock.wall())
    assert site.release(id_text(row.id)).released == LONG_AFTER


def test_the_order_of_a_recovered_hold_is_known_again(site: OfficeSite) -> None:
    """The office, which heard no answer, tells it again: it is answered for, not placed twice nor refused."""
    order = site.order_hold(10, 18)
    row = place_hold(site.recorder, site.decided(HoldOrder, order))
    _lose_the_book(site)
    again = place_hold(site.recorder, site.decided(HoldOrder, order))
    assert (again.id, again.kept_ns) == (row.id, row.kept_ns)
    assert len(holds(site.recorder.volume)) == 1
    other = site.decided(HoldOrder, site.order_hold(30, 40))
    core = {**other.order.core(), "id": order}
    with pytest.raises(GrantReplayed):
        place_hold(
            site.recorder,
            type(other)(HoldOrder.model_validate(core), b"x" * 32, other.entry, other.origin, None),
        )


def test_a_hold_cut_off_before_its_outcome_is_found_in_the_ring(
    site: OfficeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Power fails between the ring and the book: the next start closes the intent as unknown and enters the hold."""
    order = site.order_hold(10, 18)
    decision = site.decided(HoldOrder, order)

    def power(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mihariban.recorder.actions.place_hold._enter", power)
    with pytest.raises(KeyboardInterrupt):
        place_hold(site.recorder, decision)
    monkeypatch.undo()
    site.crash()
    site.start()
    (row,) = site.recorder.control.holds()
    assert row.id == id_bytes(order)
    assert site.outcomes(Tag.HOLD_FOOTAGE_PLACE) == ["intent", "unknown", "done"]
    assert place_hold(site.recorder, site.decided(HoldOrder, order)).id == row.id


def _lose_the_book(site: OfficeSite) -> None:
    """control.db with its ledger is gone; the keys, kept beside it, are put under a new one."""
    site.stop()
    for name in ("control.db", "control.db-wal", "control.db-shm", "ledger.key", "cosign.key"):
        (site.folder.recorder / name).unlink(missing_ok=True)
    shutil.rmtree(site.folder.ledger)
    site.checkpoints.clear()
    Control.create(
        site.folder.control, site="test", recorder="test-r1", wall=site.clock.wall(), clock=site.clock
    ).close()
    site.start()
