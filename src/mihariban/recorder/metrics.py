"""Figures for Prometheus: states, ages and sums. No ids of visits, nothing of any person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from mihariban.base.clock import SECOND
from mihariban.recorder.health.health import Finding
from mihariban.recorder.health.kinds import FindingKind, severity
from mihariban.volume import VolumeStat

_QUALITIES: Final = ("synchronised", "holdover", "unknown", "site")


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """One camera now.

    Attributes:
        last_picture: wall ns of the last decoded one; None where there was none in this life.
        clock_ahead_s: seconds by which its clock is ahead, by who told it; empty while that is unknown.
    """

    camera: str
    watched: bool
    last_picture: int | None
    visits_today: int
    gap_seconds_today: float
    clock_ahead_s: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecorderFacts:
    """What the metrics are made of. Instants are wall ns.

    Attributes:
        rule_hours: how long the rule keeps footage; None where no clock counts.
        cosigned: instant of the newest cosignature; None where there is none.
        scrubbed: when the footage that waited longest was last re-authenticated; None while nothing is stored.
        scrub_share: of the stored bytes re-authenticated in the present round, 0 to 1.
    """

    site: str
    recorder: str
    wall: int
    cameras: tuple[CameraFacts, ...]
    findings: tuple[Finding, ...]
    time_quality: str
    volume: VolumeStat | None = None
    rule_hours: float | None = None
    ledger_size: int | None = None
    cosigned: int | None = None
    scrubbed: int | None = None
    scrub_share: float | None = None


def metrics_text(facts: RecorderFacts) -> bytes:
    """The figures in Prometheus' text format 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(facts))
    return generate_latest(registry)


class _Figures(Collector):
    """Made for one answer; keeps nothing between two."""

    def __init__(self, facts: RecorderFacts) -> None:
        self._facts = facts

    def collect(self) -> Iterator[GaugeMetricFamily]:
        facts = self._facts
        up = GaugeMetricFamily("mihariban_up", "The recorder runs.", labels=["site", "recorder"])
        up.add_metric([facts.site, facts.recorder], 1)
        yield up
        yield from self._cameras(facts.cameras)
        yield self._findings()
        yield _choice("mihariban_clock_quality", "How far the clock can be believed.", _QUALITIES, facts.time_quality)
        yield from self._volume()
        yield from _known("mihariban_ledger_entries", "Entries of the ledger.", facts.ledger_size)
        yield from _known(
            "mihariban_cosignature_age_seconds", "Since the newest cosignature.", self._age(facts.cosigned)
        )
        yield from _known(
            "mihariban_scrub_age_seconds", "Since the longest unchecked footage was.", self._age(facts.scrubbed)
        )
        yield from _known("mihariban_scrub_ratio", "Share of the footage checked in this round.", facts.scrub_share)

    def _age(self, instant: int | None) -> float | None:
        return None if instant is None else max(0, self._facts.wall - instant) / SECOND

    def _cameras(self, cameras: Iterable[CameraFacts]) -> Iterator[GaugeMetricFamily]:
        watched = GaugeMetricFamily("mihariban_camera_watched", "The camera is watched now.", labels=["camera"])
        age = GaugeMetricFamily("mihariban_camera_picture_age_seconds", "Since the last picture.", labels=["camera"])
        visits = GaugeMetricFamily("mihariban_camera_visits_today", "Visits that began today.", labels=["camera"])
        gaps = GaugeMetricFamily("mihariban_camera_gap_seconds_today", "Open seconds lost today.", labels=["camera"])
        clock = GaugeMetricFamily(
            "mihariban_camera_clock_ahead_seconds",
            "By which the camera's clock is ahead.",
            labels=["camera", "source"],
        )
        for camera in cameras:
            for source, ahead in camera.clock_ahead_s.items():
                clock.add_metric([camera.camera, source], ahead)
            watched.add_metric([camera.camera], int(camera.watched))
            visits.add_metric([camera.camera], camera.visits_today)
            gaps.add_metric([camera.camera], camera.gap_seconds_today)
            seconds = self._age(camera.last_picture)
            if seconds is not None:
                age.add_metric([camera.camera], seconds)
        yield from (watched, age, visits, gaps, clock)

    def _findings(self) -> GaugeMetricFamily:
        found = GaugeMetricFamily("mihariban_findings", "Findings that last.", labels=["kind", "severity"])
        for kind in FindingKind:
            count = sum(finding.kind is kind for finding in self._facts.findings)
            found.add_metric([kind.value, severity(kind)], count)
        return found

    def _volume(self) -> Iterator[GaugeMetricFamily]:
        volume = self._facts.volume
        if volume is None:
            return
        size = GaugeMetricFamily("mihariban_ring_bytes", "Bytes of the ring.", labels=["state"])
        used = volume.used_regions * volume.region_size
        for state, value in (
            ("size", volume.size),
            ("used", used),
            ("held", volume.held_bytes),
            ("expired", volume.expired_bytes),
        ):
            size.add_metric([state], value)
        yield size
        yield from _known("mihariban_forecast_hours", "Hours footage lives at this week's rate.", volume.lifetime_hours)
        yield from _known("mihariban_rule_hours", "Hours the rule keeps footage.", self._facts.rule_hours)


def _known(name: str, words: str, value: float | None) -> Iterator[GaugeMetricFamily]:
    """A figure, left out while it is not known: an absent figure is not a zero."""
    if value is not None:
        yield GaugeMetricFamily(name, words, value=value)


def _choice(name: str, words: str, choices: Iterable[str], chosen: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=["quality"])
    for choice in choices:
        family.add_metric([choice], int(choice == chosen))
    return family
