"""Findings in the book and the ledger, over a restart too."""

from __future__ import annotations

from mihariban.base.clock import HOUR, MINUTE
from mihariban.ledger.tags import Tag
from mihariban.recorder.control import FindingRow
from mihariban.recorder.findings import enter_begin, enter_end, lasting
from mihariban.recorder.health.health import Finding
from mihariban.recorder.health.kinds import FindingKind
from tests.support.office import OPENING, OfficeSite

COVERED = Finding(FindingKind.CAMERA_COVERED, "cam1", OPENING, None, {"share_permille": 980})


def test_a_finding_is_entered_with_its_figures(site: OfficeSite) -> None:
    """When it began and when it was over."""
    control = site.recorder.control
    enter_begin(control, COVERED)
    assert COVERED in lasting(control)
    ended = Finding(COVERED.kind, COVERED.subject, COVERED.began, OPENING + HOUR, COVERED.figures)
    enter_end(control, ended)
    begin = site.entries(Tag.HEALTH_FINDING_BEGIN)[-1]["object"]
    end = site.entries(Tag.HEALTH_FINDING_END)[-1]["object"]
    assert (begin["kind"], begin["subject"], begin["figures"]) == (COVERED.kind.value, "cam1", {"share_permille": 980})
    assert begin["from"].startswith("2026-11-24T01:00:00")
    assert end["to"].startswith("2026-11-24T02:00:00")
    assert COVERED not in lasting(control)
    (row,) = [row for row in control.findings() if row.kind == COVERED.kind.value]
    assert (row.began, row.ended) == (OPENING, OPENING + HOUR)


def test_a_finding_lasts_over_a_restart(site: OfficeSite) -> None:
    """The next life neither enters it again nor forgets it."""
    site.recorder.health.observe(FindingKind.CAMERA_COVERED, "cam1", True, {"share_permille": 980})
    for _ in range(10):
        site.clock.turn(MINUTE)
        site.recorder.health.observe(FindingKind.CAMERA_COVERED, "cam1", True, {"share_permille": 980})
        site.recorder.health.tick(site.clock.wall(), site.clock.monotonic())
    told = [each for each in site.entries(Tag.HEALTH_FINDING_BEGIN) if each["object"]["subject"] == "cam1"]
    assert len(told) == 1
    site.restart()
    assert [found.kind for found in site.recorder.health.current() if found.subject == "cam1"] == [COVERED.kind]
    told = [each for each in site.entries(Tag.HEALTH_FINDING_BEGIN) if each["object"]["subject"] == "cam1"]
    assert len(told) == 1


def test_a_kind_of_a_later_version_is_left_alone(site: OfficeSite) -> None:
    """An older program does not end what it does not know."""
    control = site.recorder.control
    with control.transaction() as db:
        control.begin_finding(db, FindingRow("lens_cracked", "cam1", OPENING, None, {}))
    assert all(found.kind in set(FindingKind) for found in lasting(control))
    site.restart()
    assert "lens_cracked" in [row.kind for row in site.recorder.control.findings(open_only=True)]
