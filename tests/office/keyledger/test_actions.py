"""Uses, corrections, counts, reminders, openings: what they refuse and what they leave in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from mihariban.base.clock import HOUR, MINUTE, SECOND, TurnedClock
from mihariban.ledger.entry import read_leaf
from mihariban.office.base.acting import Acting, system
from mihariban.office.base.dates import now
from mihariban.office.base.errors import ChangedMeanwhile, NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.base.reasons import ReasonMissing
from mihariban.office.keyledger.actions.bring_back_key import bring_back_key
from mihariban.office.keyledger.actions.confirm_use import confirm_use
from mihariban.office.keyledger.actions.correct_use import correct_use
from mihariban.office.keyledger.actions.count_keys import count_keys
from mihariban.office.keyledger.actions.explain_opening import explain_opening
from mihariban.office.keyledger.actions.register_key import register_key
from mihariban.office.keyledger.actions.set_limit import set_limit
from mihariban.office.keyledger.actions.take_key import take_key
from mihariban.office.keyledger.actions.watch_keys import watch_keys
from mihariban.office.keyledger.board import alarms, hooks, limit_row
from mihariban.office.keyledger.errors import CompanionMissing, CountImpossible, TimesDoNotFit
from mihariban.office.keyledger.models import AROUND, Key, KeyCorrection, KeyCount, KeyUse, Opening
from mihariban.office.keyledger.registers import KeyUses
from mihariban.office.keyledger.seen import seen_during, with_seen
from mihariban.office.sites.models import RecorderUnit, SeenEvent, Site

Someone = Callable[..., Acting]
Event = Callable[..., SeenEvent]


def _tags(last: int) -> list[str]:
    size = ledger().store.size()
    return [read_leaf(leaf)["tag"] for leaf in ledger().store.leaves(size - last, size)]


def test_names_are_in_no_entry(key: Key, clerk: Acting) -> None:
    """Holder, companion, remark: commitments only."""
    take_key(key, purpose="check", stamp=key.stamp, acting=clerk, companion="例 二郎", remark="ランプを見る")
    size = ledger().store.size()
    leaf = ledger().store.leaves(size - 1, size)[0].decode()
    assert not any(text in leaf for text in ("見本", "花子", "例 二郎", "ランプ"))
    assert read_leaf(leaf.encode())["tag"] == "casekey:use:take"


def test_a_key_is_out_only_once(key: Key, clerk: Acting, manager: Acting) -> None:
    """Two clerks with the same page: the second is told; with a fresh page it is refused."""
    stamp, second = key.stamp, Key.objects.get()
    take_key(key, purpose="check", stamp=stamp, acting=clerk)
    with pytest.raises(NotAllowed):
        take_key(second, purpose="fault", stamp=stamp, acting=manager)
    with pytest.raises(NotAllowed):
        take_key(Key.objects.get(), purpose="fault", stamp=Key.objects.get().stamp, acting=manager)
    assert KeyUse.objects.count() == 1


def test_a_stale_page_of_a_key_that_came_back_is_told(key: Key, clerk: Acting, manager: Acting) -> None:
    """Out and in again while the manager's page was open."""
    stamp, other = key.stamp, Key.objects.get()
    use = take_key(key, purpose="check", stamp=stamp, acting=clerk)
    bring_back_key(use, opened=False, stamp=use.stamp, acting=clerk)
    with pytest.raises(ChangedMeanwhile):
        take_key(other, purpose="fault", stamp=stamp, acting=manager)


def test_a_vendor_takes_a_key_in_company_only(key: Key, clerk: Acting, someone: Someone) -> None:
    """Spaces are no companion; the role that is kept is the vendor's."""
    vendor = someone("vendor", name="例 業者").user
    assert vendor is not None and vendor.person is not None
    for companion in ("", "  "):
        with pytest.raises(CompanionMissing):
            take_key(
                key, purpose="maintenance", stamp=key.stamp, acting=clerk, holder=vendor.person, companion=companion
            )
    use = take_key(
        key, purpose="maintenance", stamp=key.stamp, acting=clerk, holder=vendor.person, companion="見本 花子"
    )
    assert (use.role, use.holder, use.entered_by) == ("vendor", vendor.person, clerk.user and clerk.user.person)


def test_another_purpose_is_written_down(key: Key, clerk: Acting) -> None:
    """その他 without a word says nothing."""
    with pytest.raises(ReasonMissing):
        take_key(key, purpose="other", stamp=key.stamp, acting=clerk, remark=" \n")
    assert take_key(key, purpose="other", stamp=key.stamp, acting=clerk, remark="清掃").remark == "清掃"


