"""Pages of checks through requests."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from mihariban.base.clock import DAY, HOUR, TurnedClock
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now, today
from mihariban.office.checks.actions.fill_sheet import Answer, sign_sheet
from mihariban.office.checks.day import check_day
from mihariban.office.checks.models import CheckCorrection, CheckSheet
from mihariban.office.faults.models import Fault
from mihariban.office.sites.models import CameraUnit, Kiosk, RecorderUnit, SeenStatus
from tests.office.checks.conftest import ITEMS

Someone = Callable[..., Acting]
Answers = Callable[..., dict[str, Answer]]
PATH = "/checks/k2/2026-11-24/"
NASTY = "<script>alert(1)</script>葛\U000e0100城🍣 {x}"


@pytest.fixture
def clerk(someone: Someone, client: Client, kiosk: Kiosk) -> Acting:
    """An operator who is logged in."""
    acting = someone("operator")
    client.force_login(acting.user)
    return acting


def _filled(**changed: str) -> dict[str, str]:
    return {f"state_{item}": "ok" for item in ITEMS} | {"stamp": "0", "do": "sign"} | changed


def _page(client: Client, path: str) -> str:
    answer = client.get(path, secure=True)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def _post(client: Client, path: str, data: dict[str, str]) -> tuple[int, str]:
    answer = client.post(path, data, secure=True)
    return answer.status_code, answer.content.decode()


def test_a_morning(clerk: Acting, someone: Someone, client: Client) -> None:
    """From today's page to the signed sheet, then the manager's confirmation."""
    page = _page(client, "/checks/")
    assert page.count("点検を始める") == 2 and "08:30" in page
    assert client.post(PATH, _filled(), secure=True)["Location"] == PATH
    assert "点検済み・確認待ち" in _page(client, PATH) and "見本 太郎" in _page(client, PATH)
    assert "点検表を確認した" not in _page(client, PATH)
    client.force_login(someone("manager", name="例 一郎").user)
    assert "確認を待つ点検表" in _page(client, "/checks/")
    stamp = CheckSheet.objects.get().stamp
    assert _post(client, f"{PATH}confirm/", {"stamp": str(stamp - 1)})[0] == 409
    assert _post(client, f"{PATH}confirm/", {"stamp": str(stamp)})[0] == 302
    assert "確認済み" in _page(client, PATH)
    assert _post(client, PATH, _filled(stamp=str(stamp + 1)))[0] == 403


def test_facts_fill_the_form_and_are_shown_with_their_time(clerk: Acting, client: Client) -> None:
    """The camera's item alone is filled in; the others are for the operator."""
    told = {"cameras": [{"id": "cam1", "state": "ok"}]}
    recorder = RecorderUnit.objects.get()
    SeenStatus.objects.create(
        recorder=recorder, at=now(), tried=now(), reachable=True, since=now(), state="ok", json=told
    )
    page = _page(client, PATH)
    assert "カメラ 正常（08:00）" in page
    checked = re.findall(r'<input[^>]*name="state_(\w+)"[^>]*value="(\w+)"[^>]*checked', page)
    assert dict(checked) == {item: "ok" if item == "camera" else "not_done" for item in ITEMS}


def test_the_rest_is_ok_and_nothing_is_kept_before_it_is_signed(clerk: Acting, client: Client) -> None:
    """What was said otherwise stays; an item with a remark is left alone."""
    data = _filled(
        do="rest", state_toner="not_ok", remark_toner="空", state_other="not_done", remark_other="まだ見ていない"
    )
    data |= {"state_power": "not_done", "state_camera": ""}
    status, page = _post(client, PATH, data)
    checked = dict(re.findall(r'<input[^>]*name="state_(\w+)"[^>]*value="(\w+)"[^>]*checked', page))
    assert status == 200 and checked == dict.fromkeys(ITEMS, "ok") | {"toner": "not_ok", "other": "not_done"}
    assert "まだ見ていない" in page and CheckSheet.objects.count() == 0


