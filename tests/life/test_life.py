"""Nine months of one kiosk with a turned clock, and afterwards every question an auditor may put about recording."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import mihariban.ledger
from mihariban.base.clock import DAY, HOUR, MINUTE, SECOND, TurnedClock, iso, to_datetime
from mihariban.base.ids import id_bytes, id_text
from mihariban.ledger.entry import read_leaf
from mihariban.ledger.tags import Tag
from mihariban.ledger.verify import verify
from mihariban.recorder.audit import QUESTIONS, Audit, audit_site
from mihariban.recorder.control import Control
from mihariban.volume import Volume, check_volume
from tests.life import year
from tests.life.story import SAGA_PERIOD, WITHIN, Story, Told, many_syncs
from tests.support.sites import JAPAN, moment

SHRINKS = 30 * DAY
LAG = 168 * HOUR


@dataclass(frozen=True, slots=True)
class Lived:
    """The story at its end, and what the recorder left."""

    story: Story
    control: Control
    audit: Audit

    @property
    def end(self) -> int:
        return self.story.clock.wall()

    @property
    def shrunk(self) -> list[Told]:
        """Visits of which only date, hour and seconds may be known."""
        return [told for told in self.story.visits if told.gone is not None and told.gone + SHRINKS + HOUR < self.end]

    def entries(self, *tags: Tag) -> list[dict[str, Any]]:
        store = self.control.store
        return [entry for leaf in store.leaves(0, store.size()) if (entry := read_leaf(leaf))["tag"] in tags]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """The whole life, once."""
    folder = many_syncs(tmp_path_factory.mktemp("life"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        story = Story.begin(folder, f"{year.FIRST} 08:00:00")
        with pytest.MonkeyPatch.context() as patch:
            year.live(story, patch)
        story.cosign()
        story.end()
        control = Control(story.folder.control, readonly=True)
        yield Lived(story, control, audit_site(story.folder.path, clock=story.clock))
        control.close()
    finally:
        shutil.rmtree(folder)


# The book against the story


def test_the_book_has_every_visit_and_no_other(lived: Lived) -> None:
    """To the nanosecond while there is footage; then date, hour and seconds, and nothing else."""
    past = {id(told) for told in lived.shrunk}
    wanted = [(t.began, t.ended, t.shown_from, t.shown_to) for t in lived.story.visits if id(t) not in past]
    rows = lived.control.visits()
    assert [(row.started, row.ended, row.recorded_from, row.recorded_to) for row in rows] == sorted(wanted)
    assert len(past) > 40
    shrunk = Counter((iso(t.began, JAPAN)[:10], to_datetime(t.began, JAPAN).hour, t.seconds) for t in lived.shrunk)
    assert Counter((row.date, row.hour, row.seconds) for row in lived.control.past_visits()) == shrunk


def test_each_version_of_the_rule_dates_what_was_filmed_under_it(lived: Lived) -> None:
    """The second one keeps 3,000 hours; what was filmed before keeps its 5,760."""
    turn = moment(f"{year.SECOND_VERSION} 00:00:00")
    for row in lived.control.visits():
        period = SAGA_PERIOD if row.started < turn else year.SHORTER
        assert row.expires == (row.recorded_to or 0) + period


def test_every_picture_is_there_until_its_deadline_and_none_after(lived: Lived) -> None:
    """Of every visit, one by one; what a failing disk may have taken is named beforehand."""
    volume = Volume.read_only(lived.story.folder.recorder, clock=lived.story.clock)
    held = lived.story.holds[-1]
    for told in lived.story.visits:
        found = lived.story.readable(told, volume)
        if told.deadline > lived.end:
            assert set(told.frames) - told.perhaps <= set(found)
        else:
            assert found == [wall for wall in told.frames if held.began <= wall < held.ended]
    volume.close()
    assert sum(told.deadline <= lived.end for told in lived.story.visits) > 150


def test_gaps_are_those_that_happened(lived: Lived) -> None:
    """With their causes."""
    found = [(gap.started, gap.ended, gap.cause) for gap in lived.control.gaps()]
    assert found == sorted((gap.began, gap.ended, gap.cause) for gap in lived.story.gaps)


def test_each_clip_is_erased_once_within_a_minute_of_its_deadline(lived: Lived) -> None:
    """Or of the release of the hold that kept it longer; read back; the ledger counts as many."""
    gone = [told for told in lived.story.visits if told.gone is not None]
    rows = [(told, row) for told in gone for row in told.erasures if row.cause == "deadline"]
    assert len({row.clip for _, row in rows}) == len(rows) >= len(gone) > 150
    for told, row in rows:
        kept = [held for held in lived.story.holds if held.began <= told.shown_from and told.shown_to <= held.ended]
        due = max([row.deadline, *(held.released for held in kept if held.released)])
        assert due <= row.destroyed <= due + WITHIN, (iso(due, JAPAN), iso(row.destroyed, JAPAN))
        assert told.deadline - 2 * MINUTE < row.deadline <= told.deadline
        assert row.read_back
    assert max(row.deadline for _, row in rows) <= lived.end
    entries = [entry["object"] for entry in lived.entries(Tag.CLIP_KEY_DESTROY) if entry["outcome"] == "done"]
    by_cause: Counter[str] = Counter()
    for facts in entries:
        by_cause[facts["cause"]] += facts["count"]
    partly = sum(row.cause == "deadline" for told in lived.story.visits if told.gone is None for row in told.erasures)
    assert by_cause["deadline"] == len(rows) + partly


def test_what_a_hold_copied_goes_with_its_release(lived: Lived) -> None:
    """At once, long before the deadline of the visit, whose own clip stays until then."""
    short = lived.story.holds[0]
    copies = [row for told in lived.story.visits for row in told.erasures if row.cause == "release"]
    assert copies
    assert short.released is not None
    assert {row.destroyed for row in copies} == {short.released}


def test_bytes_are_overwritten_within_the_lag_of_the_rule(lived: Lived) -> None:
    """168 hours after the deadline, where no hold kept the region; and the level says no more than that."""
    rows = lived.control.erasures()
    volume = Volume.read_only(lived.story.folder.recorder)
    kept = {
        clip.region
        for region in range(volume.shape.regions)
        for clip in volume.catalogue.of_region(region)
        if clip.held
    }
    volume.close()
    regions = {row.region for told in lived.story.visits[:8] for row in told.erasures} | kept
    due = [row for row in rows if row.deadline + LAG < lived.end and row.region not in regions]
    # The first eight have shrunk meanwhile: what waits of them is counted without saying whose it is.
    nameless = [row for row in due if row.visit == bytes(16)]
    assert len(nameless) <= 8
    assert len(due) > len(nameless)
    assert [row for row in due if row.overwritten is None and row not in nameless] == []
    assert {row.level for row in rows} <= {"E0", "E1", "E2"}


def test_times_of_erased_visits_are_in_no_text(lived: Lived) -> None:
    """The list of a day goes with the last of its visits."""
    shrunk = {iso(told.began, JAPAN)[:10] for told in lived.shrunk}
    left = {iso(row.started, JAPAN)[:10] for row in lived.control.visits()}
    for entry in lived.entries(Tag.VISIT_DAY_LIST):
        facts = entry["object"]
        if "list" in facts:
            text = lived.control.store.text(bytes.fromhex(facts["list"]))
            assert (text is None) == (facts["date"] in shrunk - left)


def test_the_ring_is_in_order(lived: Lived) -> None:
    """Every invariant, every chunk."""
    volume = Volume.open(lived.story.folder.recorder, clock=TurnedClock(lived.end))
    assert {each.code for each in check_volume(volume, deep=True)} <= {"not-in-place"}
    volume.close()


@pytest.mark.parametrize("room", ["recorder", "office"])
def test_both_verifiers_agree_on_both_ledgers(lived: Lived, room: str) -> None:
    """Cosigned to the end by the other."""
    if room == "office":
        publish_office(lived.story)
    folder = lived.story.folder.path / room / "ledger"
    verdict = verify(folder, contents=True)
    assert not verdict.open_intents
    assert verdict.cosigned
    script = Path(mihariban.ledger.__file__).parent / "verify_ledger.py"
    done = subprocess.run(
        [sys.executable, str(script), str(folder), "--contents"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{verdict.checkpoint.size} entries" in done.stdout


def publish_office(story: Story) -> None:
    """The office's ledger as its auditor copies it."""
    from mihariban.office.book import OfficeBook

    with OfficeBook(story.folder.path / "office", clock=story.clock) as book:
        book.publish([story.office.party.keys.cosign])


