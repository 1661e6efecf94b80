"""Orders on their way: a real recorder obeys, is away, comes back, has no keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from mihariban.base.clock import MINUTE, TurnedClock
from mihariban.ledger.entry import read_leaf
from mihariban.office.base.acting import Acting
from mihariban.office.base.ledger import ledger
from mihariban.office.days.actions.put_change import put_change
from mihariban.office.days.actions.withdraw_change import withdraw_change
from mihariban.office.days.hours import hours_on
from mihariban.office.days.models import Delivery
from mihariban.office.days.outbox import deliver_waiting
from mihariban.office.exchange import exchange
from mihariban.office.sites import hooks
from mihariban.office.sites.call import office_for
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.contract.errors import RecorderUnavailable
from tests.office.days.changes import closure
from tests.office.days.recorders import known_recorder

Someone = Callable[..., Acting]


def _tags() -> list[str]:
    store = ledger().store
    return [read_leaf(leaf)["tag"] for leaf in store.leaves(0, store.size())]


def test_a_decision_is_entered_signed_and_obeyed(
    someone: Someone, office: Path, office_clock: TurnedClock, tmp_path: Path
) -> None:
    """The recorder's calendar has the closure in the same second; its withdrawal too."""
    acting = someone("manager")
    known = known_recorder(tmp_path / "site", office, office_clock)
    with known.answering() as recorder:
        change = put_change(closure(date(2026, 11, 24)), acting=acting)
        assert [text for text in recorder.control.calendar() if change.id in text]
        assert Delivery.objects.get().delivered_at is not None
        withdraw_change(change, acting=acting, reason="点検がなくなった", stamp=change.stamp)
        assert not recorder.control.calendar()
        with RecorderClient(Path(known.unit.socket)) as client:
            exchange(office_for(known.unit), client)
    assert _tags()[:4] == [
        "calendar:change:approve",
        "calendar:entry:put",
        "calendar:change:withdraw",
        "calendar:entry:withdraw",
    ]
    assert hours_on(date(2026, 11, 24)).open


def test_an_absent_recorder_gets_it_all_in_order_when_it_is_back(
    someone: Someone, office: Path, office_clock: TurnedClock, tmp_path: Path
) -> None:
    """The decision stands meanwhile."""
    acting = someone("manager")
    known = known_recorder(tmp_path / "site", office, office_clock)
    first = put_change(closure(date(2026, 11, 24)), acting=acting)
    second = put_change(closure(date(2026, 11, 25)), acting=acting)
    withdraw_change(first, acting=acting, reason="やめた", stamp=first.stamp)
    assert not hours_on(date(2026, 11, 25)).open
    waiting = list(Delivery.objects.filter(delivered_at=None).order_by("pk"))
    assert [each.withdraws for each in waiting] == [False, False, True]
    assert waiting[0].failure == RecorderUnavailable.code and all(each.order for each in waiting)
    assert deliver_waiting() == 0
    office_clock.turn(10 * MINUTE)
    with known.answering() as recorder:
        assert deliver_waiting() == 3
        assert deliver_waiting() == 0
        held = "".join(recorder.control.calendar())
        assert second.id in held and first.id not in held
    delivered = [each.delivered_at for each in Delivery.objects.order_by("pk")]
    assert all(delivered) and all(each.failure == "" for each in Delivery.objects.all())


def test_a_lost_answer_is_no_second_order(
    someone: Someone, office: Path, office_clock: TurnedClock, tmp_path: Path
) -> None:
    """The same decision sent again is answered and not done again."""
    acting = someone("manager")
    known = known_recorder(tmp_path / "site", office, office_clock)
    with known.answering() as recorder:
        put_change(closure(date(2026, 11, 24)), acting=acting)
        Delivery.objects.update(delivered_at=None)
        size = recorder.control.store.size()
        assert deliver_waiting() == 1
        assert recorder.control.store.size() == size


def test_a_push_that_is_too_old_is_given_up_and_said(
    someone: Someone, office: Path, office_clock: TurnedClock, tmp_path: Path
) -> None:
    """What comes after it goes on."""
    acting = someone("manager")
    known = known_recorder(tmp_path / "site", office, office_clock)
    put_change(closure(date(2026, 11, 24)), acting=acting, deliver=False)
    with known.answering():
        old = Delivery.objects.get()
        Delivery.objects.filter(pk=old.pk).update(delivered_at=old.waiting_since)
        put_change(closure(date(2026, 11, 25)), acting=acting)
        Delivery.objects.filter(pk=old.pk).update(delivered_at=None)  # as if it had been overtaken
        assert deliver_waiting() == 0
        old.refresh_from_db()
        assert old.given_up and old.failure
        put_change(closure(date(2026, 11, 26)), acting=acting)
    assert Delivery.objects.filter(delivered_at=None).count() == 1


def test_without_keys_the_decision_stands_and_waits(
    someone: Someone, office: Path, office_clock: TurnedClock, tmp_path: Path
) -> None:
    """It is said why."""
    acting = someone("manager")
    known_recorder(tmp_path / "site", office, office_clock, keys=False)
    put_change(closure(date(2026, 11, 24)), acting=acting)
    waiting = Delivery.objects.get()
    assert (waiting.order, waiting.delivered_at) == ("", None) and waiting.failure
    assert not hours_on(date(2026, 11, 24)).open


def test_the_listener_delivers_what_waits(
    someone: Someone, office: Path, office_clock: TurnedClock, tmp_path: Path
) -> None:
    """Whenever it has reached a recorder; a recorder that can no longer be called is left waiting."""
    acting = someone("manager")
    known = known_recorder(tmp_path / "site", office, office_clock)
    put_change(closure(date(2026, 11, 24)), acting=acting)
    with known.answering(), RecorderClient(Path(known.unit.socket)) as client:
        for call in hooks.after_contact:
            call(known.unit, client)
    assert Delivery.objects.get().delivered_at is not None
    known.unit.socket = ""
    known.unit.save()
    put_change(closure(date(2026, 11, 25)), acting=acting)
    assert Delivery.objects.filter(delivered_at=None).count() == 1
