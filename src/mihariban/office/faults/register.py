"""The registers: faults, and disks that wait for their erasure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from mihariban.office.base.acting import Acting
from mihariban.office.base.policy import Verdict
from mihariban.office.base.register import Button, Column, Register
from mihariban.office.base.text import T
from mihariban.office.faults import words
from mihariban.office.faults.findings import alarms_without_fault
from mihariban.office.faults.models import Fault, TakenDisk
from mihariban.office.faults.policy import FAULTS
from mihariban.office.sites.models import Kiosk


def _day_field(label: T, method: str) -> django_filters.DateFilter:
    return django_filters.DateFilter(label=label, method=method, widget=forms.DateInput(attrs={"type": "date"}))


class FaultFilter(django_filters.FilterSet):  # type: ignore[misc]  # django_filters has no types
    """What a clerk looks for."""

    state = django_filters.ChoiceFilter(label=T("状態", "State"), choices=words.choices(words.STATES))
    kind = django_filters.ChoiceFilter(label=T("種類", "Kind"), choices=words.choices(words.KINDS))
    kiosk = django_filters.ModelChoiceFilter(label=T("機械", "Machine"), queryset=Kiosk.objects.order_by("pk"))
    first = _day_field(T("この日から", "From"), "from_day")
    last = _day_field(T("この日まで", "To"), "to_day")

    class Meta:
        model = Fault
        fields: ClassVar = ["state", "kind", "kiosk"]

    def from_day(self, rows: QuerySet[Fault], name: str, value: date) -> QuerySet[Fault]:  # django_filters'
        """Faults since the beginning of a day."""
        return rows.filter(since__gte=_midnight(value))

    def to_day(self, rows: QuerySet[Fault], name: str, value: date) -> QuerySet[Fault]:  # django_filters'
        """Faults up to the end of a day."""
        return rows.filter(since__lt=_midnight(min(value, date(9990, 1, 1)) + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:39]}…"


def _service(row: Any) -> T:
    if row.is_stopped:
        return T("停止中", "stopped")
    return T("停止なし", "never stopped") if not row.stoppages.all() else T("再開", "running again")


def _address(fault: Fault) -> str:
    return reverse("faults:record", args=[fault.pk])


class Faults(Register):
    """The fault register (故障記録簿)."""

    name = "faults"
    title = T("故障記録簿", "Faults")
    empty = T(
        "まだ故障はありません。故障したときは「故障を届け出る」を押してください。",
        'No faults yet. Where something breaks, press "Open a fault".',
    )
    filters = FaultFilter
    per_page = 25  # each is some lines high
    signatures = (T("管理者", "Manager"), T("担当", "In charge"))
    template_name = "faults/list.html"
    columns = (
        Column("pk", T("番号", "No."), sort="pk", link=_address, number=True),
        Column("since", T("発生", "Since"), sort="since"),
        Column("kiosk__name", T("機械", "Machine"), sort="kiosk__name"),
        Column("kind", T("種類", "Kind"), lambda row: words.KINDS[row.kind], sort="kind"),
        Column("what", T("内容", "What"), lambda row: _short(row.what)),
        Column(
            "state", T("状態", "State"), lambda row: words.STATES[row.state], sort="state",
            tag=lambda row: words.STATE_TAGS[row.state],
        ),
        Column(
            "service", T("使用", "Service"), _service,
            tag=lambda row: "error" if row.is_stopped else "plain",
        ),
        Column("told_at", T("周知", "Users told")),
        Column("vendor_at", T("業者連絡", "Vendor reached")),
        Column("restored_at", T("復旧", "Restored"), sort="restored_at"),
    )  # fmt: skip  # a table

    def rows(self, acting: Acting) -> QuerySet[Fault]:
        """All of them; for a vendor those to which it was called."""
        rows = Fault.objects.select_related("kiosk").prefetch_related("stoppages").order_by("-since", "-pk")
        return rows.filter(vendor_at__isnull=False) if acting.roles == {"vendor"} else rows

    def may_see(self, acting: Acting) -> Verdict:
        """The policy's answer."""
        return FAULTS.may_see(acting)

    def _page(self, request: HttpRequest, acting: Acting, *more: Any) -> dict[str, Any]:
        alarms = alarms_without_fault() if FAULTS.may_open(acting) else []
        return {**super()._page(request, acting, *more), "alarms": alarms}

    def buttons(self, acting: Acting) -> Sequence[Button]:
        """A new fault, downtime, disks."""
        found = [Button(reverse("faults:open"), T("故障を届け出る", "Open a fault"))] if FAULTS.may_open(acting) else []
        return [
            *found,
            Button(reverse("faults:figures"), T("停止時間の集計", "Downtime")),
            Button(reverse("faults:disks"), T("取り外したディスク", "Disks taken out")),
        ]


class Disks(Register):
    """Disks with footage that left a recorder."""

    name = "taken-disks"
    title = T("取り外したディスクの記録", "Disks taken out")
    empty = T(
        "取り外したディスクはありません。故障の記録のページから書き加えます。",
        "No disk was taken out. They are entered on a fault's page.",
    )
    columns = (
        Column("serial", T("製造番号", "Serial"), sort="serial"),
        Column("fault_id", T("故障", "Fault"), link=lambda row: _address(row.fault), number=True),
        Column("taken_at", T("取り外し", "Taken out"), sort="taken_at"),
        Column("taken_by", T("取り外した人", "By")),
        Column("kept_at", T("保管場所", "Kept at")),
        Column("handed_at", T("引き渡し", "Handed over")),
        Column("handed_to", T("相手", "To")),
        Column(
            "state", T("状態", "State"), lambda row: words.DISKS[row.state], sort="state",
            tag=lambda row: "good" if row.state == "erased" else "warn",
        ),
        Column("erased_at", T("消去", "Erased")),
        Column("method", T("方法", "How")),
        Column("certificate", T("証明書", "Certificate")),
    )  # fmt: skip  # a table

    def rows(self, acting: Acting) -> QuerySet[TakenDisk]:
        """Those that wait first."""
        rows = TakenDisk.objects.select_related("fault").order_by(
            F("erased_at").asc(nulls_first=True), "taken_at", "pk"
        )
        return rows.filter(fault__vendor_at__isnull=False) if acting.roles == {"vendor"} else rows

    def may_see(self, acting: Acting) -> Verdict:
        """The policy's answer."""
        return FAULTS.may_see(acting)