# The auditor


def test_every_question_has_an_answer_in_both_languages(lived: Lived) -> None:
    """One each, and no brace left in a sentence."""
    assert [each.question for each in lived.audit.answers] == [1, 4, 5, 6, 7, 8, 9, 10, 18, 19, 23, 24, 25]
    assert len(QUESTIONS) == len(lived.audit.answers)
    for answer in lived.audit.answers:
        assert answer.ja
        assert answer.en
        assert "{" not in answer.ja + answer.en
    assert (lived.audit.first, lived.audit.last) == (year.FIRST, year.LAST)


def test_1_the_rule_in_force(lived: Lived) -> None:
    """Both versions with their days; the second with who approved it and its document."""
    answer = lived.audit.answer(1)
    first, second = answer.figures["versions"]
    before = year.SECOND_VERSION - timedelta(days=1)
    assert (first["version"], first["from"], first["to"]) == (1, f"{year.FIRST}", f"{before}")
    assert (second["version"], second["from"], second["to"]) == (2, f"{year.SECOND_VERSION}", f"{year.LAST}")
    assert (second["approved_by"], second["name"], second["document"]) == ("manager", "見本 太郎", "見本市生第1号")
    assert answer.verdict == "fine"


def test_4_no_sound(lived: Lived) -> None:
    """The rule forbids it, the ring holds none."""
    answer = lived.audit.answer(4)
    assert answer.figures["rule"] == {"1": "forbidden", "2": "forbidden"}
    assert set(answer.figures["streams"]) == {"0"}
    assert set(answer.figures["codecs"]) == {"h264"}
    assert answer.verdict == "fine"


