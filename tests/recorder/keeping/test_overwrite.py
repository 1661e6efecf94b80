"""What became of the bytes: regions taken and filled by new footage, and overwritten where the rule sets a lag."""

from __future__ import annotations

from collections.abc import Callable

from mihariban.base.clock import DAY, HOUR, MINUTE
from mihariban.ledger.tags import Tag
from mihariban.recorder.health.kinds import FindingKind
from mihariban.recorder.keeping.expire import expire
from mihariban.recorder.keeping.overwrite import note_regions, overwrite_due
from mihariban.volume import ClipInfo, ClipKind
from tests.support.office import OPENING, PERIOD, OfficeSite

LONG_AFTER = OPENING + PERIOD + HOUR


def _lag(hours: int, *, lazy: bool) -> Callable[[str], str]:
    def change(text: str) -> str:
        new = f"lazy_allowed = {str(lazy).lower()}\nmax_lag_after_expiry_h = {hours}\n"
        return text.replace("lazy_allowed = true\nmax_lag_after_expiry_h = 168\n", new)

    return change


def _in_region(clips: list[ClipInfo], region: int) -> list[ClipInfo]:
    return [clip for clip in clips if clip.region == region]


def _expired(site: OfficeSite) -> None:
    site.clock.turn_to(LONG_AFTER)
    expire(site.recorder, site.clock.wall())
    assert len(site.recorder.control.erasures(waiting_only=True)) == 3


def test_footage_lost_to_capacity_is_entered_once_with_its_hours(site: OfficeSite) -> None:
    """How much, how early, before its minimum; an alarm, and the visits are erased."""
    clips = site.recorder.volume.clips(kind=ClipKind.VISIT)
    site.lap()
    note_regions(site.recorder, site.clock.wall())
    lost = site.entries(Tag.VISIT_FOOTAGE_LOSE)
    regions = {clip.region for clip in clips}
    of_room = [entry["object"] for entry in lost if entry["object"]["region"] in regions]
    assert {facts["region"] for facts in of_room[:2]} == regions
    first = of_room[0]
    assert first["cause"] == "capacity"
    wall = site.clock.wall()
    early = _in_region(clips, first["region"])
    assert first["early"] >= len(early)
    assert first["before_minimum"] == len(early)
    assert first["hours_early"] >= (max(clip.deadline for clip in early) - wall) // HOUR - 1
    rows = {row.clip: row for row in site.recorder.control.erasures()}
    assert all(rows[clip.clip].cause == "capacity" for clip in clips)
    assert all(row.erased == wall for row in site.visits)
    assert [row.kind for row in site.recorder.control.findings(open_only=True)].count(
        FindingKind.FOOTAGE_LOST_EARLY.value
    ) == 1


def test_each_event_of_a_region_is_entered_once(site: OfficeSite) -> None:
    """Though the finding that an early loss begins is itself owed to the book."""
    regions = [region.region for region in site.recorder.volume.clips(kind=ClipKind.VISIT)]
    events = []
    drain = site.recorder.volume.drain_events
    site.recorder.volume.drain_events = lambda: [events.append(each) or each for each in drain()]  # type: ignore[method-assign,func-returns-value]  # to listen
    site.lap()
    note_regions(site.recorder, site.clock.wall())
    taken = [each for each in events if each.what == "taken" and any(info.chunks for info in each.lost)]
    entered = site.entries(Tag.VISIT_FOOTAGE_LOSE)
    assert [entry["object"]["region"] for entry in entered] == [each.region for each in taken]
    assert set(regions) <= {each.region for each in taken}


def test_regions_filled_by_new_footage_are_entered_with_their_level(site: OfficeSite) -> None:
    """The oldest first; as many as the share for holds stay free, and what lies there goes on waiting."""
    site.lap(4)
    site.clock.turn_to(LONG_AFTER)
    expire(site.recorder, site.clock.wall())
    before = {row.clip: row for row in site.recorder.control.erasures(waiting_only=True)}
    assert len({row.region for row in before.values()}) == 6
    site.lap(14)
    note_regions(site.recorder, site.clock.wall())
    level = site.recorder.volume.erasure_level()
    filled = [entry["object"] for entry in site.entries(Tag.CLIP_REGION_OVERWRITE)]
    assert {(facts["by"], facts["level"]) for facts in filled} == {("new footage", level)}
    after = {row.clip: row for row in site.recorder.control.erasures() if row.clip in before}
    gone = [row for row in after.values() if row.overwritten is not None]
    assert {row.region for row in gone} == {facts["region"] for facts in filled} == {0, 1, 2, 3}
    assert {(row.overwritten, row.level) for row in gone} == {(site.clock.wall(), level)}
    assert sum(facts["count"] for facts in filled) == len(gone)


