"""Registers: what was not as it should be, and what the recorders entered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from mihariban.office.base.acting import Acting
from mihariban.office.base.policy import Verdict
from mihariban.office.base.register import Column, Register
from mihariban.office.base.text import T
from mihariban.office.sites.event_words import KINDS, kind, of_kind, said, with_sentences
from mihariban.office.sites.models import RecorderUnit, SeenEvent, SeenFinding
from mihariban.office.sites.policy import SITES

SEVERITIES = {"alarm": T("異常", "Alarm"), "warning": T("注意", "Look at it")}
ALL = T("すべて", "All")
_DAY = forms.DateInput(attrs={"type": "date"})


def _recorders() -> list[tuple[str, str]]:
    return [(pk, pk) for pk in RecorderUnit.objects.order_by("pk").values_list("pk", flat=True)]


class FindingFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    """By severity, by whether it lasts, by recorder, by day."""

    severity = django_filters.ChoiceFilter(
        label=T("重さ", "Severity"), choices=list(SEVERITIES.items()), empty_label=ALL
    )
    lasts = django_filters.ChoiceFilter(
        label=T("いま", "Now"),
        choices=[("yes", T("続いている", "lasts")), ("no", T("終わった", "over"))],
        empty_label=ALL,
        method="by_lasting",
    )
    recorder = django_filters.ChoiceFilter(label=T("録画装置", "Recorder"), choices=_recorders, empty_label=ALL)
    first = django_filters.DateFilter(field_name="since", lookup_expr="date__gte", label=T("から", "From"), widget=_DAY)
    last = django_filters.DateFilter(field_name="since", lookup_expr="date__lte", label=T("まで", "To"), widget=_DAY)

    class Meta:
        model = SeenFinding
        fields = ()

    def by_lasting(self, rows: QuerySet[SeenFinding], name: str, value: str) -> QuerySet[SeenFinding]:
        """Those that last, or those that are over."""
        return rows.filter(until__isnull=value == "yes")


class Findings(Register):
    """What was not as it should be."""

    name = "findings"
    title = T("異常の記録", "Alarms")
    empty = T("異常の記録はまだありません。", "Nothing was wrong so far.")
    filters = FindingFilter
    columns = (
        Column(
            "severity",
            T("重さ", "Severity"),
            lambda row: SEVERITIES.get(row.severity, row.severity),
            sort="severity",
            tag=lambda row: "error" if row.severity == "alarm" else "warn",
        ),
        Column(
            "what",
            T("内容", "What"),
            lambda row: row.text,
            link=lambda row: reverse("sites:finding", args=[row.pk]),
        ),
        Column("recorder", T("録画装置", "Recorder"), lambda row: row.recorder_id, sort="recorder_id"),
        Column("camera", T("カメラ", "Camera"), sort="camera"),
        Column("since", T("始まり", "Since"), sort="since"),
        Column("until", T("終わり", "Until"), lambda row: row.until or T("続いている", "lasts"), sort="until"),
    )

    def may_see(self, acting: Acting) -> Verdict:
        return SITES.may_see(acting)

    def rows(self, acting: Acting) -> QuerySet[Any, Any]:
        return SeenFinding.objects.order_by("-since", "-pk")


class EventFilter(django_filters.FilterSet):  # type: ignore[misc]  # the same
    """By recorder, by kind, by day."""

    recorder = django_filters.ChoiceFilter(label=T("録画装置", "Recorder"), choices=_recorders, empty_label=ALL)
    kind = django_filters.ChoiceFilter(
        label=T("種類", "Kind"),
        choices=[(name, text) for name, (text, _) in KINDS.items()],
        empty_label=ALL,
        method="by_kind",
    )
    first = django_filters.DateFilter(field_name="at", lookup_expr="date__gte", label=T("から", "From"), widget=_DAY)
    last = django_filters.DateFilter(field_name="at", lookup_expr="date__lte", label=T("まで", "To"), widget=_DAY)

    class Meta:
        model = SeenEvent
        fields = ()

    def by_kind(self, rows: QuerySet[SeenEvent], name: str, value: str) -> QuerySet[SeenEvent]:
        """Those of a kind."""
        return of_kind(rows, value)


class Events(Register):
    """What the recorders entered in their ledgers."""

    name = "events"
    title = T("録画装置の台帳", "What the recorders entered")
    empty = T(
        "録画装置の記録はまだ届いていません。設備のページで通信の状態を確かめてください。",
        "Nothing was heard of a recorder yet. Look at the equipment page.",
    )
    filters = EventFilter
    columns = (
        Column("at", T("日時", "When"), sort="at"),
        Column("what", T("内容", "What"), said),
        Column("recorder", T("録画装置", "Recorder"), lambda row: row.recorder_id),
        Column("seq", T("番号", "Number"), number=True),
        Column("kind", T("種類", "Kind"), kind),
    )

    def may_see(self, acting: Acting) -> Verdict:
        return SITES.may_see_events(acting)

    def rows(self, acting: Acting) -> QuerySet[Any, Any]:
        return SeenEvent.objects.order_by("-at", "recorder_id", "-seq")

    def prepared(self, rows: Iterable[Any]) -> Iterable[Any]:
        return with_sentences(rows)
