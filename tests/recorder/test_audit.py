"""The auditor's questions one by one: an order that holds, and each way in which it does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mihariban.base.clock import DAY, HOUR, MINUTE, SECOND, TurnedClock
from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.recorder.audit import QUESTIONS, audit_site
from mihariban.recorder.auditing import deeds, keeping, watching
from mihariban.recorder.auditing.evidence import Answer, Evidence, gather
from mihariban.recorder.auditing.sentences import QUESTIONS as NUMBERS
from mihariban.recorder.auditing.sentences import SENTENCES
from mihariban.recorder.control import FindingRow, PastVisit
from mihariban.recorder.errors import AuditPeriodInvalid, NotASite
from mihariban.recorder.health.kinds import FindingKind
from mihariban.recorder.scene_store import STREAM, VIEW_STREAM
from mihariban.recorder.service import Recorder
from mihariban.recorder.site_folder import SiteFolder
from mihariban.volume import Chunk, ClipHeader, ClipKind, CodecConfig, Sample
from tests.life.pictures import STEP, ToldWatcher, picture
from tests.support.sites import make_site, moment

OPEN = moment("2026-11-24 10:00:00")
DAY_OF_IT = date(2026, 11, 24)
EVENING = moment("2026-11-24 20:00:00")


def _film(folder: SiteFolder, clock: TurnedClock, *, do: Callable[[Recorder], None] = lambda _: None) -> None:
    """One visitor for half a minute, between the opening and the evening."""
    with Recorder(folder, clock=clock, time_quality=lambda: "synchronised") as recorder:
        channel = recorder.channel(recorder.camera(None))
        watcher = ToldWatcher()
        channel.pipeline.watcher, channel.pipeline.health = watcher, None
        recorder.tick()
        clock.turn_to(OPEN - 10 * SECOND)
        watcher.tell(OPEN, OPEN + 30 * SECOND)
        for number in range(26):
            clock.turn(STEP)
            recorder.take(channel, picture(clock.wall(), clock.monotonic(), number))
        recorder.tick()
        do(recorder)
        clock.turn_to(EVENING)
        recorder.tick()


@pytest.fixture
def folder(tmp_path: Path) -> SiteFolder:
    """A new site, an hour before it opens."""
    return make_site(tmp_path / "s", wall=moment("2026-11-24 08:00:00"))


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock(moment("2026-11-24 08:00:00"))


@pytest.fixture
def evidence(folder: SiteFolder, clock: TurnedClock) -> Iterator[Evidence]:
    """Of a day on which all was well."""
    _film(folder, clock)
    yield gather(folder, clock, None, None)


def test_a_day_on_which_all_was_well(evidence: Evidence) -> None:
    """No question needs a person."""
    answers = [question(evidence) for question in QUESTIONS]
    assert [each.verdict for each in answers] == ["fine"] * len(QUESTIONS), answers
    figures = {each.topic: each.figures for each in answers}
    assert figures["watched"]["expected_s"] == figures["watched"]["watched_s"] == 37_800
    assert figures["outside"]["recordings"] == 2
    assert figures["rule"]["versions"][0]["approved_by"] == "laid when the site was made"
    assert figures["opened"]["counts"] == {"start": 1, "stop": 1}
    assert figures["at_opening"]["open_days"] == 1
    assert json.loads(json.dumps([each.as_json() for each in answers]))


def test_sentences_are_of_the_same_facts_in_both_languages() -> None:
    """And each topic has its number."""
    assert NUMBERS.keys() == SENTENCES.keys()
    for ja, en in SENTENCES.values():
        braces = [sorted(part.split("}")[0] for part in text.split("{")[1:]) for text in (ja, en)]
        assert braces[0] == braces[1]


def test_a_recording_outside_the_hours_is_found(evidence: Evidence) -> None:
    """A clip that begins before the doors open, one that ends after they close, a shrunk visit of a closed hour."""
    (clip,) = evidence.clips
    (row,) = evidence.visits
    closes = moment("2026-11-24 19:00:00")
    early = replace(clip, visit=b"e" * 16, start=moment("2026-11-24 08:29:59"))
    late = replace(row, recorded_from=closes - MINUTE, recorded_to=closes + SECOND)
    night = PastVisit("cam1", "2026-11-24", 3, 20, row.policy)
    holiday = PastVisit("cam1", "2026-11-24", 18, 20, row.policy)
    answer = watching.outside(replace(evidence, clips=[clip, early], visits=[row, late], past=[night, holiday]))
    assert answer.verdict == "finding"
    assert [each.get("hour") for each in answer.figures["outside"]] == [None, None, 3]
    assert (
        watching.outside(replace(evidence, first=date(2026, 11, 25), last=date(2026, 11, 25))).figures["outside"] == []
    )


def test_sound_is_found_by_its_stream(folder: SiteFolder, clock: TurnedClock) -> None:
    """A clip with a second stream breaks a rule that forbids sound."""

    def hear(recorder: Recorder) -> None:
        config = CodecConfig("aac", 0, 0, (1, 48_000), b"", "length")
        wall = clock.wall()
        version = bytes.fromhex(recorder.book.versions[0].sha256)[:16]
        writer = recorder.volume.begin_clip("cam1", ClipHeader(b"s" * 16, ClipKind.VISIT, wall + DAY, wall, version))
        sample = Sample(100, 0, 0, 1024, True, False)
        writer.append(Chunk(1, wall, wall, clock.boot_id(), "synchronised", config, (sample,), bytes(100)))
        writer.append(Chunk(0, wall, wall, clock.boot_id(), "synchronised", config, (sample,), bytes(100)))
        writer.close()
        recorder.volume.commit()

    _film(folder, clock, do=hear)
    answer = watching.sound(gather(folder, clock, None, None))
    assert answer.verdict == "finding"
    assert answer.figures["streams"] == {"0": 2, "1": 1}
    assert answer.figures["codecs"]["aac"] == 1


def test_what_a_camera_remembers_is_no_sound(folder: SiteFolder, clock: TurnedClock) -> None:
    """An empty scene is saved beside the camera's view, each as a stream of its own."""

    def remember(recorder: Recorder) -> None:
        wall = clock.wall()
        header = ClipHeader(bytes(16), ClipKind.SCENE, wall + DAY, wall)
        writer = recorder.volume.begin_clip("cam1", header)
        for stream in (STREAM, VIEW_STREAM):
            config = CodecConfig("scene", 0, 0, (1, 1000), b"", "")
            sample = Sample(100, 0, 0, 0, True, True)
            writer.append(Chunk(stream, wall, wall, clock.boot_id(), "", config, (sample,), bytes(100)))
        writer.close()
        recorder.volume.commit()

    _film(folder, clock, do=remember)
    found = gather(folder, clock, None, None)
    assert ClipKind.SCENE in {clip.kind for clip in found.clips}
    answer = watching.sound(found)
    assert (answer.verdict, set(answer.figures["streams"])) == ("fine", {"0"})


