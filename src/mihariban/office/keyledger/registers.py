"""The registers of the keys: uses in the form clerks know, counts, corrections, openings without a key."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.db.models import QuerySet
from django.urls import reverse

from mihariban.base.clock import from_datetime
from mihariban.base.errors import MiharibanError
from mihariban.office.base.acting import ROLE_NAMES, Acting
from mihariban.office.base.dates import local, today
from mihariban.office.base.periods import PeriodFilter
from mihariban.office.base.policy import Verdict
from mihariban.office.base.register import Button, Column, Register
from mihariban.office.base.rule import policy_on
from mihariban.office.base.text import T
from mihariban.office.keyledger.models import Key, KeyCorrection, KeyCount, KeyUse, Opening
from mihariban.office.keyledger.policy import KEYS
from mihariban.office.keyledger.purposes import FIELDS, LAMPS, OPENING_TAGS, PURPOSES
from mihariban.office.keyledger.seen import with_seen
from mihariban.policy.sections.handling import Storage

SEALS = (T("管理者", "Manager"), T("取扱者", "Operator"))


def storage() -> Storage:
    """What the rule says today of place and key; its defaults where there is no rule."""
    try:
        return policy_on(today()).policy.storage
    except MiharibanError:
        return Storage()


class _Seen(Register):
    """Registers that whoever may see the keys may see."""

    signatures = SEALS

    def may_see(self, acting: Acting) -> Verdict:
        return KEYS.may_see(acting)


class _UseFilter(PeriodFilter):
    period = "out_at"
    key = django_filters.ModelChoiceFilter(queryset=Key.objects.order_by("label", "pk"), label=T("鍵", "Key"))
    state = django_filters.ChoiceFilter(
        label=T("状態", "State"),
        choices=[
            ("out", T("持ち出し中", "out")),
            ("back", T("戻った・未確認", "back, not confirmed")),
            ("confirmed", T("確認済み", "confirmed")),
        ],
        method="of_state",
    )

    class Meta:
        model = KeyUse
        fields: ClassVar = ["first", "last", "key", "state"]

    def of_state(self, rows: QuerySet[KeyUse], name: str, value: str) -> QuerySet[KeyUse]:
        """Out, back, confirmed."""
        if value == "confirmed":
            return rows.exclude(confirmed_at=None)
        return rows.filter(confirmed_at=None, in_at__isnull=value == "out")


def state_of(use: KeyUse) -> T:
    """In words."""
    if use.in_at is None:
        return T("持ち出し中", "out")
    return T("確認済み", "confirmed") if use.confirmed_at else T("未確認", "not confirmed")


def _time(moment: str) -> object:
    def of(use: KeyUse) -> str:
        at = getattr(use, moment)
        if at is None:
            return ""
        there = local(from_datetime(at))
        same = there.date() == local(from_datetime(use.out_at)).date()
        return f"{there:%H:%M}" if same else f"{there:%m-%d %H:%M}"

    return of


def _lamps(use: KeyUse) -> str:
    return "→".join(str(LAMPS[lamp]) if lamp else "・" for lamp in (use.lamp_before, use.lamp_after))


class KeyUses(_Seen):
    """鍵使用管理簿 (article 10(4))."""

    name = "key-uses"
    empty = T(
        "まだ使用がありません。「鍵」の画面で「持ち出す」を押すと、ここに記録されます。",
        'No uses yet. Press "Take" on the page "Keys", and they stand here.',
    )
    filters = _UseFilter
    columns = (
        Column(
            "pk",
            T("番号", "No."),
            sort="pk",
            number=True,
            link=lambda use: reverse("keyledger:use", args=[use.pk]),
        ),
        Column("date", T("年月日", "Date"), lambda use: local(from_datetime(use.out_at)).date(), sort="out_at"),
        Column("key__label", T("鍵", "Key"), sort="key__label"),
        Column("out_at", T("持出", "Out"), _time("out_at")),  # type: ignore[arg-type]  # a function of a use
        Column("in_at", T("返却", "In"), _time("in_at"), sort="in_at"),  # type: ignore[arg-type]  # the same
        Column("holder", T("使用者", "Holder"), lambda use: f"{use.holder.name}（{ROLE_NAMES[use.role]}）"),
        Column("purpose", T("使用目的", "Purpose"), lambda use: PURPOSES[use.purpose]),
        Column("companion", T("立会者", "Companion")),
        Column("opened", T("開けたか", "Opened")),
        Column("lamps", T("録画ランプ", "Lamp"), _lamps),
        Column("seal", T("封印", "Seal")),
        Column("seen", T("録画装置の動き", "Recorder saw"), lambda use: use.seen or ""),
        Column("remark", T("備考", "Remark")),
        Column("corrections", T("訂正", "Corrected"), lambda use: use.corrections or ""),
        Column(
            "state",
            T("確認", "Confirmed"),
            lambda use: use.confirmed_by.name if use.confirmed_by else state_of(use),
            tag=lambda use: "good" if use.confirmed_at else "warn",
        ),
    )

    @property
    def title(self) -> T:  # type: ignore[override]  # the rule's own name for it
        """Its name in the rule."""
        return T(storage().key_ledger_ja or "鍵使用管理簿", "Register of key uses")

    def rows(self, acting: Acting) -> QuerySet[KeyUse]:
        uses = KeyUse.objects.select_related("key", "holder", "confirmed_by").order_by("-out_at", "-pk")
        return with_seen(uses)

    def buttons(self, acting: Acting) -> list[Button]:
        return [Button(reverse("keyledger:board"), T("鍵を持ち出す・戻す", "Take or bring back a key"))]


class _CountFilter(PeriodFilter):
    period, period_is_date = "day", True
    key = django_filters.ModelChoiceFilter(queryset=Key.objects.order_by("label", "pk"), label=T("鍵", "Key"))

    class Meta:
        model = KeyCount
        fields: ClassVar = ["first", "last", "key"]


class KeyCounts(_Seen):
    """Counts at the end of the day."""

    name = "key-counts"
    title = T("鍵の本数の確認", "Key counts")
    empty = T("まだ数えていません。「数える」から始めてください。", 'Not counted yet. Begin with "Count".')
    filters = _CountFilter
    columns = (
        Column("day", T("年月日", "Date"), sort="day"),
        Column("at", T("確認した時刻", "Counted at"), lambda row: f"{local(from_datetime(row.at)):%H:%M}"),
        Column("key__label", T("鍵", "Key"), sort="key__label"),
        Column("expected", T("あるべき数", "Expected"), number=True),
        Column("found", T("あった数", "Found"), number=True),
        Column(
            "fits",
            T("結果", "Result"),
            lambda row: T("合う", "fits") if row.expected == row.found else T("合わない", "does not fit"),
            tag=lambda row: "good" if row.expected == row.found else "error",
        ),
        Column("by__name", T("確認した者", "By")),
        Column("remark", T("備考", "Remark")),
    )

    def rows(self, acting: Acting) -> QuerySet[KeyCount]:
        return KeyCount.objects.select_related("key", "by").order_by("-at", "-pk")

    def buttons(self, acting: Acting) -> list[Button]:
        return [Button(reverse("keyledger:count"), T("数える", "Count"))] if KEYS.may_count(acting) else []


class _CorrectionFilter(PeriodFilter):
    class Meta:
        model = KeyCorrection
        fields: ClassVar = ["first", "last"]


class KeyCorrections(_Seen):
    """What was corrected."""

    name = "key-corrections"
    title = T("鍵使用の訂正", "Corrections of key uses")
    empty = T("訂正はありません。", "Nothing was corrected.")
    filters = _CorrectionFilter
    columns = (
        Column("at", T("訂正した日時", "Corrected at"), sort="at"),
        Column(
            "use_id", T("使用の番号", "Use"), number=True, link=lambda row: reverse("keyledger:use", args=[row.use_id])
        ),
        Column("field", T("項目", "Field"), lambda row: FIELDS[row.field]),
        Column("before", T("訂正前", "Before")),
        Column("after", T("訂正後", "After")),
        Column("reason", T("理由", "Reason")),
        Column("by__name", T("訂正した者", "By")),
    )

    def rows(self, acting: Acting) -> QuerySet[KeyCorrection]:
        return KeyCorrection.objects.select_related("by").order_by("-at", "-pk")


class _OpeningFilter(PeriodFilter):
    period = "first"

    class Meta:
        model = Opening
        fields: ClassVar = ["first", "last"]


def what_happened(opening: Opening) -> str:
    """停止、起動"""
    return "、".join(str(OPENING_TAGS.get(tag, tag)) for tag in dict.fromkeys(opening.tags))


class Openings(_Seen):
    """The recorder was handled and no key was out."""

    name = "openings"
    title = T("鍵の使用がない録画装置の操作", "Recorder handled without a key")
    empty = T("ありません。", "There are none.")
    filters = _OpeningFilter
    columns = (
        Column("first", T("日時", "At"), sort="first"),
        Column("recorder_id", T("録画装置", "Recorder")),
        Column("tags", T("見えたこと", "Seen"), what_happened),
        Column(
            "state",
            T("状態", "State"),
            lambda row: T("説明済み", "explained") if row.explained_at else T("説明が必要", "to be explained"),
            tag=lambda row: "good" if row.explained_at else "error",
        ),
        Column("reason", T("説明", "Explanation")),
        Column("explained_by", T("説明した者", "By")),
        Column(
            "do",
            T("操作", "Do"),
            lambda row: "" if row.explained_at else T("説明する", "explain"),
            link=lambda row: "" if row.explained_at else reverse("keyledger:explain", args=[row.pk]),
            printed=False,
        ),
    )

    def rows(self, acting: Acting) -> QuerySet[Opening]:
        return Opening.objects.select_related("explained_by").order_by("-first", "-pk")
