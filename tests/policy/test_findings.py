# a mistake and what would be right are read side by side
from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mihariban.policy import Policy, findings
from mihariban.policy.site import Site
from tests.policy.rules import SAGA, city, entry, saga_with


def site(**volume: object) -> Site:
    return Site.model_validate(
        {
            "site": {"id": "s", "policy_site": "honchosha-1f"},
            "recorder": {"id": "r", "volume": volume},
            "camera": ({"id": "cam1", "source": "demo:"},),
        }
    )


def codes(rule: Policy, *rest: object) -> set[str]:
    return {finding.code for finding in findings(rule, *rest) if finding.severity == "warning"}  # type: ignore[arg-type]


CONTRADICTIONS = [
    ("session-outlasts-filming", "max_kiosk_session_s = 300", "max_kiosk_session_s = 301"),
    ("session-outlasts-filming", "last_admission_before_close_s = 300", "last_admission_before_close_s = 0"),
    ("audio-not-on-sign", 'audio = "forbidden"', 'audio = "included"'),
    ("audio-not-on-sign", 'audio = "forbidden"', 'audio = "allowed_if_signed"'),
    ("camera-outside-hours", 'camera_hours = "same_as_kiosk"', 'camera_hours = "always"'),
    ("capacity-hint", "capacity_hint_hours = 1920", "capacity_hint_hours = 1799"),
    ("erasure-without-limit", "max_lag_after_expiry_h = 168\n", ""),
    ("limit-and-minimum", 'qualifier = "exact"', 'qualifier = "at_most"'),
    ("join-without-register", 'join_with_transactions = "forbidden"', 'join_with_transactions = "allowed"'),
    ("face-recognition-unannounced", 'face_recognition = "forbidden"', 'face_recognition = "allowed"'),
    ("law-dates", "effective_from = 2023-04-01", "effective_from = 2023-04-02"),
]


@pytest.mark.parametrize(
    ("code", "old", "new"), CONTRADICTIONS, ids=[f"{c[0]}-{n}" for n, c in enumerate(CONTRADICTIONS)]
)
def test_a_contradiction_is_warned_of(tmp_path: Path, code: str, old: str, new: str) -> None:
    """One change to Saga's sound rule makes exactly that warning."""
    changes = [(old, new)]
    if new == "":
        changes.append(('"erasure.max_lag_after_expiry_h", ', ""))
        unknown = '[[source]]\nreading = "unknown"\nfields = ["erasure.max_lag_after_expiry_h"]\n\n[[source]]\narticle = "題名"'
        changes.append(('[[source]]\narticle = "題名"', unknown))
    rule = saga_with(tmp_path, *changes).policy
    also = {"unknown-value"} if new == "" else {"capacity-hint"} if "always" in new else set()
    assert codes(rule) - also == {code} - also
    finding = next(finding for finding in findings(rule) if finding.code == code)
    assert finding.ja != finding.en


def test_the_sound_rule_has_no_warning_and_explains_its_capacity() -> None:
    """1,800 h against 1,920 h; 256 days."""
    assert codes(SAGA) == set()
    note = next(finding for finding in findings(SAGA) if finding.code == "capacity-hint")
    for figure in ("52.5", "1,800", "1,920", "256"):
        assert figure in note.ja
        assert figure in note.en


def test_grace_makes_a_longer_session_sound(tmp_path: Path) -> None:
    """Admission, session and grace are one sum."""
    rule = saga_with(
        tmp_path,
        ("max_kiosk_session_s = 300", "max_kiosk_session_s = 420"),
        ("capture_grace_after_close_s = 0", "capture_grace_after_close_s = 120"),
    ).policy
    assert codes(rule) == set()


def test_a_sign_that_names_sound_is_sound(tmp_path: Path) -> None:
    """Audio on the sign."""
    rule = saga_with(
        tmp_path, ('audio = "forbidden"', 'audio = "included"'), ('fields = ["text"]', 'fields = ["text", "audio"]')
    ).policy
    assert codes(rule) == set()


@pytest.mark.parametrize(("hours", "warned"), [("08:30-17:15", False), ("08:00-17:15", True), ("08:30-17:16", True)])
def test_a_camera_table_beyond_the_kiosks_hours(tmp_path: Path, hours: str, warned: bool) -> None:
    """The first span outside is named."""
    start, end = hours.split("-")
    rule = saga_with(
        tmp_path,
        (
            'camera_hours = "same_as_kiosk"',
            f'camera_hours = "table"\ncamera_table = [{{ days = ["WED"], open = "{start}", close = "{end}" }}]',
        ),
        ('"operation.camera_hours"]', '"operation.camera_hours", "operation.camera_table"]'),
    ).policy
    assert ("camera-outside-hours" in codes(rule)) == warned
    if warned:
        assert any(f"WED {hours}" in finding.en for finding in findings(rule))


def test_a_ring_too_small_for_the_period_is_warned_of_with_the_size_that_would_do() -> None:
    """And the size named is enough."""
    small = site(size="1TB", expected_kbit_s=3000)
    assert codes(SAGA, small) == {"ring-too-small"}
    from mihariban.policy import needed_bytes

    enough = site(size=str(needed_bytes(SAGA, small)), expected_kbit_s=3000)
    assert codes(SAGA, enough) == set()
    less = site(size=str((needed_bytes(SAGA, small) or 0) * 99 // 100), expected_kbit_s=3000)
    assert codes(SAGA, less) == {"ring-too-small"}
    assert codes(SAGA, site()) == set()  # the size is yet to be worked out


def test_a_site_the_rule_does_not_know_is_warned_of() -> None:
    """By name, and where a rule with several sites gets none."""
    wrong = Site.model_validate({"site": {"id": "s", "policy_site": "annex"}, "recorder": {"id": "r"}})
    assert codes(SAGA, wrong) == {"site-unknown"}
    none = Site.model_validate({"site": {"id": "s"}, "recorder": {"id": "r"}})
    assert "site-unknown" in codes(city("uruma-kiosk-2020"), none)


def test_a_followed_calendar_without_closures_is_warned_of() -> None:
    """Uruma's library; not where the calendar is not known at all."""
    library = Site.model_validate({"site": {"id": "s", "policy_site": "library"}, "recorder": {"id": "r"}})
    rule = city("uruma-kiosk-2020")
    closure = entry(kind="closure", first_day=date(2026, 11, 26), last_day=date(2026, 11, 26))
    assert "calendar-missing" in codes(rule, library, ())
    assert "calendar-missing" not in codes(rule, library, (closure,))
    assert "calendar-missing" not in codes(rule, library)


def test_yashio_and_kasuya_record_sound() -> None:
    """Their signs were not read, so nothing is said against them."""
    for name in ("yashio-2023", "kasuya-2023"):
        assert city(name).capture.audio == "included"
        assert codes(city(name)) == set()
