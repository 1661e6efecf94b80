"""The register of signs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import reverse

from mihariban.office.base.acting import Acting
from mihariban.office.base.policy import Verdict
from mihariban.office.base.register import Button, Column, Register
from mihariban.office.base.text import T
from mihariban.office.notices.models import SIZES, STATES, Sign
from mihariban.office.notices.policy import NOTICES

ALL = T("すべて", "All")


class SignFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    """By what hangs, by size, by state."""

    hangs = django_filters.ChoiceFilter(
        label=T("いま", "Now"),
        choices=[("yes", T("掲げている", "hangs")), ("no", T("外した", "taken down"))],
        empty_label=ALL,
        method="by_hanging",
    )
    size = django_filters.ChoiceFilter(label=T("大きさ", "Size"), choices=list(SIZES.items()), empty_label=ALL)
    state = django_filters.ChoiceFilter(label=T("状態", "State"), choices=list(STATES.items()), empty_label=ALL)

    class Meta:
        model = Sign
        fields = ()

    def by_hanging(self, rows: QuerySet[Sign], name: str, value: str) -> QuerySet[Sign]:
        """Those that hang, or those that were taken down."""
        return rows.filter(removed__isnull=value == "yes")


def _tag(row: Sign) -> str:
    if row.removed is not None or row.checked_at is None:
        return "plain"
    return {"good": "good", "worn": "warn"}.get(row.state, "error")


class Signs(Register):
    """Where signs hang."""

    name = "signs"
    title = T("防犯カメラの表示", "Signs at the cameras")
    empty = T(
        "表示の記録はまだありません。「表示を作る」で印刷して掲げ、「掲げた表示を書く」から始めてください。",
        'No sign is entered yet. Print one under "Make a sign", hang it, then begin with "Enter a sign".',
    )
    filters = SignFilter
    columns = (
        Column("pk", T("番号", "No."), lambda row: row.pk, sort="pk", number=True),
        Column("place", T("場所", "Place"), link=lambda row: reverse("notices:sign", args=[row.pk])),
        Column("camera", T("カメラ", "Camera"), lambda row: row.camera or T("場所全体", "whole place")),
        Column("size", T("大きさ", "Size"), lambda row: row.size_text),
        Column("since", T("掲げた日", "Since"), sort="since"),
        Column("photo", T("写真", "Photograph")),
        Column("checked_at", T("確かめた日時", "Looked at"), sort="checked_at"),
        Column(
            "state",
            T("状態", "State"),
            lambda row: row.state_text,
            tag=_tag,
        ),
    )

    def may_see(self, acting: Acting) -> Verdict:
        return NOTICES.may_see(acting)

    def rows(self, acting: Acting) -> QuerySet[Any, Any]:
        return Sign.objects.select_related("camera").order_by("-since", "-pk")

    def buttons(self, acting: Acting) -> Sequence[Button]:
        found = [Button(reverse("notices:make"), T("表示を作る", "Make a sign"))]
        if NOTICES.may_hang(acting):
            found.append(Button(reverse("notices:hang"), T("掲げた表示を書く", "Enter a sign")))
        if NOTICES.may_change_contact(acting):
            found.append(Button(reverse("notices:contact"), T("連絡先を改める", "Change the contact")))
        found.append(Button(reverse("notices:public"), T("公開ページを見る", "See the public page")))
        return found
