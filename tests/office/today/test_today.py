"""Today's screen: five seconds, in words; and nothing that it shows is older than it says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mihariban.base.clock import MINUTE, SECOND, TurnedClock, to_datetime
from mihariban.base.errors import StateError
from mihariban.ledger.entry import moment as entered
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now, today
from mihariban.office.base.text import T
from mihariban.office.checks.models import CheckSheet
from mihariban.office.faults.models import Fault, Stoppage
from mihariban.office.sites.listen import listen
from mihariban.office.sites.models import (
    CameraUnit,
    Kiosk,
    RecorderUnit,
    SeenEvent,
    SeenFinding,
    SeenStatus,
    SeenVisit,
    Site,
)
from mihariban.office.today import tasks as tasks_module
from mihariban.office.today.kiosks import kiosks_now
from mihariban.office.today.tasks import Task, collect
from mihariban.recorder.health.kinds import FindingKind
from tests.support.office_recorder import *  # noqa: F403  # fixtures
from tests.support.office_recorder import HeardRecorder
from tests.support.sites import moment

SAGA = Path(__file__).parents[3] / "policies" / "saga-kiosk-2016.toml"
Someone = Callable[..., Acting]


@pytest.fixture(autouse=True)
def saga(office: Path) -> Iterator[None]:
    """The rule in DIR/policy.toml."""
    cache.clear()
    path = office.parent / "policy.toml"
    shutil.copy(SAGA, path)
    yield
    path.unlink(missing_ok=True)


@pytest.fixture
def seen(office: Path, office_clock: TurnedClock) -> SeenStatus:
    """A kiosk with a camera that is watched, on a Tuesday at ten."""
    office_clock.turn_to(moment("2026-11-24 10:00:00"))
    site = Site.objects.create(id="s", name="本庁舎", policy_site="honchosha-1f")
    unit = RecorderUnit.objects.create(id="r", site=site)
    CameraUnit.objects.create(
        camera="cam1", recorder=unit, kiosk=Kiosk.objects.create(id="k1", site=site, name="1号機")
    )
    json = {"cameras": [{"id": "cam1", "state": "ok", "watched": True, "recording": False}]}
    figures = {
        "cameras": {"cam1": {"picture_age_s": 3.0, "visits_today": 2, "gap_s_today": 300.0}},
        "lifetime_h": 6000.0,
        "rule_h": 5760.0,
    }
    return SeenStatus.objects.create(
        recorder=unit, at=now(), tried=now(), reachable=True, since=now(), state="ok", json=json, figures=figures
    )


def _now(change: Callable[[SeenStatus], None], seen: SeenStatus) -> tuple[str, str, str]:
    change(seen)
    seen.save()
    camera = kiosks_now(now())[0].cameras[0]
    return camera.state.word.ja, camera.state.look, camera.picture.ja


CASES: dict[str, tuple[Callable[[SeenStatus], None], str, str]] = {
    "watched": (lambda s: None, "見守り中", "good"),
    "recording": (lambda s: s.json["cameras"][0].update(recording=True), "見守り中", "good"),
    "interrupted": (lambda s: s.json["cameras"][0].update(watched=False), "見守っていません", "error"),
    "unknown camera": (lambda s: s.json.update(cameras=[]), "カメラが登録されていません", "error"),
    "away": (lambda s: setattr(s, "reachable", False), "確かめられません", "error"),
    "nobody asks": (lambda s: setattr(s, "tried", now() - timedelta(minutes=2)), "確かめられません", "error"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_camera_in_words(seen: SeenStatus, case: str) -> None:
    """Old good news is no news: where nobody asks, nothing is known."""
    change, word, look = CASES[case]
    assert _now(change, seen)[:2] == (word, look)


def test_outside_the_hours_not_filming_is_no_alarm(seen: SeenStatus, office_clock: TurnedClock) -> None:
    """A closed evening."""
    office_clock.turn_to(moment("2026-11-24 19:00:00"))
    seen.at = seen.tried = now()
    assert _now(lambda s: s.json["cameras"][0].update(watched=False), seen)[:2] == ("撮影なし", "")


def test_the_age_of_the_last_picture_counts_on(seen: SeenStatus, office_clock: TurnedClock) -> None:
    """Three seconds at the last answer, a minute ago."""
    office_clock.turn(MINUTE)
    assert _now(lambda s: None, seen)[2] == "最後の画像 1 分前"


def _checked() -> None:
    """The morning check is done."""
    CheckSheet.objects.create(kiosk_id="k1", date=today(), opens=510, signed_at=now())


def test_the_screen_says_first_what_cannot_wait(seen: SeenStatus, someone: Someone, client: Client) -> None:
    """With a link to where it is dealt with; then what is due, the manager, the storage."""
    _checked()
    client.force_login(someone("manager").user)
    page = client.get("/today/", secure=True).content.decode()
    assert "稼働中" in page and "19:00 まで" in page and "見守り中" in page
    assert "映像は約 250 日残る見込みで、保存期間 240 日に足ります" in page
    assert "見本 太郎" in page and "今日の来訪" in page
    assert "すぐに対応が必要です" not in page
    alarm = SeenFinding.objects.create(
        recorder_id="r",
        code="camera_covered",
        camera="cam1",
        severity="alarm",
        since=now(),
        ja="カメラが覆われています。",
        en="covered",
    )
    page = client.get("/today/", secure=True).content.decode()
    assert (
        page.index("すぐに対応が必要です：1 件")
        < page.index("カメラが覆われています")
        < page.index("証明書等交付機</h2>")
    )
    assert f'href="/sites/findings/{alarm.pk}/"' in page and "1号機 カメラ cam1" in page
    client.post("/language/", {"language": "en", "next": "/"}, secure=True)
    page = client.get("/today/", secure=True).content.decode()
    assert "To be dealt with now: 1" in page and "until 19:00" in page


def test_the_headline_never_contradicts_a_tile(seen: SeenStatus, someone: Someone, client: Client) -> None:
    """A camera that does not watch is an alarm before any recorder calls it one; so is a kiosk out of service."""
    _checked()
    client.force_login(someone("manager").user)
    seen.json["cameras"][0]["watched"] = False
    seen.save()
    page = client.get("/today/", secure=True).content.decode()
    assert "すぐに対応が必要です：1 件" in page and "1号機 カメラ cam1：見守っていません" in page
    fault = Fault.objects.create(kiosk_id="k1", kind="kiosk", what="x", since=now(), source="person", opened_at=now())
    Stoppage.objects.create(fault=fault, began=now())
    page = client.get("/today/", secure=True).content.decode()
    assert "異常はありません" not in page and "休止中（故障）" in page
    assert page.count("すぐに対応が必要です") == 1


WORST: dict[str, tuple[Callable[[SeenStatus], object], str, str]] = {
    "all is well": (lambda s: None, "good", "異常なし"),
    "the camera does not watch": (lambda s: s.json["cameras"][0].update(watched=False), "error", "異常あり"),
    "the disk fails": (lambda s: _finding("ring_failing", "alarm"), "error", "異常あり"),
    "the storage is short": (lambda s: s.figures.update(lifetime_h=48.0), "warn", "注意あり"),
    "a warning of the machine": (lambda s: _finding("scrub_behind", "warning"), "warn", "注意あり"),
    "out of service": (lambda s: _stop(), "error", "異常あり"),
}


def _finding(code: str, severity: str) -> None:
    SeenFinding.objects.create(recorder_id="r", code=code, severity=severity, since=now(), ja="装置の警報", en="it")


def _stop() -> None:
    fault = Fault.objects.create(kiosk_id="k1", kind="kiosk", what="x", since=now(), source="person", opened_at=now())
    Stoppage.objects.create(fault=fault, began=now())


@pytest.mark.parametrize("case", WORST)
def test_a_tile_looks_as_bad_as_the_worst_on_it(seen: SeenStatus, someone: Someone, client: Client, case: str) -> None:
    """By its edge and by a word, although the kiosk itself is open."""
    change, look, word = WORST[case]
    change(seen)
    seen.save()
    kiosk = kiosks_now(now())[0]
    assert (kiosk.look, str(kiosk.verdict)) == (look, word)
    client.force_login(someone("manager").user)
    page = client.get("/today/", secure=True).content.decode()
    assert f'd-kiosk--{look}"><h3>1号機<span class="m-tag m-tag--{look}">{word}</span>' in page


def test_a_closed_evening_has_no_verdict(seen: SeenStatus, office_clock: TurnedClock) -> None:
    """Nothing is wrong, and nobody is there to whom that would be news."""
    office_clock.turn_to(moment("2026-11-24 19:00:00"))
    seen.at = seen.tried = now()
    seen.json["cameras"][0]["watched"] = False
    seen.save()
    kiosk = kiosks_now(now())[0]
    assert (kiosk.look, kiosk.verdict, kiosk.state.word.ja) == ("", None, "稼働時間外")


def test_the_headline_counts_a_storage_that_is_short(seen: SeenStatus, someone: Someone, client: Client) -> None:
    """Before the recorder itself tells of it, and once where it does."""
    _checked()
    client.force_login(someone("manager").user)
    client.get("/today/", secure=True)
    seen.figures["lifetime_h"] = 48.0
    seen.save()
    page = client.get("/today/", secure=True).content.decode()
    assert "やり残した仕事もありません" not in page and "映像の保存（録画装置 r）：不足" in page
    assert "約 2 日しか残らず" in page
    _finding("capacity_short", "warning")
    page = client.get("/today/", secure=True).content.decode()
    assert "映像の保存（録画装置 r）：不足" not in page and "装置の警報" in page


def test_a_recorder_without_cameras_that_is_silent_is_told(seen: SeenStatus, someone: Someone, client: Client) -> None:
    """No tile could say so."""
    _checked()
    CameraUnit.objects.all().delete()
    seen.tried = now() - timedelta(minutes=2)
    seen.save()
    client.force_login(someone("manager").user)
    page = client.get("/today/", secure=True).content.decode()
    assert "すぐに対応が必要です：1 件" in page and "本庁舎 映像の保存（録画装置 r）：確かめられません" in page


def test_an_empty_office_says_what_to_do(office: Path, someone: Someone, client: Client) -> None:
    """And does not say that all is well."""
    client.force_login(someone("manager").user)
    page = client.get("/today/", secure=True).content.decode()
    assert "まだ登録されていません" in page and "/sites/" in page and "異常はありません" not in page


def test_without_a_rule_the_hours_are_not_known(seen: SeenStatus, office: Path) -> None:
    """A sentence, not a broken page."""
    (office.parent / "policy.toml").unlink()
    state = kiosks_now(now())[0].state
    assert (state.word.ja, state.look) == ("稼働時間が分かりません", "error")


def test_a_refresh_is_no_click(seen: SeenStatus, someone: Someone, client: Client, office_clock: TurnedClock) -> None:
    """The session ends although the screen asks on; the screen then goes to the login page as a whole."""
    client.force_login(someone("manager").user)
    client.get("/today/", secure=True)
    for _ in range(15):
        office_clock.turn(MINUTE)
        part = client.get("/today/", secure=True, headers={"X-Poll": "1"})
        client.get("/today/r/2026-11-24.svg", secure=True, headers={"Sec-Fetch-Dest": "image"})
        assert part.status_code == 200
        assert part.content.decode().startswith('<div id="today"')
    office_clock.turn(MINUTE)
    ended = client.get("/today/", secure=True, headers={"X-Poll": "1"})
    assert (ended.status_code, ended["HX-Redirect"]) == (204, "/account/login/?ended=1&next=%2Ftoday%2F")
    again = client.get("/today/", secure=True, headers={"X-Poll": "1"})
    assert (again.status_code, again["HX-Redirect"]) == (204, "/account/login/?ended=1&next=%2Ftoday%2F")
    assert client.get("/today/", secure=True)["Location"].startswith("/account/login/")


@pytest.mark.parametrize(("roles", "status"), [(("operator",), 200), (("vendor",), 200), ((), 403)])
def test_who_sees_the_screen(
    seen: SeenStatus, someone: Someone, client: Client, roles: tuple[str, ...], status: int
) -> None:
    """Whoever has a role."""
    client.force_login(someone(*roles).user)
    assert client.get("/today/", secure=True).status_code == status
    assert client.get("/today/r/2026-11-24.svg", secure=True).status_code == (200 if status == 200 else 404)


def test_an_app_that_cannot_tell_its_tasks_is_told(
    seen: SeenStatus, monkeypatch: pytest.MonkeyPatch, someone: Someone
) -> None:
    """The others are there."""

    def broken(acting: Acting, at: datetime) -> list[Task]:
        raise StateError()

    def fine(acting: Acting, at: datetime) -> list[Task]:
        return [Task(T("点検", "check"), "due", "/", at), Task(T("鍵", "key"), "late", "/", at)]

    monkeypatch.setattr(tasks_module, "sources", lambda: [("checks", broken), ("keyledger", fine)])
    found = collect(someone("manager"), now())
    assert [(task.state, task.title.ja) for task in found] == [
        ("alarm", "「checks」の予定を読めません"),
        ("late", "鍵"),
        ("due", "点検"),
    ]


@pytest.mark.parametrize(
    ("since", "ja", "en"),
    [
        ("2026-11-24 07:05:00", "07:05 から", "since 07:05"),
        ("2026-11-23 07:05:00", "令和8年11月23日（2026-11-23） 07:05 から", "since 2026-11-23 07:05"),
        ("2025-11-24 07:05:00", "令和7年11月24日（2025-11-24） 07:05 から", "since 2025-11-24 07:05"),
    ],
)
def test_a_task_of_another_day_says_which_year(seen: SeenStatus, since: str, ja: str, en: str) -> None:
    """The time alone is today's; a year ago today is not today."""
    when = Task(T("x", "x"), "alarm", "/", to_datetime(moment(since), now().tzinfo)).when
    assert when is not None and (when.ja, when.en) == (ja, en)


