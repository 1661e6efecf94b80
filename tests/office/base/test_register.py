"""The list of every app: filter, pages, sorting, print, exports."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any, ClassVar

import django_filters
import pytest
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from mihariban.ledger.entry import read_leaf
from mihariban.office.base.acting import Acting
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.base.register import Button, Column, Register
from mihariban.office.base.text import T
from mihariban.office.people.models import Person

Someone = Callable[..., Acting]


class _Filter(django_filters.FilterSet):
    name = django_filters.CharFilter(lookup_expr="icontains", label=T("氏名", "Name"))

    class Meta:
        model = Person
        fields: ClassVar = ["name"]


class _People(Register):
    name = "people"
    title = T("人の一覧", "People")
    empty = T("まだだれもいません。", "Nobody yet.")
    filters = _Filter
    per_page = 10
    signatures = (T("課長", "Head"),)
    columns = (
        Column("name", T("氏名", "Name"), sort="name", link=lambda row: f"/people/{row.pk}/"),
        Column("organisation", T("所属", "Organisation"), tag=lambda _: "good"),
        Column("pk", T("番号", "Number"), number=True, printed=False),
    )

    def rows(self, acting: Acting) -> QuerySet[Person]:
        return Person.objects.order_by("pk")

    def buttons(self, acting: Acting) -> list[Button]:
        return [Button("/people/new/", T("新しく書く", "New"))]


def _get(acting: Acting, **asked: str) -> HttpResponse:
    request: Any = RequestFactory().get("/people/", asked, secure=True)
    request.user, request.acting = acting.user, acting
    return _People.as_view()(request)  # type: ignore[return-value]  # a response


def _add(count: int) -> None:
    Person.objects.bulk_create([Person(name=f"見本 {n:03}", organisation="市民窓口課") for n in range(count)])


def test_pages_count_and_order(someone: Someone) -> None:
    """Ten on a page, the rest behind links; sorting both ways; nonsense in the address is the first page."""
    acting = someone("operator", name="見本 999")
    _add(24)
    first = _get(acting).content.decode()
    assert "25 件" in first and "見本 009" not in first and "見本 008" in first
    assert "（1 / 3 ページ）" in first
    last = _get(acting, page="3", sort="name").content.decode()
    assert "見本 999" in last and 'aria-sort="ascending"' in last
    assert "見本 999" in _get(acting, sort="-name").content.decode()
    for nonsense in ("0", "-1", "x", "９", "99999999", "77"):
        assert _get(acting, page=nonsense).status_code == 200


def test_queries_do_not_grow_with_rows(someone: Someone) -> None:
    """Three rows or thirty."""
    acting = someone("operator")
    seen = []
    for count in (3, 30):
        _add(count)
        with CaptureQueriesContext(connection) as queries:
            _get(acting)
        seen.append(len(queries))
    assert seen[0] == seen[1] == 2


def test_a_filter_that_finds_nothing_says_so(someone: Someone) -> None:
    """And not that the register is empty."""
    acting = someone("operator")
    assert "しぼりこみをゆるめて" in _get(acting, name="いない").content.decode()
    assert "1 件" in _get(acting, name="太郎").content.decode()


def test_the_print_has_seals_and_all_rows(someone: Someone) -> None:
    """And the filter in words."""
    acting = someone("operator")
    _add(24)
    page = _get(acting, **{"as": "print", "name": "見本"}).content.decode()
    assert "課長" in page and "見本 023" in page and "氏名: 見本" in page
    assert "番号" not in page


def test_exports_carry_the_same_rows_and_are_entered(someone: Someone) -> None:
    """A text that looks like a formula stays a text, in Excel and in CSV."""
    acting = someone("operator")
    Person.objects.create(name='=HYPERLINK("x")', organisation="課\x07")
    book = load_workbook(io.BytesIO(_get(acting, **{"as": "xlsx"}).content))
    cells = [[cell.value for cell in row] for row in book.active.rows]
    assert cells == [["氏名", "所属"], ["見本 太郎", None], ['=HYPERLINK("x")', "課"]]
    assert book.active["A3"].data_type == "s"
    made = _get(acting, **{"as": "csv"})
    assert made.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(made.content.decode("utf-8-sig"), newline="")))
    assert lines[2][0] == '\'=HYPERLINK("x")'
    size = ledger().store.size()
    entries = [read_leaf(leaf)["object"] for leaf in ledger().store.leaves(size - 2, size)]
    assert entries == [
        {"register": "people", "count": 2, "form": "xlsx"},
        {"register": "people", "count": 2, "form": "csv"},
    ]


def test_shift_jis_tells_what_it_loses_before_it_loses_it(someone: Someone) -> None:
    """An ideographic variation and an emoji become 〓 only where that was chosen."""
    acting = someone("operator")
    assert _get(acting, **{"as": "csv-cp932"}).content.decode("cp932").startswith("氏名,所属\r\n")
    Person.objects.create(name="葛\U000e0101 🍣")
    before = ledger().store.size()
    page = _get(acting, **{"as": "csv-cp932"})
    assert page["Content-Type"].startswith("text/html") and "🍣" in page.content.decode()
    assert ledger().store.size() == before
    assert "葛〓 〓" in _get(acting, **{"as": "csv-cp932", "anyway": "1"}).content.decode("cp932")


def test_whoever_has_no_role_sees_no_list(someone: Someone) -> None:
    """An account alone opens nothing."""
    with pytest.raises(NotAllowed):
        _get(someone())
