"""What a version would do to footage: deadlines by the book, seconds that go."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mihariban.base.clock import TurnedClock
from mihariban.office.base.rule import rule_book
from mihariban.office.rule.effect import effect_on, effects
from mihariban.policy import PolicyBook, parse_policy
from mihariban.recorder.contract.errors import RecorderUnavailable
from mihariban.recorder.contract.facts import VisitItem
from tests.office.days.recorders import known_recorder
from tests.office.rule.texts import FIRST, second

JAPAN = ZoneInfo("Asia/Tokyo")
ONE = parse_policy(FIRST, Path("1.toml"))
BOOK = PolicyBook([ONE])


def _visit(
    end: str, *, seconds: float = 60.0, state: str = "kept", held: str | None = None, policy: str = ONE.sha256
) -> VisitItem:
    told: dict[str, object] = {
        "id": "0" * 26, "recorder": "r1", "camera": "cam1", "started_at": end, "ended_at": end, "recorded_from": end,
        "recorded_to": end, "expires_at": None, "held_until": held, "seconds": seconds, "bytes": 1, "state": state,
        "policy": policy, "parts": [], "reason": "", "end_reason": "", "score": 0.0, "end_score": 0.0,
        "handover": False, "left_behind": False,
    }  # fmt: skip
    return VisitItem.model_validate({name: value for name, value in told.items() if name in VisitItem.model_fields})


def test_a_version_that_keeps_what_there_is_changes_no_deadline() -> None:
    """Footage stays under the version it was filmed under."""
    found = effect_on(
        "r1", [_visit("2026-11-20T10:00:00+09:00")], parse_policy(second(), Path("2.toml")), BOOK, JAPAN, None
    )
    assert (found.kept, found.changed) == (1, ())


def test_shortening_names_what_goes_and_when() -> None:
    """1,440 hours are 60 days: of three visits one goes on the first day, one later but sooner, the held one waits."""
    visits = [
        _visit("2026-09-01T10:00:00+09:00", seconds=100),
        _visit("2026-11-20T10:00:00+09:00", seconds=30),
        _visit("2026-09-02T10:00:00+09:00", seconds=7, held="2027-01-01T00:00:00+09:00"),
        _visit("2026-09-03T10:00:00+09:00", state="erased"),
    ]
    proposed = parse_policy(second(applies_to_existing="shorten"), Path("2.toml"))
    found = effect_on("r1", visits, proposed, BOOK, JAPAN, "honchosha-1f")
    assert (found.kept, len(found.sooner), found.sooner_seconds) == (3, 3, 137)
    assert (len(found.at_once), found.at_once_seconds) == (1, 100)
    later = next(each for each in found.changed if each.seconds == 30)
    assert later.before == datetime(2026, 11, 20, 10, tzinfo=JAPAN) + timedelta(hours=5760)
    assert later.after == datetime(2026, 11, 20, 10, tzinfo=JAPAN) + timedelta(hours=1440)
    assert found.first[0].seconds == 100


def test_lengthening_is_told_apart() -> None:
    """Under "replace" a longer period holds for what there is; under "shorten" it does not."""
    visits = [_visit("2026-11-20T10:00:00+09:00")]
    for rule, later in (("replace", 1), ("shorten", 0)):
        proposed = parse_policy(second(hours=8760, applies_to_existing=rule), Path("2.toml"))
        found = effect_on("r1", visits, proposed, BOOK, JAPAN, "honchosha-1f")
        assert (len(found.sooner), len(found.later)) == (0, later)


@pytest.mark.parametrize("policy", [ONE.sha256[:16], "", "unknown"])
def test_a_visit_whose_version_is_not_named_goes_by_its_day(policy: str) -> None:
    """The recorder may give the beginning of the hash."""
    proposed = parse_policy(second(applies_to_existing="shorten"), Path("2.toml"))
    found = effect_on("r1", [_visit("2026-11-20T10:00:00+09:00", policy=policy)], proposed, BOOK, JAPAN, None)
    assert len(found.sooner) == 1


def test_a_recorder_is_asked_and_an_absent_one_is_named(
    office: Path, office_clock: TurnedClock, tmp_path: Path
) -> None:
    """A real one, with nothing filmed yet."""
    known = known_recorder(tmp_path / "site", office, office_clock)
    proposed = parse_policy(second(), Path("2.toml"))
    assert [each.failure for each in effects(proposed, rule_book())] == [RecorderUnavailable.code]
    with known.answering():
        assert [(each.failure, each.kept) for each in effects(proposed, rule_book())] == [("", 0)]
    assert proposed.policy.effective_from == date(2026, 12, 1)
