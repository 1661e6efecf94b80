"""Sample people for the demo."""

from __future__ import annotations

from datetime import date

from mihariban.office.base.dates import today
from mihariban.office.people.deputies import candidates
from mihariban.office.people.models import Person, User
from mihariban.office.people.roles import acting_manager, who_held
from mihariban.office.people.sample import PASSWORD, SAMPLES, make_sample, replace_year


def test_everybody_has_a_role_and_logs_in_with_the_shown_password() -> None:
    """Manager, deputy by post, two operators and the others; again changes nothing."""
    made = make_sample(date(2026, 4, 1))
    assert set(made) == {each.username for each in SAMPLES}
    assert all(User.objects.get(username=name).check_password(PASSWORD) for name in made)
    present = acting_manager().person
    assert present is not None and present.name == "見本 太郎"
    assert [each.person.name for each in candidates(today())] == ["例 一郎"]
    assert {each.person.name for each in who_held("operator", date(2026, 4, 1))} == {"見本 花子", "例 次郎"}
    assert made["deputy"].roles == frozenset() and made["vendor"].roles == {"vendor"}
    make_sample(date(2026, 4, 1))
    assert Person.objects.count() == len(SAMPLES)
    assert replace_year(date(2024, 2, 29), 2029) == date(2029, 2, 28)
