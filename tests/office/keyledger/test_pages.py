"""Pages of the key ledger over HTTP: two presses to take, two to bring back; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mihariban.office.base.acting import Acting
from mihariban.office.keyledger.actions.bring_back_key import bring_back_key
from mihariban.office.keyledger.actions.take_key import take_key
from mihariban.office.keyledger.models import Key, KeyCount, KeyUse

Someone = Callable[..., Acting]
LONG = "一" * 1_000_001


@pytest.fixture(autouse=True)
def _logged_in(client: Client, clerk: Acting) -> None:
    """Pages are asked for by the operator."""
    assert clerk.user is not None
    client.force_login(clerk.user)


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


@pytest.mark.parametrize(
    "path", ["/keyledger/", "/keyledger/uses/", "/keyledger/counts/", "/keyledger/corrections/", "/keyledger/openings/"]
)
def test_empty_pages_say_what_to_do(client: Client, clerk: Acting, path: str) -> None:
    """Before anything was entered."""
    page = client.get(path, secure=True)
    assert page.status_code == 200 and "m-empty" in page.content.decode()


def test_queries_do_not_grow_with_rows(client: Client, key: Key, manager: Acting, clerk: Acting) -> None:
    """Three keys and uses or thirty: board and registers."""
    person = clerk.user and clerk.user.person
    client.get("/keyledger/", secure=True)  # the session is written by the first one
    seen: list[list[int]] = []
    for count in (3, 30):
        for n in range(count):
            one = Key.objects.create(label=f"鍵 {n}", opens="箱", hangs="庫", since=key.since)
            KeyUse.objects.create(
                key=one, holder=person, role="operator", purpose="check", out_at=key.since, entered_by=person
            )
            KeyCount.objects.create(key=one, day=clerk.day, at=key.since, expected=0, found=0, by=person)
        counts = []
        for path in ("/keyledger/", "/keyledger/uses/", "/keyledger/counts/", "/keyledger/openings/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path, secure=True).status_code == 200
            counts.append(len(queries))
        seen.append(counts)
    assert seen[0] == seen[1]


NASTY = ["<script>alert(1)</script>", "葛\U000e0101飾区の辻\U000e0100", "👩‍👩‍👧‍👦🍣", "あ" * 500, "=1+1", "\u202eabc"]


@pytest.mark.parametrize("text", NASTY)
def test_texts_come_back_as_they_were_typed(client: Client, key: Key, text: str) -> None:
    """Longest, variation sequences, emoji, markup: stored as typed, escaped where shown."""
    _post(client, f"/keyledger/{key.pk}/take/", purpose="other", stamp_=key.stamp, remark=text, companion=text[:100])
    use = KeyUse.objects.get()
    assert (use.remark, use.companion) == (text, text[:100])
    page = client.get(f"/keyledger/uses/{use.pk}/", secure=True).content.decode()
    assert "<script>alert" not in page
    for form in ("print", "csv", "xlsx"):
        assert client.get(f"/keyledger/uses/?as={form}", secure=True).status_code == 200


def test_a_million_letters_are_refused_and_kept(client: Client, key: Key) -> None:
    """With a sentence beside the field; the page has what was typed."""
    sent = {"purpose": "check", "stamp_": key.stamp, "remark": LONG, "companion": "例 二郎"}
    page = _post(client, f"/keyledger/{key.pk}/take/", **sent)
    assert page.status_code == 422 and not KeyUse.objects.exists()
    text = page.content.decode()
    assert "500" in text and "例 二郎" in text and LONG in text


def test_a_count_with_a_missing_number_keeps_the_others(client: Client, key: Key) -> None:
    """And a wrong count without a remark says what is missing."""
    page = _post(client, "/keyledger/count/", remark="数えた")
    assert page.status_code == 422 and "数えた" in page.content.decode()
    page = _post(client, "/keyledger/count/", **{f"key{key.pk}": 1})
    assert page.status_code == 409 and "理由が必要" in page.content.decode()
    assert _post(client, "/keyledger/count/", **{f"key{key.pk}": 1, "remark": "紛失か"}).status_code == 302
    assert "本数が合わない" in client.get("/keyledger/", secure=True).content.decode()


def test_a_field_is_corrected_with_a_reason(client: Client, key: Key, clerk: Acting) -> None:
    """Each field has its page; the use lists what stood there."""
    use = take_key(key, purpose="check", stamp=key.stamp, acting=clerk)
    for field in ("holder", "purpose", "companion", "out_at", "remark"):
        assert client.get(f"/keyledger/uses/{use.pk}/correct/{field}/", secure=True).status_code == 200
    sent = {"value": "2026-11-23T08:00", "reason": "記入が遅れた", "stamp_": use.stamp}
    assert _post(client, f"/keyledger/uses/{use.pk}/correct/out_at/", **sent).status_code == 302
    page = client.get(f"/keyledger/uses/{use.pk}/", secure=True).content.decode()
    assert "2026-11-23 08:30" in page and "2026-11-23 08:00" in page and "記入が遅れた" in page
    stale = _post(client, f"/keyledger/uses/{use.pk}/correct/remark/", value="二人目", reason="追記", stamp_=use.stamp)
    assert stale.status_code == 409 and "二人目" in stale.content.decode()


def test_the_manager_confirms_registers_and_retires(client: Client, key: Key, clerk: Acting, manager: Acting) -> None:
    """And the operator cannot even open those pages."""
    assert client.get("/keyledger/new/", secure=True).status_code == 403
    use = take_key(key, purpose="check", stamp=key.stamp, acting=clerk)
    bring_back_key(use, opened=False, stamp=use.stamp, acting=clerk)
    assert manager.user is not None
    client.force_login(manager.user)
    assert _post(client, f"/keyledger/uses/{use.pk}/confirm/", stamp_="x").status_code == 409
    assert _post(client, f"/keyledger/uses/{use.pk}/confirm/", stamp_=use.stamp).status_code == 302
    new = {"label": "予備", "opens": "ケース", "hangs": "鍵保管庫", "pieces": "1", "recorder": ""}
    assert "鍵保管庫" in client.get("/keyledger/new/", secure=True).content.decode()
    assert _post(client, "/keyledger/new/", **new).status_code == 302
    assert _post(client, "/keyledger/new/", **{**new, "pieces": "0"}).status_code == 422
    spare = Key.objects.get(label="予備")
    changed = _post(client, f"/keyledger/{spare.pk}/change/", **{**new, "pieces": "3", "stamp_": spare.stamp})
    assert changed.status_code == 302
    spare.refresh_from_db()
    assert spare.pieces == 3
    assert _post(client, f"/keyledger/{spare.pk}/retire/", reason="折れた", stamp_=spare.stamp).status_code == 302
    assert "予備" not in client.get("/keyledger/", secure=True).content.decode()
    assert _post(client, "/keyledger/limit/", minutes="45", mail="k@example.jp", stamp_="").status_code == 302
    assert "45 分" in client.get("/keyledger/", secure=True).content.decode()


def test_pages_are_whole_in_english(client: Client, key: Key, clerk: Acting) -> None:
    """No Japanese but names, the rule's words and what clerks typed."""
    take_key(key, purpose="check", stamp=key.stamp, acting=clerk)
    client.cookies["mihariban_language"] = "en"
    page = client.get("/keyledger/", secure=True).content.decode()
    assert "Bring back" in page and "持ち出し中" not in page and "戻す" not in page
