"""A register: one list of rows with filter, pages, sorting, an A4 print, CSV and Excel, all from the same columns.

    class Days(Register):
        name = "days"
        title = T("開庁日の一覧", "Days")
        empty = T("まだありません。「新しく書く」から始めてください。", "Nothing yet. Begin with \"New\".")
        filters = DayFilter                       # a django_filters.FilterSet, or None
        columns = (
            Column("date", T("日付", "Date"), sort="date", link=lambda row: reverse("days:day", args=[row.pk])),
            Column("by", T("担当", "By"), lambda row: row.person.name),
        )

        def rows(self, acting: Acting) -> QuerySet[Day]:
            return Day.objects.select_related("person").order_by("-date")

    path("", Days.as_view(), name="list")

Select related rows in ``rows``: the number of queries must not grow with the rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import Any, ClassVar
from unicodedata import east_asian_width

import django_filters
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views import View

from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting, acting_of
from mihariban.office.base.action import action
from mihariban.office.base.dates import era_text, now
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.policy import Verdict, by_role
from mihariban.office.base.sheets import FORMATS, Sheet, unwritable
from mihariban.office.base.text import T

COUNTED = 10_000
"""More rows than this are not counted for a page: nobody turns that many pages."""
_OURS = ("sort", "page", "as", "anyway")
"""Names in an address that are not the filter's."""
PRINTED = 2_000
"""Rows on one print."""
WIDE, DENSE = 8, 12
"""So many columns are printed on A4 laid across, and in small letters."""
SHORT = 5
"""Letters of a cell that is not broken: sixteen such columns still fit on the paper."""
_DATE = re.compile(r"(明治|大正|昭和|平成|令和)(元|\d+)年\d+月\d+日|（\d{4}-\d\d-\d\d）|\d{4}-\d\d-\d\d|\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Args:
        name: in addresses, unique in its register.
        label: as shown.
        value: of a row; the attribute ``name`` (with ``__`` for what is related) where it is not given. Text, T,
            number, date, moment, bool or None.
        sort: field of the database to sort by; not sorted where empty.
        link: address that the cell leads to.
        tag: kind of the mark around the cell (good, warn, error, or plain), or None for no mark.
        number: shown on the right.
        printed: whether it stands in print and exports.
    """

    name: str
    label: T
    value: Callable[[Any], Any] | None = None
    sort: str = ""
    link: Callable[[Any], str] | None = None
    tag: Callable[[Any], str | None] | None = None
    number: bool = False
    printed: bool = True

    def of(self, row: Any) -> Any:
        """The value of a row."""
        if self.value is not None:
            return self.value(row)
        return reduce(lambda found, part: None if found is None else getattr(found, part), self.name.split("__"), row)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as a page shows it."""

    text: str
    number: bool
    link: str
    tag: str | None

    @property
    def html(self) -> SafeString:
        """The cell, made here: a template takes longer over five hundred of them than the database over all rows."""
        inner: str = _DATE.sub(r'<span class="m-keep">\g<0></span>', escape(self.text))
        if self.link:
            inner = f'<a href="{escape(self.link)}">{inner}</a>'
        elif self.tag:
            inner = f'<span class="m-tag m-tag--{escape(self.tag)}">{inner}</span>'
        return self._td("m-number" if self.number else "", inner)

    @property
    def printed(self) -> SafeString:
        """The cell on paper: short words and parts of a date are not broken, so that narrow columns can be read."""
        inner = _DATE.sub(r'<span class="m-keep">\g<0></span>', escape(self.text))
        short = "m-keep" if _width(self.text) <= SHORT else ""
        return self._td(" ".join(filter(None, ("m-number" if self.number else "", short))), inner)

    @staticmethod
    def _td(kind: str, inner: str) -> SafeString:
        told = f' class="{kind}"' if kind else ""
        return mark_safe(f"<td{told}>{inner}</td>")  # noqa: S308  # all escaped


@dataclass(frozen=True, slots=True)
class Button:
    """What can be done from a list, such as a new row."""

    address: str
    text: T


class Register(LoginRequiredMixin, View):
    """See above. ``?as=print``, ``csv``, ``csv-cp932``, ``xlsx`` give the same rows in other forms."""

    name: ClassVar[str]
    title: ClassVar[T]
    empty: ClassVar[T]
    columns: ClassVar[Sequence[Column]]
    filters: ClassVar[type[django_filters.FilterSet] | None] = None
    per_page: ClassVar[int] = 50
    signatures: ClassVar[Sequence[T]] = ()
    """Fields for seals at the head of the print, such as 課長."""
    template_name: ClassVar[str] = "web/register.html"

    def rows(self, acting: Acting) -> QuerySet[Any, Any]:
        """The rows that ``acting`` may see, in order."""
        raise NotImplementedError

    def prepared(self, rows: Iterable[Any]) -> Iterable[Any]:
        """The rows that are shown, with whatever their cells need besides: for all of them at once, in few queries."""
        return rows

    def may_see(self, acting: Acting) -> Verdict:
        """Whether the list may be seen at all; whoever has a role may where it is not overridden."""
        return by_role(acting, "manager", "deputy", "operator", "auditor", "it", "vendor")

    def buttons(self, acting: Acting) -> Sequence[Button]:  # for overriding
        """What can be done from here."""
        return ()

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list in the form that was asked for.

        Raises:
            NotAllowed: the policy refuses.
        """
        acting = acting_of(request)
        verdict = self.may_see(acting)
        if not verdict:
            raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)
        rows, chosen = self._filtered(request, acting)
        if chosen is not None and not chosen.is_valid():
            return render(request, self.template_name, self._page(request, acting, rows, chosen), status=422)
        form = request.GET.get("as", "")
        if form in FORMATS:
            return self._export(request, acting, verdict, form, rows)
        if form == "print":
            return render(request, "web/register_print.html", self._print(rows, chosen))
        return render(request, self.template_name, self._page(request, acting, rows, chosen))

    def _filtered(
        self, request: HttpRequest, acting: Acting
    ) -> tuple[QuerySet[Any, Any], django_filters.FilterSet | None]:
        rows, chosen = self.rows(acting), None
        if self.filters is not None:
            chosen = self.filters(request.GET, queryset=rows, request=request)
            rows = chosen.qs if chosen.is_valid() else rows.none()
        wanted = request.GET.get("sort", "")
        fields = [column.sort for column in self.columns if column.sort and column.name == wanted.removeprefix("-")]
        if fields:
            rows = rows.order_by(("-" if wanted.startswith("-") else "") + fields[0], "pk")
        return rows, chosen

    def _page(
        self, request: HttpRequest, acting: Acting, rows: QuerySet[Any, Any], chosen: django_filters.FilterSet | None
    ) -> dict[str, Any]:
        counted = rows.order_by()[: COUNTED + 1].count()
        last = max(1, -(-min(counted, COUNTED) // self.per_page))
        number = min(_number(request.GET.get("page")), last)
        start = (number - 1) * self.per_page
        lines = [self._cells(row, self.columns) for row in self.prepared(rows[start : start + self.per_page])]
        return {
            "register": self,
            "filter": chosen,
            "ignored": _ignored(request, chosen),
            "head": [self._head(request, column) for column in self.columns],
            "lines": lines,
            "body": _body([each.html for each in line] for line in lines),
            "count": T("{n} 件以上", "more than {n}").format(n=COUNTED) if counted > COUNTED else str(counted),
            "counted": counted,
            "page": number,
            "last": last,
            "earlier": _address(request, page=number - 1) if number > 1 else "",
            "later": _address(request, page=number + 1) if number < last else "",
            "exports": [(_address(request, **{"as": form}), label) for form, label in FORMATS.items()],
            "print": _address(request, **{"as": "print"}),
            "buttons": self.buttons(acting),
        }

    def _head(self, request: HttpRequest, column: Column) -> dict[str, Any]:
        now_by = request.GET.get("sort", "")
        up = now_by == column.name
        order = "ascending" if up else "descending" if now_by == f"-{column.name}" else ""
        address = _address(request, sort=f"-{column.name}" if up else column.name, page="") if column.sort else ""
        return {"label": column.label, "address": address, "order": order, "number": column.number}

    def _cells(self, row: Model, columns: Sequence[Column]) -> list[Cell]:
        return [
            Cell(
                shown(column.of(row)),
                column.number,
                column.link(row) if column.link else "",
                column.tag(row) if column.tag else None,
            )
            for column in columns
        ]

    def _print(self, rows: QuerySet[Any, Any], chosen: django_filters.FilterSet | None) -> dict[str, Any]:
        columns = [column for column in self.columns if column.printed]
        lines = [self._cells(row, columns) for row in self.prepared(rows[: PRINTED + 1])]
        return {
            "register": self,
            "look": _look(len(columns)),
            "columns": columns,
            "lines": lines[:PRINTED],
            "body": _body([each.printed for each in line] for line in lines[:PRINTED]),
            "cut": PRINTED if len(lines) > PRINTED else 0,
            "printed": now(),
            "chosen": _chosen(chosen),
        }

    def _export(
        self, request: HttpRequest, acting: Acting, verdict: Verdict, form: str, rows: QuerySet[Any, Any]
    ) -> HttpResponse:
        columns = [column for column in self.columns if column.printed]
        body = [[_plain(column.of(row)) for column in columns] for row in self.prepared(rows)]
        sheet = Sheet(str(self.title), [str(column.label) for column in columns], body)
        lost = unwritable(sheet) if form == "csv-cp932" and "anyway" not in request.GET else []
        if lost:
            addresses = {"anyway": _address(request, anyway=1), "whole": _address(request, **{"as": "csv"})}
            return render(request, "web/export_loss.html", {"register": self, "lost": lost, **addresses})
        with action(acting, verdict) as act:
            facts: dict[str, Json] = {"register": self.name, "count": len(body), "form": form}
            act.enter(Draft(Tag.REGISTER_ROWS_EXPORT, facts))
        return sheet.response(form, f"{self.name}-{now():%Y%m%d-%H%M}")


def shown(value: Any) -> str:
    """A value as a page shows it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return str(T("はい", "yes") if value else T("いいえ", "no"))
    return era_text(value) if isinstance(value, date) else str(value)


def _body(lines: Iterable[Iterable[SafeString]]) -> SafeString:
    """Rows of a table."""
    return mark_safe("\n".join(f"<tr>{''.join(cells)}</tr>" for cells in lines))  # noqa: S308  # cells are escaped


def _width(text: str) -> float:
    """Of a text in Japanese letters; a Latin one is half as wide."""
    return sum(1.0 if east_asian_width(letter) in "WF" else 0.5 for letter in text)


def _look(columns: int) -> str:
    """Classes of the sheet: how the paper lies, and the size of its letters."""
    return (" m-sheet--wide" if columns >= WIDE else "") + (" m-sheet--dense" if columns >= DENSE else "")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return timezone.localtime(value, timezone.get_default_timezone()).replace(tzinfo=None)
    if isinstance(value, bool):
        return shown(value)
    return value if value is None or isinstance(value, (int, float, date)) else str(value)


def _chosen(chosen: django_filters.FilterSet | None) -> list[tuple[str, str]]:
    """The filter in words, for the head of a print."""
    if chosen is None or not chosen.is_valid():
        return []
    return [(str(field.label), str(field.value())) for field in chosen.form if field.value() not in (None, "", [])]


def _ignored(request: HttpRequest, chosen: django_filters.FilterSet | None) -> str:
    """What the address asks for and this list does not know."""
    known = {*_OURS, *(chosen.form.fields if chosen is not None else ())}
    asked = [name for name in request.GET if name not in known and name.rpartition("_")[0] not in known]
    return "、".join(f"{name[:40]}={request.GET[name][:40]}" for name in asked[:5])


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text) else 1


def _address(request: HttpRequest, **changed: object) -> str:
    query = request.GET.copy()
    for name, value in changed.items():
        query[name] = str(value)
        if value == "":
            del query[name]
    return f"{request.path}?{query.urlencode()}"
