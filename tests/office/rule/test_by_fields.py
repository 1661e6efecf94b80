"""A version proposed by fields is the one that would have been written by hand, and nothing else of the text changes."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from mihariban.base.clock import DAY, TurnedClock
from mihariban.office.base.acting import Acting
from mihariban.office.base.rule import rule_book
from mihariban.office.rule.actions.approve_version import approve_version
from mihariban.office.rule.actions.propose_version import propose_version
from mihariban.office.rule.by_fields import FieldsForm
from mihariban.office.rule.models import RuleVersion
from mihariban.policy import LoadedPolicy, Policy, parse_policy
from tests.office.rule.filled import sent, untouched
from tests.office.rule.texts import FIRST, second

Someone = Callable[..., Acting]
NOW = parse_policy(FIRST, Path("saga.toml"))
DATE = {"effective_from": "2026-12-01"}


def _form(newest: LoadedPolicy = NOW, **told: Any) -> FieldsForm:
    return FieldsForm(sent({**untouched(newest), **DATE, **told}), newest=newest)


def _text(newest: LoadedPolicy = NOW, **told: Any) -> str:
    form = _form(newest, **{name.replace("__", "-"): value for name, value in told.items()})
    assert form.is_valid(), form.errors.as_json()
    return form.text()


def _policy(**told: Any) -> Policy:
    return parse_policy(_text(**told), Path("saga.toml")).policy


def _lines(new: str, old: str = FIRST) -> list[str]:
    """Lines that came and went."""
    found = difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
    return [line for line in found if line[0] in "+-" and line[:3] not in ("+++", "---")]


def test_it_is_the_text_that_would_be_written_by_hand() -> None:
    """To the letter."""
    told = {"retention__amount": "1440", "applies_to_existing": "shorten"}
    assert _text(**told) == second(applies_to_existing="shorten")


@pytest.mark.parametrize(
    ("told", "lines"),
    [
        ({"retention__qualifier": "at_most"}, ['-qualifier = "exact"', '+qualifier = "at_most"']),
        ({"erasure__lazy_allowed": "no"}, ["-lazy_allowed = true", "+lazy_allowed = false"]),
        ({"erasure__max_lag_after_expiry_h": "24"}, ["-max_lag_after_expiry_h = 168", "+max_lag_after_expiry_h = 24"]),
        ({"retention__extension__max_days": "365"}, ["+max_days = 365"]),
        ({"notice__text_ja": '録画中 "24時間"'}, ['-text_ja = "防犯カメラ作動中"', '+text_ja = "録画中 \\"24時間\\""']),
        ({"notice__fields": ["text", "contact"]}, ['-fields = ["text"]', '+fields = ["text", "contact"]']),
        ({"disclosure__conditions": ["no_copy"]}, ['-conditions = ["no_copy", "return_when_unneeded"]', '+conditions = ["no_copy"]']),
        ({"disclosure__bases__4__enabled": "yes"}, ["-enabled = false", "+enabled = true"]),
        ({"daily_check__deadline": "at_time", "daily_check__deadline_time": "８時１５分"}, ['-deadline = "before_open"', '+deadline = "at_time"', '+deadline_time = "08:15"']),
        ({"operation__year_end__first": "１２月２８日"}, ['-year_end = { first = "12-29", last = "01-03" }', '+year_end = { first = "12-28", last = "01-03" }']),
        ({"roles__manager__post_ja": "市民課長"}, ['-manager = { post_ja = "市民生活課長" }', '+manager = { post_ja = "市民課長" }']),
        ({"capture__pre_roll_s": "5"}, ["-pre_roll_s = 3.0", "+pre_roll_s = 5.0"]),
    ],
)  # fmt: skip  # a case is one line however long
def test_one_field_changes_one_line(told: dict[str, Any], lines: list[str]) -> None:
    """Besides number and date; an origin is added for what was not there."""
    found = _lines(_text(**told))
    for line in ("-version = 1", "+version = 2", "-effective_from = 2016-01-22", "+effective_from = 2026-12-01"):
        found.remove(line)
    at = found.index("+[[source]]") if "+[[source]]" in found else len(found)
    assert sorted(found[:at]) in (sorted(lines), sorted([*lines, "+"]))
    assert parse_policy(_text(**told), Path("saga.toml")).policy.version == 2


def test_the_week() -> None:
    """Hours for Thursday of its own, a break on Monday, Saturday open, the year-end's closure gone."""
    week = {
        "week-THU-0-close": "20:00", "week-MON-0-close": "12時", "week-MON-1-open": "13:00", "week-MON-1-close": "17:15",
        "week-SAT-0-open": "9:00", "week-SAT-0-close": "24:00", "week-SAT-closed": "", "operation-year_end-first": "",
        "operation-year_end-last": "", "week-YEAR_END-closed": "",
    }  # fmt: skip  # one line for one day
    told = {**untouched(NOW), **DATE, **week}
    form = FieldsForm(sent({name: each for name, each in told.items() if each or "closed" not in name}), newest=NOW)
    assert form.is_valid(), form.errors.as_json()
    found = parse_policy(form.text(), Path("saga.toml")).policy.operation
    hours = {
        day: sorted((row.open, row.close) for row in found.kiosk_hours if day in row.days)
        for day in ("MON", "THU", "SAT", "SUN")
    }
    assert hours == {
        "MON": [("08:30", "12:00"), ("13:00", "17:15")], "THU": [("08:30", "20:00")], "SAT": [("09:00", "24:00")],
        "SUN": [("09:00", "16:00")],
    }  # fmt: skip  # one line for one day
    assert found.closed == ("HOLIDAY",) and found.year_end is None


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"week-MON-0-open": ""}, "week-MON-0-open"), ({"week-MON-0-close": "8:00"}, "week-MON-0-close"),
        ({"week-MON-0-close": "ten"}, "week-MON-0-close"), ({"week-SAT-0-open": "9", "week-SAT-0-close": "10:00"}, "week-SAT-0-open"),
        ({"week-SAT-0-open": "9:00", "week-SAT-0-close": "10:00"}, "week-SAT-closed"), ({"effective_from": ""}, "effective_from"),
        ({"operation-year_end-first": "冬"}, "operation-year_end-first"), ({"retention-amount": "-1"}, "retention-amount"),
        ({"roles-manager-post_ja": ""}, "roles-manager-post_ja"), ({"item-8-en": "Lamp"}, "item-8-ja"),
        ({f"item-{number}-ja": "" for number in range(8)}, "item-0-ja"), ({"title_ja": "長" * 501}, "title_ja"), ({}, "__all__"),
    ],
)  # fmt: skip  # a case is one line however long
def test_a_mistake_stands_beside_its_field(told: dict[str, Any], field: str) -> None:
    """And so does nothing changed at all, above the form."""
    form = _form(**told)
    assert not form.is_valid() and field in form.errors


