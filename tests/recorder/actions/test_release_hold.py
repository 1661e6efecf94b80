"""A hold ends by decision; what it alone kept goes, at once or with the next expiry, and is entered."""

from __future__ import annotations

import pytest

from mihariban.base.clock import DAY, SECOND
from mihariban.base.ids import id_text
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.ledger.tags import Tag
from mihariban.recorder.actions.release_hold import release_hold
from mihariban.recorder.contract.errors import GrantReplayed, NoSuchThing
from mihariban.recorder.contract.orders import ReleaseOrder
from mihariban.recorder.keeping.expire import expire
from mihariban.recorder.keeping.shrink import shrink_visits
from mihariban.volume import ClipKind
from mihariban.volume.holding import holds
from tests.support.office import DECIDED, OPENING, PERIOD, OfficeSite

LONG_AFTER = OPENING + PERIOD + DAY


def test_a_release_before_the_deadline_leaves_the_footage(site: OfficeSite) -> None:
    """It is kept as long as everything else, and no longer."""
    row = site.hold(5, 24)
    released = site.release(id_text(row.id))
    assert released.released == site.clock.wall()
    assert released.document == {}  # why and who stays in the ledger's commitments alone
    assert holds(site.recorder.volume) == []
    clips = site.recorder.volume.clips(kind=ClipKind.VISIT)
    assert len(clips) == 2
    assert not any(clip.held for clip in clips)
    site.clock.turn_to(LONG_AFTER)
    expire(site.recorder, site.clock.wall())
    assert site.recorder.volume.clips() == []


def test_copies_go_with_their_hold(site: OfficeSite) -> None:
    """Destroyed, read back, entered; the visit is erased now, and its record can shrink."""
    row = site.hold(10, 18)
    site.clock.turn_to(LONG_AFTER)
    expire(site.recorder, site.clock.wall())
    (copy,) = site.recorder.volume.clips(kind=ClipKind.COPY)
    assert site.visits[0].erased is None
    site.release(id_text(row.id))
    assert site.recorder.volume.clips() == []
    done = site.entries(Tag.HOLD_FOOTAGE_RELEASE)[-1]
    assert done["outcome"] == "done"
    assert (done["object"]["destroyed"], done["object"]["read_back"], done["object"]["level"]) == (1, 1, "E0")
    (erased,) = [each for each in site.recorder.control.erasures(waiting_only=True) if each.clip == copy.clip]
    assert (erased.cause, erased.read_back, erased.region) == ("release", True, copy.region)
    assert site.visits[0].erased == LONG_AFTER
    site.clock.turn(31 * DAY)
    assert shrink_visits(site.recorder, site.clock.wall()) == 2
    assert site.visits == []


def test_a_release_is_carried_out_once(site: OfficeSite) -> None:
    """The same order is answered; a second decision finds it released."""
    row = site.hold(10, 18)
    order = site.office.release_hold(DECIDED, id_text(row.id))
    first = release_hold(site.recorder, site.decided(ReleaseOrder, order))
    site.clock.turn(SECOND)
    assert release_hold(site.recorder, site.decided(ReleaseOrder, order)) == first
    assert site.release(id_text(row.id)).released == first.released
    assert len(site.entries(Tag.HOLD_FOOTAGE_RELEASE)) == 2


def test_an_id_serves_one_decision(site: OfficeSite) -> None:
    """The id of a release, used for another hold."""
    one, two = site.hold(10, 12), site.hold(14, 16)
    order = site.office.release_hold(DECIDED, id_text(one.id))
    release_hold(site.recorder, site.decided(ReleaseOrder, order))
    other = site.decided(ReleaseOrder, site.office.release_hold(DECIDED, id_text(two.id)))
    core = {**other.order.core(), "id": order}
    forged = type(other)(ReleaseOrder.model_validate(core), other.digest, other.entry, other.origin, None)
    with pytest.raises(GrantReplayed):
        release_hold(site.recorder, forged)
    assert [hold.id for hold in site.recorder.control.holds(kept_only=True)] == [two.id]


def test_a_hold_that_never_was_cannot_be_released(site: OfficeSite) -> None:
    """Said with its id; nothing is entered as done."""
    never = id_text(bytes(16))
    with pytest.raises(NoSuchThing, match=never):
        site.release(never)
    assert site.entries(Tag.HOLD_FOOTAGE_RELEASE) == []


def test_without_an_entry_nothing_is_released(site: OfficeSite) -> None:
    """The footage stays held until the book can be written."""
    row = site.hold(10, 18)
    decision = site.decided(ReleaseOrder, site.office.release_hold(DECIDED, id_text(row.id)))
    with site.unwritable(), pytest.raises(LedgerUnwritable):
        release_hold(site.recorder, decision)
    assert len(holds(site.recorder.volume)) == 1
    assert release_hold(site.recorder, decision).released is not None
    assert holds(site.recorder.volume) == []


def test_a_release_that_the_ring_refuses_is_entered_as_failed(site: OfficeSite) -> None:
    """The ring knows no such hold any more: said, and the row stays as it is."""
    from mihariban.volume.errors import HoldUnknown
    from mihariban.volume.holding import let_go

    row = site.hold(10, 18)
    let_go(site.recorder.volume, row.id)
    with pytest.raises(HoldUnknown):
        site.release(id_text(row.id))
    assert site.outcomes(Tag.HOLD_FOOTAGE_RELEASE) == ["intent", "failed"]
    assert site.recorder.control.hold(row.id).released is None  # type: ignore[union-attr]  # it is there
