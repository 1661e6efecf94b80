"""Pages of faults through requests: what a clerk gets back, what is kept of what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mihariban.base.clock import DAY, HOUR, TurnedClock
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.faults.actions.take_disk import take_disk
from mihariban.office.faults.models import Fault, FaultGap, Step, TakenDisk
from mihariban.office.sites.models import Kiosk, RecorderUnit, SeenFinding

Someone = Callable[..., Acting]
Made = Callable[..., Fault]
NASTY = "<script>alert(1)</script>葛\U000e0100城🍣 {{ 7 }} {x} " + "長" * 60


@pytest.fixture
def clerk(someone: Someone, client: Client) -> Acting:
    """An operator who is logged in."""
    acting = someone("operator")
    client.force_login(acting.user)
    return acting


def _opening(**changed: str) -> dict[str, str]:
    return {
        "kiosk": "k2",
        "kind": "paper",
        "what": "紙づまり",
        "since": f"{now():%Y-%m-%dT%H:%M}",
        "stop": "on",
    } | changed


def _post(client: Client, path: str, **data: object) -> tuple[int, str]:
    answer = client.post(path, data, secure=True)
    return answer.status_code, answer.content.decode()


def _page(client: Client, path: str) -> str:
    answer = client.get(path, secure=True)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def test_a_clerk_opens_a_fault_and_sees_what_to_do_next(kiosk: Kiosk, clerk: Acting, client: Client) -> None:
    """Stopped at once; the vendor is not asked for on paper."""
    assert "まだ故障はありません" in _page(client, "/faults/")
    answer = client.post("/faults/new/", _opening(), secure=True, follow=True)
    page = answer.content.decode()
    fault = Fault.objects.get()
    assert answer.redirect_chain == [(f"/faults/{fault.pk}/", 302)]
    assert "次にすること" in page and "お知らせを印刷して掲示する" in page and "使用停止中" in page
    assert "保守業者に連絡し" not in page
    assert "停止中" in _page(client, "/faults/")


@pytest.mark.parametrize("path", ["", "new/", "disks/", "figures/", "{pk}/", "{pk}/print/", "{pk}/notice/"])
@pytest.mark.parametrize("state", ["open", "confirmed"])
def test_every_page_speaks_both_languages(
    in_state: Made, someone: Someone, client: Client, path: str, state: str
) -> None:
    """English has no Japanese but what clerks typed and what the notice says to both."""
    fault = in_state(state, what="jam")
    Fault.objects.update(cause="worn", repair="part", test="one page")
    Kiosk.objects.update(name="No. 2", place="hall")
    client.force_login(someone("manager", name="Sample").user)
    path = "/faults/" + path.format(pk=fault.pk)
    _page(client, path)
    client.post("/language/", {"language": "en", "next": "/"}, secure=True)
    main = _page(client, path).partition("<main")[2].partition("</main>")[0]
    words = re.sub(r'lang="ja">.*?</', "", main, flags=re.DOTALL)
    for typed in ("本庁舎", "例 一郎", "紙づまり", "摩耗", "部品交換", "試し印刷"):
        words = words.replace(typed, "")
    assert re.findall(r"[ぁ-んァ-ン一-龥]+", words) == []


def test_what_was_typed_stays_when_it_is_refused(kiosk: Kiosk, clerk: Acting, client: Client) -> None:
    """A million characters, a moment to come, a kiosk that is not there, nothing at all."""
    status, page = _post(client, "/faults/new/", **_opening(what="長" * 1_000_000))
    assert status == 422 and "長" * 1000 in page and "2000" in page
    status, page = _post(client, "/faults/new/", **_opening(since=f"{now() + timedelta(days=1):%Y-%m-%dT%H:%M}"))
    assert status == 422 and "未来" in page and "紙づまり" in page
    for changed in ({"kiosk": "none"}, {"kind": "x"}, {"what": ""}, {"what": "\0"}, {"since": "いつか"}):
        status, page = _post(client, "/faults/new/", **_opening(**changed))
        assert status == 422 and "m-field__error" in page, changed
    assert Fault.objects.count() == 0


def test_markup_and_rare_characters_come_back_as_they_were_typed(kiosk: Kiosk, clerk: Acting, client: Client) -> None:
    """Shown, never run; on the record, its print, the notice and in the list."""
    _post(client, "/faults/new/", **_opening(what=NASTY, expected=NASTY[:60], error_code=NASTY[:40]))
    fault = Fault.objects.get()
    assert fault.what == NASTY
    for path in ("", f"{fault.pk}/", f"{fault.pk}/print/", f"{fault.pk}/notice/"):
        page = _page(client, f"/faults/{path}")
        assert "<script>alert" not in page and "&lt;script&gt;" in page, path


def test_what_was_said_in_two_lines_prints_as_two_lines(in_state: Made, clerk: Acting, client: Client) -> None:
    """On the record's sheet, as on its page."""
    fault = in_state()
    said = {"deed": "call", "stamp": fault.stamp, "at": f"{now():%Y-%m-%dT%H:%M}", "spoken_to": "見本保守"}
    _post(client, f"/faults/{fault.pk}/", **said, said="明日の朝に来る\r\n部品は持参")
    assert "明日の朝に来る<br>部品は持参" in _page(client, f"/faults/{fault.pk}/print/")


