"""The register of things left and papers gone wrong, and of corrections of it."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.db.models import QuerySet
from django.urls import reverse

from mihariban.office.base.acting import Acting
from mihariban.office.base.periods import PeriodFilter
from mihariban.office.base.policy import Verdict
from mihariban.office.base.register import Button, Column, Register
from mihariban.office.base.text import T
from mihariban.office.found.models import Thing, ThingCorrection
from mihariban.office.found.policy import FOUND
from mihariban.office.found.shelf import kept
from mihariban.office.found.words import FIELDS, KINDS, METHODS, RECOGNISED, STATES
from mihariban.office.sites.models import Kiosk


class _ThingFilter(PeriodFilter):
    period = "found_at"
    kiosk = django_filters.ModelChoiceFilter(queryset=Kiosk.objects.order_by("name"), label=T("交付機", "Kiosk"))
    kind = django_filters.ChoiceFilter(choices=list(KINDS.items()), label=T("種類", "Kind"))
    state = django_filters.ChoiceFilter(choices=list(STATES.items()), label=T("状態", "State"))

    class Meta:
        model = Thing
        fields: ClassVar = ["first", "last", "kiosk", "kind", "state"]


def ending(thing: Thing) -> str:
    """How it left: by what it was recognised, how it was destroyed, to whom it was handed."""
    if thing.state == "returned":
        return str(RECOGNISED.get(thing.recognised, thing.recognised))
    if thing.state == "destroyed":
        return str(METHODS.get(thing.method, thing.method))
    return " ".join(part for part in (thing.station, thing.receipt) if part)


def witnesses(thing: Thing) -> str:
    """Names of those who watched."""
    return "、".join(person.name for person in (thing.witness, thing.witness2) if person is not None)


class Things(Register):
    """Things left and papers gone wrong (article 6(3))."""

    name = "things"
    title = T("忘れ物・不良紙の記録", "Things left and papers gone wrong")
    empty = T("まだ記録がありません。「記入する」から始めてください。", 'Nothing yet. Begin with "Enter".')
    filters = _ThingFilter
    signatures = (T("管理者", "Manager"), T("取扱者", "Operator"))
    template_name = "found/list.html"
    columns = (
        Column("number", T("番号", "No."), sort="pk", link=lambda thing: reverse("found:thing", args=[thing.pk])),
        Column("kind", T("種類", "Kind"), lambda thing: KINDS[thing.kind], sort="kind"),
        Column("found_at", T("見つけた日時", "Found at"), sort="found_at"),
        Column("kiosk__name", T("交付機", "Kiosk"), sort="kiosk__name"),
        Column("what", T("何か", "What")),
        Column("pieces", T("数", "Pieces"), number=True),
        Column("yen", T("円", "Yen"), number=True),
        Column("finder__name", T("見つけた職員", "Found by")),
        Column("kept_at", T("保管場所", "Kept where")),
        Column(
            "state",
            T("状態", "State"),
            lambda thing: STATES[thing.state],
            sort="state",
            tag=lambda thing: "warn" if thing.state == "kept" else "good",
        ),
        Column("closed_at", T("処理した日時", "Gone at"), sort="closed_at"),
        Column("ending", T("方法・確認・届出先", "How, by what, to whom"), ending),
        Column("closed_by__name", T("処理した職員", "By")),
        Column("witnesses", T("立会者", "Witnesses"), witnesses),
        Column("remark", T("備考", "Remark")),
        Column("corrections", T("訂正", "Corrected"), lambda thing: thing.corrections or ""),
    )

    def may_see(self, acting: Acting) -> Verdict:
        return FOUND.may_see(acting)

    def rows(self, acting: Acting) -> QuerySet[Thing]:
        related = ("kiosk", "finder", "closed_by", "witness", "witness2")
        return Thing.objects.select_related(*related).order_by("-found_at", "-pk")

    def buttons(self, acting: Acting) -> list[Button]:
        found = [Button(reverse("found:new"), T("記入する", "Enter"))] if FOUND.may_enter(acting) else []
        if FOUND.may_set(acting):
            found.append(Button(reverse("found:span"), T("保存日数と立会者の数", "Days and witnesses")))
        return found

    @property
    def kept(self) -> int:
        """How many things lie in the office now."""
        return kept().count()


class _CorrectionFilter(PeriodFilter):
    class Meta:
        model = ThingCorrection
        fields: ClassVar = ["first", "last"]


class ThingCorrections(Register):
    """What was corrected."""

    name = "thing-corrections"
    title = T("忘れ物・不良紙の訂正", "Corrections of things")
    empty = T("訂正はありません。", "Nothing was corrected.")
    filters = _CorrectionFilter
    columns = (
        Column("at", T("訂正した日時", "Corrected at"), sort="at"),
        Column("thing", T("番号", "No."), link=lambda row: reverse("found:thing", args=[row.thing_id])),
        Column("field", T("項目", "Field"), lambda row: FIELDS[row.field]),
        Column("before", T("訂正前", "Before")),
        Column("after", T("訂正後", "After")),
        Column("reason", T("理由", "Reason")),
        Column("by__name", T("訂正した職員", "By")),
    )

    def may_see(self, acting: Acting) -> Verdict:
        return FOUND.may_see(acting)

    def rows(self, acting: Acting) -> QuerySet[ThingCorrection]:
        return ThingCorrection.objects.select_related("thing", "by").order_by("-at", "-pk")
