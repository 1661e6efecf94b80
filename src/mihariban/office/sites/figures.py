"""A recorder's metrics as figures that pages show: how old the last picture is, what was missed today, how long the
storage will last."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from mihariban.office.base.text import T


@dataclass(frozen=True, slots=True)
class CameraFigures:
    """A camera. ``picture_age_s``: since its last picture; None where there was none since the recorder started."""

    picture_age_s: float | None = None
    visits_today: int = 0
    gap_s_today: float = 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What the metrics say. What a recorder does not say is None.

    Attributes:
        lifetime_h: how long footage lives at this week's rate. rule_h: how long the rule keeps it.
        size, used: bytes of the ring. cosigned_age_s: since the newest cosignature of ours.
        severities: "alarm" or "warning" by the code of a finding.
    """

    cameras: dict[str, CameraFigures] = field(default_factory=dict)
    lifetime_h: float | None = None
    rule_h: float | None = None
    size: float | None = None
    used: float | None = None
    cosigned_age_s: float | None = None
    severities: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For ``SeenStatus.figures``."""
        from dataclasses import asdict

        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Figures:
        """The figures behind ``as_json``; empty ones for an empty row."""
        known = {name: value for name, value in stored.items() if name in cls.__dataclass_fields__}
        cameras = {name: CameraFigures(**facts) for name, facts in known.pop("cameras", {}).items()}
        return cls(cameras=cameras, **known)

    @property
    def enough(self) -> bool | None:
        """Whether footage lives as long as the rule keeps it; None where it is not known."""
        return None if self.lifetime_h is None or self.rule_h is None else self.lifetime_h >= self.rule_h

    def storage_words(self) -> T:
        """The forecast as one sentence."""
        if self.lifetime_h is None:
            return T(
                "映像が何日残るかは、まだ分かりません。録画が一日分たまると見通しを出します。",
                "How long footage will live is not known yet: a forecast needs a day of recording.",
            )
        if self.rule_h is None:
            return T("映像は約 {days:,} 日残る見込みです。", "Footage will live about {days:,} days.").format(
                days=int(self.lifetime_h // 24)
            )
        facts = {"days": int(self.lifetime_h // 24), "rule": round(self.rule_h / 24)}
        if self.enough:
            return T(
                "映像は約 {days:,} 日残る見込みで、保存期間 {rule:,} 日に足ります。",
                "Footage will live about {days:,} days: enough for the {rule:,} days of the rule.",
            ).format(**facts)
        return T(
            "このままでは映像は約 {days:,} 日しか残らず、保存期間 {rule:,} 日に足りません。"
            "情報システム担当者に容量を相談してください。",
            "Footage will live about {days:,} days only, not the {rule:,} days of the rule. "
            "Ask the IT staff for storage.",
        ).format(**facts)


def read_figures(metrics: str) -> Figures:
    """The figures in a recorder's metrics.

    Raises:
        ValueError: not Prometheus' text format.
    """
    one: dict[str, float] = {}
    cameras: dict[str, dict[str, float]] = {}
    ring: dict[str, float] = {}
    severities: dict[str, str] = {}
    for sample in (sample for family in text_string_to_metric_families(metrics) for sample in family.samples):
        if "camera" in sample.labels:
            cameras.setdefault(sample.labels["camera"], {})[sample.name] = sample.value
        elif sample.name == "mihariban_findings":
            severities[sample.labels.get("kind", "")] = sample.labels.get("severity", "warning")
        elif sample.name == "mihariban_ring_bytes":
            ring[sample.labels.get("state", "")] = sample.value
        else:
            one[sample.name] = sample.value
    return Figures(
        cameras={name: _camera(facts) for name, facts in cameras.items()},
        lifetime_h=one.get("mihariban_forecast_hours"),
        rule_h=one.get("mihariban_rule_hours"),
        size=ring.get("size"),
        used=ring.get("used"),
        cosigned_age_s=one.get("mihariban_cosignature_age_seconds"),
        severities=severities,
    )


def _camera(facts: dict[str, float]) -> CameraFigures:
    return CameraFigures(
        picture_age_s=facts.get("mihariban_camera_picture_age_seconds"),
        visits_today=int(facts.get("mihariban_camera_visits_today", 0)),
        gap_s_today=facts.get("mihariban_camera_gap_seconds_today", 0.0),
    )