def test_a_correction_keeps_what_stood_there(key: Key, clerk: Acting, manager: Acting) -> None:
    """With its reason; a confirmed use is to be confirmed anew."""
    use = take_key(key, purpose="check", stamp=key.stamp, acting=clerk)
    bring_back_key(use, opened=True, stamp=use.stamp, acting=clerk)
    confirm_use(use, stamp=use.stamp, acting=manager)
    with pytest.raises(ReasonMissing):
        correct_use(use, field="purpose", value="fault", reason=" ", stamp=use.stamp, acting=manager)
    correct_use(use, field="purpose", value="fault", reason="押し間違い", stamp=use.stamp, acting=manager)
    use.refresh_from_db()
    row = KeyCorrection.objects.get()
    assert (row.before, row.after, use.purpose, use.corrections) == ("点検", "故障への対応", "fault", 1)
    assert use.confirmed_at is None
    assert _tags(1) == ["casekey:use:correct"]


def test_two_clerks_correct_one_use(key: Key, clerk: Acting) -> None:
    """The second sees that it changed."""
    use = take_key(key, purpose="check", stamp=key.stamp, acting=clerk)
    other = KeyUse.objects.get()
    stamp = use.stamp
    correct_use(use, field="remark", value="一", reason="追記", stamp=stamp, acting=clerk)
    with pytest.raises(ChangedMeanwhile):
        correct_use(other, field="remark", value="二", reason="追記", stamp=stamp, acting=clerk)
    assert KeyUse.objects.get().remark == "一"


def test_times_fit_or_are_refused(key: Key, clerk: Acting, office_clock: TurnedClock) -> None:
    """Out after in, in the future, or while the key was out with somebody else; midnight of new year is a time."""
    for _ in range(2):
        use = take_key(Key.objects.get(), purpose="check", stamp=Key.objects.get().stamp, acting=clerk)
        office_clock.turn(HOUR)
        bring_back_key(use, opened=True, stamp=use.stamp, acting=clerk)
        office_clock.turn(HOUR)
    second = KeyUse.objects.latest("pk")
    first = KeyUse.objects.earliest("pk")
    assert first.in_at is not None and second.in_at is not None
    wrong: list[tuple[str, datetime]] = [
        ("out_at", second.in_at + timedelta(minutes=1)),
        ("in_at", now() + timedelta(minutes=1)),
        ("out_at", first.in_at - timedelta(minutes=1)),
    ]
    for field, value in wrong:
        with pytest.raises(TimesDoNotFit):
            correct_use(
                KeyUse.objects.latest("pk"), field=field, value=value, reason="誤記", stamp=second.stamp, acting=clerk
            )
    assert KeyCorrection.objects.count() == 0
    new_year = datetime.fromisoformat("2026-01-01T00:00:00+09:00")
    correct_use(first, field="out_at", value=new_year, reason="誤記", stamp=first.stamp, acting=clerk)
    assert KeyCorrection.objects.get().after == "2026-01-01 00:00"


def test_a_missing_key_is_an_alarm_until_it_is_found(key: Key, clerk: Acting, office_clock: TurnedClock) -> None:
    """What does not fit needs a remark; the last count counts; the first one stays."""
    with pytest.raises(ReasonMissing):
        count_keys({key.pk: 1}, acting=clerk)
    count_keys({key.pk: 1}, acting=clerk, remark="1 本見当たらない")
    assert [hook.missing for hook in alarms().missing] == [1]
    office_clock.turn(MINUTE)
    count_keys({key.pk: 2}, acting=clerk)
    assert not alarms().missing and KeyCount.objects.count() == 2 and alarms().counted_today


def test_a_key_that_is_out_is_expected_nowhere(key: Key, clerk: Acting) -> None:
    """And one that hangs there nevertheless does not fit."""
    take_key(key, purpose="check", stamp=key.stamp, acting=clerk)
    count_keys({key.pk: 0}, acting=clerk)
    assert not alarms().missing
    count_keys({key.pk: 2}, acting=clerk, remark="記入せず戻してあった")
    assert alarms().missing[0].missing == -2


@pytest.mark.parametrize("found", [None, -1, 100])
def test_a_count_that_cannot_be_is_refused(key: Key, clerk: Acting, found: int | None) -> None:
    """A key left out, a number no hook holds."""
    with pytest.raises(CountImpossible):
        count_keys({} if found is None else {key.pk: found}, acting=clerk)
    assert not KeyCount.objects.exists()


def test_counts_belong_to_the_day_in_the_office(key: Key, clerk: Acting, office_clock: TurnedClock) -> None:
    """A minute before and after midnight, and on the leap day."""
    to_midnight = datetime.fromisoformat("2028-02-28T23:59:30+09:00") - now()
    office_clock.turn(int(to_midnight.total_seconds()) * SECOND)
    user = clerk.user
    assert user is not None
    count_keys({key.pk: 2}, acting=Acting.of(user))
    office_clock.turn(MINUTE)
    count_keys({key.pk: 2}, acting=Acting.of(user))
    assert list(KeyCount.objects.order_by("pk").values_list("day", flat=True)) == [date(2028, 2, 28), date(2028, 2, 29)]


