"""Two clerks at one row."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django import forms

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.errors import ChangedMeanwhile
from mihariban.office.base.ledger import ledger
from mihariban.office.base.policy import Allowed, Refused
from mihariban.office.base.stamp import StampedForm
from mihariban.office.base.text import T
from mihariban.office.people.models import Person


class _Form(StampedForm):
    name = forms.CharField(max_length=100, label=T("氏名", "Name"))


def _rename(person: Person, *, acting: Acting, stamp: int, name: str) -> None:
    with action(acting, Allowed("it")) as act:
        person.check_stamp(stamp, T("この人", "This person"))
        person.name = name
        person.save()
        act.enter(Draft(Tag.ACCOUNT_PERSON_CREATE, {"person": act.commit(name)}))


def test_who_comes_second_is_told_and_keeps_what_was_typed(someone: Callable[..., Acting]) -> None:
    """And may then decide to save on top."""
    acting = someone("it")
    person = Person.objects.create(name="見本 花子")
    seen = _Form(row=person).initial["row_stamp"]
    _rename(Person.objects.get(pk=person.pk), acting=acting, stamp=seen, name="第一")
    before = ledger().store.size()
    form = _Form({"name": "第二", "row_stamp": str(seen)}, row=person)
    assert form.is_valid()
    assert not form.do(lambda: _rename(person, acting=acting, stamp=form.stamp, **form.changes))
    assert Person.objects.get(pk=person.pk).name == "第一"
    assert ledger().store.size() == before
    page = form.render()
    assert "他の職員が変更しました" in page and 'value="第二"' in page
    assert form.status == 422
    again = _Form({"name": "第二", "row_stamp": form["row_stamp"].value()}, row=person)
    assert again.is_valid()
    assert again.do(lambda: _rename(person, acting=acting, stamp=again.stamp, **again.changes))
    assert Person.objects.get(pk=person.pk).name == "第二"


def test_a_refusal_stands_over_the_form(someone: Callable[..., Acting]) -> None:
    """With the sentence of the policy."""
    acting = someone("it")

    def refuse() -> None:
        with action(acting, Refused(T("締めた後です。", "It is closed."))):
            pass

    form = _Form({"name": "x"})
    assert form.is_valid() and not form.do(refuse)
    assert "締めた後です。" in form.render()


def test_a_stamp_that_is_no_number_is_refused(someone: Callable[..., Acting]) -> None:
    """Whoever wrote it into the page."""
    form = _Form({"name": "x", "row_stamp": "x"})
    assert not form.is_valid()
    person = Person.objects.create(name="x")
    with pytest.raises(ChangedMeanwhile):
        _rename(person, acting=someone("it"), stamp=-1, name="y")