def test_two_clerks_at_one_fault(in_state: Made, clerk: Acting, client: Client) -> None:
    """The second is told, keeps what was typed, and may save it then."""
    fault = in_state()
    path, said = (
        f"/faults/{fault.pk}/",
        {"deed": "call", "at": f"{now():%Y-%m-%dT%H:%M}", "spoken_to": "見本保守 例 一郎"},
    )
    first = {**said, "said": "一人目", "stamp": fault.stamp}
    assert client.post(path, first, secure=True).status_code == 302
    status, page = _post(client, path, **{**said, "said": "二人目が話したこと", "stamp": str(fault.stamp)})
    assert status == 409 and "二人目が話したこと" in page and "他の職員が変更しました" in page
    found = re.search(r'name="deed" value="call"><input type="hidden" name="stamp" value="(\d+)"', page)
    assert found is not None
    assert client.post(path, {**said, "said": "二人目が話したこと", "stamp": found[1]}, secure=True).status_code == 302
    assert Step.objects.filter(fault=fault, sort="vendor_call").count() == 2


@pytest.mark.parametrize("since", ["0001-01-01T00:00", "1900-01-01T00:00", "2020-11-23T08:30"])
def test_a_year_that_can_only_be_a_slip_is_refused(kiosk: Kiosk, clerk: Acting, client: Client, since: str) -> None:
    """In a sentence beside the field; what was typed stays."""
    status, page = _post(client, "/faults/new/", **_opening(since=since))
    assert status == 422 and not Fault.objects.exists()
    assert since.startswith("0001") or "5 年より前の日時です。年を確かめて" in page
    assert f'value="{since}"' in page


def test_a_fault_of_last_year_is_taken(kiosk: Kiosk, clerk: Acting, client: Client) -> None:
    """Papers are sometimes entered late."""
    status, _ = _post(client, "/faults/new/", **_opening(since="2024-03-01T09:00"))
    assert status == 302 and Fault.objects.get().since.year == 2024


def test_an_old_moment_stays_while_something_else_is_corrected(
    in_state: Made, someone: Someone, client: Client
) -> None:
    """To the second, and without a step that says it was changed; another old moment is refused there too."""
    fault = in_state()
    old = now().replace(year=2001, second=17)
    Fault.objects.filter(pk=fault.pk).update(since=old)
    client.force_login(someone("manager").user)
    facts = {"deed": "amend", "kind": "paper", "what": "紙が二枚", "stamp": fault.stamp}
    status, _ = _post(client, f"/faults/{fault.pk}/", **facts, since=f"{old:%Y-%m-%dT%H:%M}")
    fault.refresh_from_db()
    assert (status, fault.what, fault.since) == (302, "紙が二枚", old)
    assert "故障の日時" not in Step.objects.get(fault=fault, sort="amended").text
    facts["stamp"] = fault.stamp
    status, page = _post(client, f"/faults/{fault.pk}/", **facts, since="2001-01-01T00:00")
    assert status == 422 and "5 年より前の日時です" in page