def test_a_recorder_silent_since_yesterday_says_which_year(seen: SeenStatus, office_clock: TurnedClock) -> None:
    """On the tile too."""
    seen.reachable, seen.since = False, now() - timedelta(days=1)
    seen.save()
    detail = kiosks_now(now())[0].cameras[0].state.detail
    assert detail is not None and detail.ja == "令和8年11月23日（2026-11-23） 10:00 から応答がありません"


def _visit(at: datetime, seconds: float | None = 65.0) -> None:
    ended = None if seconds is None else at + timedelta(seconds=seconds)
    number = SeenVisit.objects.count()
    SeenVisit.objects.create(
        recorder_id="r", camera="cam1", visit=f"v{number}", day=at.date(), hour=at.hour, started=at, ended=ended,
        seconds=seconds or 0.0, state="kept",
    )  # fmt: skip  # one row


def _event(seq: int, tag: Tag, **facts: str | int) -> None:
    SeenEvent.objects.create(
        recorder_id="r", seq=seq, tag=tag, outcome="done", at=now(), facts={"camera": "cam1", **facts}
    )


def _section(client: Client) -> str:
    return client.get("/today/", secure=True).content.decode().partition('id="spans-1"')[2].partition("</section>")[0]


def test_what_the_drawing_shows_is_listed_too(seen: SeenStatus, someone: Someone, client: Client) -> None:
    """Visits of today and gaps, the newest first; a gap leads to its fault, or to the recorder's entries."""
    client.force_login(someone("manager").user)
    assert "まだありません" in _section(client)
    _visit(now() - timedelta(minutes=30))
    _visit(now(), None)
    _visit(now() - timedelta(days=1))
    for number, (began, ended) in enumerate([("2026-11-23 18:00", "2026-11-24 08:35"), ("2026-11-24 09:50", None)]):
        _event(
            2 * number, Tag.GAP_RECORDING_BEGIN, gap=number, cause="MH304", **{"from": entered(moment(f"{began}:00"))}
        )
        if ended:
            _event(2 * number + 1, Tag.GAP_RECORDING_END, gap=number, to=entered(moment(f"{ended}:00")))
    fault = Fault.objects.create(kiosk_id="k1", kind="camera", what="x", since=now(), source="person", opened_at=now())
    fault.gaps.create(recorder="r", camera="cam1", gap=1, began=now())
    told = _section(client)
    times = re.findall(r'd-span__times">([^<]*)<', told)
    assert times == ["10:00 から", "09:50 から", "09:30 – 09:31", "00:00 – 08:35"]
    assert told.count("<li") == 4 and "来訪 1 分" in told and "来訪中" in told
    assert told.count("途切れ（カメラの映像切れ）") == 2 and "MH304" not in told
    assert f'href="/faults/{fault.pk}/"' in told and "/sites/events/?recorder=r&amp;kind=gap&amp;first=" in told
    client.force_login(someone("operator").user)
    assert "/sites/events/" not in _section(client)  # a page that an operator may not see


