"""The auditor's questions that concern recording, answered from what the recorder keeps. Shows no picture.

Each answer is a function over the same evidence (``auditing``), so that a test can put one question alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mihariban.base.clock import Clock, SystemClock, iso
from mihariban.recorder.auditing import deeds, keeping, watching
from mihariban.recorder.auditing.evidence import Answer, Evidence, gather
from mihariban.recorder.errors import AuditPeriodInvalid
from mihariban.recorder.site_folder import SiteFolder

QUESTIONS: tuple[Callable[[Evidence], Answer], ...] = (
    keeping.rule,
    watching.sound,
    watching.watched,
    watching.outside,
    keeping.age,
    keeping.lost,
    deeds.opened,
    deeds.viewed,
    deeds.network,
    keeping.linked,
    watching.at_opening,
    deeds.clock_right,
    deeds.agrees,
)


@dataclass(frozen=True, slots=True)
class Audit:
    """All answers about one site and some days. ``at``: ISO 8601, the site's clock when it was asked."""

    site: str
    recorder: str
    at: str
    first: date
    last: date
    answers: tuple[Answer, ...]

    @property
    def finding(self) -> bool:
        """Something needs a person."""
        return any(answer.verdict == "finding" for answer in self.answers)

    def answer(self, question: int) -> Answer:
        """The answer to one question.

        Raises:
            KeyError: it is not one of the recorder's.
        """
        for each in self.answers:
            if each.question == question:
                return each
        raise KeyError(question)

    def as_json(self) -> dict[str, object]:
        """For ``--json``."""
        return {
            "site": self.site,
            "recorder": self.recorder,
            "at": self.at,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "answers": [answer.as_json() for answer in self.answers],
        }


def audit_site(path: Path, *, first: date | None = None, last: date | None = None, clock: Clock | None = None) -> Audit:
    """Put every question to a site, beside its recorder or without it.

    Args:
        path: the site's folder.
        first, last: local dates, both included; without them from the recorder's first day to today.
        clock: the machine's without it; where the recorder was seen later than that, its time counts.

    Raises:
        AuditPeriodInvalid: it ends before it begins.
        NotASite: no site there. StorageError: book or ring cannot be read.
    """
    evidence = gather(SiteFolder(path), clock or SystemClock(), first, last)
    if evidence.last < evidence.first:
        raise AuditPeriodInvalid(first=evidence.first, last=evidence.last)
    answers = tuple(question(evidence) for question in QUESTIONS)
    at = iso(evidence.now, evidence.zone)
    return Audit(
        evidence.site.site.id, evidence.site.recorder.id, at, evidence.first, evidence.last, answers
    )  # fmt: skip