def test_the_kind_is_chosen_by_the_clerk_and_the_only_kiosk_is_not(kiosk: Kiosk, clerk: Acting, client: Client) -> None:
    """Of two kiosks none is chosen beforehand, unless the link named one."""
    chosen = re.compile(r'<option value="(\w+)" selected')
    page = _page(client, "/faults/new/")
    assert not re.search(r'name="kind"[^>]*checked', page) and not chosen.search(page)
    assert chosen.findall(_page(client, "/faults/new/?kiosk=k2")) == ["k2"]
    Kiosk.objects.filter(pk="k1").delete()
    assert chosen.findall(_page(client, "/faults/new/")) == ["k2"]
    status, _ = _post(client, "/faults/new/", **_opening(kind=""))
    assert status == 422 and not Fault.objects.exists()


def test_every_deed_from_the_page(in_state: Made, someone: Someone, client: Client, office_clock: TurnedClock) -> None:
    """A fault of a camera from its beginning to the manager's confirmation, with disk and gap."""
    manager = someone("manager")
    client.force_login(manager.user)
    fault = in_state(kind="camera")
    path, at = f"/faults/{fault.pk}/", f"{now():%Y-%m-%dT%H:%M}"

    def do(deed: str, **facts: str) -> None:
        stamp = Fault.objects.get(pk=fault.pk).stamp
        answer = client.post(path, {"deed": deed, "stamp": stamp, **facts}, secure=True)
        assert (answer.status_code, answer["Location"]) == (302, path), (deed, answer.content.decode())

    do("amend", kind="system", what="映らない", since=at, expected="明日")
    do("stop", expected="あさって")
    do("tell", how="paper", at=at, where="入口")
    do("call", at=at, spoken_to="見本保守", said="明日来る")
    do("note", text="電源を入れ直した")
    camera = str(kiosk_camera(fault))
    do("gap", camera=camera, gap="7", began=at, ended="")
    do("disk", serial="S-1", taken_at=at, taken_by="見本保守", kept_at="金庫")
    do("resume", why="窓口が混んでいるため")
    do("stop", expected="")
    office_clock.turn(2 * HOUR)
    client.logout()  # the session ended after idling
    client.force_login(manager.user)
    do("repair", at=at, cause="ディスク", repair="交換")
    do("restore", test="録画を確かめた")
    do("confirm")
    fault.refresh_from_db()
    assert (fault.state, fault.kind, fault.stoppages.count(), fault.is_stopped) == ("confirmed", "system", 2, False)
    assert "することはもうありません" not in _page(client, path)  # the disk still waits
    disk = TakenDisk.objects.get()
    for deed, facts in (
        ("hand", {"at": at, "to": "見本保守"}),
        ("erase", {"at": at, "method": "破砕", "certificate": "第1号"}),
    ):
        stamp = TakenDisk.objects.get().stamp
        answer = client.post(f"/faults/disks/{disk.pk}/{deed}/", {**facts, "stamp": stamp}, secure=True)
        assert answer.status_code == 302, answer.content.decode()
    assert "することはもうありません" in _page(client, path)
    assert "第1号" in _page(client, f"{path}print/") and "窓口が混んでいるため" in _page(client, path)
    assert _post(client, path, deed="note", text="まだ")[0] == 403


def kiosk_camera(fault: Fault) -> int:
    """The row of the camera of the fault's kiosk."""
    found = fault.kiosk.cameras.get()
    return int(found.pk)


def test_nonsense_is_refused_with_a_sentence(in_state: Made, clerk: Acting, client: Client) -> None:
    """No such fault, deed, disk, alarm; a stamp that is no number."""
    fault = in_state()
    assert client.get("/faults/99999999999999999999/", secure=True).status_code == 404
    assert _post(client, f"/faults/{fault.pk}/", deed="explode")[0] == 404
    assert _post(client, "/faults/from-finding/", finding="x")[0] == 404
    assert client.get("/faults/disks/1/hand/", secure=True).status_code == 404
    assert _post(client, f"/faults/{fault.pk}/", deed="stop", stamp="x")[0] == 409
    assert client.get("/faults/figures/?until=xx", secure=True).status_code == 200
    assert _post(client, f"/faults/{fault.pk}/", deed="resume", why="x")[0] == 403


