"""Findings: those that a recorder tells, and the office's own about a recorder. They open, last and end here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from mihariban.office.base.text import T
from mihariban.office.sites import hooks
from mihariban.office.sites.models import RecorderUnit, SeenFinding

UNREACHABLE: Final = "office_unreachable"
FEED_BROKEN: Final = "office_feed_broken"
LEDGER_FORKED: Final = "office_ledger_forked"
COSIGN_LATE: Final = "office_cosign_late"
VISITS_MISSING: Final = "office_visits_missing"
OWN: Final = "office_"
"""Codes of the office itself begin so: a recorder that tells one is not believed."""


@dataclass(frozen=True, slots=True)
class Told:
    """A finding that lasts now."""

    code: str
    camera: str
    severity: str
    since: datetime
    text: T
    figures: dict[str, Any] = field(default_factory=dict)


def keep_findings(recorder: RecorderUnit, told: Iterable[Told], now: datetime) -> None:
    """Bring the recorder's findings up to what it tells: what is new begins, what is not told any more ends. Inside a
    transaction.
    """
    rows = SeenFinding.objects.filter(recorder=recorder, until=None).exclude(code__startswith=OWN)
    kept = {(row.code, row.camera): row for row in rows}
    for each in told:
        row = kept.pop((each.code, each.camera), None)
        if row is None:
            begin(recorder, each)
        elif (row.figures, row.ja, row.severity) != (each.figures, each.text.ja, each.severity):
            row.figures, row.ja, row.en, row.severity = each.figures, each.text.ja, each.text.en, each.severity
            row.save(update_fields=["figures", "ja", "en", "severity"])
    for row in kept.values():
        _end(row, now)


def begin(recorder: RecorderUnit, told: Told) -> SeenFinding:
    """A finding begins; the same that lasts already goes on."""
    row, new = SeenFinding.objects.get_or_create(
        recorder=recorder,
        code=told.code,
        camera=told.camera,
        until=None,
        defaults={
            "severity": told.severity,
            "since": told.since,
            "ja": told.text.ja,
            "en": told.text.en,
            "figures": told.figures,
        },
    )
    if new:
        for call in hooks.finding_began:
            call(row)
    return row


def end(recorder: RecorderUnit, code: str, now: datetime) -> None:
    """A finding of the office is over; nothing where it does not last."""
    for row in SeenFinding.objects.filter(recorder=recorder, code=code, until=None):
        _end(row, now)


def _end(row: SeenFinding, now: datetime) -> None:
    row.until = max(now, row.since)
    row.save(update_fields=["until"])
    for call in hooks.finding_ended:
        call(row)


def moment_of(text: str) -> datetime:
    """A moment as recorders write it: ISO 8601 with offset.

    Raises:
        ValueError: not of that form, or without offset.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"no offset: {text}")
    return found


def unreachable(since: datetime, why: str) -> Told:
    """The recorder does not answer."""
    text = T(
        "録画装置から応答がありません。録画は続いているかもしれませんが、確かめられません。"
        "電源と配線を見て、直らないときは情報システム担当者に連絡してください。",
        "The recorder does not answer. It may go on recording, but nobody can tell. "
        "Look at power and cables; call the IT staff if that does not help.",
    )
    return Told(UNREACHABLE, "", "alarm", since, text, {"why": why})


def forked(now: datetime, why: str) -> Told:
    """The recorder's ledger contradicts what the office has cosigned."""
    text = T(
        "録画装置の台帳が、前に確認した内容と食い違っています。書き換えや巻き戻しのおそれがあります。"
        "装置に触らず、管理者と監査担当者に知らせてください。",
        "The recorder's ledger contradicts what was confirmed before: it may have been rewritten or rolled back. "
        "Leave the machine alone and tell the manager and the auditor.",
    )
    return Told(LEDGER_FORKED, "", "alarm", now, text, {"why": why})


def feed_broken(now: datetime, seq: int, why: str) -> Told:
    """The recorder's entries have a hole, or fewer of them are there than before."""
    text = T(
        "録画装置の台帳の記録が {seq} 件目から続いていません。装置に触らず、管理者と監査担当者に知らせてください。",
        "The recorder's entries do not continue at number {seq}. "
        "Leave the machine alone and tell the manager and the auditor.",
    ).format(seq=seq)
    return Told(FEED_BROKEN, "", "alarm", now, text, {"seq": seq, "why": why})


def cosign_late(since: datetime) -> Told:
    """Nothing was cosigned for too long."""
    text = T(
        "録画装置の台帳と窓口の台帳の相互確認が遅れています。通信が戻れば自動で行います。"
        "続くときは情報システム担当者に連絡してください。",
        "Recorder and office have not confirmed each other's ledgers for too long. "
        "It is done by itself once they talk; call the IT staff if it goes on.",
    )
    return Told(COSIGN_LATE, "", "warning", since, text)


def visits_missing(now: datetime, count: int) -> Told:
    """Visits are gone from the recorder's list before their time."""
    text = T(
        "保存期限の前に、来訪 {count} 件が録画装置の一覧から消えました。管理者と監査担当者に知らせてください。",
        "{count} visits are gone from the recorder's list before their deadline. Tell the manager and the auditor.",
    ).format(count=count)
    return Told(VISITS_MISSING, "", "alarm", now, text, {"count": count})
