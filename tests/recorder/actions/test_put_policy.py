"""Another version of the rule: kept beside the others, in force on its own date, or refused without a trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from mihariban.base.clock import DAY, HOUR
from mihariban.base.errors import MiharibanError
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.ledger.tags import Tag
from mihariban.policy.errors import PolicyVersionsConflict
from mihariban.recorder.actions.put_policy import put_policy
from mihariban.recorder.contract.errors import GrantMalformed, GrantReplayed
from mihariban.recorder.contract.orders import PolicyOrder
from mihariban.recorder.decision import Decision
from mihariban.recorder.keeping.redate import redate
from tests.support.office import DECIDED, OPENING, PERIOD, OfficeSite, second_version
from tests.support.sites import moment

DATE = "2026-12-01"
IN_FORCE = moment("2026-12-01 00:00:00")


def _second(site: OfficeSite, **how: object) -> str:
    text = site.folder.policy.read_text(encoding="utf-8")
    return second_version(text, **{"effective_from": DATE, "hours": 720, **how})  # type: ignore[arg-type]  # passed on


def _push(site: OfficeSite, text: str, version: str = "2") -> Decision[PolicyOrder]:
    order = site.office.push_policy(DECIDED, text=text, version=version, document_number="見本第3号")
    return site.decided(PolicyOrder, order)


def _files(site: OfficeSite) -> list[Path]:
    folder = site.folder.other_versions
    return sorted(folder.iterdir()) if folder.exists() else []


def _version(site: OfficeSite, wall: int) -> int:
    loaded = site.recorder.hours.in_force(wall)
    assert loaded is not None
    return loaded.policy.version


def test_a_version_is_in_force_on_its_date(site: OfficeSite) -> None:
    """Not before; and after a restart without the office."""
    entry = put_policy(site.recorder, _push(site, _second(site)))
    intent, done = site.entries(Tag.POLICY_VERSION_RECEIVE)
    assert (intent["_seq"], intent["outcome"], done["outcome"]) == (entry, "intent", "done")
    assert done["object"]["version"] == "2"
    assert len(_files(site)) == 1
    for _ in range(2):
        assert _version(site, IN_FORCE - 1) == 1
        assert _version(site, IN_FORCE) == 2
        site.book.close()
        site.restart()


def test_footage_filmed_before_keeps_its_rule(site: OfficeSite) -> None:
    """The new one says that it does not govern what exists: no deadline moves on its date."""
    put_policy(site.recorder, _push(site, _second(site)))
    before = [(clip.clip, clip.deadline) for clip in site.recorder.volume.clips()]
    site.clock.turn_to(IN_FORCE + HOUR)
    assert redate(site.recorder, site.clock.wall()) == 0
    assert [(clip.clip, clip.deadline) for clip in site.recorder.volume.clips()] == before
    assert site.entries(Tag.EXPIRY_DEADLINE_CHANGE) == []
    assert [entry["object"]["version"] for entry in site.entries(Tag.POLICY_VERSION_USE)] == ["1", "2"]


def test_new_footage_has_the_new_period(site: OfficeSite) -> None:
    """Filmed on the day it comes into force."""
    put_policy(site.recorder, _push(site, _second(site)))
    at = moment("2026-12-01 10:00:00")
    site.film(at)
    (row, *_) = [row for row in site.visits if row.started > at]
    assert row.expires == (row.recorded_to or 0) + 720 * HOUR
    assert site.visits[0].expires == (site.visits[0].recorded_to or 0) + PERIOD


def test_an_older_push_is_refused(site: OfficeSite) -> None:
    """By its sequence, whatever version it carries."""
    first = _push(site, _second(site))
    put_policy(site.recorder, _push(site, _second(site, version=3, effective_from="2026-12-05"), "3"))
    with pytest.raises(GrantReplayed):
        put_policy(site.recorder, first)
    assert len(_files(site)) == 1


def test_the_same_push_is_taken_once(site: OfficeSite) -> None:
    """Answered, not entered again."""
    push = _push(site, _second(site))
    put_policy(site.recorder, push)
    put_policy(site.recorder, push)
    assert len(site.entries(Tag.POLICY_VERSION_RECEIVE)) == 2


@pytest.mark.parametrize(
    ("change", "version", "error"),
    [
        (lambda text: text.replace("amount = 720", "amount = -1"), "2", MiharibanError),
        (lambda text: "no rule at all", "2", MiharibanError),
        (lambda text: text, "4", GrantMalformed),
        (lambda text: text.replace('id = "saga-kiosk-2016"', 'id = "another-rule"'), "2", PolicyVersionsConflict),
        (lambda text: text.replace("effective_from = 2026-12-01", "effective_from = 2015-01-01"), "2",
         PolicyVersionsConflict),
    ],
    ids=["no-period", "no-rule", "other-number", "other-rule", "before-the-first"],
)  # fmt: skip
def test_what_is_no_next_version_is_refused_whole(site: OfficeSite, change, version: str, error: type) -> None:
    """No file is left behind, nothing is entered, the rule in force stays, and the next start finds a site."""
    text = change(_second(site))
    with pytest.raises(error):
        put_policy(site.recorder, _push(site, text, version))
    assert _files(site) == []
    assert site.entries(Tag.POLICY_VERSION_RECEIVE) == []
    assert _version(site, IN_FORCE) == 1
    site.restart()
    assert _version(site, IN_FORCE) == 1


def test_an_order_without_its_text_is_refused(site: OfficeSite) -> None:
    """The document alone is not the rule."""
    push = _push(site, _second(site))
    without = Decision(push.order, push.digest, push.entry, push.origin, None)
    with pytest.raises(GrantMalformed):
        put_policy(site.recorder, without)
    assert _files(site) == []


def test_without_an_entry_nothing_is_taken(site: OfficeSite) -> None:
    """It can be pushed again."""
    push = _push(site, _second(site))
    with site.unwritable(), pytest.raises(LedgerUnwritable):
        put_policy(site.recorder, push)
    assert _files(site) == []
    put_policy(site.recorder, push)
    assert _version(site, IN_FORCE) == 2


def test_a_crash_between_file_and_book_is_made_good_by_the_next_push(
    site: OfficeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is there, the order not yet remembered; pushed again it is taken."""
    push = _push(site, _second(site))

    def power(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mihariban.recorder.actions.put_policy.remember", power)
    with pytest.raises(KeyboardInterrupt):
        put_policy(site.recorder, push)
    monkeypatch.undo()
    site.crash()
    site.start()
    assert _version(site, IN_FORCE) == 2
    put_policy(site.recorder, push)
    assert len(_files(site)) == 1


def test_the_days_of_a_rule_do_not_reach_back(site: OfficeSite) -> None:
    """A version pushed for yesterday governs from its date on; what was filmed before keeps its period."""
    yesterday = OPENING - DAY
    put_policy(site.recorder, _push(site, _second(site, effective_from="2026-11-20")))
    assert _version(site, yesterday) == 2
    assert redate(site.recorder, site.clock.wall()) == 0
    assert all(row.expires == (row.recorded_to or 0) + PERIOD for row in site.visits)
