"""What a recorder entered, in words that a clerk reads."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Concat

from mihariban.ledger.sentences import sentence
from mihariban.ledger.tags import Tag
from mihariban.office.base.text import T, language
from mihariban.office.sites.models import SeenEvent, SeenFinding

KINDS: Final[dict[str, tuple[T, tuple[str, ...]]]] = {
    "visit": (T("来訪", "Visits"), ("visit", "clip")),
    "gap": (T("見守りの途切れ", "Not watched"), ("gap", "closed")),
    "health": (T("異常", "Alarms"), ("health",)),
    "footage": (T("映像の閲覧と取り出し", "Footage seen or taken out"), ("grant", "footage")),
    "hold": (T("保存の延長", "Holds"), ("hold",)),
    "erasure": (T("期限と消去", "Deadlines and erasure"), ("expiry", "erasure")),
    "rule": (T("要綱と稼働日", "Rule and days"), ("policy", "calendar", "setup", "site")),
    "machine": (T("装置の起動と停止", "Starts and stops"), ("boot", "recovery", "software", "backup")),
    "disk": (T("保存の領域と鍵", "Storage and keys"), ("volume", "key", "casekey")),
    "clock": (T("時計", "Clock"), ("clock",)),
    "ledger": (T("台帳", "Ledger"), ("ledger", "checkpoint", "cosign", "register")),
}
"""Kinds of entries as one chooses them, with the nouns of their tags."""
OTHER: Final = T("その他", "Others")
_KIND_OF: Final = {noun: text for text, nouns in KINDS.values() for noun in nouns}
_FINDINGS: Final = {
    str(Tag.HEALTH_FINDING_BEGIN): T("異常：{what}", "Alarm: {what}"),
    str(Tag.HEALTH_FINDING_END): T("異常が終わった：{what}", "Alarm over: {what}"),
}


def events() -> QuerySet[SeenEvent]:
    """The entries, those of a finding with the sentence that its recorder told of it: an entry has its code alone."""
    begins = Concat("code", Value(" ("))
    entered = ExpressionWrapper(OuterRef("finding"), output_field=TextField())
    told = SeenFinding.objects.filter(recorder=OuterRef("recorder")).annotate(name=begins, entered=entered)
    told = told.filter(Q(entered=Concat("name", "camera", Value(")"))) | Q(camera="", entered__startswith=F("name")))
    sentences = {name: Subquery(told.order_by("-pk").values(name)[:1]) for name in ("ja", "en")}
    return SeenEvent.objects.annotate(finding=KT("facts__finding")).annotate(**sentences)


def kind(row: SeenEvent) -> T:
    """What kind of entry it is."""
    return _KIND_OF.get(row.tag.partition(":")[0], OTHER)


def of_kind(rows: QuerySet[Any], name: str) -> QuerySet[Any]:
    """The entries of a kind of ``KINDS``; all where there is no such kind."""
    _, nouns = KINDS.get(name, (OTHER, ()))
    wanted = Q()
    for noun in nouns:
        wanted |= Q(tag__startswith=f"{noun}:")
    return rows.filter(wanted)


def said(row: SeenEvent) -> str:
    """An entry of ``events()`` as a sentence in the language of the request."""
    text = getattr(row, language(), None)
    if row.tag in _FINDINGS and text:
        return str(_FINDINGS[row.tag]).format(what=text)
    return sentence({"tag": row.tag, "outcome": row.outcome, "object": row.facts}, language())