def test_a_gap_is_told_with_its_cause(folder: SiteFolder, clock: TurnedClock) -> None:
    """To the second; the opening is missed where it lasts from before."""

    def lose(recorder: Recorder) -> None:
        gap = recorder.bookkeeper.begin_gap("cam1", OPEN + HOUR, "MH305", "")
        recorder.bookkeeper.end_gap(gap, OPEN + HOUR + 90 * SECOND)
        early = recorder.bookkeeper.begin_gap("cam1", moment("2026-11-24 08:00:00"), "MH302", "")
        recorder.bookkeeper.end_gap(early, moment("2026-11-24 08:40:00"))

    _film(folder, clock, do=lose)
    evidence = gather(folder, clock, None, None)
    gaps = watching.watched(evidence).figures["gaps"]
    assert [(each["cause"], each["seconds"]) for each in gaps] == [("MH302", 600), ("MH305", 90)]
    assert watching.at_opening(evidence).figures["late"] == [{"camera": "cam1", "date": "2026-11-24", "cause": "MH302"}]


def test_what_is_past_its_deadline_without_a_hold_is_found(evidence: Evidence) -> None:
    """Not within the minute that erasing may take."""
    (clip,) = evidence.clips
    on_time = keeping.age(replace(evidence, now=clip.deadline + 30 * SECOND))
    late = keeping.age(replace(evidence, now=clip.deadline + 61 * SECOND))
    assert (on_time.verdict, late.verdict) == ("fine", "finding")
    assert late.figures["days"] == 240
    held = keeping.age(replace(evidence, now=clip.deadline + DAY, clips=[replace(clip, holds=1)]))
    assert (held.verdict, held.figures["unexplained"]) == ("finding", 1)


def test_early_loss_is_found_in_each_source(evidence: Evidence) -> None:
    """Footage that is not there although its time is not over."""
    assert keeping.lost(replace(evidence, clips=[])).figures["visits"] != []
    assert keeping.lost(replace(evidence, clips=[])).verdict == "finding"


def test_days_without_a_rule_are_counted(evidence: Evidence) -> None:
    """Before the rule came into force there was none."""
    answer = keeping.rule(replace(evidence, first=date(2016, 1, 20), last=date(2016, 1, 23)))
    assert (answer.verdict, answer.figures["days_without"]) == ("finding", 2)


def test_a_table_with_room_for_a_card_is_found(evidence: Evidence) -> None:
    """A column more, or one named after what must not be there."""
    tables = {**evidence.tables, "visit": (*evidence.tables["visit"], "card_number")}
    answer = keeping.linked(replace(evidence, tables=tables))
    assert answer.verdict == "finding"
    assert answer.figures["columns"] == ["visit.card_number"]
    assert set(answer.figures["differ"]) == {"visit"}