def test_refused_and_nothing_typed_is_lost(clerk: Acting, client: Client) -> None:
    """A missing remark, a million characters, a state that is none; the sentence stands beside the item."""
    status, page = _post(client, PATH, _filled(state_toner="not_ok", remark_power=NASTY, remark="全体の備考"))
    assert status == 422 and "どうだったか" in page and "全体の備考" in page
    assert "<script>alert" not in page and "&lt;script&gt;" in page and "\U000e0100" in page
    assert 'aria-invalid="true"' in page and 'id="id_remark_toner_error"' in page
    status, page = _post(client, PATH, _filled(remark="長" * 1_000_000))
    assert status == 422 and "長" * 1000 in page
    assert _post(client, PATH, _filled(state_toner="maybe"))[0] == 422
    assert CheckSheet.objects.count() == 0
    assert _post(client, PATH, _filled(remark_power=NASTY))[0] == 302
    page = _page(client, PATH)
    assert "<script>alert" not in page and "&lt;script&gt;" in page


def test_two_clerks_at_once(clerk: Acting, client: Client, fine: Answers) -> None:
    """The second sees the signed sheet and what was typed."""
    sign_sheet(check_day(Kiosk.objects.get(pk="k2"), today()), fine(), acting=clerk, stamp=0)
    assert _post(client, PATH, _filled(remark="二人目"))[0] == 403
    other = "/checks/k1/2026-11-24/"
    assert _post(client, other, _filled(do="save", remark="一人目"))[0] == 302
    status, page = _post(client, other, _filled(do="save", remark="二人目"))
    assert status == 409 and "二人目" in page and "他の職員が変更しました" in page
    found = re.search(r'name="stamp" value="(\d+)"', page)
    assert found is not None and _post(client, other, _filled(stamp=found[1], remark="二人目"))[0] == 302
    assert CheckSheet.objects.get(kiosk="k1").remark == "二人目"


def test_one_press_makes_a_fault(clerk: Acting, client: Client) -> None:
    """Out of an unsigned sheet, keeping it; out of a signed one; only where the item failed."""
    answer = client.post(PATH, _filled(do="fault:toner", remark_toner="空"), secure=True)
    fault = Fault.objects.get()
    assert answer["Location"] == f"/faults/{fault.pk}/" and fault.what == "トナー：空" and fault.is_stopped
    assert f"故障 {fault.pk} として届出済み" in _page(client, PATH)
    assert _post(client, PATH, _filled(do="fault:moon"))[0] == 404
    stamp = str(CheckSheet.objects.get().stamp)
    said = {"state_toner": "not_ok", "remark_toner": "空", "state_camera": "not_ok", "remark_camera": "暗い"}
    assert _post(client, PATH, _filled(stamp=stamp, **said))[0] == 302
    assert client.post(f"{PATH}camera/fault/", {}, secure=True)["Location"] == f"/faults/{fault.pk + 1}/"
    assert client.post(f"{PATH}toner/fault/", {}, secure=True)["Location"] == f"/faults/{fault.pk}/"
    assert _post(client, f"{PATH}power/fault/", {})[0] == 404


def test_a_correction_keeps_the_old_value_on_the_page(clerk: Acting, client: Client) -> None:
    """With reason; without one it is refused; two at once."""
    _post(client, PATH, _filled())
    stamp = str(CheckSheet.objects.get().stamp)
    data = {"state": "not_ok", "remark": "空", "reason": "", "stamp": stamp}
    assert _post(client, f"{PATH}toner/correct/", data)[0] == 422
    status, page = _post(client, f"{PATH}toner/correct/", {**data, "remark": "", "reason": "見落とし"})
    assert status == 422 and "見落とし" in page
    assert _post(client, f"{PATH}toner/correct/", {**data, "reason": "見落とし"})[0] == 302
    status, page = _post(client, f"{PATH}toner/correct/", {**data, "reason": "二人目の訂正"})
    assert status == 409 and "二人目の訂正" in page
    page = _page(client, PATH)
    assert "<s>良 </s>" in page and "見落とし" in page and CheckCorrection.objects.count() == 1
    assert "○*" not in page and "×*" in _page(client, "/checks/month/?kiosk=k2")


