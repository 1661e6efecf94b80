"""Pages of people: behind roles, constant in queries, with whatever is typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import today
from mihariban.office.people.models import Designation, Holding, Person, Post
from mihariban.office.people.passwords import LETTERS

Make = Callable[..., Acting]
LISTS = (
    "/people/",
    "/people/designations/",
    "/people/deputy/list/",
    "/people/posts/",
    "/people/on/",
    "/people/deputy/",
)
STRANGE = (
    "見" * 100,
    "葛󠄀城 𠮷野 髙﨑",
    "👩‍👩‍👧 花子",
    "<script>alert(1)</script>",
    "'; DROP TABLE people_person; --",
    "{name} %s {{x}}",
)


@pytest.fixture
def manager(someone: Make, client: Client) -> Acting:
    """Logged in."""
    acting = someone("manager")
    client.force_login(acting.user)  # type: ignore[arg-type]  # an account of a test
    return acting


@pytest.mark.parametrize("path", LISTS)
def test_queries_do_not_grow(
    manager: Acting, client: Client, django_assert_max_num_queries: Callable[..., Any], path: str
) -> None:
    """As many with 30 people as with 3."""
    post = Post.objects.create(name="主任")

    def add(first: int, count: int) -> None:
        for number in range(first, first + count):
            person = Person.objects.create(name=f"例 {number}")
            Holding.objects.create(person=person, post=post, first=date(2020, 4, 1))
            Designation.objects.create(person=person, role="operator", first=date(2020, 4, 1))

    add(0, 3)
    client.get(path, secure=True)
    with django_assert_max_num_queries(40) as few:
        client.get(path, secure=True)
    add(3, 27)
    with django_assert_max_num_queries(len(few)):
        assert client.get(path, secure=True).status_code == 200


@pytest.mark.parametrize("name", STRANGE)
def test_names_of_any_kind(manager: Acting, client: Client, name: str) -> None:
    """Stored as typed, shown escaped, everywhere."""
    page = client.post("/people/new/", {"name": name, "organisation": name}, secure=True)
    person = Person.objects.get(name=name)
    assert page["Location"] == f"/people/{person.pk}/"
    posted = {"role": "operator", "first": today().isoformat(), "document": name}
    assert client.post(f"/people/{person.pk}/designate/", posted, secure=True).status_code == 302
    for path in (f"/people/{person.pk}/", "/people/on/", *LISTS[:2], "/people/designations/?as=csv"):
        page = client.get(path, secure=True)
        assert (page.status_code == 200 and b"<script>alert" not in page.content.replace(b"csv", b"")) or "csv" in path


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("あ" * 1_000_000, "文字"), ("", "必須"), ("a\x00b", "文字"), ("a\x07b", "制御文字"), ("見" * 101, "文字")],
)
def test_what_cannot_be_a_name_is_refused_and_stays(manager: Acting, client: Client, name: str, sentence: str) -> None:
    """Beside the field; nothing typed is lost."""
    posted = {"name": name, "organisation": "市民生活課", "reading": "みほん"}
    page = client.post("/people/new/", posted, secure=True)
    text = page.content.decode()
    assert page.status_code == 422 and "m-field__error" in text
    assert sentence in "".join(re.findall(r'm-field__error"[^>]*>([^<]*)', text))
    assert "市民生活課" in text and "みほん" in text and (name in text or "\x00" in name)


@pytest.mark.parametrize("day", ["2026-02-29", "0000-00-00", "令和8年", "9" * 1000, "<script>", "2026-13-01"])
def test_days_that_are_none(manager: Acting, client: Client, day: str) -> None:
    """A sentence beside the field, on a form and on the question who held what."""
    person = Person.objects.create(name="見本 花子")
    posted = {"role": "operator", "first": day}
    assert client.post(f"/people/{person.pk}/designate/", posted, secure=True).status_code == 422
    page = client.get("/people/on/", {"day": day}, secure=True)
    assert page.status_code == 422 and "m-field__error" in page.content.decode()


def test_who_held_which_role_on_a_day(manager: Acting, client: Client) -> None:
    """A leap day long ago, before anybody; and a day with all."""
    assert "この日はいません" in client.get("/people/on/?day=2016-02-29", secure=True).content.decode()
    page = client.get("/people/on/?day=2024-02-29", secure=True).content.decode()
    assert "見本 太郎" in page and "令和6年2月29日" in page and "職による" in page


def test_a_password_is_shown_once(manager: Acting, client: Client) -> None:
    """On the slip alone; not on the person's page, not in a cache."""
    person = Person.objects.create(name="見本 花子")
    page = client.post(f"/people/{person.pk}/account/", {"username": "hanako"}, secure=True)
    found = re.search(rf"[{LETTERS}]{{4}}(-[{LETTERS}]{{4}}){{3}}", page.content.decode())
    assert found is not None and page["Cache-Control"] == "no-store"
    person.refresh_from_db()
    assert person.user.check_password(found[0])
    assert found[0] not in client.get(f"/people/{person.pk}/", secure=True).content.decode()
    again = client.post(f"/people/{person.pk}/account/password/", secure=True).content.decode()
    assert found[0] not in again and "一度だけ" in again
    assert client.post(f"/people/{person.pk}/account/close/", secure=True).status_code == 302
    assert client.get(f"/people/{person.pk}/account/nothing/", secure=True).status_code == 404