def test_a_busy_day_is_listed_in_part_and_says_so(seen: SeenStatus, someone: Someone, client: Client) -> None:
    """The newest thirty; the rest is counted."""
    for number in range(32):
        _visit(now() - timedelta(minutes=2 * number))
    client.force_login(someone("manager").user)
    told = _section(client)
    assert told.count("<li") == 30 and "これより前の来訪が 2 件あります" in told


def test_queries_do_not_grow(seen: SeenStatus, someone: Someone, client: Client) -> None:
    """3 or 30 kiosks, cameras, findings, and 30 times the visits."""
    client.force_login(someone("manager").user)
    counted = []
    for upto in (3, 30):
        for number in range(2, upto + 1):
            kiosk, _ = Kiosk.objects.get_or_create(id=f"k{number}", defaults={"site_id": "s", "name": f"{number}号機"})
            CameraUnit.objects.get_or_create(recorder_id="r", camera=f"cam{number}", defaults={"kiosk": kiosk})
            SeenFinding.objects.get_or_create(
                recorder_id="r", code="x", camera=f"cam{number}", defaults={"since": now(), "ja": "x", "en": "x"}
            )
            SeenVisit.objects.create(
                recorder_id="r",
                camera="cam1",
                visit=f"v{upto}-{number}",
                day=now().date(),
                hour=9,
                started=now(),
                state="kept",
            )
        client.get("/today/", secure=True)
        with CaptureQueriesContext(connection) as found:
            client.get("/today/", secure=True)
        counted.append(len(found))
    assert counted[0] == counted[1] < 56  # a few of each app that tells tasks