def test_what_was_put_in_stands_in_sheet_month_and_files(clerk: Acting, client: Client) -> None:
    """Typed beside the supplies alone; a slip of the pen is refused with all of it there; corrected with the old figure."""
    page = _page(client, PATH)
    assert page.count('name="amount_') == 4 and "補充した数（枚・あれば）" in page and 'name="amount_power"' not in page
    status, page = _post(client, PATH, _filled(amount_toner="9999999", amount_change_float="三千"))
    assert status == 422 and 'value="9999999"' in page and 'value="三千"' in page
    status, page = _post(client, PATH, _filled(do="rest", amount_toner="2", state_power=""))
    assert status == 200 and re.search(r'name="amount_toner" value="2"', page)
    told = {"amount_certificate_paper": "500", "amount_change_float": "3000", "remark_toner": "残り半分"}
    assert _post(client, PATH, _filled(do="save", **told))[0] == 302
    assert 'value="3000"' in _page(client, PATH)
    assert _post(client, PATH, _filled(**told) | {"stamp": "1"})[0] == 302
    page = _page(client, PATH)
    assert "補充 500枚" in page and "補充 3,000円" in page
    assert "補充（" not in _page(client, f"{PATH}power/correct/") and 'name="amount"' in _page(
        client, f"{PATH}change_float/correct/"
    )
    told = {"state": "ok", "amount": "2000", "reason": "数え違い", "stamp": str(CheckSheet.objects.get().stamp)}
    assert _post(client, f"{PATH}change_float/correct/", told)[0] == 302
    page = _page(client, PATH)
    assert "補充 2,000円" in page and re.search(r"<s>良 補充 3,000円", page)
    assert "証明書用紙：補充 500枚" in _page(client, "/checks/month/?kiosk=k2&month=2026-11")
    rows = load_workbook(
        io.BytesIO(client.get("/checks/month/?kiosk=k2&month=2026-11&as=xlsx", secure=True).content)
    ).active
    table = list(rows.values)
    head = next(row for row in table if "釣銭 補充（円）" in row)
    day = next(row for row in table if "トナー：残り半分" in str(row[-1]))
    found = dict(zip(head, day, strict=True))
    assert (found["釣銭 補充（円）"], found["証明書用紙 補充（枚）"], found["トナー 補充（本）"]) == (2000, 500, None)


def test_a_missing_day_is_explained(clerk: Acting, someone: Someone, client: Client, office_clock: TurnedClock) -> None:
    """By the manager, on the page of that day."""
    _post(client, PATH, _filled())
    office_clock.turn(DAY + 12 * HOUR)  # Wednesday, closed
    client.logout()
    client.force_login(someone("manager", name="例 一郎").user)
    office_clock.turn(12 * HOUR)
    client.logout()
    client.force_login(someone("manager", name="例 一郎").user)
    page = _page(client, "/checks/")
    path = "/checks/k2/2026-11-25/"
    assert "点検のない日" in page and path in page
    assert "理由を記録する" in _page(client, path)
    assert _post(client, f"{path}explain/", {"reason": "", "stamp": "0"})[0] == 422
    assert _post(client, f"{path}explain/", {"reason": "停電", "stamp": "0"})[0] == 302
    assert "停電" in _page(client, path) and path not in _page(client, "/checks/")
    assert _post(client, f"{path}explain/", {"reason": "再び", "stamp": "1"})[0] == 403


def test_the_month_as_clerks_know_it(clerk: Acting, client: Client) -> None:
    """Days down, items across; Excel and CSV carry the same; exports are entered."""
    _post(client, PATH, _filled(state_toner="not_ok", remark_toner="=空"))
    page = _page(client, "/checks/month/?kiosk=k2&month=2026-11")
    assert page.count("<tr") == 30 + 1 + 2 and "トナー：=空" in page  # days, head, seal
    assert "休止日" in page and "領収書用紙" in page and "landscape.css" in page
    book = load_workbook(io.BytesIO(client.get("/checks/month/?kiosk=k2&month=2026-11&as=xlsx", secure=True).content))
    rows = [[cell.value for cell in row] for row in book.active.rows]  # type: ignore[union-attr]  # a sheet
    assert len(rows) == 31 and rows[24][3:11] == ["○", "○", "○", "×", "○", "○", "○", "○"]
    made = client.get("/checks/month/?kiosk=k2&month=2026-11&as=csv", secure=True).content.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(made, newline="")))) == 31
    for asked in ("month=2026-13", "month=x", "kiosk=none", "month=0001-01"):
        assert client.get(f"/checks/month/?{asked}", secure=True).status_code == 200