@pytest.mark.parametrize("role", ["operator", "vendor", "auditor", None])
def test_pages_that_change_are_closed_to_others(someone: Make, client: Client, role: str | None) -> None:
    """The page asks the same policy as the action."""
    other = someone("manager")
    acting = someone(*([role] if role else []), name="例 次郎")
    client.force_login(acting.user)  # type: ignore[arg-type]  # an account of a test
    assert other.user is not None and other.user.person_id is not None
    pk, holding = other.user.person_id, Holding.objects.get().pk
    for path in (
        "new/", f"{pk}/change/", f"{pk}/designate/", f"{pk}/appoint/", f"{pk}/account/password/",
        f"{pk}/account/factor/", f"{pk}/account/close/", "posts/new/", f"holdings/{holding}/end/",
        f"holdings/{holding}/correct/", "deputy/activate/",
    ):  # fmt: skip
        assert client.get(f"/people/{path}", secure=True).status_code == 403, path
        assert client.post(f"/people/{path}", {}, secure=True).status_code == 403, path
    expected = 403 if role in ("vendor", None) else 200
    assert client.get("/people/", secure=True).status_code == expected
    assert client.get("/people/deputy/", secure=True).status_code == 200


def test_a_register_is_printed_and_exported(manager: Acting, client: Client) -> None:
    """取扱者指定簿 with seals; the same rows as CSV and Excel."""
    person = Person.objects.create(name="見本 花子", organisation="市民生活課")
    Designation.objects.create(person=person, role="operator", first=date(2020, 4, 1), document="市窓 1")
    sheet = client.get("/people/designations/?as=print", secure=True).content.decode()
    assert "取扱者指定簿" in sheet and "m-seals" in sheet and "市窓 1" in sheet
    csv = client.get("/people/designations/?as=csv", secure=True)
    assert "見本 花子" in csv.content.decode("utf-8-sig")
    assert client.get("/people/designations/?as=xlsx", secure=True).status_code == 200
    assert "見本" not in client.get("/people/designations/?role=auditor", secure=True).content.decode().split("rows")[1]


def test_a_deputy_begins_where_acting_begins(vice: Callable[..., Acting], client: Client) -> None:
    """Not with a refusal that leads back to itself."""
    acting = vice()
    client.force_login(acting.user)
    page = client.get("/", secure=True, follow=True)
    assert page.status_code == 200
    assert page.redirect_chain[-1][0] == "/people/deputy/"
    assert "/people/deputy/activate/" in page.content.decode()
