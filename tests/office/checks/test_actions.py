"""Sheets written, signed, corrected, confirmed; failed items that become faults."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from mihariban.base.clock import DAY, MINUTE, TurnedClock
from mihariban.ledger.entry import read_leaf
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now, today
from mihariban.office.base.errors import ChangedMeanwhile, NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.base.text import T
from mihariban.office.checks import facts as facts_module
from mihariban.office.checks.actions.confirm_sheet import confirm_sheet, explain_missing
from mihariban.office.checks.actions.correct_line import correct_line
from mihariban.office.checks.actions.fault_from_line import fault_from_line
from mihariban.office.checks.actions.fill_sheet import Answer, save_sheet, sign_sheet
from mihariban.office.checks.day import check_day
from mihariban.office.checks.errors import CheckItemUnknown, CheckUnclear
from mihariban.office.checks.facts import Fact, facts_by_item, facts_for, judge
from mihariban.office.checks.models import CheckCorrection, CheckLine, CheckSheet
from mihariban.office.faults.state import kiosk_state
from mihariban.office.sites.models import Kiosk, RecorderUnit, SeenFinding, SeenStatus

Someone = Callable[..., Acting]
Answers = Callable[..., dict[str, Answer]]


def _entries(count: int) -> list[dict[str, object]]:
    size = ledger().store.size()
    return [read_leaf(leaf) for leaf in ledger().store.leaves(size - count, size)]


def _refilled() -> object:
    """What the newest entry says was put in."""
    return _entries(1)[0]["object"]["refilled"]  # type: ignore[index]  # a dict of facts


def _seen(*, state: str = "ok", reachable: bool = True, minutes: int = 0, camera: str = "ok") -> SeenStatus:
    at = now() - timedelta(minutes=minutes)
    told = {"cameras": [{"id": "cam1", "state": camera, "watched": False, "recording": False}]}
    return SeenStatus.objects.update_or_create(
        recorder=RecorderUnit.objects.get(),
        defaults={"at": at, "tried": now(), "reachable": reachable, "since": at, "state": state, "json": told},
    )[0]


def test_a_signed_sheet_is_entered_with_its_counts_and_no_words(kiosk: Kiosk, someone: Someone, fine: Answers) -> None:
    """Remarks stand beside the ledger."""
    sheet = sign_sheet(check_day(kiosk, today()), fine(toner="黒が空"), acting=someone("operator"), stamp=0)
    (entry,) = _entries(1)
    facts = {"kiosk": "k2", "date": "2026-11-24", "ok": 7, "not_ok": 1, "not_done": 0, "late": 0}
    assert (entry["tag"], entry["object"]) == ("check:sheet:sign", facts)
    assert "黒が空" not in str(entry)
    note = ledger().text(bytes.fromhex(str(entry["note"])))
    assert note is not None and note.text == "toner: 黒が空"
    assert (sheet.late, sheet.signed_by.name if sheet.signed_by else "") == (False, "見本 太郎")


def test_signed_after_opening_is_late(kiosk: Kiosk, someone: Someone, fine: Answers, office_clock: TurnedClock) -> None:
    """And stays so."""
    office_clock.turn(30 * MINUTE)
    sheet = sign_sheet(check_day(kiosk, today()), fine(), acting=someone("operator"), stamp=0)
    assert sheet.late and _entries(1)[0]["object"]["late"] == 1  # type: ignore[index]  # a dict of facts


def test_what_is_not_ok_or_not_done_says_why(kiosk: Kiosk, someone: Someone, fine: Answers) -> None:
    """Else nothing is signed, and nothing is kept."""
    day, operator = check_day(kiosk, today()), someone("operator")
    for answers in (fine(toner=" "), {**fine(), "other": Answer("not_done")}, {}):
        with pytest.raises(CheckUnclear) as refused:
            sign_sheet(day, answers, acting=operator, stamp=0)
        assert "備考" in refused.value.text("ja")
    assert CheckSheet.objects.count() == 0
    with pytest.raises(CheckItemUnknown):
        sign_sheet(day, {**fine(), "moon": Answer("ok")}, acting=operator, stamp=0)


def test_two_clerks_at_one_sheet(kiosk: Kiosk, someone: Someone, fine: Answers) -> None:
    """Whoever saves on top of the other is told, at the first save and at every later one."""
    day, one, two = check_day(kiosk, today()), someone("operator"), someone("operator", name="見本 花子")
    sheet = save_sheet(day, {"power": Answer("ok")}, acting=one, stamp=0)
    with pytest.raises(ChangedMeanwhile):
        save_sheet(day, {"toner": Answer("ok")}, acting=two, stamp=0)
    save_sheet(check_day(kiosk, today()), {"toner": Answer("ok")}, acting=two, stamp=sheet.stamp)
    with pytest.raises(ChangedMeanwhile):
        sign_sheet(day, fine(), acting=one, stamp=sheet.stamp)
    assert CheckLine.objects.get(item="toner").state == "ok"
    assert CheckSheet.objects.get().signed_at is None


def test_a_signed_sheet_is_only_corrected_and_the_old_value_stays(
    kiosk: Kiosk, someone: Someone, fine: Answers
) -> None:
    """With a reason; twice keeps both."""
    operator = someone("operator")
    sheet = sign_sheet(check_day(kiosk, today()), fine(), acting=operator, stamp=0)
    with pytest.raises(NotAllowed):
        sign_sheet(check_day(kiosk, today()), fine(), acting=operator, stamp=sheet.stamp)
    line = sheet.lines.get(item="toner")
    correct_line(line, state="not_ok", remark="空", reason="見落とし", acting=operator, stamp=sheet.stamp)
    sheet.refresh_from_db()
    correct_line(line, state="ok", remark="補充 1 本", reason="補充した", acting=operator, stamp=sheet.stamp)
    assert list(CheckCorrection.objects.values_list("state", "remark", "reason")) == [
        ("ok", "", "見落とし"), ("not_ok", "空", "補充した"),
    ]  # fmt: skip  # pairs
    with pytest.raises(CheckUnclear):
        sheet.refresh_from_db()
        correct_line(line, state="not_ok", remark="", reason="x", acting=operator, stamp=sheet.stamp)
    with pytest.raises(ChangedMeanwhile):
        correct_line(line, state="ok", remark="", reason="x", acting=operator, stamp=1)


def test_what_was_put_in_is_a_figure(kiosk: Kiosk, someone: Someone, fine: Answers) -> None:
    """Kept with the line and entered with the signature; of a supply alone; a correction keeps the old figure."""
    operator = someone("operator")
    answers = fine() | {
        "certificate_paper": Answer("ok", "", 500),
        "toner": Answer("ok", "", 0),
        "power": Answer("ok", "", 9),
    }
    sheet = sign_sheet(check_day(kiosk, today()), answers, acting=operator, stamp=0)
    assert _refilled() == "certificate_paper:500,toner:0"
    line = sheet.lines.get(item="certificate_paper")
    assert (line.amount, str(line.refilled), sheet.lines.get(item="power").amount) == (500, "補充 500枚", None)
    correct_line(line, state="ok", remark="", amount=1500, reason="数え違い", acting=operator, stamp=sheet.stamp)
    assert _refilled() == 1500 and CheckCorrection.objects.get().amount == 500
    assert str(CheckLine.objects.get(pk=line.pk).refilled) == "補充 1,500枚"
    sheet.refresh_from_db()
    correct_line(line, state="ok", remark="", reason="なし", acting=operator, stamp=sheet.stamp)
    assert _refilled() == "-" and CheckLine.objects.get(pk=line.pk).refilled is None


def test_confirmed_by_the_manager_then_corrected_by_the_manager_alone(
    kiosk: Kiosk, someone: Someone, fine: Answers
) -> None:
    """The operator is told whom to ask."""
    operator, manager = someone("operator"), someone("manager", name="例 一郎")
    sheet = sign_sheet(check_day(kiosk, today()), fine(), acting=operator, stamp=0)
    with pytest.raises(NotAllowed):
        confirm_sheet(sheet, acting=operator, stamp=sheet.stamp)
    confirm_sheet(sheet, acting=manager, stamp=sheet.stamp)
    line = sheet.lines.get(item="toner")
    with pytest.raises(NotAllowed) as refused:
        correct_line(line, state="ok", remark="x", reason="x", acting=operator, stamp=sheet.stamp)
    assert "管理者" in refused.value.text("ja")
    correct_line(line, state="ok", remark="x", reason="x", acting=manager, stamp=sheet.stamp)


def test_a_day_without_a_check_is_explained_not_filled(
    kiosk: Kiosk, someone: Someone, fine: Answers, office_clock: TurnedClock
) -> None:
    """Nobody dates a check back."""
    manager, day = someone("manager"), today()
    office_clock.turn(DAY)
    with pytest.raises(NotAllowed):
        sign_sheet(check_day(kiosk, day), fine(), acting=manager, stamp=0)
    explain_missing(check_day(kiosk, day), reason="停電のため", acting=manager, stamp=0)
    assert check_day(kiosk, day).state == "explained"
    assert _entries(1)[0]["tag"] == "check:sheet:explain"


def test_a_failed_item_becomes_one_fault(kiosk: Kiosk, someone: Someone, fine: Answers) -> None:
    """Toner stops the kiosk at once, the camera does not; pressed twice it is one fault."""
    operator = someone("operator")
    sheet = sign_sheet(check_day(kiosk, today()), fine(camera="暗い"), acting=operator, stamp=0)
    line = sheet.lines.get(item="camera")
    fault = fault_from_line(line, acting=operator)
    assert fault_from_line(sheet.lines.get(item="camera"), acting=operator) == fault
    assert (fault.kind, fault.source, fault.what) == ("camera", "check", "監視カメラの作動状況：暗い")
    assert kiosk_state(kiosk).in_service
    other = check_day(Kiosk.objects.get(pk="k1"), today())
    kept = save_sheet(other, {"toner": Answer("not_ok")}, acting=operator, stamp=0)
    toner = fault_from_line(kept.lines.get(item="toner"), acting=operator)
    assert (toner.kind, kiosk_state("k1").in_service) == ("paper", False)
    with pytest.raises(NotAllowed):
        fault_from_line(kept.lines.get(item="power"), acting=someone("auditor"))


def test_nothing_connected_sees_nothing(kiosk: Kiosk) -> None:
    """No fact, no judgement."""
    assert facts_for(kiosk) == {}
    assert judge([]) is None


def test_the_camera_item_joins_what_the_recorder_says(kiosk: Kiosk) -> None:
    """Link, camera, recorder, clock and space, with the time at which it was seen."""
    status = _seen()
    found = facts_by_item(["camera", "toner"], facts_for(kiosk))
    assert found["toner"] == [] and {fact.text.ja for fact in found["camera"]} == {
        "カメラ 正常", "レコーダーと通信できる", "レコーダー 作動", "時計 正常",
        "容量 異常なし（何日残るかはまだ不明）",
    }  # fmt: skip  # five
    assert judge(found["camera"]) is True and {fact.at for fact in found["camera"]} == {status.at}
    assert set(facts_by_item(["camera", "clock"], facts_for(kiosk))["clock"]) == {facts_for(kiosk)["clock"]}


def test_a_forecast_and_a_demo_clock_are_told_as_what_they_are(kiosk: Kiosk) -> None:
    """Enough only where a day has shown it; a clock of the site's own is no wrong one."""
    status = _seen()
    status.figures, status.json = {"lifetime_h": 6000.0, "rule_h": 5760.0}, {**status.json, "time_quality": "site"}
    status.save()
    found = facts_for(kiosk)
    assert found["capacity"].text.ja == "容量 十分"
    assert (found["clock"].good, found["clock"].text.ja) == (True, "見本の時計（カメラが実物でないため）")


