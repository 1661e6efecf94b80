"""Pages of the key ledger over HTTP: two presses to take, two to bring back; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mihariban.base.clock import MINUTE, TurnedClock
from mihariban.office.base.acting import Acting
from mihariban.office.keyledger.actions.register_key import register_key
from mihariban.office.keyledger.actions.take_key import take_key
from mihariban.office.keyledger.models import Key, KeyCount, KeyUse

Someone = Callable[..., Acting]
LONG = "一" * 1_000_001


@pytest.fixture
def manager(someone: Someone) -> Acting:
    """Who registers keys."""
    return someone("manager", name="例 一郎")


@pytest.fixture
def key(manager: Acting) -> Key:
    """The key of the case."""
    return register_key(
        label="ケース鍵 1", opens="レコーダーケース", hangs="鍵保管庫", pieces=2, recorder=None, acting=manager
    )


@pytest.fixture
def clerk(someone: Someone, client: Client) -> Acting:
    """An operator, logged in."""
    acting = someone("operator", name="見本 花子")
    client.force_login(acting.user)
    return acting


def _post(client: Client, path: str, **sent: Any) -> Any:
    return client.post(path, sent, secure=True)


def test_two_presses_take_a_key_and_two_bring_it_back(client: Client, clerk: Acting, key: Key) -> None:
    """Board, purpose; board, opened or not. The board says who has it meanwhile."""
    board = client.get("/keyledger/", secure=True).content.decode()
    assert "保管庫にある" in board and f"/keyledger/{key.pk}/take/" in board
    assert client.get(f"/keyledger/{key.pk}/take/", secure=True).status_code == 200
    done = _post(client, f"/keyledger/{key.pk}/take/", purpose="check", stamp_=key.stamp)
    assert (done.status_code, done["Location"]) == (302, "/keyledger/")
    board = client.get("/keyledger/", secure=True).content.decode()
    use = KeyUse.objects.get()
    assert "見本 花子" in board and "持ち出し中" in board
    assert client.get(f"/keyledger/uses/{use.pk}/back/", secure=True).status_code == 200
    _post(client, f"/keyledger/uses/{use.pk}/back/", opened="yes", stamp_=use.stamp, seal="A-12")
    use.refresh_from_db()
    assert (use.opened, use.seal) == (True, "A-12") and use.in_at is not None
    assert "レコーダーケース" in client.get(f"/keyledger/uses/{use.pk}/", secure=True).content.decode()


def test_two_clerks_take_one_key(client: Client, clerk: Acting, key: Key, someone: Someone) -> None:
    """The second one is told who was faster, and what was typed stays."""
    other = someone("operator")
    stamp = key.stamp
    take_key(key, purpose="check", stamp=stamp, acting=other)
    page = _post(client, f"/keyledger/{key.pk}/take/", purpose="fault", stamp_=stamp, remark="紙が詰まった")
    assert page.status_code == 409
    assert "いま持ち出し中です" in page.content.decode() and "紙が詰まった" in page.content.decode()
    assert KeyUse.objects.count() == 1


def test_the_register_prints_the_form_clerks_know(client: Client, clerk: Acting, key: Key) -> None:
    """Columns of the form, seals, and the rule's name for it."""
    take_key(key, purpose="check", stamp=key.stamp, acting=clerk, lamp="on")
    page = client.get("/keyledger/uses/?as=print", secure=True).content.decode()
    for word in ("鍵使用管理簿", "管理者", "取扱者", "持出", "返却", "使用目的", "立会者", "録画ランプ", "封印"):
        assert word in page, word
    assert "08:30" in page


@pytest.mark.parametrize("path", ["/keyledger/", "/keyledger/uses/", "/keyledger/counts/", "/keyledger/corrections/", "/keyledger/openings/"])
def test_empty_pages_say_what_to_do(client: Client, clerk: Acting, path: str) -> None:
    """Before anything was entered."""
    page = client.get(path, secure=True)
    assert page.status_code == 200 and "m-empty" in page.content.decode()