@pytest.mark.parametrize("path", ["", PATH[8:], "month/", f"{PATH[8:]}toner/correct/"])
def test_english_is_complete(someone: Someone, client: Client, kiosk: Kiosk, fine: Answers, path: str) -> None:
    """No Japanese but the rule's own words."""
    client.force_login(someone("manager", name="Sample").user)
    Kiosk.objects.update(name="No. 2", place="hall")
    client.post("/language/", {"language": "en", "next": "/"}, secure=True)
    if "correct" in path or path == "":
        sign_sheet(check_day(kiosk, today()), fine(), acting=someone("operator", name="Sample 2"), stamp=0)
    main = _page(client, f"/checks/{path}").partition("<main")[2].partition("</main>")[0]
    assert re.findall(r"[ぁ-んァ-ン一-龥]+", main) == []


def test_nonsense_is_refused(clerk: Acting, client: Client) -> None:
    """No such kiosk, day, item; a day on which it is closed."""
    for path in ("k9/2026-11-24/", "k2/2026-02-30/", "k2/x/", "k2/0001-01-01/", "k2/9999-12-31/", "k2/20261124/"):
        assert client.get(f"/checks/{path}", secure=True).status_code == 404, path
    assert client.get(f"{PATH}moon/correct/", secure=True).status_code == 404
    assert _post(client, f"{PATH}confirm/", {})[0] == 404
    assert "休止" in _page(client, "/checks/k2/2026-11-23/")
    assert _post(client, "/checks/k2/2026-11-23/", _filled())[0] == 403
    assert _post(client, "/checks/k2/2026-11-25/", _filled())[0] == 403
    assert "当日に点検" in _page(client, "/checks/k2/2026-11-25/")


def test_a_vendor_sees_no_sheet(someone: Someone, client: Client, kiosk: Kiosk) -> None:
    """Every page is refused."""
    client.force_login(someone("vendor").user)
    for path in ("/checks/", PATH, "/checks/month/"):
        assert client.get(path, secure=True).status_code == 403


def test_queries_do_not_grow(clerk: Acting, client: Client, fine: Answers, kiosk: Kiosk) -> None:
    """Kiosks, cameras, sheets of the month."""
    seen: dict[str, list[int]] = {}
    _page(client, "/checks/")
    site, day = kiosk.site, check_day(kiosk, today())
    sign_sheet(day, fine(toner="空"), acting=clerk, stamp=0)
    for count in (1, 20):
        for number in range(count):
            made = Kiosk.objects.create(id=f"x{count}-{number}", site=site, name="機")
            CameraUnit.objects.create(recorder=RecorderUnit.objects.get(), camera=f"c{made.pk}", kiosk=made)
            sign_sheet(check_day(made, today()), fine(toner="空"), acting=clerk, stamp=0)
            old = CheckSheet.objects.create(
                kiosk=kiosk,
                date=today() - timedelta(days=number + count),
                opens=510,
                signed_at=now(),
                signed_by=clerk.user.person,  # type: ignore[union-attr]  # a test's account
            )
            for place, item in enumerate(ITEMS):
                old.lines.create(number=place, item=item, title_ja=item)
        for path in ("/checks/", PATH, "/checks/month/?kiosk=k2", "/checks/k1/2026-11-24/"):
            with CaptureQueriesContext(connection) as queries:
                _page(client, path)
            seen.setdefault(path, []).append(len(queries))
    assert all(first == second for first, second in seen.values()), seen
