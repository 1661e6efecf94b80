"""Pages of things over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mihariban.office.base.acting import Acting
from mihariban.office.found.models import Thing
from mihariban.office.people.models import Person
from mihariban.office.sites.models import Kiosk

Enter = Callable[..., Thing]
SENT = {
    "kind": "certificate",
    "kiosk": "k1",
    "found_at": "2026-11-23T08:00",
    "what": "住民票の写し",
    "pieces": "1",
    "kept_at": "金庫",
}


@pytest.fixture(autouse=True)
def _logged_in(client: Client, clerk: Acting, kiosk: Kiosk) -> None:
    assert clerk.user is not None
    client.force_login(clerk.user)


def _post(client: Client, path: str, sent: dict[str, Any]) -> Any:
    return client.post(path, sent, secure=True)


def test_from_found_to_returned(client: Client) -> None:
    """Entered, shown, returned; afterwards no button is left."""
    assert "m-empty" in client.get("/found/", secure=True).content.decode()
    done = _post(client, "/found/new/", SENT)
    thing = Thing.objects.get()
    assert done["Location"] == f"/found/{thing.pk}/"
    page = client.get(f"/found/{thing.pk}/", secure=True).content.decode()
    assert "返却する" in page and "廃棄する" in page and "警察に届ける" in page
    _post(client, f"/found/{thing.pk}/return/", {"recognised": "licence", "how": "種類が合った", "stamp_": thing.stamp})
    page = client.get(f"/found/{thing.pk}/", secure=True).content.decode()
    assert "返却する" not in page and "運転免許証" in page
    assert client.get(f"/found/{thing.pk}/return/", secure=True).status_code == 403


def test_a_destruction_offers_only_other_staff(client: Client, enter: Enter, other: Person, clerk: Acting) -> None:
    """Who destroys is not among the witnesses."""
    thing = enter("jam")
    page = client.get(f"/found/{thing.pk}/destroy/", secure=True).content.decode()
    assert "見本 太郎</option>" in page and "見本 花子</option>" not in page
    sent = {"method": "shred", "witness1": other.pk, "witness2": other.pk, "stamp_": thing.stamp}
    refused = _post(client, f"/found/{thing.pk}/destroy/", sent)
    assert refused.status_code == 409 and "別の立会者" in refused.content.decode()
    assert _post(client, f"/found/{thing.pk}/destroy/", {**sent, "witness2": ""}).status_code == 302


def test_an_individual_number_is_refused_beside_its_field(client: Client) -> None:
    """The rest stays; ticking the box does not help."""
    for sure in ({}, {"sure": "on"}):
        page = _post(client, "/found/new/", {**SENT, "remark": "1234 5678 9018", **sure})
        assert page.status_code == 422 and "個人番号" in page.content.decode() and "金庫" in page.content.decode()
    assert not Thing.objects.exists()


def test_what_looks_personal_is_asked_once(client: Client) -> None:
    """A box appears; with it ticked the entry is made."""
    page = _post(client, "/found/new/", {**SENT, "remark": "封筒に住所欄がある"})
    assert page.status_code == 422 and 'type="checkbox" name="sure"' in page.content.decode()
    assert 'type="checkbox" name="sure"' not in client.get("/found/new/", secure=True).content.decode()
    assert _post(client, "/found/new/", {**SENT, "remark": "封筒に住所欄がある", "sure": "on"}).status_code == 302


def test_two_clerks_and_one_thing(client: Client, enter: Enter) -> None:
    """A stale page is told; what was typed stays; the second press means it."""
    thing = enter()
    sent = {"value": "封筒", "reason": "追記", "stamp_": thing.stamp}
    assert _post(client, f"/found/{thing.pk}/correct/what/", sent).status_code == 302
    stale = _post(client, f"/found/{thing.pk}/correct/remark/", {**sent, "value": "棚"})
    assert stale.status_code == 409 and "他の職員が変更" in stale.content.decode() and "棚" in stale.content.decode()
    thing.refresh_from_db()
    assert f'name="stamp_" value="{thing.stamp}"' in stale.content.decode()


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "葛\U000e0101飾", "👩‍👩‍👧‍👦", "あ" * 200, "=1+1"])
def test_texts_come_back_as_they_were_typed(client: Client, text: str) -> None:
    """Markup is escaped, nothing is lost, every form of the list takes it."""
    _post(client, "/found/new/", {**SENT, "what": text, "kept_at": text})
    thing = Thing.objects.get()
    assert (thing.what, thing.kept_at) == (text, text)
    assert "<script>alert" not in client.get(f"/found/{thing.pk}/", secure=True).content.decode()
    for form in ("print", "csv", "xlsx", "csv-cp932"):
        page = client.get(f"/found/?as={form}", secure=True)
        assert page.status_code == 200
        assert form != "print" or b"<script>alert" not in page.content


def test_a_million_letters_are_refused_and_kept(client: Client) -> None:
    """Beside the field."""
    page = _post(client, "/found/new/", {**SENT, "remark": "あ" * 1_000_000})
    assert page.status_code == 422 and "あ" * 1_000_000 in page.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"found_at": "2027-02-29T08:00"},
        {"pieces": "0"},
        {"yen": "-1"},
        {"kind": "x"},
        {"kiosk": "none"},
        {"kept_at": ""},
        {"found_at": "9999-12-31T23:59"},
    ],
)
def test_bad_input_is_said_beside_its_field(client: Client, wrong: dict[str, str]) -> None:
    """Nothing is stored."""
    page = _post(client, "/found/new/", {**SENT, **wrong})
    assert page.status_code in (409, 422) and not Thing.objects.exists()
    assert "m-field__error" in page.content.decode() or "m-alert--error" in page.content.decode()


def test_queries_do_not_grow_with_rows(client: Client, enter: Enter) -> None:
    """Three things or thirty."""
    client.get("/found/", secure=True)
    seen = []
    for count in (3, 30):
        for _ in range(count):
            enter()
        with CaptureQueriesContext(connection) as queries:
            client.get("/found/", secure=True)
        seen.append(len(queries))
    assert seen[0] == seen[1]


def test_the_filter_takes_a_period_and_a_kiosk(client: Client, enter: Enter, kiosk: Kiosk) -> None:
    """Whole days in the office's zone."""
    enter()
    for query, count in (
        ("first=2026-11-23&last=2026-11-23", 1),
        ("last=2026-11-22", 0),
        ("first=2026-11-24", 0),
        ("kiosk=k1", 1),
        ("kind=card", 0),
        ("first=0001-01-01&last=9999-12-31", 1),
        ("first=9999-12-31", 0),
    ):
        assert f"{count} 件" in client.get(f"/found/?{query}", secure=True).content.decode(), query