def test_an_alarm_becomes_a_fault_with_one_press(kiosk: Kiosk, clerk: Acting, client: Client) -> None:
    """Pressed twice it stays one; a warning is no alarm."""
    recorder = RecorderUnit.objects.get()
    alarm = SeenFinding.objects.create(
        recorder=recorder,
        code="camera_covered",
        camera="cam1",
        severity="alarm",
        since=now(),
        ja="覆われている",
        en="covered",
    )
    SeenFinding.objects.create(recorder=recorder, code="no_visit", since=now(), ja="来訪がない", en="no visit")
    page = _page(client, "/faults/")
    assert "覆われている" in page and "来訪がない" not in page
    for _ in range(2):
        assert _post(client, "/faults/from-finding/", finding=str(alarm.pk))[0] == 302
    fault = Fault.objects.get()
    assert (fault.kind, fault.source, fault.kiosk_id, fault.is_stopped) == ("camera", "finding", "k2", False)
    assert "故障にする" not in _page(client, "/faults/")


def test_a_vendor_sees_what_it_was_called_to(in_state: Made, someone: Someone, client: Client) -> None:
    """Nothing else, in list and address."""
    called, other = in_state(what="呼んだ故障"), in_state(what="呼ばない故障")
    Fault.objects.filter(pk=called.pk).update(vendor_at=now())
    client.force_login(someone("vendor").user)
    page = _page(client, "/faults/")
    assert "呼んだ故障" in page and "呼ばない故障" not in page
    _page(client, f"/faults/{called.pk}/")
    for path in ("", "print/", "notice/"):
        assert client.get(f"/faults/{other.pk}/{path}", secure=True).status_code == 403


def test_queries_do_not_grow(in_state: Made, clerk: Acting, client: Client, office_clock: TurnedClock) -> None:
    """Three faults or thirty; three steps or thirty; a month with one stoppage or ten."""
    seen: dict[str, list[int]] = {}
    fault = in_state(kind="camera", stop=True)
    _page(client, "/faults/")  # the first page of a session writes when it was seen
    for count in (2, 27):
        for number in range(count):
            made = in_state("restored", stop=True)
            Step.objects.create(fault=fault, sort="note", at=now(), entered_at=now(), text="x")
            FaultGap.objects.create(fault=fault, recorder="rec1", camera="cam1", gap=count * 100 + number, began=now())
            take_disk(made, serial="S", taken_at=now(), taken_by="x", kept_at="y", acting=clerk, stamp=made.stamp)
        for path in ("", "disks/", "figures/", f"{fault.pk}/", f"{fault.pk}/print/"):
            with CaptureQueriesContext(connection) as queries:
                _page(client, f"/faults/{path}")
            seen.setdefault(path, []).append(len(queries))
    assert all(first == second for first, second in seen.values()), seen


def test_the_filter_finds_by_day_and_state(
    in_state: Made, clerk: Acting, client: Client, office_clock: TurnedClock
) -> None:
    """Both days included, in the office's zone."""
    in_state(what="前の日")
    office_clock.turn(DAY)
    in_state("restored", what="次の日")
    day = f"{now():%Y-%m-%d}"
    page = _page(client, f"/faults/?first={day}&last={day}")
    assert "次の日" in page and "前の日" not in page
    assert "前の日" in _page(client, "/faults/?state=open") and "次の日" not in _page(client, "/faults/?state=open")
    assert "あてはまるものはありません" in _page(client, "/faults/?kind=camera")


def test_downtime_of_a_chosen_period(in_state: Made, clerk: Acting, client: Client) -> None:
    """Three months up to one; what cannot be chosen shows the usual six; neighbours keep the length."""
    in_state("restored", stop=True)
    page = _page(client, "/faults/figures/?months=3&until=2026-11")
    assert page.count('<th scope="row">') == 3 * 2 and '<option value="3" selected>' in page
    assert "?months=3&amp;until=2026-08" in page and "後の期間" not in page
    assert "?months=3&amp;until=2026-11" in _page(client, "/faults/figures/?months=3&until=2026-10")
    for nonsense in ("months=1000", "months=-1", "months=x&until=9999-99", "until=0001-01"):
        assert _page(client, f"/faults/figures/?{nonsense}").count('<th scope="row">') == 6 * 2
