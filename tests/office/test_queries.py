"""Every page asks the database as often with thirty rows of each table as with a few."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mihariban.demo.office import fill_registers
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now, today
from mihariban.office.checks.models import CheckCorrection, CheckLine, CheckSheet
from mihariban.office.days.models import CalendarChange, Delivery
from mihariban.office.faults.models import Fault, FaultGap, Stoppage, TakenDisk
from mihariban.office.found.models import Thing, ThingCorrection
from mihariban.office.keyledger.models import KeyCorrection, KeyUse, Opening
from mihariban.office.notices.models import Sign, SignCheck
from mihariban.office.people.models import Activation, Correction, Designation, LoginReset
from mihariban.office.people.sample import make_sample as people
from mihariban.office.reports.collected import collected
from mihariban.office.rule.sample import make_sample as rule
from mihariban.office.sites.models import (
    CameraUnit,
    Kiosk,
    QueuedHour,
    RecorderUnit,
    SeenEvent,
    SeenFinding,
    SeenVisit,
    Site,
)
from mihariban.office.wizard.models import CameraMark, FloorPlan
from tests.support.crawl import crawl
from tests.support.rows import multiply

STARTS = ("/", "/wizard/", "/reports/figures/", "/sites/events/", "/checks/month/")


@pytest.fixture
def filled(office: object) -> dict[str, Acting]:
    """A few rows of every table."""
    acting = people(today() - timedelta(days=30))
    site = Site.objects.create(id="s", name="本庁舎", policy_site="honchosha-1f")
    recorder = RecorderUnit.objects.create(id="r1", site=site)
    kiosk = Kiosk.objects.create(id="k1", site=site, name="1号機")
    camera = CameraUnit.objects.create(recorder=recorder, camera="cam1", kiosk=kiosk)
    rule(acting["hanako"], today())
    fill_registers(today())
    _rest(recorder, kiosk, camera, acting["manager"])
    return acting


def _rest(recorder: RecorderUnit, kiosk: Kiosk, camera: CameraUnit, manager: Acting) -> None:
    """What the samples leave out."""
    assert manager.user is not None
    person, at, day = manager.user.person, now() - timedelta(minutes=30), today() - timedelta(days=1)
    sheet = CheckSheet.objects.create(kiosk=kiosk, date=day, opens=510, signed_at=at, signed_by=person)
    line = CheckLine.objects.create(sheet=sheet, number=1, item="power", title_ja="電源", state="ok")
    CheckCorrection.objects.create(line=line, at=at, by=person, state="ng", reason="誤記")
    fault = Fault.objects.create(kiosk=kiosk, kind="paper", what="x", since=at, source="person", opened_at=at)
    Stoppage.objects.create(fault=fault, began=at)
    FaultGap.objects.create(fault=fault, recorder="r1", camera="cam1", gap=1, began=at)
    TakenDisk.objects.create(fault=fault, serial="S", taken_at=at, taken_by="x", kept_at="y")
    ThingCorrection.objects.create(thing=Thing.objects.all()[0], field="what", reason="x", by=person, at=at)
    KeyCorrection.objects.create(use=KeyUse.objects.all()[0], field="remark", reason="x", by=person, at=at)
    Opening.objects.create(recorder=recorder, first=at, last=at, tags=["boot:process:stop"])
    SignCheck.objects.create(sign=Sign.objects.all()[0], at=at, by="x", state="good")
    Activation.objects.create(person=person, selection="by_post", reason="x", begins=at, ends=now(), started_by=person)
    LoginReset.objects.create(user=manager.user, kind="password", at=at, by=person)
    Correction.objects.create(designation=Designation.objects.all()[0], at=at, by=person, reason="x", first=day)
    SeenEvent.objects.create(recorder=recorder, seq=1, tag="boot:process:stop", outcome="done", at=at, facts={})
    SeenFinding.objects.create(recorder=recorder, code="camera_dark", camera="cam1", since=at, ja="暗い", en="dark")
    visit = {"recorder": recorder, "camera": "cam1", "day": day, "hour": 9}
    SeenVisit.objects.create(**visit, visit="v", started=at, ended=at, state="kept")
    QueuedHour.objects.create(**visit, count=1)
    change = CalendarChange.objects.all()[0]
    Delivery.objects.create(recorder=recorder, kind="calendar", subject=change.pk, order="A", waiting_since=at)
    plan = FloorPlan.objects.create(site=kiosk.site, sha256="0" * 64, width=1, height=1, at=at)
    CameraMark.objects.create(plan=plan, camera=camera, x=0, y=0, direction=0)


def _queries(client: Client, address: str) -> list[str]:
    cache.clear()
    with CaptureQueriesContext(connection) as found:
        client.get(address, secure=True)
    return [query["sql"] for query in found.captured_queries]


def test_every_page_asks_as_often_with_many_rows(filled: dict[str, Acting], client: Client) -> None:
    """Each view that the manager comes to, and the print of each register."""
    client.force_login(filled["manager"].user)  # type: ignore[arg-type]  # an account of the sample
    lists = collected(filled["manager"], {})
    multiply(range(1, 3))
    pages = {page.view: page.address for page in crawl(client, STARTS) if page.kind == "text/html"}
    pages |= {f"{each.title.ja}, printed": each.print for each in lists}
    for address in pages.values():  # sessions are written, rules and templates read by the first one
        client.get(address, secure=True)
    few = {view: _queries(client, address) for view, address in pages.items()}
    assert multiply(range(3, 30)) == set(), "these tables have no row: give them one above"
    grown = {}
    for view, address in pages.items():
        many = _queries(client, address)
        if len(many) > len(few[view]):
            more = Counter(sql.split(" WHERE ")[0][:150] for sql in many)
            more.subtract(sql.split(" WHERE ")[0][:150] for sql in few[view])
            grown[view] = [f"{n} x {sql}" for sql, n in more.items() if n > 0]
    assert grown == {}, "\n".join(f"{view}: {sqls}" for view, sqls in grown.items())
    assert len(pages) > 70 and len(lists) >= 17
