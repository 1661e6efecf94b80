"""Pages of days and hours: month, day, changes; forms that keep what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mihariban.office.base.acting import Acting
from mihariban.office.days.models import CalendarChange
from mihariban.office.sites.models import Site
from tests.office.days.changes import closure, enter

Someone = Callable[..., Acting]

GOOD = {
    "kind": "closure",
    "first_day": "2026-11-25",
    "part": "afternoon",
    "reason": "空調の点検",
    "approver": "市長",
    "document_number": "市窓 7",
}


def _in(client: Client, acting: Acting) -> Client:
    assert acting.user is not None
    client.force_login(acting.user)
    return client


def _get(client: Client, path: str, status: int = 200) -> str:
    page = client.get(path, secure=True)
    assert page.status_code == status, page.content.decode()
    return str(page.content.decode())


def _post(client: Client, path: str, told: dict[str, Any], status: int) -> str:
    page = client.post(path, told, secure=True)
    assert page.status_code == status, page.content.decode()
    return str(page.content.decode())


def test_the_month_says_hours_closures_and_reasons(someone: Someone, client: Client) -> None:
    """Labour Thanksgiving Day on a Monday; Tuesday is long; a changed day carries word and sign."""
    acting = someone("manager")
    enter(closure(date(2026, 11, 24), windows=(("12:00", "24:00"),)), acting)
    page = _get(_in(client, acting), "/days/2026/11/")
    assert "令和8年（2026年）11月" in page
    assert "祝日（勤労感謝の日）のため休止" in page
    assert "8:30〜12:00" in page and "8:30〜17:15" in page
    assert "◆ </span>変更" in page and "市窓 7" in page
    client.cookies["mihariban_language"] = "en"
    page = _get(client, "/days/2026/11/")
    assert "November 2026" in page and "closed: public holiday" in page


def test_queries_of_the_month_do_not_grow(someone: Someone, client: Client) -> None:
    """Three changes or thirty."""
    acting = someone("manager")
    _get(_in(client, acting), "/days/2026/11/")
    counted = []
    for count in (3, 27):
        for number in range(count):
            enter(closure(date(2026, 11, 24), reason=f"理由 {number}"), acting)
        with CaptureQueriesContext(connection) as queries:
            _get(client, "/days/2026/11/")
        counted.append(len(queries))
    assert counted[0] == counted[1]
    for path in ("/days/changes/", "/days/2026-11-24/"):
        with CaptureQueriesContext(connection) as queries:
            _get(client, path)
        assert len(queries) < 15


@pytest.mark.parametrize(
    "path",
    [
        "/days/1999/12/",
        "/days/2026/13/",
        "/days/9999-01-01/",
        "/days/?month=2026",
        "/days/?month=２０２６-11",
        "/days/changes/none/",
    ],
)
def test_what_is_not_there_is_a_sentence(someone: Someone, client: Client, path: str) -> None:
    """Never an error of ours."""
    page = _in(client, someone("operator")).get(path, secure=True)
    assert page.status_code in (400, 404)
    assert "選び直してください" in page.content.decode()


def test_months_can_be_turned_to_the_ends_of_the_calendar(someone: Someone, client: Client) -> None:
    """And no further."""
    _in(client, someone("operator"))
    assert "/days/1999/12/" not in _get(client, "/days/2000/1/")
    assert "/days/2099/1/" not in _get(client, "/days/2098/12/")
    assert client.get("/days/?month=2027-02", secure=True)["Location"] == "/days/2027/2/"


def test_the_manager_sees_what_would_change_and_enters_it(someone: Someone, client: Client) -> None:
    """The preview enters nothing."""
    _in(client, someone("manager"))
    assert "市長" in _get(client, "/days/new/".replace("/new/", "/changes/new/") + "?kind=closure&day=2026-11-25")
    page = _post(client, "/days/changes/new/", {**GOOD, "do": "preview"}, 200)
    assert "1 日の稼働時間が変わります" in page
    assert "8:30から17:15まで → <strong>8:30から12:00まで</strong>" in page
    assert not CalendarChange.objects.exists()
    answer = client.post("/days/changes/new/", {**GOOD, "do": "enter"}, secure=True)
    assert answer.status_code == 302
    made = CalendarChange.objects.get()
    assert (made.state, made.windows) == ("approved", [["12:00", "24:00"]])
    assert "届けるレコーダーはまだ" in _get(client, answer["Location"])


def test_a_change_that_does_nothing_says_so(someone: Someone, client: Client) -> None:
    """A closure of a Saturday."""
    _in(client, someone("manager"))
    page = _post(client, "/days/changes/new/", {**GOOD, "first_day": "2026-11-28", "do": "preview"}, 200)
    assert "何も変わりません" in page


def test_an_operator_proposes_and_the_manager_decides(someone: Someone, client: Client) -> None:
    """With post and paper."""
    _in(client, someone("operator"))
    wish = {**GOOD, "approver": "", "document_number": "", "do": "enter"}
    where = client.post("/days/changes/new/", wish, secure=True)["Location"]
    assert "8:30〜17:15" in _get(client, "/days/2026/11/")
    assert 'value="approve"' not in _get(client, where)
    _post(
        client,
        where,
        {"approve-stamp": "1", "approve-approver": "市長", "approve-document_number": "1", "do": "approve"},
        409,
    )
    _in(client, someone("manager", name="見本 花子"))
    assert "決定するとどうなるか" in _get(client, where)
    _post(
        client,
        where,
        {"approve-stamp": "1", "approve-approver": "", "approve-document_number": "", "do": "approve"},
        422,
    )
    _post(
        client,
        where,
        {"approve-stamp": "1", "approve-approver": "市長", "approve-document_number": "市窓 8", "do": "approve"},
        302,
    )
    assert "8:30〜12:00" in _get(client, "/days/2026/11/")


def test_two_clerks_at_one_change(someone: Someone, client: Client) -> None:
    """The second is told, and keeps what was typed."""
    _in(client, someone("operator"))
    where = client.post("/days/changes/new/", {**GOOD, "do": "enter"}, secure=True)["Location"]
    _in(client, someone("manager", name="見本 花子"))
    CalendarChange.objects.get().save()  # somebody else, between reading and pressing
    told = {"refuse-stamp": "1", "refuse-reason": "長く書いた理由", "do": "refuse"}
    page = _post(client, where, told, 409)
    assert "他の職員が変更しました" in page and "長く書いた理由" in page
    assert 'name="refuse-stamp" value="2"' in page
    _post(client, where, {**told, "refuse-stamp": "2"}, 302)
    assert CalendarChange.objects.get().refusal == "長く書いた理由"


@pytest.mark.parametrize("text", ["葛\U000e0101飾区 🍣", "<script>alert(1)</script>", "あ" * 200, "\u202eRTL"])
def test_texts_come_back_as_they_were(someone: Someone, client: Client, text: str) -> None:
    """Variation selectors, emoji, script, the longest."""
    from django.utils.html import escape

    _in(client, someone("manager"))
    told = {**GOOD, "reason": text, "document_number": text[:100], "do": "enter"}
    where = client.post("/days/changes/new/", told, secure=True)["Location"]
    assert escape(text) in _get(client, where)
    assert "<script>alert" not in _get(client, "/days/2026/11/")
    assert CalendarChange.objects.get().reason == text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reason": "あ" * 1_000_000}, "200"),
        ({"reason": ""}, "必須"),
        ({"reason": "a\x00b"}, "文字"),
        ({"first_day": "2026-11-22"}, "過ぎた日"),
        ({"first_day": "2026-02-30"}, "日付"),
        ({"first_day": "2026-11-25", "last_day": "2026-11-24"}, "最後の日が最初の日より前"),
        ({"first_day": "2026-11-25", "last_day": "2027-12-24"}, "366 日まで"),
        ({"kind": "extension"}, "時間帯を入れて"),
        ({"kind": "hours", "start_1": "10:00"}, "始まりと終わりの両方"),
        ({"kind": "hours", "start_1": "12:00", "end_1": "10:00"}, "終わりが始まりより後ではありません"),
        ({"kind": "hours", "start_1": "10:00", "end_1": "13:00", "start_2": "12:00", "end_2": "14:00"}, "重なって"),
        ({"kind": "holiday_moved", "last_day": "2026-11-26"}, "一日ずつ"),
        ({"document_number": ""}, "必須"),
        ({"kind": "nonsense"}, "nonsense"),
        ({"site": "nowhere"}, "選択"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_beside_the_field(
    someone: Someone, client: Client, wrong: dict[str, str], sentence: str
) -> None:
    """With everything else still typed."""
    _in(client, someone("manager"))
    page = _post(client, "/days/changes/new/", {**GOOD, **wrong, "do": "enter"}, 422)
    assert sentence in page
    assert 'role="alert"' in page
    assert "空調の点検" in page or "reason" in wrong
    assert not CalendarChange.objects.exists()


def test_sites_have_their_own_calendar(someone: Someone, client: Client) -> None:
    """A closure of one leaves the other open."""
    acting = someone("manager")
    one, two = (Site.objects.create(id=name, name=name) for name in ("hall", "library"))
    enter(closure(date(2026, 11, 25), site=two), acting)
    _in(client, acting)
    assert "◆" not in _get(client, f"/days/2026/11/?site={one.id}").partition("d-legend")[0]
    assert "◆" in _get(client, f"/days/2026/11/?site={two.id}").partition("d-legend")[0]
    assert client.get("/days/?month=2026-12&site=library", secure=True)["Location"] == "/days/2026/12/?site=library"


def test_the_list_prints_and_exports(someone: Someone, client: Client) -> None:
    """In the form clerks know."""
    acting = someone("manager")
    _in(client, acting)
    assert "まだ変更はありません" in _get(client, "/days/changes/")
    enter(closure(date(2026, 11, 25)), acting)
    assert "空調の点検" in _get(client, "/days/changes/?state=approved&kind=closure&since=2026-11-25")
    assert "0 件" in _get(client, "/days/changes/?since=2026-11-26")
    assert "管理者" in _get(client, "/days/changes/?as=print")
    assert client.get("/days/changes/?as=xlsx", secure=True).status_code == 200


def test_a_day_names_its_papers(someone: Someone, client: Client) -> None:
    """And what may be done from there; nothing on days gone by."""
    acting = someone("manager")
    enter(closure(date(2026, 11, 25)), acting)
    _in(client, acting)
    page = _get(client, "/days/2026-11-25/")
    assert "休止: 空調の点検（市長、市窓 7）" in page and "この日を休止する" in page
    assert "この日を休止する" not in _get(client, "/days/2026-11-22/")
    assert "効力のある要綱がありません" in _get(client, "/days/2010-01-04/")


def test_whoever_has_no_role_sees_nothing(someone: Someone, client: Client) -> None:
    """And an auditor writes nothing."""
    _in(client, someone())
    for path in ("/days/", "/days/2026-11-24/", "/days/changes/", "/days/changes/new/"):
        _get(client, path, 403)
    _in(client, someone("auditor"))
    assert "変更を書く" not in _get(client, "/days/")
    _get(client, "/days/changes/new/", 403)
    _post(client, "/days/deliver/", {}, 403)