@pytest.mark.parametrize(
    ("seen", "finding", "said"),
    [
        ({"reachable": False}, None, "通信できない"),
        ({"camera": "failing"}, None, "応答しない"),
        ({}, ("camera_covered", "cam1", "alarm"), "異常"),
        ({}, ("clock_unsynchronised", "", "warning"), "異常"),
        ({}, ("capacity_short", "", "warning"), "異常"),
        ({"state": "failing"}, None, "警報あり"),
    ],
)
def test_what_is_wrong_is_told(
    kiosk: Kiosk, seen: dict[str, object], finding: tuple[str, str, str] | None, said: str
) -> None:
    """And judged not ok."""
    _seen(**seen)  # type: ignore[arg-type]  # its own words
    if finding:
        code, camera, severity = finding
        SeenFinding.objects.create(
            recorder=RecorderUnit.objects.get(),
            code=code,
            camera=camera,
            severity=severity,
            since=now(),
            ja="異常",
            en="x",
        )
    found = facts_by_item(["camera"], facts_for(kiosk))["camera"]
    assert judge(found) is False
    assert any(said in fact.text.ja for fact in found if fact.good is False)


def test_what_is_old_says_nothing_of_this_morning(kiosk: Kiosk) -> None:
    """Shown with its age, judged neither way."""
    _seen(minutes=11)
    camera = facts_for(kiosk)["camera"]
    assert camera.good is None and "11 分前" in camera.text.ja
    SeenStatus.objects.update(at=None, reachable=False)
    assert facts_for(kiosk)["link"].good is False