def test_with_a_real_recorder(
    heard: HeardRecorder, someone: Someone, client: Client, office_clock: TurnedClock
) -> None:
    """Its drawing, its visits, its trouble, and its absence."""
    listen(heard.unit)
    client.force_login(someone("manager").user)
    page = client.get("/today/", secure=True).content.decode()
    assert "2 件" in page and "/today/test-r1/2026-11-24.svg" in page
    drawn = client.get("/today/test-r1/2026-11-24.svg", secure=True)
    assert drawn.content.startswith(b"<svg") and "見守り" in drawn.content.decode()
    assert (drawn["Content-Type"], "sandbox" in drawn["Content-Security-Policy"]) == ("image/svg+xml", True)
    assert client.get("/today/test-r1/2026-02-30.svg", secure=True).status_code == 404
    heard.recorder.health.observe(FindingKind.CAMERA_NO_PICTURE, "cam1", True, {"silent_s": 30})
    heard.recorder.tick()
    listen(heard.unit)
    assert "すぐに対応が必要です" in client.get("/today/", secure=True).content.decode()
    heard.stop()
    cache.clear()
    office_clock.turn(5 * SECOND)
    listen(heard.unit)
    page = client.get("/today/", secure=True).content.decode()
    assert "から応答がありません" in page and "/today/test-r1/2026-11-24.svg" not in page
    drawn = client.get("/today/test-r1/2026-11-24.svg", secure=True)
    assert drawn.status_code == 200 and "受け取れませんでした" in drawn.content.decode()
