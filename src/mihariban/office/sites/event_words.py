"""What a recorder entered, in words that a clerk reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db.models import Max, Q, QuerySet

from mihariban.ledger.entry import from_moment
from mihariban.ledger.sentences import sentence
from mihariban.ledger.tags import Tag
from mihariban.office.base.dates import day_of, era_text, local
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


_ENTERED: Final = re.compile(r"(.+) \((.*)\)", re.DOTALL)


def with_sentences(rows: Iterable[SeenEvent]) -> list[SeenEvent]:
    """Entries with what ``said`` needs: that of a finding has its code alone, its recorder told the sentence.

    One query, however many entries there are.
    """
    found = list(rows)
    wanted = {row.pk: key for row in found if (key := _finding(row))}
    if not wanted:
        return found
    told = SeenFinding.objects.filter(
        recorder__in={recorder for recorder, _, _ in wanted.values()}, code__in={code for _, code, _ in wanted.values()}
    )
    newest = told.order_by().values("recorder", "code", "camera").annotate(newest=Max("pk")).values("newest")
    texts = {
        (each.recorder_id, each.code, each.camera): each.text for each in SeenFinding.objects.filter(pk__in=newest)
    }
    for row in found:
        key = wanted.get(row.pk)
        if key is not None:
            row.told = texts.get(key) or texts.get((*key[:2], ""))  # type: ignore[attr-defined]  # for ``said`` alone
    return found


def _finding(row: SeenEvent) -> tuple[str, str, str] | None:
    """Recorder, code and camera of the finding that an entry is of."""
    entered = row.facts.get("finding") if row.tag in _FINDINGS and isinstance(row.facts, dict) else None
    parts = _ENTERED.fullmatch(entered) if isinstance(entered, str) else None
    return (row.recorder_id, parts[1], parts[2]) if parts else None


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
    """An entry of ``with_sentences`` as a sentence in the language of the request."""
    text = getattr(row, "told", None)
    if text is not None:
        return str(_FINDINGS[row.tag].format(what=text))
    facts = {name: _as_read(value, row.at) for name, value in row.facts.items()}
    return sentence({"tag": row.tag, "outcome": row.outcome, "object": facts}, language())


def _as_read(value: Any, entered: datetime) -> Any:
    """A moment of the ledger (UTC, ns) as a clerk reads it; of the day of the entry the time is enough."""
    try:
        moment = local(from_moment(value))
    except (TypeError, ValueError, AttributeError):
        return value
    time = f"{moment:%H:%M:%S}"
    return time if moment.date() == day_of(entered) else f"{era_text(moment.date())} {time}"
