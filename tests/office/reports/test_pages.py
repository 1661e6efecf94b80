"""All registers on one page; figures of visits, drawn, counted, exported."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from mihariban.base.errors import MiharibanError
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.base.periods import day_begin
from mihariban.office.reports.errors import PeriodNotPossible
from mihariban.office.reports.figures import MOST_DAYS, Period, figures_of
from mihariban.office.sites.models import CameraUnit, Kiosk, QueuedHour, RecorderUnit, SeenVisit, Site

Someone = Callable[..., Acting]


@pytest.fixture
def kiosks(office: Any) -> list[Kiosk]:
    """Two kiosks, each with its camera at one recorder."""
    site = Site.objects.create(id="honchosha", name="本庁舎")
    recorder = RecorderUnit.objects.create(id="rec1", site=site)
    made = [Kiosk.objects.create(id=f"k{n}", site=site, name=f"交付機 {n}") for n in (1, 2)]
    for n, kiosk in enumerate(made, 1):
        CameraUnit.objects.create(recorder=recorder, camera=f"cam{n}", kiosk=kiosk)
    return made


def visit(
    started: datetime, seconds: int = 60, *, camera: str = "cam1", shrunk: bool = False, open_: bool = False
) -> SeenVisit:
    """A visit as the recorder listed it."""
    ended = None if open_ else started + timedelta(seconds=seconds)
    return SeenVisit.objects.create(
        recorder_id="rec1",
        camera=camera,
        visit=None if shrunk else f"v{SeenVisit.objects.count()}",
        day=started.date(),
        hour=started.hour,
        started=None if shrunk else started,
        ended=None if shrunk else ended,
        seconds=seconds,
        state="shrunk" if shrunk else "kept",
    )


@pytest.fixture
def morning(kiosks: list[Kiosk]) -> datetime:
    """Nine o'clock today in the office's zone."""
    return day_begin(now().date()) + timedelta(hours=9)


def test_visits_that_follow_within_half_a_minute_are_a_queue(morning: datetime) -> None:
    """30 s is in, more is not; another camera, an unfinished visit and the next day are no queue."""
    visit(morning)
    visit(morning + timedelta(seconds=60 + 30))
    visit(morning + timedelta(seconds=90 + 60 + 31))
    visit(morning + timedelta(seconds=181 + 60 + 10), camera="cam2")
    visit(morning + timedelta(hours=1), open_=True)
    visit(morning + timedelta(hours=1, seconds=5))
    found = figures_of(Period(morning.date(), morning.date()))
    assert (found.total, found.total_queued, found.share) == (6, 1, 16)
    assert found.by_hour() == [(9, 4, 1), (10, 2, 0)]


def test_what_shrank_is_still_counted(morning: datetime) -> None:
    """Visits by day and hour, queues by the recorder's own count before the moments went."""
    visit(morning, shrunk=True)
    visit(morning, shrunk=True)
    QueuedHour.objects.create(recorder_id="rec1", camera="cam1", day=morning.date(), hour=9, count=1)
    found = figures_of(Period(morning.date(), morning.date()))
    assert (found.total, found.total_queued) == (2, 1)


def test_figures_of_one_kiosk(morning: datetime, kiosks: list[Kiosk]) -> None:
    """Its cameras only; a kiosk without a camera has no visits."""
    visit(morning)
    visit(morning, camera="cam2")
    day = morning.date()
    assert figures_of(Period(day, day), kiosks[1]).total == 1
    CameraUnit.objects.filter(kiosk=kiosks[1]).delete()
    assert figures_of(Period(day, day), kiosks[1]).total == 0


def test_midnight_year_end_and_leap_day(kiosks: list[Kiosk]) -> None:
    """A visit belongs to the day on which it began in the office's zone; the leap day is a day."""
    for day in (date(2027, 12, 31), date(2028, 1, 1), date(2028, 2, 29), date(2028, 3, 1)):
        visit(day_begin(day))
    assert figures_of(Period(date(2027, 12, 31), date(2027, 12, 31))).total == 1
    february = figures_of(Period(date(2028, 2, 1), date(2028, 2, 29)))
    assert len(february.by_day()) == 29 and february.by_day()[-1] == (date(2028, 2, 29), 1, 0)
    assert [row[:2] for row in figures_of(Period(date(2027, 12, 1), date(2028, 3, 31))).by_month()] == [
        ("2027-12", 1),
        ("2028-01", 1),
        ("2028-02", 1),
        ("2028-03", 1),
    ]


@pytest.mark.parametrize(("first", "days"), [(date(2026, 1, 2), -1), (date(2026, 1, 1), MOST_DAYS)])
def test_a_period_that_cannot_be_is_refused(office: Any, first: date, days: int) -> None:
    """Turned round, or longer than a year and a month."""
    with pytest.raises(PeriodNotPossible) as refused:
        Period(first, first + timedelta(days=days))
    assert isinstance(refused.value, MiharibanError) and refused.value.code == "MH539"
    assert Period(first, first + timedelta(days=MOST_DAYS - 1))


