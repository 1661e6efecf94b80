"""``/healthz``: no login, no facts; each thing that would stop the work turns it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client

from mihariban.base.clock import MINUTE, SECOND, TurnedClock
from mihariban.office.base.dates import now
from mihariban.office.sites.models import RecorderUnit, SeenStatus, Site
from mihariban.office.web import health

pytestmark = pytest.mark.django_db


def ask(client: Client) -> tuple[int, bytes]:
    reply = client.get("/healthz", secure=True)
    return reply.status_code, reply.content


def test_it_says_one_word(office: Path, client: Client) -> None:
    """Without login; nothing is left in the database by asking."""
    assert ask(client) == (200, b'{"healthy": true}')
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_intent")
        assert cursor.fetchone() == (0,)
    assert client.post("/healthz", secure=True).status_code == 405


def _unwritable(monkeypatch: pytest.MonkeyPatch, office: Path) -> None:
    made = "CREATE TRIGGER full_ BEFORE INSERT ON ledger_intent"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"{made} BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        else:
            full = "BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = '53100'; END"
            cursor.execute(f"CREATE FUNCTION full_() RETURNS trigger LANGUAGE plpgsql AS $${full}$$")
            cursor.execute(f"{made} FOR EACH ROW EXECUTE FUNCTION full_()")


def _no_room(monkeypatch: pytest.MonkeyPatch, office: Path) -> None:
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))


def _no_key(monkeypatch: pytest.MonkeyPatch, office: Path) -> None:
    key = (office / "ledger.key").read_bytes()
    (office / "ledger.key").unlink()
    monkeypatch.setattr(health, "_put_back", lambda: (office / "ledger.key").write_bytes(key), raising=False)


@pytest.mark.parametrize(("how", "what"), [(_unwritable, "database"), (_no_room, "disk"), (_no_key, "ledger")])
def test_what_would_stop_the_work_turns_it(
    office: Path, client: Client, monkeypatch: pytest.MonkeyPatch, how: Callable[..., None], what: str
) -> None:
    """503, and still no facts."""
    how(monkeypatch, office)
    try:
        assert what in health.look()
        assert ask(client) == (503, b'{"healthy": false}')
    finally:
        getattr(health, "_put_back", lambda: None)()


def test_a_recorder_that_does_not_answer_turns_it(office: Path, client: Client, office_clock: TurnedClock) -> None:
    """And one that nobody has tried for ten minutes. Asked again at once the answer is the same, then anew."""
    site = Site.objects.create(id="s")
    unit = RecorderUnit.objects.create(id="r", site=site)
    assert ask(client)[0] == 200  # never asked: being set up
    row = SeenStatus.objects.create(recorder=unit, tried=now(), reachable=True, since=now())
    office_clock.turn(6 * SECOND)
    assert ask(client)[0] == 200
    row.reachable = False
    row.save()
    assert ask(client)[0] == 200
    office_clock.turn(6 * SECOND)
    assert ask(client)[0] == 503
    row.reachable, row.tried = True, now()
    row.save()
    office_clock.turn(6 * SECOND)
    assert ask(client)[0] == 200
    office_clock.turn(11 * MINUTE)
    assert ask(client)[0] == 503
    assert row.tried + timedelta(minutes=10) < now()
