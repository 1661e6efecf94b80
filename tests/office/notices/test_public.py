"""The public page: hours and state in two languages, without login and without cookies, whatever is broken behind it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client

from mihariban.base.clock import TurnedClock
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.faults.models import Fault, Stoppage
from mihariban.office.notices.actions.change_contact import change_contact
from mihariban.office.notices.contact import FIELDS, contact
from mihariban.office.sites.models import Kiosk, Site
from tests.office.days.changes import closure, enter
from tests.support.office_server import valid
from tests.support.sites import moment

SAGA = Path(__file__).parents[3] / "policies" / "saga-kiosk-2016.toml"


@pytest.fixture(autouse=True)
def saga(office: Path) -> Iterator[Kiosk]:
    """The rule in DIR/policy.toml, one kiosk, nothing kept of another test."""
    cache.clear()
    path = office.parent / "policy.toml"
    shutil.copy(SAGA, path)
    site = Site.objects.create(id="s", name="本庁舎", policy_site="honchosha-1f")
    yield Kiosk.objects.create(id="k1", site=site, name="1号機", place="1階ロビー")
    path.unlink(missing_ok=True)


def _page(client: Client, language: str = "") -> str:
    cache.clear()
    answer = client.get(f"/notices/public/{language}", secure=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("at", "ja", "en"),
    [
        ("2026-11-24 10:00:00", "19:00 まで", "until 19:00"),  # a Tuesday
        ("2026-11-24 08:29:59", "今日 08:30 から", "opens today at 08:30"),
        ("2026-11-24 19:00:00", "明日 08:30 から", "opens tomorrow at 08:30"),
        ("2026-11-23 10:00:00", "祝日（勤労感謝の日）のため休止。明日 08:30 から", "opens tomorrow at 08:30"),
        ("2026-11-28 00:00:00", "土曜日のため休止。明日 09:00 から", "opens tomorrow at 09:00"),
        (
            "2026-12-29 12:00:00",
            "年末年始のため休止。令和9年1月4日 月曜日（2027-01-04） 08:30 から",
            "opens Mon 2027-01-04 at 08:30",
        ),
        ("2028-02-28 23:59:59", "明日 08:30 から", "opens tomorrow at 08:30"),  # a leap day is an ordinary Tuesday
    ],
)
def test_open_or_closed_in_words(client: Client, office_clock: TurnedClock, at: str, ja: str, en: str) -> None:
    """Until when, or from when on, and why the whole day is closed."""
    office_clock.step(moment(at) - office_clock.wall())
    assert ja in _page(client)
    assert en in _page(client, "en/")


def test_a_closure_is_told_with_its_reason_and_without_its_papers(
    client: Client, office_clock: TurnedClock, someone: Callable[..., Acting]
) -> None:
    """Who approved it and by which document is the office's own; in the table and on the day itself."""
    office_clock.turn_to(moment("2026-11-24 10:00:00"))
    enter(closure(date(2026, 11, 25), reason_en="Air conditioning check"), someone("manager"))
    page = _page(client)
    assert (
        "休止: 空調の点検" in page
        and "市窓" not in page
        and "市長" not in page.partition('<section aria-labelledby="camera"')[0]
    )
    office_clock.turn_to(moment("2026-11-25 10:00:00"))
    page, en = _page(client), _page(client, "en/")
    assert "休止: 空調の点検" in page and "市窓" not in page
    assert "closed: Air conditioning check" in en and "市窓" not in en


def test_the_week_has_a_line_for_each_day_with_its_year(client: Client, office_clock: TurnedClock) -> None:
    """By weekday; a day that is as always needs no reason."""
    office_clock.turn_to(moment("2026-12-28 10:00:00"))
    table = _page(client).partition("<table")[2].partition("</table>")[0]
    days = re.findall(r'<th scope="row"[^>]*>([月火水木金土日])曜日', table)
    assert days == list("月火水木金土日")
    assert "令和8年12月28日（2026-12-28）" in table and "令和9年1月1日（2027-01-01）" in table
    assert table.count("年末年始のため休止") == 6 and "月曜日の稼働時間" not in table


def test_lines_that_were_typed_are_lines(client: Client, someone: Callable[..., Acting]) -> None:
    """A purpose in two lines is shown in two lines, and its markup is none."""
    told = contact()
    facts = {
        **{name: getattr(told, name) for name in FIELDS},
        "section": "窓口課",
        "purpose_en": "To prevent\r\n<b>misuse",
    }
    change_contact(facts, acting=someone("manager"), stamp=told.stamp)
    assert "To prevent<br>&lt;b&gt;misuse" in _page(client, "en/")


def test_no_cookie_no_login_and_a_minute_in_caches(client: Client) -> None:
    """Even for a browser that is logged in or sends nonsense."""
    client.cookies["mihariban_session"] = "nonsense"
    for path in ("/notices/public/", "/notices/public/en/"):
        answer = client.get(path, secure=True)
        assert answer.cookies == {} and "Set-Cookie" not in answer and "Cookie" not in answer.get("Vary", "")
        assert answer["Cache-Control"] == "public, max-age=60"
        assert "unsafe" not in answer["Content-Security-Policy"]
        valid(answer.content.decode())
    assert client.post("/notices/public/", secure=True).status_code == 405
    assert client.head("/notices/public/", secure=True).status_code == 200


def test_it_says_what_is_filmed_and_by_whom(client: Client) -> None:
    """In both languages; a person's name never."""
    ja, en = _page(client), _page(client, "en/")
    assert 'lang="ja"' in ja and 'lang="en"' in en
    for word in (
        "市民生活課長",
        "5,760",
        "マイナンバーカードの不正使用",
        "音声は記録しません",
        "住民票の写し",
        "背面上部",
    ):
        assert word in ja
    for word in ("5,760 hours", "Sound is not recorded", "Copy of residence record", "Saga City"):
        assert word in en


def test_a_kiosk_out_of_service_is_told_within_seconds(client: Client, saga: Kiosk, office_clock: TurnedClock) -> None:
    """Whatever the hours say."""
    office_clock.turn_to(moment("2026-11-24 10:00:00"))
    assert "稼働中" in _page(client)
    fault = Fault.objects.create(kiosk=saga, kind="kiosk", what="x", since=now(), source="person", opened_at=now())
    Stoppage.objects.create(fault=fault, began=now())
    page = _page(client)
    assert "休止中（故障）" in page and "19:00 まで" not in page


def test_without_a_rule_it_says_to_ask_at_the_counter(client: Client, office: Path) -> None:
    """503, kept by nobody."""
    (office.parent / "policy.toml").unlink()
    answer = client.get("/notices/public/", secure=True)
    assert (answer.status_code, answer["Cache-Control"]) == (503, "no-store")
    assert "窓口でお尋ねください" in answer.content.decode()


def test_the_login_page_leads_there(someone: Callable[..., Acting], client: Client) -> None:
    """For whoever came to the wrong door; before the first account is there the set-up comes first."""
    someone("operator")
    assert "/notices/public/" in client.get("/account/login/", secure=True).content.decode()


def test_queries_do_not_grow_with_kiosks(client: Client, saga: Kiosk) -> None:
    """3 or 30."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counted = []
    for upto in (3, 30):
        for number in range(2, upto + 1):
            Kiosk.objects.get_or_create(id=f"k{number}", defaults={"site": saga.site, "name": f"{number}号機"})
        cache.clear()
        with CaptureQueriesContext(connection) as found:
            client.get("/notices/public/", secure=True)
        counted.append(len(found))
    assert counted[0] == counted[1]
