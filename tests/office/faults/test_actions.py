"""Faults opened, told, mailed, called, stopped, repaired; gaps, disks, figures, the state of a kiosk, the sample."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.utils import timezone

from mihariban.base.clock import DAY, HOUR, MINUTE, TurnedClock, from_datetime
from mihariban.ledger.entry import moment, read_leaf
from mihariban.office.base.acting import Acting, system
from mihariban.office.base.dates import now, today
from mihariban.office.base.errors import ChangedMeanwhile, NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.faults.actions.amend_fault import amend_fault
from mihariban.office.faults.actions.close_fault import confirm_fault, repair_fault
from mihariban.office.faults.actions.link_gap import link_gaps_heard
from mihariban.office.faults.actions.log_call import log_call
from mihariban.office.faults.actions.mail_vendor import mail_vendor
from mihariban.office.faults.actions.open_fault import open_fault
from mihariban.office.faults.actions.stop_service import resume_service, stop_service
from mihariban.office.faults.actions.take_disk import confirm_erasure, hand_disk, take_disk
from mihariban.office.faults.errors import DiskTwice, FaultTimesWrong, MailNotSent, MailNotSetUp
from mihariban.office.faults.figures import Month, downtime, merged, months, open_minutes
from mihariban.office.faults.findings import gaps_ended, open_from_seen
from mihariban.office.faults.models import Fault, FaultGap, Step, Stoppage
from mihariban.office.faults.needs import lacking, tasks
from mihariban.office.faults.sample import make_jam, make_sample
from mihariban.office.faults.state import kiosk_state, kiosk_states, open_faults
from mihariban.office.sites.models import Kiosk, RecorderUnit, SeenEvent, SeenFinding
from mihariban.office.web.config import Mail
from mihariban.policy import DayHours, Window

Someone = Callable[..., Acting]
Made = Callable[..., Fault]


def _tags(count: int) -> list[str]:
    size = ledger().store.size()
    return [str(read_leaf(leaf)["tag"]) for leaf in ledger().store.leaves(size - count, size)]


def test_stopping_tells_the_users_at_once(kiosk: Kiosk, someone: Someone) -> None:
    """One transaction: opened, stopped, told; the other kiosk goes on."""
    assert kiosk_state(kiosk).in_service
    fault = open_fault(kiosk, kind="printer", what="動かない", stop=True, expected="明日", acting=someone("operator"))
    assert _tags(3) == ["fault:case:open", "fault:service:stop", "fault:users:tell"]
    state = kiosk_state("k2")
    assert (state.in_service, state.since, state.fault) == (False, fault.told_at, fault.pk)
    assert state.sentence.ja == "故障のためご利用いただけません（復旧の見込み：明日）。" and "動かない" not in str(
        state.sentence
    )
    assert {key: each.in_service for key, each in kiosk_states(["k1", "k2"]).items()} == {"k1": True, "k2": False}


def test_two_faults_stop_one_kiosk_until_both_are_over(in_state: Made, someone: Someone, kiosk: Kiosk) -> None:
    """The longest lasting is told."""
    manager, first, second = someone("manager"), in_state(stop=True), in_state(stop=True)
    assert kiosk_state(kiosk).fault == first.pk
    resume_service(first, acting=manager, stamp=first.stamp, why="直った")
    assert kiosk_state(kiosk).fault == second.pk
    assert [each.pk for each in open_faults()] == [second.pk, first.pk]
    with pytest.raises(ChangedMeanwhile):
        stop_service(Fault.objects.get(pk=first.pk), acting=manager, stamp=0)


def test_moments_that_cannot_be(in_state: Made, someone: Someone, kiosk: Kiosk) -> None:
    """To come; before the fault."""
    operator, fault = someone("operator"), in_state()
    with pytest.raises(FaultTimesWrong):
        open_fault(kiosk, kind="paper", what="x", since=now() + timedelta(hours=1), acting=operator)
    for at in (now() + timedelta(hours=1), now() - timedelta(hours=1)):
        with pytest.raises(FaultTimesWrong):
            log_call(fault, at=at, spoken_to="x", said="x", acting=operator, stamp=fault.stamp)
        with pytest.raises(FaultTimesWrong):
            repair_fault(fault, at=at, cause="x", repair="x", acting=operator, stamp=fault.stamp)
    assert Fault.objects.get(pk=fault.pk).state == "open" and Step.objects.count() == 1


def test_an_amendment_keeps_the_old_text(in_state: Made, someone: Someone) -> None:
    """In the steps."""
    fault = in_state(what="紙づまり")
    amend_fault(fault, acting=someone("operator"), stamp=fault.stamp, what="トナー切れ", kind="printer")
    step = Step.objects.get(sort="amended")
    assert step.text == "内容：紙づまり → トナー切れ\n種類：用紙・消耗品 → プリンター"


class _Box:
    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.mails.append(envelope)
        return self.answer


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Box]:
    """A real mail server, and the office told of it."""
    box = _Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    told = Mail(host="127.0.0.1", port=port, sender="kiosk@example.jp")
    monkeypatch.setattr(settings, "OFFICE_CONFIG", settings.OFFICE_CONFIG.model_copy(update={"mail": told}))
    yield box
    server.stop()


@pytest.mark.django_db(transaction=True)
def test_the_vendor_gets_the_facts_by_mail(mailbox: _Box, in_state: Made, someone: Someone) -> None:
    """Intent before it goes out, outcome after it; whole in Japanese; the rule is content."""
    fault = in_state(kind="system", what="画面が\U0001f363映らない 葛\U000e0100", stop=True)
    assert len(lacking(fault)) == 1
    mail_vendor(fault, to="vendor@example.jp", acting=someone("operator"), remark="至急", answer_to="内線 12")
    (envelope,) = mailbox.mails
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    body = message.get_content()  # type: ignore[attr-defined]  # an EmailMessage by its policy
    assert envelope.rcpt_tos == ["vendor@example.jp"] and f"故障番号 {fault.pk}" in message["Subject"]
    assert all(part in body for part in ("画面が\U0001f363映らない 葛\U000e0100", "至急", "内線 12", "停止中", "2号機"))
    assert "見本 太郎" not in body
    assert _tags(3) == ["fault:vendor:mail", "fault:vendor:mail", "fault:case:note"]
    assert lacking(Fault.objects.get(pk=fault.pk)) == [] and ledger().store.intents() == []


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_is_refused_is_said_and_kept(mailbox: _Box, in_state: Made, someone: Someone) -> None:
    """The vendor does not count as reached."""
    mailbox.answer = "554 no"
    fault = in_state(kind="system")
    with pytest.raises(MailNotSent) as refused:
        mail_vendor(fault, to="vendor@example.jp", acting=someone("operator"))
    assert "電話" in refused.value.text("ja") and "example" not in str(refused.value)
    assert Fault.objects.get(pk=fault.pk).vendor_at is None
    assert Step.objects.filter(fault=fault, sort="vendor_failed").exists()


def test_without_a_mail_server_the_telephone_is_named(
    in_state: Made, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is entered."""
    fault, before = in_state(), ledger().store.size()
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
    with pytest.raises(MailNotSetUp):
        mail_vendor(fault, to="v@example.jp", acting=someone("operator"))
    with pytest.raises(NotAllowed):
        mail_vendor(fault, to="v@example.jp", acting=someone("auditor"))
    assert ledger().store.size() == before


