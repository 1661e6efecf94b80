"""``python -m bench.office_site DIR DAYS``: an office with so many days of entries, written straight into its tables.

Two kiosks, 274 visits a day (half a million in five years), eleven rows of the registers a day (twenty thousand), an
entry in the ledger for each. The addresses of one page of each view go to DIR/pages.json.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from mihariban.base.clock import DAY, SystemClock, TurnedClock

VISITS_A_DAY = 274
CLERKS = 50
ZONE = "Asia/Tokyo"


def main() -> None:
    """Make it."""
    folder, days = Path(sys.argv[1]), int(sys.argv[2])
    _init(folder)
    from mihariban.office.web.setup import configure

    configure(folder / "office", TurnedClock(SystemClock().wall()))
    people = _people()
    _fill(days, people)
    pages = _pages(people["manager"])
    (folder / "pages.json").write_text(json.dumps(pages, indent=1), encoding="utf-8")


def _init(folder: Path) -> None:
    """An office alone: keys, tables, certificates, rule, equipment as the office knows it."""
    import shutil

    from mihariban.office.base.clock import set_clock
    from mihariban.office.book import OfficeBook
    from mihariban.recorder.api.tls import make_ca
    from mihariban.recorder.shipped import saga_policy

    (folder / "office").mkdir(parents=True)
    shutil.copy(saga_policy(), folder / "policy.toml")
    early = TurnedClock(SystemClock().wall() - 1900 * DAY)
    OfficeBook.create(folder / "office", name="bench.example/office", clock=early)
    set_clock(SystemClock())
    (folder / "office" / "tls").mkdir()
    make_ca(folder / "office" / "tls", name="bench", wall=SystemClock().wall())


def _people() -> dict[str, Any]:
    """The sample people, and clerks with accounts for the crowd."""
    from mihariban.office.base.acting import Acting, system
    from mihariban.office.base.dates import today
    from mihariban.office.base.ledger import forget
    from mihariban.office.people.actions import create_account, designate, enter_person
    from mihariban.office.people.sample import PASSWORD, make_sample
    from mihariban.office.people.setup import set_up

    forget()
    since = today() - timedelta(days=1880)
    acting: dict[str, Any] = make_sample(since)
    row = set_up()
    row.save()
    for number in range(CLERKS):
        person = enter_person(f"例 {number + 1}郎", acting=system())
        designate(person, "operator", first=since, acting=system(), reason="見本")
        user = create_account(person, username=f"clerk{number}", password=PASSWORD, acting=system())
        acting[f"clerk{number}"] = Acting.of(user)
    return acting


def _fill(days: int, people: dict[str, Any]) -> None:
    from django.db import transaction

    from mihariban.office.base.dates import today

    last = today() - timedelta(days=1)
    first = last - timedelta(days=days - 1)
    with transaction.atomic():
        place = _equipment()
    with transaction.atomic():
        _visits(first, days)
    with transaction.atomic():
        _registers(first, days, people["hanako"].user.person, people["manager"].user.person, place)
    _ledger(days * 11)


def _equipment() -> dict[str, Any]:
    from mihariban.office.base.acting import system
    from mihariban.office.base.dates import now
    from mihariban.office.keyledger.models import Key
    from mihariban.office.rule.actions.adopt_rule import adopt_rule
    from mihariban.office.sites.models import CameraUnit, Kiosk, RecorderUnit, SeenStatus, Site

    adopt_rule(acting=system())
    site = Site.objects.create(id="bench", name="見本市役所", policy_site="honchosha-1f")
    recorder = RecorderUnit.objects.create(id="bench-r1", site=site, socket="/nonexistent/recorder.sock")
    kiosks = [Kiosk.objects.create(id=f"k{n}", site=site, name=f"{n}号機", place="ロビー") for n in (1, 2)]
    for number, kiosk in enumerate(kiosks, 1):
        CameraUnit.objects.create(camera=f"cam{number}", recorder=recorder, kiosk=kiosk)
    SeenStatus.objects.create(recorder=recorder, tried=now(), reachable=False, since=now(), why="MH383")
    key = Key.objects.create(label="ケース鍵 1", opens="ケース", hangs="保管庫", recorder=recorder, since=now())
    return {"kiosks": kiosks, "recorder": recorder, "key": key, "site": site}


def _moment(day: date, minute: float) -> datetime:
    from zoneinfo import ZoneInfo

    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE)) + timedelta(minutes=minute)


def _days(first: date, days: int) -> Iterator[date]:
    for number in range(days):
        yield first + timedelta(days=number)


def _visits(first: date, days: int) -> None:
    """Those older than the rule's 240 days have shrunk, as in earnest."""
    from mihariban.office.base.dates import today
    from mihariban.office.sites.models import QueuedHour, SeenVisit

    for day in _days(first, days):
        rows, gone = [], (today() - day).days > 240
        for number in range(VISITS_A_DAY):
            minute = 510 + number * 630 / VISITS_A_DAY
            began = _moment(day, minute)
            common = {"recorder_id": "bench-r1", "camera": f"cam{number % 2 + 1}", "day": day, "hour": began.hour}
            common |= {"seconds": 60 + number % 90}
            if gone:
                rows.append(SeenVisit(**common, state="shrunk"))
            else:
                ended = began + timedelta(seconds=60 + number % 90)
                more = {"visit": f"{day:%Y%m%d}{number:05}", "started": began, "ended": ended, "state": "kept"}
                rows.append(SeenVisit(**common, **more, expires=ended + timedelta(days=240)))
        SeenVisit.objects.bulk_create(rows, batch_size=500)
        if gone:
            hours = [QueuedHour(recorder_id="bench-r1", camera=cam, day=day, hour=hour, count=2)
                     for hour in range(9, 19) for cam in ("cam1", "cam2")]  # fmt: skip
            QueuedHour.objects.bulk_create(hours)


