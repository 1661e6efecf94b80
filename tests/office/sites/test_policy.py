"""Who may see and change equipment; an alarm that stays is closed by a person, with a reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from mihariban.ledger.entry import read_leaf
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now, today
from mihariban.office.base.errors import ChangedMeanwhile, NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.sites import alarms
from mihariban.office.sites.actions.change_kiosk import change_kiosk
from mihariban.office.sites.actions.close_alarm import close_alarm
from mihariban.office.sites.models import Kiosk, RecorderUnit, SeenFinding, SeenStatus, Site
from mihariban.office.sites.policy import SITES
from mihariban.office.sites.today import tasks

Someone = Callable[..., Acting]
ROLES = ("manager", "deputy", "operator", "vendor", "auditor", "it")


@pytest.fixture
def unit(office: object) -> RecorderUnit:
    site = Site.objects.create(id="s", name="本庁舎")
    Kiosk.objects.create(id="k1", site=site, name="k1")
    return RecorderUnit.objects.create(id="r", site=site)


def _as(*roles: str) -> Acting:
    return Acting("見本 太郎", frozenset(roles), today())  # type: ignore[arg-type]  # roles of the list


def _finding(unit: RecorderUnit, state: str) -> SeenFinding:
    told = alarms.forked(now(), "MH406") if state != "own end" else alarms.unreachable(now(), "MH383")
    row = alarms.begin(unit, told)
    if state == "over":
        alarms.end(unit, row.code, now())
        row.refresh_from_db()
    return row


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", ["lasts", "own end", "over"])
def test_who_may_what(unit: RecorderUnit, role: str, state: str) -> None:
    """Role by state; the action refuses what the policy refuses."""
    row, acting = _finding(unit, state), _as(role)
    boss = role in ("manager", "deputy")
    assert SITES.may_see(acting)
    assert bool(SITES.may_see_events(acting)) == (boss or role in ("auditor", "it"))
    assert bool(SITES.may_register(acting)) == (boss or role == "it")
    assert bool(SITES.may_change_kiosk(acting, Kiosk.objects.get())) == (boss or role == "it")
    assert bool(SITES.may_close(acting, row)) == ((boss or role == "auditor") and state == "lasts")
    if not SITES.may_close(acting, row):
        with pytest.raises(NotAllowed):
            close_alarm(row, acting=acting, reason="x")


def test_whoever_has_no_role_sees_nothing(unit: RecorderUnit) -> None:
    """Neither pages nor tasks."""
    assert not SITES.may_see(_as())
    _finding(unit, "lasts")
    assert list(tasks(_as(), now())) == []


def test_an_alarm_is_closed_once_with_its_reason_beside_the_ledger(unit: RecorderUnit) -> None:
    """Two at once: the second is told that it is over."""
    row = _finding(unit, "lasts")
    other = SeenFinding.objects.get()
    close_alarm(row, acting=_as("auditor"), reason="録画装置を戻した。記録簿 3 頁")
    size = ledger().store.size()
    entry = read_leaf(ledger().store.leaves(size - 1, size)[0])
    assert (entry["tag"], entry["object"]) == ("alarm:finding:close", {"code": "office_ledger_forked", "recorder": "r"})
    assert "録画装置" not in str(entry)
    with pytest.raises(NotAllowed):
        close_alarm(other, acting=_as("manager"), reason="x")
    assert SeenFinding.objects.get().until == now()


def test_a_kiosk_is_renamed_by_one_after_the_other(unit: RecorderUnit) -> None:
    """The second clerk is told."""
    kiosk = Kiosk.objects.get()
    stale = kiosk.stamp
    change_kiosk(kiosk, acting=_as("it"), name="1号機", place="1階", stamp=stale)
    with pytest.raises(ChangedMeanwhile):
        change_kiosk(kiosk, acting=_as("manager"), name="2号機", place="", stamp=stale)
    assert Kiosk.objects.get().name == "1号機"


def test_reviews_of_holds_are_told_before_they_are_due(unit: RecorderUnit) -> None:
    """Two weeks ahead, then late; only to those who decide."""
    holds = [
        {"id": "A" * 26, "camera": "cam1", "review": "2026-11-22T00:00:00+00:00"},
        {"id": "B" * 26, "camera": "cam1", "review": "2026-12-01T00:00:00+00:00"},
        {"id": "C" * 26, "camera": "cam1", "review": "2027-03-01T00:00:00+00:00"},
    ]
    SeenStatus.objects.create(recorder=unit, tried=now(), reachable=True, since=now(), holds=holds)
    assert [task.state for task in tasks(_as("manager"), now())] == ["late", "due"]
    assert list(tasks(_as("operator"), now())) == []


def test_pages_of_equipment(unit: RecorderUnit, someone: Someone, client: Client) -> None:
    """Nothing heard yet, then what was heard; a kiosk's name goes out escaped."""
    client.force_login(someone("manager").user)
    assert "まだ" in client.get("/sites/", secure=True).content.decode()
    assert client.get("/sites/recorders/r/", secure=True).status_code == 200
    assert client.get("/sites/recorders/none/", secure=True).status_code == 404
    kiosk = Kiosk.objects.get()
    sent = {"name": "<script>葛\U000e0100</script>", "place": "1階", "stamp_": kiosk.stamp}
    page = client.post("/sites/kiosks/k1/", sent, secure=True, follow=True).content.decode()
    assert "&lt;script&gt;葛\U000e0100" in page
    sent = {"name": "x" * 1_000_000, "place": "覚えておく場所", "stamp_": kiosk.stamp}
    page = client.post("/sites/kiosks/k1/", sent, secure=True).content.decode()
    assert "m-field__error" in page and "覚えておく場所" in page
    row = _finding(unit, "lasts")
    assert "閉じる" in client.get(f"/sites/findings/{row.pk}/", secure=True).content.decode()
    client.post(f"/sites/findings/{row.pk}/", {"reason": "調べた"}, secure=True)
    row.refresh_from_db()
    assert row.until is not None
    client.force_login(someone("operator").user)
    assert client.get("/sites/events/", secure=True).status_code == 403
