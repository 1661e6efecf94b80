"""Things: numbered, gone once, destroyed before others, forgotten in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from mihariban.base.clock import HOUR, TurnedClock
from mihariban.ledger.entry import read_leaf
from mihariban.office.base.acting import Acting, system
from mihariban.office.base.dates import now
from mihariban.office.base.errors import ChangedMeanwhile, NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.base.reasons import ReasonMissing
from mihariban.office.found.actions.correct_thing import correct_thing
from mihariban.office.found.actions.destroy_thing import destroy_thing
from mihariban.office.found.actions.enter_thing import fiscal_year
from mihariban.office.found.actions.forget_texts import forget_texts
from mihariban.office.found.actions.return_thing import return_thing
from mihariban.office.found.actions.set_span import set_span
from mihariban.office.found.errors import FoundInFuture, IndividualNumberRefused, WitnessNotAnother
from mihariban.office.found.models import Thing, ThingCorrection
from mihariban.office.found.shelf import setting
from mihariban.office.people.models import Person
from tests.office.found.conftest import member

Enter = Callable[..., Thing]


def test_numbers_run_through_the_fiscal_year(enter: Enter) -> None:
    """The year begins on 1 April."""
    assert [enter().number, enter("card").number] == ["2026-001", "2026-002"]
    days = {date(2027, 3, 31): 2026, date(2027, 4, 1): 2027, date(2028, 2, 29): 2027, date(2027, 12, 31): 2027}
    assert {day: fiscal_year(day) for day in days} == days


def test_texts_are_in_no_entry(enter: Enter) -> None:
    """Only kind, number and pieces; the rest as commitments that can be erased."""
    thing = enter(what="住民票の写し", remark="受付横")
    size = ledger().store.size()
    leaf = ledger().store.leaves(size - 1, size)[0].decode()
    assert not any(word in leaf for word in ("住民票", "受付横", "金庫", "花子"))
    facts = read_leaf(leaf.encode())["object"]
    assert (facts["number"], facts["kind"], facts["pieces"]) == ("2026-001", "certificate", 1)
    assert len(thing.commitments) == 3


def test_found_tomorrow_is_refused(enter: Enter) -> None:
    """A minute ahead is the future."""
    with pytest.raises(FoundInFuture):
        enter(found_at=now() + timedelta(minutes=1))
    assert not Thing.objects.exists()


@pytest.mark.parametrize("field", ["what", "kept_at", "remark"])
def test_no_text_takes_an_individual_number(enter: Enter, field: str) -> None:
    """Nothing is stored, neither row nor text beside the ledger."""
    before = ledger().store.size()
    with pytest.raises(IndividualNumberRefused):
        enter(**{field: "1234 5678 9018", "sure": True})
    assert not Thing.objects.exists() and ledger().store.size() == before


def test_two_clerks_return_one_card(enter: Enter, clerk: Acting, manager: Acting) -> None:
    """Once gone, gone; a stale page is told."""
    thing = enter("card")
    other, stamp = Thing.objects.get(), thing.stamp
    return_thing(thing, recognised="mynumber", stamp=stamp, acting=clerk, how="名は照らし合わせた")
    with pytest.raises(ChangedMeanwhile):
        return_thing(other, recognised="licence", stamp=stamp, acting=manager)
    with pytest.raises(NotAllowed):
        return_thing(Thing.objects.get(), recognised="licence", stamp=Thing.objects.get().stamp, acting=manager)
    assert Thing.objects.get().recognised == "mynumber"


def test_a_witness_is_another_member_of_staff(enter: Enter, clerk: Acting, other: Person, manager: Acting) -> None:
    """Not who destroys, not the same person twice, not the vendor, not somebody dismissed."""
    thing = enter("misprint")
    assert clerk.user is not None and clerk.user.person is not None
    vendor = member("vendor", name="例 業者").user
    assert vendor is not None and vendor.person is not None
    gone = Person.objects.create(name="例 退職")
    myself = clerk.user.person
    for witnesses in ([], [myself], [other, other], [other, myself], [vendor.person], [gone]):
        with pytest.raises(WitnessNotAnother):
            destroy_thing(thing, method="shred", witnesses=witnesses, stamp=thing.stamp, acting=clerk)
    set_span(text_days=365, witnesses=2, stamp=setting().stamp, acting=manager)
    with pytest.raises(WitnessNotAnother) as refused:
        destroy_thing(thing, method="shred", witnesses=[other], stamp=thing.stamp, acting=clerk)
    assert "2 人" in refused.value.text("ja")
    assert manager.user is not None and manager.user.person is not None
    both = [other, manager.user.person]
    destroy_thing(thing, method="shred", witnesses=both, stamp=thing.stamp, acting=clerk)
    row = Thing.objects.get()
    assert (row.state, row.witness, row.witness2) == ("destroyed", other, manager.user.person)


def test_a_correction_keeps_what_stood_there(enter: Enter, clerk: Acting) -> None:
    """With a reason, and under the same guard."""
    thing = enter(what="住民票")
    with pytest.raises(ReasonMissing):
        correct_thing(thing, field="kind", value="card", reason="", stamp=thing.stamp, acting=clerk)
    with pytest.raises(IndividualNumberRefused):
        correct_thing(thing, field="what", value="x", reason="123456789018", stamp=thing.stamp, acting=clerk, sure=True)
    with pytest.raises(FoundInFuture):
        correct_thing(
            thing, field="found_at", value=now() + timedelta(1), reason="誤記", stamp=thing.stamp, acting=clerk
        )
    correct_thing(thing, field="kind", value="card", reason="見直した", stamp=thing.stamp, acting=clerk)
    row = ThingCorrection.objects.get()
    assert (row.before, row.after, Thing.objects.get().corrections) == ("証明書の取り忘れ", "カードの置き忘れ", 1)


def test_texts_are_forgotten_when_their_time_is_over(
    enter: Enter, clerk: Acting, manager: Acting, office_clock: TurnedClock
) -> None:
    """From the row, its corrections and beside the ledger; not before, and not of what is still kept."""
    thing, still = enter(what="住民票", remark="受付横"), enter("card", what="カード")
    correct_thing(thing, field="remark", value="棚の上", reason="移した", stamp=thing.stamp, acting=clerk)
    return_thing(thing, recognised="licence", stamp=thing.stamp, acting=clerk, how="種類と時刻が合った")
    hashes = [bytes.fromhex(each) for each in Thing.objects.get(pk=thing.pk).commitments]
    assert len(hashes) == 5 and all(ledger().text(each) is not None for each in hashes)
    set_span(text_days=30, witnesses=1, stamp=setting().stamp, acting=manager)
    office_clock.turn(30 * 24 * HOUR)
    assert forget_texts(acting=system()) == 0, "on the day itself it is still there"
    office_clock.turn(HOUR)
    assert forget_texts(acting=system()) == 1
    row = Thing.objects.get(pk=thing.pk)
    assert (row.what, row.kept_at, row.how, row.remark, row.commitments) == ("", "", "", "", [])
    assert (row.kind, row.recognised, row.state) == ("certificate", "licence", "returned")
    assert all(ledger().text(each) is None for each in hashes)
    corrected = ThingCorrection.objects.get()
    assert (corrected.before, corrected.after, corrected.reason) == ("", "", "")
    assert Thing.objects.get(pk=still.pk).what == "カード"
    assert forget_texts(acting=system()) == 0
    size = ledger().store.size()
    assert [read_leaf(leaf)["tag"] for leaf in ledger().store.leaves(size - 2, size)] == [
        "found:text:forget",
        "ledger:text:erase",
    ]