def test_a_contradiction_is_entered_and_kept(kiosk: Kiosk, someone: Someone, fine: Answers) -> None:
    """The system saw the camera well, the operator did not."""
    _seen()
    sheet = sign_sheet(check_day(kiosk, today()), fine(camera="映っていない"), acting=someone("operator"), stamp=0)
    line = sheet.lines.get(item="camera")
    assert line.contradicts and "カメラ 正常" in line.fact_ja and line.fact_at == SeenStatus.objects.get().at
    assert _entries(1)[0]["object"]["contradicts"] == "camera"  # type: ignore[index]  # a dict of facts
    assert not sheet.lines.get(item="toner").contradicts


def test_another_provider_is_asked(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A printer that counts its paper, one day."""
    fact = Fact(False, T("用紙 残り 0", "no paper"), now())
    monkeypatch.setattr(facts_module, "providers", [lambda _: {"certificate_paper": fact}])
    assert facts_for(kiosk) == {"certificate_paper": fact}


def test_a_refused_entry_undoes_the_sheet(kiosk: Kiosk, someone: Someone, fine: Answers) -> None:
    """Sheet and entry, or neither."""
    operator, before = someone("operator"), ledger().store.size()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER full BEFORE INSERT ON ledger_entry BEGIN SELECT RAISE(ABORT, 'full'); END"
            if connection.vendor == "sqlite"
            else "ALTER TABLE ledger_entry ADD CONSTRAINT full_ CHECK (seq < 0) NOT VALID"
        )
    with pytest.raises(Exception, match=r"full"):
        sign_sheet(check_day(kiosk, today()), fine(), acting=operator, stamp=0)
    assert (CheckSheet.objects.count(), ledger().store.size()) == (0, before)
