"""Listening to a real recorder: everything once, nothing missing, and a state for whatever goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from mihariban.base.clock import HOUR, MINUTE, TurnedClock
from mihariban.ledger.tags import Tag
from mihariban.office.base.dates import now
from mihariban.office.base.ledger import ledger
from mihariban.office.sites import alarms, hooks
from mihariban.office.sites.intake import keep_page
from mihariban.office.sites.listen import listen
from mihariban.office.sites.models import SeenEvent, SeenFinding, SeenVisit
from mihariban.office.sites.seen import events_between, findings_now, status_of, visits_between
from mihariban.recorder.contract.facts import EventPage
from mihariban.recorder.health.kinds import FindingKind
from tests.support.office_recorder import *  # noqa: F403  # fixtures
from tests.support.office_recorder import OF_THE_RING, HeardRecorder


@pytest.fixture(autouse=True)
def _no_hooks() -> Iterator[None]:
    """Hooks of other apps have tests of their own."""
    lists = (hooks.after_contact, hooks.events_came, hooks.finding_began, hooks.finding_ended)
    kept = [list(each) for each in lists]
    for each in lists:
        each.clear()
    yield
    for each, before in zip(lists, kept, strict=True):
        each[:] = before  # type: ignore[assignment]  # the same list, as it was


def _codes() -> list[str]:
    """What is found now, beside what the recorder rightly says of a test's small, copied ring."""
    return [row.code for row in findings_now() if row.code not in OF_THE_RING]


def test_one_pass_takes_in_all_and_a_second_nothing(heard: HeardRecorder) -> None:
    """Entries as the recorder has them, its visits, its status, and both ledgers cosigned."""
    assert listen(heard.unit)
    store = heard.recorder.control.store
    rows = list(SeenEvent.objects.order_by("seq").values_list("seq", "tag"))
    assert [seq for seq, _ in rows] == list(range(len(rows)))
    assert rows[0][1] == str(Tag.LEDGER_BOOK_OPEN)
    seen = status_of("test-r1")
    assert seen is not None and seen.reachable and seen.at == now() and seen.json["recorder"] == "test-r1"
    assert seen.cosigned_at == now()
    visits = visits_between(now() - timedelta(hours=1), now())
    assert [(row.camera, row.state) for row in visits] == [("cam1", "kept"), ("cam1", "kept")]
    assert [row.queued for row in visits] == [False, True]  # 10 s after the first had left
    listen(heard.unit)
    assert SeenEvent.objects.count() == store.size()
    assert SeenVisit.objects.count() == 2


def test_each_page_is_kept_once_even_by_two_listeners(heard: HeardRecorder) -> None:
    """The cursor moves with the rows; who comes second keeps nothing."""
    first, second = heard.unit, heard.unit
    with heard.client() as client:
        page = client.events(0)
    assert keep_page(first, page) == len(page.events)
    assert keep_page(second, page) == 0
    assert second.cursor == len(page.events) == SeenEvent.objects.count()


def test_an_entry_that_a_hook_refuses_comes_again(heard: HeardRecorder) -> None:
    """Rows and cursor are one transaction with what other apps make of them."""

    def refuse(*_: object) -> None:
        raise alarms_error()

    def alarms_error() -> Exception:
        from mihariban.base.errors import StateError

        return StateError()

    hooks.events_came.append(refuse)
    listen(heard.unit)
    assert (SeenEvent.objects.count(), heard.unit.cursor) == (0, 0)
    hooks.events_came.clear()
    listen(heard.unit)
    assert SeenEvent.objects.count() == heard.unit.cursor > 0


@pytest.mark.parametrize("fault", ["hole", "shorter", "empty", "no entry", "another number"])
def test_a_feed_that_does_not_continue_is_an_alarm(heard: HeardRecorder, fault: str) -> None:
    """And nothing of it is kept."""
    listen(heard.unit)
    before, cursor = SeenEvent.objects.count(), heard.unit.cursor
    with heard.client() as client:
        good = client.events(0).events[0]
    entry = {**good.entry, "_seq": cursor}
    page = {
        "hole": EventPage(events=[good.model_copy(update={"seq": cursor + 1})], next=cursor + 2, size=cursor + 2),
        "shorter": EventPage(events=[], next=cursor, size=cursor - 1),
        "empty": EventPage(events=[], next=cursor, size=cursor + 3),
        "no entry": EventPage(
            events=[good.model_copy(update={"seq": cursor, "entry": {"tag": 1}})], next=cursor + 1, size=cursor + 1
        ),
        "another number": EventPage(
            events=[good.model_copy(update={"seq": cursor, "entry": {**entry, "_seq": 0}})],
            next=cursor + 1,
            size=cursor + 1,
        ),
    }[fault]

    class Lying:
        def __init__(self) -> None:
            self.client = heard.client()

        def __getattr__(self, name: str) -> object:
            return getattr(self.client, name)

        def events(self, after: int = 0, wait: int = 0) -> EventPage:
            return page

    lying = Lying()
    assert listen(heard.unit, client=lying)  # type: ignore[arg-type]  # it answers like one
    lying.client.close()
    assert _codes() == [alarms.FEED_BROKEN]
    assert (SeenEvent.objects.count(), heard.unit.cursor) == (before, cursor)
    listen(heard.unit)
    assert not _codes()


