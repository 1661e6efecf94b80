"""Was everything kept as long as the rule says, and no longer? Questions 1, 7, 8 and 19 of the auditors' list."""

from __future__ import annotations

import re
from datetime import date
from importlib import resources

from mihariban.base import sqlite
from mihariban.base.clock import DAY, SECOND, iso
from mihariban.base.ids import id_text
from mihariban.ledger.tags import Tag
from mihariban.policy import LoadedPolicy
from mihariban.recorder.auditing.evidence import Answer, Evidence, answer
from mihariban.volume import ClipInfo, ClipKind

ERASED_WITHIN = 60 * SECOND
"""From the deadline to the destroyed key (ns), while the recorder runs."""


def rule(evidence: Evidence) -> Answer:
    """1: which version of the rule applied on which day, and who approved it?"""
    spans: list[dict[str, object]] = []
    before: LoadedPolicy | None = None
    for day in evidence.days():
        loaded = evidence.hours.in_force(evidence.hours.day_span(day)[0])
        if loaded is None:
            before = None
            continue
        if before is None or loaded.sha256 != before.sha256:
            spans.append({**_version(loaded), "from": day.isoformat(), **_approval(evidence, loaded.sha256)})
        spans[-1]["to"] = day.isoformat()
        before = loaded
    said = ", ".join(f"{each['version']} ({each['from']} – {each['to']})" for each in spans)
    days = sum((date.fromisoformat(str(e["to"])) - date.fromisoformat(str(e["from"]))).days + 1 for e in spans)
    missing = (evidence.last - evidence.first).days + 1 - days
    facts = {"versions": said or "-", "missing": missing}
    return answer("rule", facts, {"versions": spans, "days_without": missing}, finding=missing > 0)


def _version(loaded: LoadedPolicy) -> dict[str, object]:
    return {"policy": loaded.policy.id, "version": loaded.policy.version, "sha256": loaded.sha256}


def _approval(evidence: Evidence, sha256: str) -> dict[str, object]:
    """Who had it approved, as the order that brought it says; the first one was laid when the site was made."""
    for entry in evidence.tagged(Tag.POLICY_VERSION_RECEIVE, done=True):
        if entry.facts["hash"] == sha256:
            role = (entry.whole.get("actor") or {}).get("role", "")
            return {
                "approved_by": role,
                "name": evidence.text(entry, "who"),
                "document": entry.whole.get("case", ""),
                "entry": entry.seq,
            }
    return {"approved_by": "laid when the site was made"}


def age(evidence: Evidence) -> Answer:
    """7: how old is the oldest recording; what is older than the limit, kept by which hold, until when, by whom?"""
    clips = [clip for clip in evidence.clips if clip.kind is not ClipKind.MANIFEST and clip.chunks]
    over = [clip for clip in clips if clip.deadline <= evidence.now]
    held = [each for clip in over if clip.held for each in _kept_by(evidence, clip)]
    late = [clip for clip in over if not clip.held and clip.deadline + ERASED_WITHIN <= evidence.now]
    unexplained = sum(clip.held and not _kept_by(evidence, clip) for clip in over)
    waiting = [row for row in evidence.erasures if row.overwritten is None]
    oldest = min((clip.start for clip in clips if clip.start), default=None)
    days = 0 if oldest is None else (evidence.now - oldest) // DAY
    said = "-" if oldest is None else iso(oldest, evidence.zone)
    facts = {
        "oldest": said,
        "days": days,
        "over": len(over),
        "late": len(late),
        "unexplained": unexplained,
        "waiting": len(waiting),
    }
    names = {"held": held, "late": [id_text(clip.clip) for clip in late]}
    return answer("age", facts, {**facts, **names}, finding=bool(late or unexplained))


def _kept_by(evidence: Evidence, clip: ClipInfo) -> list[dict[str, object]]:
    rows = {row.id: row for row in evidence.holds}
    found: list[dict[str, object]] = []
    for kept in evidence.kept:
        row = rows.get(kept.hold)
        if row is None or row.released is not None or all(part.clip != clip.clip for part in kept.parts):
            continue
        by = row.document.get("decided_by") or {}
        found.append(
            {
                "clip": id_text(clip.clip),
                "hold": id_text(row.id),
                "review": iso(row.review or row.to_wall, evidence.zone),
                "approved_by": str(by.get("role", "")),
                "name": str((by.get("name") or {}).get("text", "")),
                "basis": str(row.document.get("basis", "")),
                "request": str(row.document.get("request", "")),
            }
        )
    return found


def lost(evidence: Evidence) -> Answer:
    """8: was anything lost before its minimum period?"""
    entries = [e for e in evidence.tagged(Tag.VISIT_FOOTAGE_LOSE) if evidence.asked(e.wall)]
    early = [
        {"entry": e.seq, "clips": e.facts.get("early", 0), "hours_early": e.facts.get("hours_early", 0)}
        for e in entries
    ]
    rows = [row for row in evidence.erasures if row.destroyed < row.deadline and row.cause != "release"]
    damaged = [e.facts.get("clip") for e in evidence.tagged(Tag.CLIP_DAMAGE_FIND) if evidence.asked(e.wall)]
    there = {clip.visit for clip in evidence.clips}
    visits = [
        id_text(row.id)
        for row in evidence.visits
        if row.recorded_to and row.erased is None and row.id not in there and (row.expires or 0) > evidence.now
    ]
    figures = {"entries": early, "keys": len(rows), "damaged": damaged, "visits": visits}
    facts = {"entries": len(early), "keys": len(rows), "damaged": len(damaged), "visits": len(visits)}
    return answer("lost", facts, figures, finding=bool(early or rows or damaged or visits))


_FOREIGN = re.compile(
    r"card|certificate|transaction|receipt|payment|fee|citizen|person|address|birth|pin", re.IGNORECASE
)


def linked(evidence: Evidence) -> Answer:
    """19: is footage linked to a card, a certificate or a transaction? No table has room for it: the schema is compared
    with the one that is shipped."""
    shipped = shipped_tables()
    strange = {name: list(columns) for name, columns in evidence.tables.items() if shipped.get(name) != columns}
    named = [
        f"{name}.{column}"
        for name, columns in evidence.tables.items()
        for column in columns
        if _FOREIGN.search(column) or _FOREIGN.search(name)
    ]
    rules = {str(each.policy.version): each.policy.capture.join_with_transactions for each in evidence.hours.versions}
    figures = {"tables": sorted(evidence.tables), "differ": strange, "columns": named, "rule": rules}
    facts = {"tables": len(evidence.tables), "strange": len(strange), "named": len(named)}
    return answer("linked", facts, figures, finding=bool(strange or named))


def shipped_tables() -> dict[str, tuple[str, ...]]:
    """Columns of every table that this version makes in control.db."""
    db = sqlite.memory()
    for package, name in (("recorder", "schema.sql"), ("recorder", "schema-2.sql"), ("ledger", "schema.sql")):
        script = resources.files(f"mihariban.{package}").joinpath(name).read_text(encoding="utf-8")
        for statement in sqlite.statements(script):
            db.execute(statement)
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: tuple(row[1] for row in db.execute(f"PRAGMA table_info({name})")) for name in names}
