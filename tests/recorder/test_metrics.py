"""The figures as Prometheus reads them."""

from __future__ import annotations

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from mihariban.base.clock import SECOND, TurnedClock
from mihariban.recorder.health.health import Finding
from mihariban.recorder.health.kinds import FindingKind
from mihariban.recorder.metrics import CameraFacts, RecorderFacts, metrics_text
from mihariban.volume import Volume
from tests.support.sites import make_site

NOW = 1_795_000_000 * SECOND


def _read(facts: RecorderFacts) -> dict[tuple[str, tuple[str, ...]], float]:
    families = text_string_to_metric_families(metrics_text(facts).decode())
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_every_figure_is_there_and_right(tmp_path: Path) -> None:
    """From a real volume; what is not known is left out, not zero."""
    volume = Volume.open(make_site(tmp_path / "s").recorder, clock=TurnedClock(NOW))
    stat = volume.stat()
    volume.close()
    cameras = (
        CameraFacts("cam1", True, NOW - 3 * SECOND, 12, 61.5, {"rtcp": -7.25}),
        CameraFacts("cam2", False, None, 0, 0.0),
    )
    found = (Finding(FindingKind.CAMERA_COVERED, "cam1", 0), Finding(FindingKind.DISK_ERROR, "footer-damaged", 0))
    facts = RecorderFacts(
        "s", "r", NOW, cameras, found, "holdover", stat, 5760.0, 1000, NOW - 60 * SECOND, NOW - 86_400 * SECOND, 0.25
    )
    read = _read(facts)
    assert read["mihariban_up", ("r", "s")] == 1
    assert read["mihariban_camera_watched", ("cam1",)] == 1
    assert read["mihariban_camera_picture_age_seconds", ("cam1",)] == 3
    assert ("mihariban_camera_picture_age_seconds", ("cam2",)) not in read
    assert read["mihariban_camera_visits_today", ("cam1",)] == 12
    assert read["mihariban_camera_gap_seconds_today", ("cam1",)] == 61.5
    assert read["mihariban_camera_clock_ahead_seconds", ("cam1", "rtcp")] == -7.25
    assert ("mihariban_camera_clock_ahead_seconds", ("cam1", "onvif")) not in read
    assert not [name for name, labels in read if name == "mihariban_camera_clock_ahead_seconds" and "cam2" in labels]
    assert read["mihariban_findings", ("camera_covered", "alarm")] == 1
    assert read["mihariban_findings", ("clock_stepped", "warning")] == 0
    assert read["mihariban_clock_quality", ("holdover",)] == 1
    assert read["mihariban_clock_quality", ("synchronised",)] == 0
    assert read["mihariban_ring_bytes", ("size",)] == stat.size > 0
    assert read["mihariban_rule_hours", ()] == 5760
    assert ("mihariban_forecast_hours", ()) not in read
    assert read["mihariban_ledger_entries", ()] == 1000
    assert read["mihariban_cosignature_age_seconds", ()] == 60
    assert read["mihariban_scrub_age_seconds", ()] == 86_400
    assert read["mihariban_scrub_ratio", ()] == 0.25


def test_a_recorder_that_knows_nothing_yet_still_answers() -> None:
    """Up, and every kind of finding at zero."""
    read = _read(RecorderFacts("s", "r", NOW, (), (), "unknown"))
    assert len([name for name, _ in read if name == "mihariban_findings"]) == len(FindingKind)
    assert not [name for name, _ in read if name.startswith(("mihariban_ring", "mihariban_scrub", "mihariban_rule"))]