def test_the_manager_confirms_what_is_complete(in_state: Made, someone: Someone) -> None:
    """A fault of the system wants the vendor first."""
    manager, fault = someone("manager"), in_state("restored", kind="system")
    with pytest.raises(NotAllowed):
        confirm_fault(fault, acting=manager, stamp=fault.stamp)
    log_call(fault, at=now(), spoken_to="見本保守", said="直した", acting=manager, stamp=fault.stamp)
    confirm_fault(fault, acting=manager, stamp=fault.stamp)
    assert tasks(Fault.objects.get(pk=fault.pk)) == []


def test_a_disk_waits_until_its_erasure_is_confirmed(in_state: Made, someone: Someone) -> None:
    """Also after its fault is closed; the same serial once a fault; moments in order."""
    manager, fault = someone("manager"), in_state("restored", kind="camera")
    facts = {"taken_at": now(), "taken_by": "見本保守", "kept_at": "金庫", "acting": manager}
    disk = take_disk(fault, serial="S-1", stamp=fault.stamp, **facts)  # type: ignore[arg-type]  # its own words
    with pytest.raises(DiskTwice):
        take_disk(fault, serial="S-1", stamp=fault.stamp, **facts)  # type: ignore[arg-type]  # the same
    confirm_fault(fault, acting=manager, stamp=fault.stamp)
    with pytest.raises(FaultTimesWrong):
        hand_disk(disk, at=now() - timedelta(hours=1), to="x", acting=manager, stamp=disk.stamp)
    hand_disk(disk, at=now(), to="見本処理", acting=manager, stamp=disk.stamp)
    assert [task.anchor for task in tasks(Fault.objects.get(pk=fault.pk))] == ["disks"]
    confirm_erasure(disk, at=now(), method="破砕", certificate="第1号", acting=manager, stamp=disk.stamp)
    assert tasks(Fault.objects.get(pk=fault.pk)) == []


def _gap_event(tag: str, seq: int, **facts: object) -> SeenEvent:
    recorder = RecorderUnit.objects.get()
    told = {"camera": "cam1", "gap": 7} | facts
    return SeenEvent.objects.create(recorder=recorder, seq=seq, tag=tag, outcome="done", at=now(), facts=told)