def test_5_watched_in_all_opening_hours_but_these(lived: Lived) -> None:
    """To the second, against the story's own table of hours."""
    figures = lived.audit.answer(5).figures
    until = [year.hours(day) for day in year.days()]
    first = moment(f"{year.FIRST} 08:00:00")
    expected = sum(end - max(begin, first) for begin, end in filter(None, until)) // SECOND
    gaps = [*lived.story.gaps, *lived.story.outages]
    opened = [span for span in until if span]
    meant = sorted(
        (max(gap.began, begin), min(gap.ended, end), gap.cause)
        for gap in gaps
        for begin, end in opened
        if max(gap.began, begin) < min(gap.ended, end)
    )
    found = [(moment_of(each["from"]), moment_of(each["to"]), each["cause"]) for each in figures["gaps"]]
    assert found == meant
    assert figures["expected_s"] == expected
    assert figures["watched_s"] == expected - sum(end - begin for begin, end, _ in meant) // SECOND
    total = (year.LAST - year.FIRST).days * 86_400 + (lived.end - moment(f"{year.LAST} 00:00:00")) // SECOND
    assert figures["closed_s"] - (86_400 - 72_000) + expected == total


def moment_of(text: str) -> int:
    """ISO 8601 as wall ns."""
    return moment(text[:19])


def test_6_nothing_outside_the_hours(lived: Lived) -> None:
    """Everything recorded was looked at."""
    answer = lived.audit.answer(6)
    assert answer.figures["outside"] == []
    assert answer.figures["past"] == len(lived.shrunk)
    assert answer.figures["recordings"] >= 2 * (len(lived.story.visits) - len(lived.shrunk)) - 150
    assert answer.verdict == "fine"


def test_7_what_is_older_than_the_limit(lived: Lived) -> None:
    """Ten seconds of April, by the third hold, with who approved it and until when."""
    answer = lived.audit.answer(7)
    held = lived.story.holds[-1]
    (kept,) = answer.figures["held"]
    assert kept["hold"] == held.id
    assert kept["review"] == iso(held.review, JAPAN)
    assert (kept["approved_by"], kept["name"], kept["basis"]) == ("manager", "見本 太郎", "第10条第2号")
    assert answer.figures["oldest"][:19] == iso(held.began, JAPAN)[:19]
    assert (answer.figures["late"], answer.figures["unexplained"]) == ([], 0)
    assert answer.verdict == "fine"


def test_8_nothing_lost_early(lived: Lived) -> None:
    """The ring was large enough, and nothing was damaged."""
    answer = lived.audit.answer(8)
    assert answer.figures == {"entries": [], "keys": 0, "damaged": [], "visits": []}
    assert answer.verdict == "fine"