def test_items_of_the_check() -> None:
    """One goes, one is worded anew, a new one goes before the last, one moves down."""
    told = {"item-3-ja": "", "item-4-ja": "つり銭", "item-8-ja": "照明", "item-8-order": "8", "item-0-order": "3"}
    found = _policy(**told).daily_check.items
    ids = ["certificate_paper", "receipt_paper", "power", "change_float", "host_link", "camera", "item1", "other"]
    assert [each.id for each in found] == ids
    assert found[3].title_ja == "つり銭" and found[6].title_ja == "照明"


def test_articles_and_a_value_that_goes() -> None:
    """The words of an article, several lines; a field emptied takes its value and its origin along."""
    words = NOW.policy.article[3].text_ja.strip("\n").replace("午後7時", "午後8時")
    found = _policy(**{"article-3-text_ja": words, "disclosure-numbering_ja": ""})
    assert found.article[3].text_ja == words and found.disclosure.numbering_ja is None
    assert "disclosure.numbering_ja" not in {field for source in found.source for field in source.fields}
    assert found.article[4] == NOW.policy.article[4]


def test_every_field_of_a_change_is_in_the_rule() -> None:
    """Each text, number and choice that has a field, changed: the rule is read and has them all."""
    form = FieldsForm(newest=NOW)
    told: dict[str, Any] = {}
    for spec in form.specs:
        now = form[spec.name].value()
        if spec.kind == "line":
            told[spec.name] = "新しい文{n}"
        elif spec.kind == "lines":
            told[spec.name] = "一つ\n二つ"
        elif spec.kind in ("whole", "decimal"):
            told[spec.name] = "9"
        elif spec.kind == "yes":
            told[spec.name] = "no" if now == "yes" else "yes"
        elif spec.kind == "several":
            told[spec.name] = [*(spec.choices or {})]
    told.pop("retention-own_amount")
    found = _policy(**told)
    again = FieldsForm(newest=parse_policy(_text(**told), Path("x.toml")))
    for name, value in told.items():
        assert str(again[name].value()) in (
            str(value),
            f"{value}.0",
            str(value.split("\n")) if isinstance(value, str) else "",
        ), name
    assert found.title_ja == "新しい文{n}"