def test_a_step_is_seen_in_the_entries_alone(folder: SiteFolder, clock: TurnedClock) -> None:
    """Half a second is not one; and an entry made with a clock nobody set is doubtful."""

    def step(recorder: Recorder) -> None:
        for jump in (400_000_000, -700_000_000):
            _enter(recorder, Tag.VOLUME_SCRUB_FINISH, {"damaged": 0})
            clock.step(jump)
            _enter(recorder, Tag.VOLUME_SCRUB_FINISH, {"damaged": 0})

    _film(folder, clock, do=step)
    evidence = gather(folder, clock, None, None)
    answer = deeds.clock_right(evidence)
    assert [each["milliseconds"] for each in answer.figures["steps"]] == [-700]
    last = evidence.entries[-1]
    doubtful = replace(last, whole={**last.whole, "clock": "unknown"})
    assert deeds.clock_right(replace(evidence, entries=[doubtful])).verdict == "finding"


def _enter(recorder: Recorder, tag: Tag, facts: dict[str, Json]) -> None:
    with recorder.control.entered(Draft(tag, facts)):
        pass


def test_figures_that_differ_from_the_ledger_are_found(folder: SiteFolder, clock: TurnedClock) -> None:
    """A visit taken out of the book after its day was listed; a hold the ledger does not know."""
    _film(folder, clock)
    clock.turn_to(moment("2026-11-25 09:00:00"))
    with Recorder(folder, clock=clock, time_quality=lambda: "synchronised") as recorder:
        recorder.tick()
    evidence = gather(folder, clock, None, None)
    assert deeds.agrees(evidence).verdict == "fine"
    assert deeds.agrees(evidence).figures["listed"] == 1
    without = deeds.agrees(replace(evidence, visits=[]))
    assert without.verdict == "finding"
    assert without.figures["days_that_differ"] == [
        {"camera": "cam1", "date": "2026-11-24", "ledger": [1, 36], "book": [0, 0]}
    ]
    shrunk = deeds.agrees(replace(evidence, past=[PastVisit("cam1", "2026-11-20", 9, 5, "")]))
    assert shrunk.figures["sums_that_differ"] == {"shrunk_visits": (0, 1)}


def test_a_ledger_that_does_not_verify_is_found(evidence: Evidence) -> None:
    """One byte of a published tile."""
    (tile,) = (evidence.folder.ledger / "tile" / "entries").iterdir()
    (file,) = [tile] if tile.is_file() else list(tile.iterdir())
    data = bytearray(file.read_bytes())
    data[40] ^= 1
    file.write_bytes(bytes(data))
    answer = deeds.agrees(evidence)
    assert answer.verdict == "finding"
    assert str(answer.figures["ledger_error"]).startswith("MH")


def test_given_footage_without_a_grants_entry_is_found(folder: SiteFolder, clock: TurnedClock) -> None:
    """Nobody accepted what it names."""
    facts: dict[str, Json] = {"grant": "g", "from": "a", "to": "b", "accepted": 1}
    _film(folder, clock, do=lambda recorder: _enter(recorder, Tag.FOOTAGE_SECONDS_SERVE, facts))
    answer = deeds.viewed(gather(folder, clock, None, None))
    assert answer.verdict == "finding"
    assert len(answer.figures["loose"]) == 1


def test_disks_and_crashes_need_a_look(evidence: Evidence) -> None:
    """And the entries of a crashed life."""
    row = FindingRow(FindingKind.DISK_CHANGED.value, "ring", OPEN, None)
    assert deeds.opened(replace(evidence, findings=[row])).verdict == "finding"
    first = evidence.tagged(Tag.BOOT_PROCESS_START)[0]
    crashed = replace(first, facts={**first.facts, "crashed": 1})
    assert deeds.opened(replace(evidence, entries=[crashed])).figures["crashes"] == 1


def test_connections_are_named_without_their_logins(evidence: Evidence) -> None:
    """Scheme and host alone."""
    assert deeds._host("rtsp://user:secret@192.0.2.7:554/stream?token=1") == "rtsp://192.0.2.7:554"
    assert deeds._host("/srv/films/a.mp4") == "file"
    assert deeds._host("demo:") == "demo:"
    recorder = evidence.site.recorder
    door = recorder.door.model_copy(update={"listen": "192.0.2.10:8443"})
    site = evidence.site.model_copy(update={"recorder": recorder.model_copy(update={"door": door})})
    ways: Answer = deeds.network(replace(evidence, site=site))
    assert {"what": "door_mutual_tls", "where": "192.0.2.10:8443"} in ways.figures["connections"]


def test_bad_questions_are_refused(tmp_path: Path, folder: SiteFolder) -> None:
    """A period that ends before it begins; a folder that is no site; a question of the office."""
    with pytest.raises(AuditPeriodInvalid):
        audit_site(folder.path, first=date(2026, 11, 25), last=DAY_OF_IT)
    with pytest.raises(NotASite):
        audit_site(tmp_path / "nowhere")
    with pytest.raises(KeyError):
        audit_site(folder.path, clock=TurnedClock(OPEN)).answer(11)
