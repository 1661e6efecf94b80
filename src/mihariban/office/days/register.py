"""The list of changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import lazystr

from mihariban.office.base.acting import Acting
from mihariban.office.base.policy import Verdict
from mihariban.office.base.register import Button, Column, Register
from mihariban.office.base.text import T
from mihariban.office.days.models import KINDS, STATES, CalendarChange
from mihariban.office.days.policy import DAYS

_ALL = lazystr(T("すべて", "All"))
_TAGS = {"approved": "good", "proposed": "warn", "refused": "plain", "withdrawn": "plain"}


def _date() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"})


class ChangeFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    """By state, kind and days."""

    state = django_filters.ChoiceFilter(label=T("状態", "State"), choices=list(STATES.items()), empty_label=_ALL)
    kind = django_filters.ChoiceFilter(label=T("種類", "Kind"), choices=list(KINDS.items()), empty_label=_ALL)
    since = django_filters.DateFilter("last_day", "gte", label=T("この日から", "From"), widget=_date())
    until = django_filters.DateFilter("first_day", "lte", label=T("この日まで", "Until"), widget=_date())

    class Meta:
        model = CalendarChange
        fields: ClassVar = ["state", "kind"]


def times_text(change: CalendarChange) -> T:
    """What a change says of the hours."""
    if change.kind == "holiday_moved":
        to = change.moved_to.isoformat() if change.moved_to else ""
        return T(f"{to} へ" if to else "祝日でなくなる", f"to {to}" if to else "no holiday any more")
    if not change.windows:
        return T("終日", "whole day") if change.kind == "closure" else T("曜日の時間", "the weekday's hours")
    text = "、".join(f"{start}〜{end}" for start, end in change.windows)
    return T(text, text)


def address_of(change: CalendarChange) -> str:
    """The page of a change."""
    return reverse("days:change", args=[change.id])


class Changes(Register):
    """All changes, the newest days first."""

    name = "calendar-changes"
    title = T("稼働日・稼働時間の変更", "Changes of days and hours")
    empty = T(
        "まだ変更はありません。休止や時間の変更は「変更を書く」から始めます。",
        'No changes yet. Begin with "New change".',
    )
    filters = ChangeFilter
    per_page = 25  # each is some lines high
    signatures = (T("管理者", "Manager"), T("担当", "Clerk"))
    columns = (
        Column("first_day", T("最初の日", "First day"), sort="first_day", link=address_of),
        Column("last_day", T("最後の日", "Last day"), sort="last_day"),
        Column("kind", T("種類", "Kind"), lambda row: row.kind_text, sort="kind"),
        Column("times", T("時間", "Hours"), times_text),
        Column("site", T("設置場所", "Site"), lambda row: row.site or T("すべて", "all")),
        Column("reason", T("理由", "Reason")),
        Column("approver", T("決定した職", "Decided by")),
        Column("document_number", T("文書番号", "Document"), sort="document_number"),
        Column("state", T("状態", "State"), lambda row: row.state_text, tag=lambda row: _TAGS[row.state]),
    )

    def rows(self, acting: Acting) -> QuerySet[Any, Any]:
        """All changes."""
        return CalendarChange.objects.select_related("site").order_by("-first_day", "-id")

    def may_see(self, acting: Acting) -> Verdict:
        """The calendar's own policy."""
        return DAYS.may_see(acting)

    def buttons(self, acting: Acting) -> Sequence[Button]:
        """A new change, and the calendar."""
        new = [Button(reverse("days:new"), T("変更を書く", "New change"))] if DAYS.may_propose(acting) else []
        return [*new, Button(reverse("days:month"), T("暦を見る", "Calendar"))]