def test_9_stops_and_starts(lived: Lived) -> None:
    """Each outage is a start; two came after a crash; one disk event."""
    figures = lived.audit.answer(9).figures
    assert figures["counts"]["start"] == 1 + len(lived.story.outages)
    assert figures["crashes"] == 2
    assert figures["counts"]["stop"] == len(lived.story.outages) - 2 + 1
    assert [each["what"] for each in figures["disks"]] == ["ring_failing"]


def test_10_who_viewed_what(lived: Lived) -> None:
    """Each grant of the office with its reason and approval; what was expired gave nothing."""
    figures = lived.audit.answer(10).figures
    grants = figures["grants"]
    assert [each["grant"] for each in grants] == lived.story.grants
    assert [each["purpose"] for each in grants] == ["view", "extract", "view"]
    assert {each["name"] for each in grants} == {"見本 太郎"}
    assert {each["reason"] for each in grants} == {"盗難カードの事案の確認"}
    assert {each["request"] for each in grants} == {"見本市生第1号"}
    assert [each["outcome"] for each in grants] == ["done"] * 3
    assert [each["extracts"] for each in grants] == [0, 1, 0]
    assert grants[0]["seconds"] > 0
    assert grants[1]["seconds"] > 0
    assert grants[2]["seconds"] == 0


def test_18_19_connections_and_links(lived: Lived) -> None:
    """One socket of this machine; no table with room for a card."""
    assert lived.audit.answer(18).figures["outward"] == 0
    linked = lived.audit.answer(19)
    assert (linked.figures["differ"], linked.figures["columns"]) == ({}, [])
    assert {"visit", "past_visit", "ledger_entry"} <= set(linked.figures["tables"])


def test_23_watched_at_opening(lived: Lived) -> None:
    """On every open day."""
    figures = lived.audit.answer(23).figures
    assert figures["open_days"] == sum(year.hours(day) is not None for day in year.days())
    assert figures["late"] == []


def test_24_the_clock(lived: Lived) -> None:
    """Both steps, to the millisecond, each at its minute."""
    answer = lived.audit.answer(24)
    assert [each["milliseconds"] for each in answer.figures["steps"]] == [90_000, -90_000]
    assert [each["at"][:10] for each in answer.figures["steps"]] == ["2026-09-10", "2026-09-15"]
    assert answer.figures["quality"].keys() == {"synchronised"}
    assert answer.verdict == "finding"


def test_25_the_figures_agree(lived: Lived) -> None:
    """Every visit but those of the day that is not over is listed, and the sums are those of the book."""
    figures = lived.audit.answer(25).figures
    today = moment(f"{year.LAST} 00:00:00")
    assert figures["listed"] == sum(told.began < today for told in lived.story.visits)
    assert figures["days_that_differ"] == []
    assert figures["sums_that_differ"] == {}
    assert figures["size"] == lived.control.store.size()
    assert figures["cosigned"] == figures["size"] - 1  # the entry of the last stop came after the last cosignature


def test_one_day_can_be_asked_about_alone(lived: Lived) -> None:
    """The day of the camera's fault."""
    day = date(2026, 5, 12)
    audit = audit_site(lived.story.folder.path, first=day, last=day, clock=lived.story.clock)
    (gap,) = audit.answer(5).figures["gaps"]
    assert (gap["cause"], gap["seconds"]) == ("MH305", 7200)
    assert audit.answer(5).figures["expected_s"] == 37_800
    assert audit.answer(25).figures["listed"] == sum(
        1 for told in lived.story.visits if iso(told.began, JAPAN)[:10] == f"{day}"
    )


def test_the_commands_say_the_same(lived: Lived) -> None:
    """Read beside nobody, on the machine's own clock."""
    path = str(lived.story.folder.path)
    audit = _run("audit", path, "--json", ok=1)
    assert [each["question"] for each in audit["answers"]] == [each.question for each in lived.audit.answers]
    assert audit["answers"][3]["figures"]["outside"] == []
    visits = _run("visits", path, "--json")
    assert len(visits) == len(lived.control.visits())
    held = [each for each in visits if each["held_until"] and each["state"] == "held"]
    assert id_bytes(held[0]["id"]) in {row.id for row in lived.control.visits()}
    assert id_text(id_bytes(held[0]["id"])) == held[0]["id"]


def _run(*words: str, ok: int = 0) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "mihariban.cli.main", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == ok, done.stdout + done.stderr
    return json.loads(done.stdout)