def test_a_key_out_too_long_is_reminded_of_once(
    key: Key, clerk: Acting, manager: Acting, office_clock: TurnedClock
) -> None:
    """At the limit it is not yet late; an entry when it is; the alarm ends when it is back."""
    set_limit(30, stamp=limit_row().stamp, acting=manager)
    use = take_key(key, purpose="check", stamp=key.stamp, acting=clerk)
    office_clock.turn(30 * MINUTE)
    assert watch_keys(acting=system()) == 0 and not hooks()[0].overdue
    office_clock.turn(SECOND)
    assert watch_keys(acting=system()) == 1 and hooks()[0].overdue
    assert _tags(1) == ["casekey:use:overdue"]
    assert watch_keys(acting=system()) == 0
    bring_back_key(use, opened=False, stamp=use.stamp, acting=clerk)
    assert not alarms()


def test_what_the_recorder_saw_stands_beside_the_use(
    key: Key, clerk: Acting, event: Event, office_clock: TurnedClock
) -> None:
    """From a quarter of an hour before to one after; the register counts the same."""
    use = take_key(key, purpose="disk", stamp=key.stamp, acting=clerk)
    out = now()
    office_clock.turn(HOUR)
    bring_back_key(use, opened=True, stamp=use.stamp, acting=clerk)
    back = now()
    second = timedelta(seconds=1)
    for at in (out - AROUND - second, out - AROUND, out + second, back + AROUND, back + AROUND + second):
        event(at)
    event(out + second, "camera:noise:else")
    assert [each.at for each in seen_during(use)] == [out - AROUND, out + second, back + AROUND]
    assert [row.seen for row in with_seen(KeyUse.objects.all())] == [3]  # type: ignore[attr-defined]  # annotated
    assert KeyUses().rows(clerk).count() == 1


def test_a_stop_without_a_key_is_an_alarm_to_be_explained(
    key: Key, clerk: Acting, manager: Acting, event: Event, office_clock: TurnedClock
) -> None:
    """Judged a quarter of an hour later; stop and start are one opening; the manager's reason ends it."""
    event(now(), "boot:process:stop")
    office_clock.turn(5 * MINUTE)
    event(now(), "boot:process:start")
    assert watch_keys(acting=system()) == 0, "somebody may still enter the key"
    office_clock.turn(20 * MINUTE)
    assert watch_keys(acting=system()) == 2
    opening = Opening.objects.get()
    assert opening.tags == ["boot:process:stop", "boot:process:start"] and alarms().openings == 1
    assert watch_keys(acting=system()) == 0
    with pytest.raises(ReasonMissing):
        explain_opening(opening, reason=" ", stamp=opening.stamp, acting=manager)
    explain_opening(opening, reason="停電", stamp=opening.stamp, acting=manager)
    assert not alarms() and _tags(1) == ["casekey:opening:explain"]


def test_a_key_around_the_event_explains_it(key: Key, clerk: Acting, event: Event, office_clock: TurnedClock) -> None:
    """15 minutes before it went out is near enough, a second more is not."""
    event(now() - timedelta(seconds=1))
    event(now(), "volume:ring:alter")
    office_clock.turn(15 * MINUTE)
    use = take_key(key, purpose="disk", stamp=key.stamp, acting=clerk)
    office_clock.turn(MINUTE)
    bring_back_key(use, opened=True, stamp=use.stamp, acting=clerk)
    Key.objects.update(since=now() - timedelta(days=1))
    assert watch_keys(acting=system()) == 1
    assert Opening.objects.get().tags == ["boot:process:stop"]


def test_the_key_of_another_recorder_explains_nothing(
    recorder: RecorderUnit, manager: Acting, clerk: Acting, event: Event, office_clock: TurnedClock
) -> None:
    """A recorder whose key is not in the ledger is not judged at all."""
    other = RecorderUnit.objects.create(id="rec2", site=Site.objects.create(id="station"))
    facts = {"opens": "ケース", "hangs": "鍵保管庫", "pieces": 1, "acting": manager}
    mine = register_key(label="一", recorder=recorder, **facts)  # type: ignore[arg-type]  # of these kinds
    take_key(mine, purpose="check", stamp=mine.stamp, acting=clerk)
    event(now(), on=other)
    office_clock.turn(HOUR)
    assert watch_keys(acting=system()) == 0
    register_key(label="二", recorder=other, **facts)  # type: ignore[arg-type]  # the same
    event(now(), on=other)
    event(now(), on=recorder)
    office_clock.turn(HOUR)
    assert watch_keys(acting=system()) == 1
    assert Opening.objects.get().recorder == other


def test_a_recorder_whose_clock_runs_ahead_is_judged_all_the_same(
    key: Key, event: Event, office_clock: TurnedClock
) -> None:
    """An event of tomorrow waits for nobody."""
    event(now() + timedelta(days=1))
    assert watch_keys(acting=system()) == 1