def test_nothing_is_overwritten_while_the_rule_lets_it_wait(sites: Callable[..., OfficeSite]) -> None:
    """Two years and more: until then new footage does it."""
    site = sites(policy=_lag(20_000, lazy=True))
    _expired(site)
    site.clock.turn(400 * DAY)
    assert overwrite_due(site.recorder, site.clock.wall()) == 0
    assert len(site.recorder.control.erasures(waiting_only=True)) == 3
    assert site.entries(Tag.CLIP_REGION_OVERWRITE) == []


def test_regions_are_overwritten_within_the_rules_lag(site: OfficeSite) -> None:
    """A week here: not at once, and not too late; a region at a time, read back."""
    _expired(site)
    first = min(row.deadline for row in site.recorder.control.erasures())
    site.clock.turn_to(first + 166 * HOUR)
    assert overwrite_due(site.recorder, site.clock.wall()) == 0
    while site.recorder.control.erasures(waiting_only=True):
        assert site.clock.wall() < first + 168 * HOUR
        overwrite_due(site.recorder, site.clock.wall())
        site.clock.turn(MINUTE)
    level = site.recorder.volume.erasure_level()
    assert {row.level for row in site.recorder.control.erasures()} == {level}
    done = [entry for entry in site.entries(Tag.CLIP_REGION_OVERWRITE) if entry["outcome"] == "done"]
    assert len(done) == len({row.region for row in site.recorder.control.erasures()})
    for entry in done:
        assert (entry["object"]["by"], entry["object"]["read_back"], entry["object"]["level"]) == ("filler", 1, level)
        assert entry["object"]["lag_h"] <= 168
        assert entry["object"]["read_from"] in ("disk", "memory")


def test_where_waiting_is_not_allowed_overwriting_follows_expiry(sites: Callable[..., OfficeSite]) -> None:
    """No hour of lag: by the keeper itself, within minutes."""
    site = sites(policy=_lag(0, lazy=False))
    site.clock.turn_to(LONG_AFTER)
    names = {"expire", "overwrite"}
    site.recorder.keeper.duties = [duty for duty in site.recorder.keeper.duties if duty.name in names]
    for _ in range(4):
        site.recorder.tick()
        site.clock.turn(MINUTE)
    assert site.recorder.control.erasures(waiting_only=True) == []
    assert len(site.recorder.control.erasures()) == 3


def test_a_region_in_use_is_left_alone(sites: Callable[..., OfficeSite]) -> None:
    """The neighbour in the same region is held: its footage is still there afterwards."""
    site = sites(policy=_lag(0, lazy=False))
    row = site.hold(30, 47)
    _expired_but_held = site.recorder.volume.clips(kind=ClipKind.VISIT)[-1].region
    site.clock.turn_to(LONG_AFTER)
    expire(site.recorder, site.clock.wall())
    for _ in range(5):
        overwrite_due(site.recorder, site.clock.wall())
    held = [clip for clip in site.recorder.volume.clips() if clip.held and clip.kind is not ClipKind.MANIFEST]
    assert sum(clip.duration for clip in held) == row.kept_ns
    assert all(list(site.recorder.volume.read(clip.clip)) for clip in held)
    assert _expired_but_held not in {
        each["object"]["region"] for each in site.entries(Tag.CLIP_REGION_OVERWRITE)
    } or not [clip for clip in held if clip.region == _expired_but_held]


def test_footage_that_only_capacity_limits_is_not_lost_early(sites: Callable[..., OfficeSite]) -> None:
    """Where the rule counts no time, the next lap is its way of erasing, not a loss."""
    site = sites(policy=lambda text: text.replace('basis = "wall_clock"', 'basis = "capacity"'))
    site.film(OPENING + HOUR, seconds=30)
    clips = [clip for clip in site.recorder.volume.clips(kind=ClipKind.VISIT) if clip.start > OPENING + HOUR]
    assert clips
    site.lap(40)
    note_regions(site.recorder, site.clock.wall())
    gone = {row.clip: row for row in site.recorder.control.erasures()}
    assert all(gone[clip.clip].cause == "capacity" for clip in clips)
    lost = {entry["object"]["region"] for entry in site.entries(Tag.VISIT_FOOTAGE_LOSE)[:13]}
    regular = {entry["object"]["region"] for entry in site.entries(Tag.CLIP_KEY_DESTROY)}
    assert {clip.region for clip in clips} <= regular, lost
