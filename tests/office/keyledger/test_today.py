"""What the page of the day hears of keys and things."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from mihariban.base.clock import HOUR, MINUTE, TurnedClock
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.found.actions.enter_thing import enter_thing
from mihariban.office.found.today import tasks as found_tasks
from mihariban.office.keyledger.actions.bring_back_key import bring_back_key
from mihariban.office.keyledger.actions.count_keys import count_keys
from mihariban.office.keyledger.actions.take_key import take_key
from mihariban.office.keyledger.actions.watch_keys import watch_on_contact
from mihariban.office.keyledger.models import Key, Opening
from mihariban.office.keyledger.today import tasks
from mihariban.office.sites import hooks
from mihariban.office.sites.models import RecorderUnit, SeenEvent


def _told(acting: Acting) -> list[tuple[str, str]]:
    return [(task.title.ja, task.state) for task in tasks(acting, now())]


def test_nothing_is_told_where_there_is_no_key(clerk: Acting) -> None:
    """Nor anything to count."""
    assert _told(clerk) == []


def test_late_missing_and_unexplained_are_alarms(
    key: Key,
    clerk: Acting,
    manager: Acting,
    event: Callable[..., SeenEvent],
    recorder: RecorderUnit,
    office_clock: TurnedClock,
) -> None:
    """Each until it is mended; the manager also hears what waits for a confirmation."""
    assert _told(clerk) == [("鍵の本数の確認", "due")]
    event(now())
    office_clock.turn(20 * MINUTE)
    assert watch_on_contact in hooks.after_contact
    watch_on_contact(recorder, None)
    assert Opening.objects.count() == 1
    use = take_key(key, purpose="check", stamp=key.stamp, acting=clerk)
    office_clock.turn(3 * HOUR)
    count_keys({key.pk: 1}, acting=clerk, remark="別の鍵が掛かっていた")
    assert _told(clerk) == [
        ("鍵「ケース鍵 1」が戻っていない", "alarm"),
        ("鍵「ケース鍵 1」の本数が合わない", "alarm"),
        ("鍵の使用がないのに録画装置が操作された", "alarm"),
        ("鍵の本数の確認", "done"),
    ]
    bring_back_key(use, opened=True, stamp=use.stamp, acting=clerk)
    count_keys({key.pk: 2}, acting=clerk)
    assert ("鍵の使用 1 件の確認", "due") in _told(manager)
    assert [state for _, state in _told(clerk)] == ["alarm", "done"]


def test_a_vendor_hears_nothing(key: Key, clerk: Acting) -> None:
    """Keys are not the vendor's to see."""
    vendor = Acting(clerk.name, frozenset({"vendor"}), clerk.day, clerk.user)
    assert _told(vendor) == [] and list(found_tasks(vendor, now())) == []


def test_things_are_told_of_after_a_week(clerk: Acting) -> None:
    """Not on the seventh day itself."""
    for days, kind in ((8, "card"), (7, "change"), (1, "jam")):
        enter_thing(kind=kind, kiosk=None, found_at=now() - timedelta(days=days), kept_at="金庫", acting=clerk)
    told = list(found_tasks(clerk, now()))
    assert [(task.title.ja, task.state) for task in told] == [("忘れ物・不良紙 1 件が 1 週間を過ぎた", "warning")]