def test_the_page_draws_with_numbers_and_patterns(client: Client, someone: Someone, morning: datetime) -> None:
    """SVG without style; the same numbers as a table; issued certificates are not connected."""
    client.force_login(someone("operator").user)
    visit(morning)
    visit(morning + timedelta(seconds=70))
    page = client.get("/reports/figures/", secure=True).content.decode()
    assert page.count("<svg") == 3 and "<style" not in page and " style=" not in page
    assert 'id="hours-hatch"' in page and "url(#hours-hatch)" in page
    assert "未接続" in page and "9:00–10:00" in page and "50 %" in page


def test_periods_that_cannot_be_are_said_beside_the_field(client: Client, someone: Someone) -> None:
    """And what was typed stays."""
    client.force_login(someone("operator").user)
    page = client.get("/reports/figures/?first=2026-11-20&last=2026-11-01", secure=True)
    assert (
        page.status_code == 422
        and "終わりを始めより後に" in page.content.decode()
        and 'value="2026-11-20"' in page.content.decode()
    )
    for nonsense in (
        "?first=2026-02-29",
        "?last=x",
        "?kiosk=none",
        "?first=0001-01-01",
        "?last=9999-12-31",
        "?first=9999-12-31",
        "?last=0001-01-01",
    ):
        assert client.get(f"/reports/figures/{nonsense}", secure=True).status_code in (200, 422), nonsense
        assert client.get(f"/reports/{nonsense}", secure=True).status_code in (200, 422), nonsense


def test_figures_as_files(client: Client, someone: Someone, morning: datetime) -> None:
    """UTF-8 with BOM, Windows' own, Excel; the same numbers."""
    client.force_login(someone("operator").user)
    visit(morning)
    made = client.get("/reports/figures/?as=csv", secure=True)
    assert made.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(made.content.decode("utf-8-sig"), newline="")))
    assert rows == [["日付", "時", "来訪", "続いた来訪"], ["2026-11-23", "9", "1", "0"]]
    assert client.get("/reports/figures/?as=csv-cp932", secure=True).content.decode("cp932").startswith("日付")
    book = load_workbook(io.BytesIO(client.get("/reports/figures/?as=xlsx", secure=True).content))
    assert [cell.value for cell in book.active[2]][1:] == [9, 1, 0]


def test_queries_do_not_grow_with_visits(client: Client, someone: Someone, morning: datetime) -> None:
    """Three visits or thirty."""
    client.force_login(someone("operator").user)
    client.get("/reports/", secure=True)  # the session is written by the first one
    seen = []
    for count in (3, 30):
        for n in range(count):
            visit(morning + timedelta(minutes=5 * n))
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/reports/figures/", secure=True).status_code == 200
        seen.append(len(queries))
    assert seen[0] == seen[1]


def test_every_register_of_every_app_is_on_the_page(client: Client, someone: Someone, kiosks: list[Kiosk]) -> None:
    """With the period and the kiosk in each address that takes them, and nowhere else."""
    client.force_login(someone("operator").user)
    page = client.get("/reports/?first=2026-11-01&last=2026-11-30&kiosk=k1", secure=True).content.decode()
    assert "/found/?first=2026-11-01&amp;last=2026-11-30&amp;kiosk=k1&amp;as=xlsx" in page
    assert "/keyledger/uses/?first=2026-11-01&amp;last=2026-11-30&amp;as=print" in page
    assert "鍵使用管理簿" in page


def test_a_list_that_its_app_does_not_name_is_found_all_the_same(
    client: Client, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No register is forgotten."""
    from django.apps import apps

    monkeypatch.setattr(type(apps.get_app_config("found")), "registers", [])
    client.force_login(someone("operator").user)
    page = client.get("/reports/", secure=True).content.decode()
    assert 'href="/found/"' in page and 'href="/found/corrections/"' in page


def test_addresses_of_the_page_lead_somewhere(client: Client, someone: Someone) -> None:
    """Lists, prints and files of all apps answer."""
    import re

    client.force_login(someone("manager").user)
    page = client.get("/reports/?first=2026-11-01&last=2026-11-30", secure=True).content.decode()
    found = {address.replace("&amp;", "&") for address in re.findall(r'href="(/[a-z]+/[^"]*\?[^"]*)"', page)}
    assert len(found) >= 15
    for address in sorted(found):
        assert client.get(address, secure=True).status_code == 200, address


def test_each_role_sees_what_its_registers_allow(client: Client, someone: Someone) -> None:
    """IT sees keys, not things; a vendor sees neither page."""
    client.force_login(someone("it").user)
    page = client.get("/reports/", secure=True).content.decode()
    assert "/keyledger/uses/" in page and 'href="/found/' not in page
    client.force_login(someone("vendor").user)
    assert client.get("/reports/", secure=True).status_code == 403
    assert client.get("/reports/figures/", secure=True).status_code == 403


def test_nobody_came(client: Client, someone: Someone) -> None:
    """The empty page says what to do."""
    client.force_login(someone("auditor").user)
    page = client.get("/reports/figures/", secure=True).content.decode()
    assert "m-empty" in page and "<svg" not in page
