"""Settings that would promise what cannot be kept are refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mihariban.recorder.presence.settings import PresenceSettings


@pytest.mark.parametrize(
    "wrong",
    [
        {"left_behind_s": 601.0},
        {"left_behind_s": 0.0},
        {"leave_share": 0.02},
        {"enter_share": 0.0},
        {"start_delay_s": -1.0},
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    """More than ten minutes for a thing, a leave above the enter, a negative delay."""
    with pytest.raises(ValueError, match=r"must"):
        replace(PresenceSettings(), **wrong)
