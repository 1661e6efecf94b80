"""Who holds which role: today, at a moment, on any past date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from mihariban.base.clock import DAY, HOUR, MINUTE, SECOND, TurnedClock
from mihariban.ledger.entry import read_leaf
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now, today
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.people.actions import activate_deputy, appoint, designate, dismiss, end_activation, enter_person
from mihariban.office.people.deputies import candidates
from mihariban.office.people.models import Activation, Designation, Holding, Person, Post
from mihariban.office.people.roles import acting_manager, roles_of, who_held

Make = Callable[..., Acting]


def _activate(
    deputy: Acting, acting: Acting, *, hours: int = 2, after: int = 0, reason: str = "出張のため"
) -> Activation:
    assert deputy.user is not None and deputy.user.person is not None
    begins = now() + timedelta(hours=after)
    return activate_deputy(
        deputy.user.person, reason=reason, begins=begins, ends=begins + timedelta(hours=hours), acting=acting
    )


def _again(acting: Acting) -> Acting:
    assert acting.user is not None
    return Acting.of(acting.user)


def test_a_deputy_acts_inside_the_activation_alone(someone: Make, vice: Make, office_clock: TurnedClock) -> None:
    """Not the second before, not the moment it ends, not an hour after."""
    manager, deputy = someone("manager"), vice()
    _activate(deputy, manager, hours=2, after=1)
    office_clock.turn(HOUR - SECOND)
    assert "deputy" not in _again(deputy).roles
    office_clock.turn(SECOND)
    assert "deputy" in _again(deputy).roles
    office_clock.turn(2 * HOUR - SECOND)
    assert "deputy" in _again(deputy).roles
    office_clock.turn(SECOND)
    assert "deputy" not in _again(deputy).roles
    office_clock.turn(HOUR)
    assert "deputy" not in _again(deputy).roles


def test_a_deputy_whose_activation_ended_an_hour_ago_is_refused(
    someone: Make, vice: Make, office_clock: TurnedClock, client: Client
) -> None:
    """In the same session, by the page and by the action."""
    manager, deputy = someone("manager"), vice()
    person = Person.objects.create(name="見本 花子")
    _activate(deputy, manager, hours=1)
    designate(person, "auditor", first=today(), acting=_again(deputy))
    client.force_login(deputy.user)  # type: ignore[arg-type]  # an account of a test
    address, posted = f"/people/{person.pk}/designate/", {"role": "operator", "first": today().isoformat()}
    for _ in range(14):  # clicks, so that the session does not end by idling
        office_clock.turn(9 * MINUTE)
        client.get("/people/deputy/", secure=True)
    before = ledger().store.size()
    page = client.post(address, posted, secure=True)
    assert page.status_code == 403 and "できません" in page.content.decode()
    with pytest.raises(NotAllowed):
        designate(person, "operator", first=today(), acting=_again(deputy))
    assert ledger().store.size() == before
    assert not Designation.objects.filter(role="operator", person=person).exists()


def test_an_activation_that_was_ended_early(someone: Make, vice: Make, office_clock: TurnedClock) -> None:
    """The manager is back: from that moment on the deputy decides nothing; the entry names both."""
    manager, deputy = someone("manager"), vice()
    row = _activate(deputy, manager, hours=8)
    assert acting_manager().role == "deputy"
    office_clock.turn(HOUR)
    end_activation(row, stamp=row.stamp, acting=manager)
    assert "deputy" not in _again(deputy).roles
    assert acting_manager().role == "manager"
    with pytest.raises(NotAllowed):
        end_activation(row, stamp=row.stamp, acting=manager)
    size = ledger().store.size()
    begun, ended = (read_leaf(leaf) for leaf in ledger().store.leaves(size - 2, size))
    assert (begun["tag"], ended["tag"]) == ("deputy:activation:begin", "deputy:activation:end")
    assert "出張" not in str(begun) and begun["basis"] == "第5条第3項"


def test_one_that_never_began_was_held_by_nobody(someone: Make, vice: Make) -> None:
    """Planned for the afternoon, taken back in the morning."""
    manager, deputy = someone("manager"), vice()
    row = _activate(deputy, manager, after=4)
    end_activation(row, stamp=row.stamp, acting=manager)
    assert who_held("deputy", today()) == []


def test_the_reason_and_span_say_who_decides(someone: Make, vice: Make) -> None:
    """The manager by post, the deputy by the activation, nobody where the post is empty."""
    assert acting_manager().role == "nobody"
    manager, deputy = someone("manager"), vice()
    found = acting_manager()
    assert found.person is not None and found.person.name == "見本 太郎"
    assert "市民窓口課長" in found.reason.ja
    row = _activate(deputy, manager, hours=3)
    found = acting_manager()
    assert found.person is not None and (found.person.name, found.until) == ("例 一郎", row.ends)
    assert "出張のため" in found.reason.ja
    assert acting_manager(row.begins - timedelta(seconds=1)).role == "manager"
    assert acting_manager(row.ends).role == "manager"


def test_the_manager_changes_at_midnight_of_the_first_of_april(someone: Make, office_clock: TurnedClock) -> None:
    """A year-end of officials: the old one to the last second of March."""
    old, new = someone("manager"), someone("operator", name="見本 花子")
    office_clock.turn(_until(2027, 3, 31, 23, 59, 59) - office_clock.wall())
    Holding.objects.update(last=date(2027, 3, 31))
    assert new.user is not None and new.user.person is not None
    appoint(new.user.person, Post.objects.get(), first=date(2027, 4, 1), acting=_again(old))
    assert ("manager" in _again(old).roles, "manager" in _again(new).roles) == (True, False)
    office_clock.turn(SECOND)
    assert ("manager" in _again(old).roles, "manager" in _again(new).roles) == (False, True)
    assert [each.person.name for each in who_held("manager", date(2027, 3, 31))] == ["見本 太郎"]
    assert [each.person.name for each in who_held("manager", date(2027, 4, 1))] == ["見本 花子"]


@pytest.mark.parametrize("day", [date(2028, 2, 29), date(2026, 12, 31), date(2027, 1, 1)])
def test_one_day_in_a_role(someone: Make, office_clock: TurnedClock, day: date) -> None:
    """Leap day and the turn of the year: the day itself, neither the one before nor after."""
    manager = someone("manager")
    person = enter_person("例 次郎", acting=manager)
    designate(person, "operator", first=day, last=day, document="市窓 1", acting=manager)
    found = {
        offset: [each.person.name for each in who_held("operator", day + timedelta(days=offset))]
        for offset in (-1, 0, 1)
    }
    assert found == {-1: [], 0: ["例 次郎"], 1: []}


def test_an_operator_is_designated_and_dismissed_with_date_and_number(someone: Make, office_clock: TurnedClock) -> None:
    """The entry carries role, article and document, and no name."""
    manager = someone("manager")
    person = enter_person("例 次郎", acting=manager)
    row = designate(person, "operator", first=today(), document="市窓 1", acting=manager)
    entry = read_leaf(ledger().store.leaves(ledger().store.size() - 1, ledger().store.size())[0])
    assert (entry["case"], entry["basis"], entry["object"]["role"]) == ("市窓 1", "第7条第2項", "operator")
    assert "例" not in str(entry["object"])
    office_clock.turn(10 * DAY)
    dismiss(row, last=today(), document="市窓 2", stamp=row.stamp, acting=_again(manager))
    assert who_held("operator", today())[0].document == "市窓 1"
    assert who_held("operator", today() + timedelta(days=1)) == []
    assert Designation.objects.get(pk=row.pk).dismissal_document == "市窓 2"


def test_a_nomination_alone_gives_no_right(someone: Make) -> None:
    """It only makes a candidate where the rule nominates beforehand."""
    manager = someone("manager")
    chosen = someone(name="例 一郎")
    assert chosen.user is not None and chosen.user.person is not None
    designate(chosen.user.person, "nominee", first=today(), acting=manager)
    assert roles_of(chosen.user) == frozenset()
    assert candidates(today()) == []


@pytest.mark.parametrize(
    ("selection", "expected"),
    [("by_post", ["例 一郎"]), ("pre_nominated", ["見本 花子"]), ("senior_of_section", ["例 次郎"])],
)
def test_the_rule_says_how_a_deputy_is_chosen(
    someone: Make, vice: Make, saga: Path, selection: str, expected: list[str]
) -> None:
    """By post, nominated beforehand, or the senior of the section."""
    text = saga.read_text(encoding="utf-8")
    assert 'selection = "by_post"' in text
    saga.write_text(text.replace('selection = "by_post"', f'selection = "{selection}"'), encoding="utf-8")
    manager = someone("manager")
    vice()
    named, senior = someone(name="見本 花子"), someone(name="例 次郎")
    assert named.user is not None and senior.user is not None
    designate(named.user.person, "nominee", first=today(), acting=manager)  # type: ignore[arg-type]  # has a person
    post = Post.objects.create(name="参事", rank=5)
    appoint(senior.user.person, post, first=today(), acting=manager)  # type: ignore[arg-type]  # has a person
    assert [each.person.name for each in candidates(today())] == expected


def test_a_closed_account_holds_no_role(someone: Make, django_assert_num_queries: Callable[..., object]) -> None:
    """And asking costs the same number of queries in a long history."""
    acting = someone("operator", "manager")
    assert acting.user is not None and acting.user.person is not None
    for number in range(30):
        Designation.objects.create(
            person=acting.user.person, role="it", first=date(2000, 1, 1), last=date(2000, 1, number + 1)
        )
    with django_assert_num_queries(3):  # type: ignore[attr-defined]  # a context manager
        assert roles_of(acting.user) == {"operator", "manager"}
    with django_assert_num_queries(2):  # type: ignore[attr-defined]  # the same
        acting_manager()
    acting.user.is_active = False
    assert roles_of(acting.user) == frozenset()


def _until(*parts: int) -> int:
    from zoneinfo import ZoneInfo

    from mihariban.base.clock import from_datetime

    return from_datetime(datetime(*parts, tzinfo=ZoneInfo("Asia/Tokyo")))  # type: ignore[arg-type,misc]  # six numbers