def test_gaps_are_linked_as_the_recorder_tells_them(kiosk: Kiosk, someone: Someone, office_clock: TurnedClock) -> None:
    """From the alarm, and their end when it comes; another camera's are not ours."""
    began = now()
    _gap_event("gap:recording:begin", 1, **{"from": moment(from_datetime(began)), "cause": "x"})
    _gap_event("gap:recording:begin", 2, camera="cam9", gap=8, cause="x")
    office_clock.turn(MINUTE)
    finding = SeenFinding.objects.create(
        recorder=RecorderUnit.objects.get(),
        code="camera_no_picture",
        camera="cam1",
        severity="alarm",
        since=now(),
        ja="映らない",
        en="x",
    )
    fault = open_from_seen(finding, acting=someone("operator"))
    assert fault is not None and open_from_seen(finding, acting=someone("operator")) == fault
    row = FaultGap.objects.get()
    assert (row.gap, row.began, row.ended) == (7, began, None)
    assert link_gaps_heard(fault, acting=system()) == []
    office_clock.turn(HOUR)
    ended = _gap_event("gap:recording:end", 3, to=moment(from_datetime(now())))
    gaps_ended(RecorderUnit.objects.get(), [ended, _gap_event("gap:recording:end", 4, gap="x", to="nonsense")])
    assert FaultGap.objects.get().ended == now()


def _open(day: date) -> DayHours:
    return DayHours(day, day.weekday() < 5, (Window(510, 1035),) if day.weekday() < 5 else (), "MON", "", "")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.get_default_timezone())


@pytest.mark.parametrize(
    ("begin", "end", "minutes"),
    [
        ("2026-11-24T09:00", "2026-11-24T10:30", 90),
        ("2026-11-24T00:00", "2026-11-25T00:00", 525),
        ("2026-11-24T17:15", "2026-11-24T23:00", 0),
        ("2026-11-24T08:00", "2026-11-24T08:31", 1),
        ("2028-02-29T08:30", "2028-02-29T09:30", 60),
    ],
)
def test_only_opening_hours_count(begin: str, end: str, minutes: int) -> None:
    """To the minute."""
    assert open_minutes(_at(begin).date(), _at(begin), _at(end), _open) == minutes


def test_downtime_by_month_and_kind(in_state: Made, kiosk: Kiosk, office_clock: TurnedClock) -> None:
    """A span over the turn of the year is in both; two faults of a kind at once count once; one that lasts to now."""
    one, two, three = in_state(kind="paper"), in_state(kind="paper"), in_state(kind="camera")
    for fault, began, ended in (
        (one, "2026-12-31T16:15", "2027-01-01T09:30"),
        (two, "2026-12-31T16:45", "2026-12-31T18:00"),
        (three, "2027-01-04T08:30", None),
    ):
        Stoppage.objects.create(fault=fault, began=_at(began), ended=_at(ended) if ended else None)
    office_clock.turn_to(from_datetime(_at("2027-01-04T10:30")))
    firsts = months(today(), 3)
    assert firsts == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    both = downtime({"k1": _open, "k2": _open}, firsts)
    found = both["k2"]
    assert [dict(each.minutes) for each in found] == [{}, {"paper": 60}, {"paper": 60, "camera": 120}]
    assert [each.count for each in found] == [3, 0, 0] and found[2].total == 180
    assert both["k1"] == [Month(first) for first in firsts]


def test_spans_that_touch_become_one() -> None:
    """And one inside another."""
    a, b, c, d = (_at(f"2026-11-24T0{hour}:00") for hour in (1, 2, 3, 4))
    assert merged([(a, c), (b, c), (c, d)]) == [(a, d)]
    assert merged([(a, b), (c, d)]) == [(a, b), (c, d)]


def test_a_sample_jam_takes_its_time(kiosk: Kiosk, someone: Someone, office_clock: TurnedClock) -> None:
    """Its steps lie minutes and hours apart, so that it counts as downtime."""
    who = {"hanako": someone("operator"), "manager": someone("manager", name="例 一郎")}
    make_jam(who.__getitem__, kiosk.site, lambda minutes: office_clock.turn(minutes * MINUTE))
    (fault,) = Fault.objects.all()
    (stop,) = fault.stoppages.all()
    assert stop.ended is not None and (stop.ended - stop.began).total_seconds() > 1800
    assert len({step.entered_at for step in fault.steps.all()}) >= 5


def test_the_sample_runs_once(kiosk: Kiosk, someone: Someone, office_clock: TurnedClock) -> None:
    """One fault over, one open, no kiosk stopped."""
    operator, manager = someone("operator"), someone("manager", name="例 一郎")
    assert [fault.state for fault in make_sample(operator, manager, kiosk.site, today())] == ["confirmed", "open"]
    assert make_sample(operator, manager, kiosk.site, today()) == []
    assert all(state.in_service for state in kiosk_states(["k1", "k2"]).values())
    office_clock.turn(DAY)