def _post(client: Client, told: dict[str, Any], status: int, do: str = "check") -> str:
    page = client.post("/rule/propose/", {**told, "do": do}, secure=True)
    assert page.status_code == status, page.content.decode()[:4000]
    return str(page.content.decode())


def test_checked_proposed_and_equal_to_the_one_by_text(someone: Someone, client: Client) -> None:
    """The same row comes of it."""
    acting = someone("operator")
    assert acting.user is not None
    client.force_login(acting.user)
    page = client.get("/rule/propose/", secure=True).content.decode()
    assert "第2版" in page and "第10条第2号" in page and 'value="5760"' in page and "要綱のデータを直接書く" in page
    told = {**untouched(NOW), **DATE, "retention-amount": "1440", "why": "短くする"}
    page = _post(client, told, 200)
    assert (
        "1,440時間" in page
        and "第1版から第2版へ" in page
        and "短くする" in page
        and not RuleVersion.objects.filter(version=2)
    )
    answer = client.post("/rule/propose/", {**told, "do": "enter"}, secure=True)
    row = RuleVersion.objects.get(version=2)
    assert answer["Location"] == f"/rule/versions/{row.pk}/"
    by_text = propose_version(second(), acting=acting, why="短くする")
    assert (row.text, row.sha256, row.why, row.effective_from) == (
        by_text.text,
        by_text.sha256,
        by_text.why,
        by_text.effective_from,
    )


def test_what_the_rule_itself_refuses_stands_beside_the_field(someone: Someone, client: Client) -> None:
    """Typed texts stay; a date gone by, a unit without a number, a table without rows."""
    acting = someone("manager")
    assert acting.user is not None
    client.force_login(acting.user)
    told = {**untouched(NOW), **DATE, "why": "葛\U000e0101 <b>"}
    page = _post(client, {**told, "retention-amount": "7", "effective_from": "2026-11-22"}, 422)
    assert 'id="id_effective_from_error"' in page and "葛\U000e0101 &lt;b&gt;" in page and 'value="7"' in page
    assert 'id="id_retention-amount_error"' in _post(client, {**told, "retention-unit": "minimum_necessary"}, 422)
    assert 'id="id_filming' not in _post(client, {**told, "operation-camera_hours": "table"}, 422)
    assert 'id="id_operation-camera_hours_error"' in _post(client, {**told, "operation-camera_hours": "table"}, 422)
    overlap = {"week-MON-1-open": "17:00", "week-MON-1-close": "18:00"}
    page = _post(client, {**told, **overlap}, 422)
    assert "重なっています" in page and 'value="17:00"' in page
    page = _post(client, {**told, "article-3-text_ja": "変えた<i>"}, 200)
    assert "変えた&lt;i&gt;" in page and '<details class="r-article" open>' in page


def test_another_version_was_approved_meanwhile(someone: Someone, client: Client, office_clock: TurnedClock) -> None:
    """Told once, with everything typed; the next press follows the newer one."""
    acting = someone("manager")
    assert acting.user is not None
    client.force_login(acting.user)
    told = {
        **untouched(NOW),
        "effective_from": "2026-12-05",
        "notice-text_ja": "録画中",
        "notice-fields": ["text", "contact"],
    }
    row = propose_version(second(), acting=acting)
    approve_version(row, acting=acting, stamp=row.stamp, approver="市長", document_number="市窓 9")
    page = _post(client, told, 422)
    newest = rule_book().versions[-1]
    assert "別の版が決定されました" in page and f'value="{newest.sha256}"' in page and 'value="録画中"' in page
    assert page.count("checked") >= 4
    page = _post(client, {**told, "base": newest.sha256}, 200)
    assert "第2版から第3版へ" in page and "5,760時間" in page
    office_clock.turn(DAY)


def test_a_city_without_most_of_it(someone: Someone) -> None:
    """An excerpt with few values: every field begins at the model's own."""
    for file in (Path(__file__).parents[3] / "policies").glob("*.toml"):
        newest = parse_policy(file.read_text(encoding="utf-8"), file)
        told = {"notice__text_ja": "録画中です", "title_ja": "別の題名"}
        text = _text(newest, **told)
        found = parse_policy(text, file).policy
        assert found.notice.text_ja == "録画中です" and found.version == newest.policy.version + 1
        kept = newest.policy.model_copy(
            update={
                "notice": found.notice,
                "title_ja": "別の題名",
                "version": found.version,
                "effective_from": found.effective_from,
                "source": found.source,
            }
        )
        assert found == kept