def _registers(first: date, days: int, clerk: Any, manager: Any, place: dict[str, Any]) -> None:
    """Eleven rows a day: two sheets, two uses of a key, two counts, two things, a finding, events; a fault every other
    day, a change of hours every tenth."""
    from mihariban.office.checks.models import CheckLine, CheckSheet

    items = [(n, f"item{n}", f"項目{n}") for n in range(1, 9)]
    number = 0
    for day in _days(first, days):
        at = _moment(day, 490)
        sheets = CheckSheet.objects.bulk_create(
            CheckSheet(
                kiosk=kiosk,
                date=day,
                opens=510,
                due=510,
                signed_at=at,
                signed_by=clerk,
                confirmed_at=at,
                confirmed_by=manager,
            )
            for kiosk in place["kiosks"]
        )
        CheckLine.objects.bulk_create(
            CheckLine(sheet=sheet, number=n, item=item, title_ja=title, state="ok")
            for sheet in sheets
            for n, item, title in items
        )
        number = _of_a_day(day, number, clerk, manager, place)


def _of_a_day(day: date, number: int, clerk: Any, manager: Any, place: dict[str, Any]) -> int:
    from mihariban.office.days.models import CalendarChange
    from mihariban.office.faults.models import Fault, Step, Stoppage
    from mihariban.office.found.models import Thing
    from mihariban.office.keyledger.models import KeyCount, KeyUse
    from mihariban.office.sites.models import SeenEvent, SeenFinding

    at, later = _moment(day, 600), _moment(day, 612)
    key, recorder, kiosk = place["key"], place["recorder"], place["kiosks"][0]
    for hour in (0, 120):
        out, back = at + timedelta(minutes=hour), later + timedelta(minutes=hour)
        KeyUse.objects.create(
            key=key, holder=clerk, role="operator", purpose="check", out_at=out, in_at=back, opened=True,
            entered_by=clerk, brought_by=clerk, confirmed_by=manager, confirmed_at=back,
        )  # fmt: skip
        KeyCount.objects.create(key=key, day=day, at=out, expected=1, found=1, by=clerk)
        number += 1
        Thing.objects.create(
            fiscal=8, n=number, kind="misprint", kiosk=kiosk, found_at=out, finder=clerk, what="かすれ",
            state="destroyed", closed_at=back, closed_by=clerk, method="shred", witness=manager, entered_at=out,
        )  # fmt: skip
    SeenEvent.objects.bulk_create(
        SeenEvent(
            recorder=recorder, seq=number * 2 + n, tag="clip:key:destroy", outcome="done", at=at, facts={"count": n}
        )
        for n in range(2)
    )
    SeenFinding.objects.create(
        recorder=recorder, code="camera_dark", camera="cam1", since=at, until=later, ja="暗い", en="dark"
    )
    if day.day % 2:
        fault = Fault.objects.create(
            kiosk=kiosk, kind="paper", what="紙づまり", since=at, source="person", opened_at=at, opened_by=clerk,
            state="confirmed", repaired_at=later, restored_at=later, confirmed_at=later, confirmed_by=manager,
        )  # fmt: skip
        Step.objects.bulk_create(
            Step(fault=fault, sort=sort, at=at, entered_at=at, by=clerk) for sort in ("opened", "repaired")
        )
        Stoppage.objects.create(fault=fault, began=at, ended=later)
    if day.day % 10 == 0:
        CalendarChange.objects.create(
            id=f"{day:%Y%m%d}".ljust(26, "0"), kind="closure", first_day=day, last_day=day, reason="清掃",
            state="approved", proposed_at=at, decided_at=at, approver="市長", document_number="1",
        )  # fmt: skip
    return number


def _ledger(entries: int) -> None:
    from mihariban.ledger.entry import Draft
    from mihariban.ledger.tags import Tag
    from mihariban.office.base.ledger import ledger

    book = ledger()
    for start in range(0, entries, 2000):
        with book.change() as change:
            for number in range(start, min(start + 2000, entries)):
                change.enter(Draft(Tag.FOUND_THING_RETURN, {"number": f"8-{number}"}))


def _pages(acting: Any) -> dict[str, str]:
    """One address of each view that the manager comes to."""
    from django.test import Client

    from tests.support.crawl import crawl

    client = Client(SERVER_NAME="localhost")
    client.force_login(acting.user)
    found: dict[str, str] = {}
    for page in crawl(client, ("/", "/checks/month/", "/reports/figures/", "/sites/events/")):
        if page.status == 200 and page.kind == "text/html" and not page.view.startswith(("account", "mfa")):
            found.setdefault(page.view, page.address)
    return found


if __name__ == "__main__":
    main()