def test_a_recorder_that_is_away_is_a_state_and_later_an_alarm(heard: HeardRecorder, office_clock: TurnedClock) -> None:
    """What was known stays; when it is back the alarm ends and nothing is missing."""
    listen(heard.unit)
    heard.stop()
    office_clock.turn(MINUTE)
    away = now()
    assert not listen(heard.unit)
    seen = status_of("test-r1")
    assert seen is not None and not seen.reachable and (seen.since, seen.why) == (away, "MH383")
    assert seen.json["recorder"] == "test-r1" and not _codes()
    office_clock.turn(MINUTE)
    listen(heard.unit)
    alarm = findings_now().exclude(code__in=OF_THE_RING).get()
    assert (alarm.code, alarm.severity, alarm.since) == (alarms.UNREACHABLE, "alarm", away)
    heard.start()
    assert listen(heard.unit)
    assert not _codes()
    assert SeenFinding.objects.get(code=alarms.UNREACHABLE).until == now()
    assert SeenEvent.objects.count() == heard.recorder.control.store.size()
    assert events_between(now() - timedelta(hours=1), now() + timedelta(seconds=1), Tag.BOOT_PROCESS_START).count() == 3


def test_findings_begin_last_and_end(heard: HeardRecorder, office_clock: TurnedClock) -> None:
    """With the recorder's sentence in both languages, its severity, and the hooks told once."""
    told: list[tuple[str, str]] = []
    hooks.finding_began.append(lambda row: told.append(("began", row.code)))
    hooks.finding_ended.append(lambda row: told.append(("ended", row.code)))
    health = heard.recorder.health
    listen(heard.unit)
    told.clear()
    health.observe(FindingKind.CAMERA_NO_PICTURE, "cam1", True, {"silent_s": 30})
    heard.recorder.tick()
    listen(heard.unit)
    office_clock.turn(MINUTE)
    listen(heard.unit)
    row = findings_now(cameras=["cam1"]).get()
    assert (row.code, row.severity, row.text.ja != row.text.en) == ("camera_no_picture", "alarm", True)
    health.observe(FindingKind.CAMERA_NO_PICTURE, "cam1", False)
    office_clock.turn(MINUTE)
    heard.recorder.tick()
    listen(heard.unit)
    assert not _codes()
    told = [each for each in told if each[1] not in OF_THE_RING]
    assert told == [("began", "camera_no_picture"), ("ended", "camera_no_picture")]


def test_a_fork_is_an_alarm_that_stays(heard: HeardRecorder, office_clock: TurnedClock) -> None:
    """The recorder's book was put back to an older copy: it has fewer entries than the office has cosigned."""
    import shutil

    heard.stop()
    shutil.copytree(heard.folder.recorder, heard.folder.recorder.parent / "older")
    heard.start()
    for _ in range(3):
        office_clock.turn(HOUR)
        listen(heard.unit)
    heard.stop()
    shutil.rmtree(heard.folder.recorder)
    shutil.copytree(heard.folder.recorder.parent / "older", heard.folder.recorder)
    heard.start()
    office_clock.turn(HOUR)
    listen(heard.unit)
    assert alarms.LEDGER_FORKED in _codes()
    store = ledger().store
    assert b"cosign:checkpoint:refuse" in store.leaves(store.size() - 1, store.size())[0]
    listen(heard.unit)
    assert alarms.LEDGER_FORKED in _codes()


def test_the_outbox_is_called_and_its_failure_is_nobody_elses(heard: HeardRecorder) -> None:
    """A push that fails is tried on the next pass; the others are called."""
    from mihariban.base.errors import StateError

    called: list[str] = []

    def failing(*_: object) -> None:
        called.append("failing")
        raise StateError()

    hooks.after_contact += [failing, lambda unit, client: called.append(f"{unit.pk} {client.status().state}")]
    assert listen(heard.unit)
    assert called == ["failing", "test-r1 ok"]


def test_a_recorder_without_address_is_a_state(heard: HeardRecorder) -> None:
    """No traceback: whoever looks at the page is told what to do."""
    unit = heard.unit
    unit.socket = ""
    unit.save()
    assert not listen(unit)
    seen = status_of("test-r1")
    assert seen is not None and (seen.reachable, seen.why) == (False, "MH542")


def test_another_recorder_behind_the_socket_is_not_taken_for_ours(heard: HeardRecorder) -> None:
    """It says who it is."""
    site = heard.folder.load_site()
    from mihariban.office.sites.models import RecorderUnit

    other = RecorderUnit.objects.create(id="other", site_id=site.site.id, socket=str(heard.socket))
    assert not listen(other)
    assert status_of("other").why == "MH543"  # type: ignore[union-attr]  # it was asked
    assert SeenEvent.objects.count() == 0


def test_cosigning_waits_for_its_hour_and_is_late_after_a_day(heard: HeardRecorder, office_clock: TurnedClock) -> None:
    """Once an hour is enough."""
    listen(heard.unit)
    first = status_of("test-r1").cosigned_at  # type: ignore[union-attr]  # it was asked
    office_clock.turn(30 * MINUTE)
    listen(heard.unit)
    assert status_of("test-r1").cosigned_at == first  # type: ignore[union-attr]  # the same
    from django.conf import settings as office_settings

    keys = office_settings.OFFICE_FOLDER / "recorders" / "test.test-r1.keys"
    kept = keys.read_bytes()
    keys.unlink()
    office_clock.turn(26 * HOUR)
    listen(heard.unit)
    assert alarms.COSIGN_LATE in _codes()
    keys.write_bytes(kept)
    office_clock.turn(10 * MINUTE)
    listen(heard.unit)
    assert alarms.COSIGN_LATE not in _codes()
