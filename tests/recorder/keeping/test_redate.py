"""A version of the rule that governs existing footage dates it anew, on its date and not before."""

from __future__ import annotations

import pytest

from mihariban.base.clock import DAY, HOUR, SECOND, TurnedClock
from mihariban.ledger.tags import Tag
from mihariban.recorder.actions.put_policy import put_policy
from mihariban.recorder.contract.orders import PolicyOrder
from mihariban.recorder.keeping.expire import expire
from mihariban.recorder.keeping.redate import redate
from mihariban.volume import ClipKind
from tests.support.office import DECIDED, PERIOD, OfficeSite, second_version
from tests.support.sites import moment

IN_FORCE = moment("2026-12-01 00:00:00")


def _push(site: OfficeSite, hours: int, applies: str) -> None:
    redate(site.recorder, site.clock.wall())
    text = site.folder.policy.read_text(encoding="utf-8")
    new = second_version(text, effective_from="2026-12-01", hours=hours, applies_to_existing=applies)
    order = site.office.push_policy(DECIDED, text=new, version="2", document_number="見本第3号")
    put_policy(site.recorder, site.decided(PolicyOrder, order))


def _ends(site: OfficeSite) -> list[int]:
    """What each visit's clip would be kept for, from its last picture on."""
    return [
        clip.deadline - (row.recorded_to or 0) // SECOND * SECOND
        for row, clip in zip(site.visits, site.recorder.volume.clips(kind=ClipKind.VISIT), strict=True)
    ]


@pytest.mark.parametrize("applies", ["shorten", "replace"])
def test_a_shorter_period_takes_effect_on_its_date(site: OfficeSite, applies: str) -> None:
    """Not a moment before; then clips and visits have their new deadlines, and how many is entered."""
    before = [clip.deadline for clip in site.recorder.volume.clips()]
    _push(site, 720, applies)
    assert redate(site.recorder, IN_FORCE - 1) == 0
    assert [clip.deadline for clip in site.recorder.volume.clips()] == before
    site.clock.turn_to(IN_FORCE)
    assert redate(site.recorder, site.clock.wall()) == 3
    assert redate(site.recorder, site.clock.wall()) == 0
    after = [clip.deadline for clip in site.recorder.volume.clips()]
    for old, new in zip(before, after, strict=True):
        assert old - new == pytest.approx(PERIOD - 720 * HOUR, abs=SECOND, rel=0)
    assert all(row.expires == (row.recorded_to or 0) + 720 * HOUR for row in site.visits)
    (entry,) = site.entries(Tag.EXPIRY_DEADLINE_CHANGE)
    assert (entry["object"]["version"], entry["object"]["count"]) == ("2", 3)


def test_what_is_past_the_shorter_deadline_is_destroyed(site: OfficeSite) -> None:
    """The minimum of the rule under which it was filmed gives way with it: within a minute the keys are gone."""
    _push(site, 48, "replace")
    site.clock.turn_to(IN_FORCE)
    redate(site.recorder, site.clock.wall())
    expire(site.recorder, site.clock.wall())
    assert site.recorder.volume.clips() == []
    assert all(row.erased == IN_FORCE for row in site.visits)


def test_a_longer_period_lengthens_only_where_it_replaces(site: OfficeSite) -> None:
    """ "shorten" never lengthens."""
    before = _ends(site)
    _push(site, 2 * 5760, "shorten")
    site.clock.turn_to(IN_FORCE)
    assert redate(site.recorder, site.clock.wall()) == 0
    assert _ends(site) == before
    assert site.entries(Tag.EXPIRY_DEADLINE_CHANGE) == []


def test_a_longer_period_replaces(site: OfficeSite) -> None:
    """What still exists is kept as long as the new version says."""
    before = _ends(site)
    _push(site, 2 * 5760, "replace")
    site.clock.turn_to(IN_FORCE)
    assert redate(site.recorder, site.clock.wall()) == 3
    assert [new - old for old, new in zip(before, _ends(site), strict=True)] == pytest.approx(
        [PERIOD] * 2, abs=SECOND, rel=0
    )
    site.clock.turn_to(IN_FORCE + PERIOD)
    expire(site.recorder, site.clock.wall())
    assert len(site.recorder.volume.clips(kind=ClipKind.VISIT)) == 2


def test_after_a_restart_on_the_date_it_is_done_once(site: OfficeSite) -> None:
    """The recorder was off when the version came into force."""
    _push(site, 720, "shorten")
    site.stop()
    site.clock.turn_to(IN_FORCE + DAY)
    site.start()
    site.recorder.tick()
    site.restart()
    site.recorder.tick()
    assert len(site.entries(Tag.EXPIRY_DEADLINE_CHANGE)) == 1
    assert all(row.expires == (row.recorded_to or 0) + 720 * HOUR for row in site.visits)


def test_held_copies_follow_their_clips(site: OfficeSite) -> None:
    """A hold keeps what it keeps; when it ends its copy goes at once, the whole clip by the new deadline."""
    row = site.hold(10, 18)
    _push(site, 48, "replace")
    site.clock.turn_to(IN_FORCE)
    redate(site.recorder, site.clock.wall())
    expire(site.recorder, site.clock.wall())
    kept = site.recorder.volume.clips(kind=ClipKind.COPY)
    assert len(kept) == 1
    assert list(site.recorder.volume.read(kept[0].clip))
    assert row.kept_ns == kept[0].duration


class Slow(TurnedClock):
    """Each look at it takes a while, as work does."""

    def monotonic(self) -> int:
        self._monotonic += SECOND // 4
        return super().monotonic()


def test_a_large_ring_is_dated_in_portions(site: OfficeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second hand goes on between them; one entry with the whole count, also where a restart comes in between."""
    site.lap(6)
    site.recorder.volume.commit()
    monkeypatch.setattr("mihariban.recorder.keeping.redate._REGIONS", 1)
    count = len([clip for clip in site.recorder.volume.clips() if clip.kind in (ClipKind.VISIT, ClipKind.SCENE)])
    _push(site, 720, "replace")
    site.clock.turn_to(IN_FORCE)
    site.clock.__class__ = Slow
    calls = 0
    while not (done := redate(site.recorder, IN_FORCE)):
        calls += 1
        assert site.entries(Tag.EXPIRY_DEADLINE_CHANGE) == []
        if calls == 2:
            site.restart()
    assert calls >= 6
    assert done == count == site.entries(Tag.EXPIRY_DEADLINE_CHANGE)[0]["object"]["count"]
    assert redate(site.recorder, IN_FORCE) == 0
    after = [clip.deadline - clip.end for clip in site.recorder.volume.clips()]
    assert after == pytest.approx([720 * HOUR] * count, abs=2 * SECOND, rel=0)
    assert all(row.expires == (row.recorded_to or 0) + 720 * HOUR for row in site.visits)


def test_clips_of_a_region_are_dated_with_the_same_syncs(site: OfficeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a durable page for each clip: that took a full ring half an hour."""
    _push(site, 720, "replace")
    site.clock.turn_to(IN_FORCE)
    settled: list[int] = []
    settle = site.recorder.volume.ring.settle
    monkeypatch.setattr(
        site.recorder.volume.ring, "settle", lambda pages: settled.append(len(list(pages))) or settle(pages)
    )
    assert redate(site.recorder, site.clock.wall()) == 3
    assert len(settled) == 1
