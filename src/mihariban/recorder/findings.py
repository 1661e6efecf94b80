"""Findings of camera and machine into the book and the ledger, and back after a restart."""

from __future__ import annotations

import structlog

from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import Draft, moment
from mihariban.ledger.tags import Tag
from mihariban.recorder.control import Control, FindingRow
from mihariban.recorder.health.health import Finding
from mihariban.recorder.health.kinds import FindingKind

_log = structlog.get_logger(__name__)


def enter_begin(control: Control, finding: Finding) -> None:
    """Something is wrong from now on."""
    facts = {**_facts(finding), "from": moment(finding.began)}
    with control.entered(Draft(Tag.HEALTH_FINDING_BEGIN, facts)) as db:
        row = FindingRow(finding.kind.value, finding.subject, finding.began, None, finding.figures)
        control.begin_finding(db, row)


def enter_end(control: Control, finding: Finding) -> None:
    """It is over."""
    facts = {**_facts(finding), "to": moment(finding.ended or finding.began)}
    with control.entered(Draft(Tag.HEALTH_FINDING_END, facts)) as db:
        control.end_finding(db, finding.kind.value, finding.subject, finding.ended or finding.began)


def lasting(control: Control) -> list[Finding]:
    """Findings that had not ended when the last life did. A kind of a later version is left to that version."""
    found = []
    for row in control.findings(open_only=True):
        if row.kind in set(FindingKind):
            found.append(Finding(FindingKind(row.kind), row.subject, row.began, None, dict(row.figures)))
        else:
            _log.warning("a finding of an unknown kind", kind=row.kind)
    return found


def _facts(finding: Finding) -> dict[str, Json]:
    figures: dict[str, Json] = dict(finding.figures)
    return {"finding": finding.fact, "kind": finding.kind.value, "subject": finding.subject, "figures": figures}
