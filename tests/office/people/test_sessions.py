"""Coming in, going out, failing and changing how one logs in: each stands in the ledger, and without an entry nobody comes in."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver

from mihariban.base.clock import MINUTE, SECOND, TurnedClock
from mihariban.ledger.entry import read_leaf
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.office.base.acting import Acting
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.base.store import DjangoStore
from mihariban.office.people.actions import change_credentials, refuse_session
from mihariban.office.people.models import LoginFailures, User
from mihariban.office.people.policy import ACCOUNTS, SESSIONS
from tests.office.web.test_login import code_of
from tests.support.office_web import PASSWORD

Make = Callable[..., Acting]
LOGIN = "/account/login/"
TYPED = "わたしの合言葉 123"


@pytest.fixture(autouse=True)
def _from_here(office: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries stay, also those of tests before this one."""
    monkeypatch.setattr(sys.modules[__name__], "_first", ledger().store.size())


_first = 0


def entries(*tags: str) -> list[dict[str, Any]]:
    """The entries about coming in, and about accounts, of this test."""
    store = ledger().store
    found = [{**read_leaf(leaf), "number": number} for number, leaf in enumerate(store.leaves(0, store.size()))]
    return [each for each in found[_first:] if each["tag"].startswith(tags or ("session:", "account:"))]


def everything() -> str:
    """All entries as they are kept."""
    store = ledger().store
    return b"".join(store.leaves(0, store.size())).decode()


def name_of(acting: Acting) -> str:
    assert acting.user is not None
    return acting.user.username


def enter(client: Client, name: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": name, "password": password, **more}, secure=True)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    """allauth's limits live in memory for as long as the process; here the lock-out is what is looked at."""
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.fixture
def unwritable(monkeypatch: pytest.MonkeyPatch) -> None:
    """No entry can be made."""

    def refuse(*_: Any) -> None:
        raise LedgerUnwritable(why="disk full")

    monkeypatch.setattr(DjangoStore, "add_entry", refuse)


def test_in_and_out_are_entered(someone: Make, client: Client) -> None:
    """How, as whom, and that it is over; the name is in no entry."""
    acting = someone("operator")
    assert enter(client, name_of(acting)).status_code == 302 and is_in(client)
    client.post("/account/logout/", secure=True)
    began, ended = entries("session:")
    assert (began["tag"], began["object"]) == ("session:person:begin", {"how": "password", "failures": 0})
    assert ended["tag"] == "session:person:end"
    assert ended["object"] == {"cause": "logout", "began": began["number"]}
    assert [each["actor"]["role"] for each in (began, ended)] == ["operator", "operator"]
    assert began["actor"]["who"] and acting.name not in everything() and name_of(acting) not in everything()


def test_without_an_entry_nobody_comes_in(someone: Make, client: Client, unwritable: None) -> None:
    """The sentence says so; no session is made. The right password is answered as a wrong one."""
    acting = someone("operator")
    right, wrong = enter(client, name_of(acting)), enter(Client(), name_of(acting), "wrong")
    assert right.status_code == wrong.status_code == 503
    assert "台帳" in right.content.decode() and "MH4" in right.content.decode()
    assert not is_in(client) and client.get("/", secure=True)["Location"].startswith(LOGIN)
    strip = [page.content.decode().partition("<main")[2] for page in (right, wrong)]
    assert strip[0] == strip[1]


def test_going_out_needs_no_entry(someone: Make, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who wants out is out."""
    enter(client, name_of(someone("operator")))

    def refuse(*_: Any) -> None:
        raise LedgerUnwritable(why="disk full")

    monkeypatch.setattr(DjangoStore, "add_entry", refuse)
    assert client.post("/account/logout/", secure=True).status_code == 302
    assert not is_in(client) and len(entries("session:")) == 1


def test_a_session_that_idled_is_entered(someone: Make, client: Client, office_clock: TurnedClock) -> None:
    """At the request that finds it over."""
    enter(client, name_of(someone("operator")))
    client.get("/", secure=True)
    office_clock.turn(16 * MINUTE)
    assert client.get("/", secure=True)["Location"].startswith(LOGIN)
    assert entries("session:")[-1]["object"]["cause"] == "idle"


def test_failures_are_entered_and_counted(someone: Make, client: Client, office_clock: TurnedClock) -> None:
    """One entry a minute for an account; what came in between stands in the next one, at last in that of the login."""
    name = name_of(someone("operator"))
    for _ in range(3):
        enter(client, name, "wrong")
    assert [each["object"]["count"] for each in entries("session:")] == [1]
    office_clock.turn(61 * SECOND)
    enter(client, name, "wrong")
    refused = entries("session:")
    assert [each["object"]["count"] for each in refused] == [1, 3]
    assert {each["object"]["cause"] for each in refused} == {"password"} and refused[0]["object"]["person"]
    refuse_session(User.objects.get(username=name), "password")
    enter(client, name)
    assert entries("session:")[-1]["object"] == {"how": "password", "failures": 1}
    assert LoginFailures.objects.filter(pending__gt=0).count() == 0


def test_a_name_that_is_no_account_is_nowhere(
    office: object, client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    """It may be a password that was typed into the wrong field. All of them together make one entry a minute."""
    for number in range(8):
        enter(client, f"{TYPED} {number}", "x")
    (entry,) = entries("session:")
    assert entry["object"] == {"cause": "unknown_name", "count": 1} and "person" not in entry["object"]
    assert TYPED not in everything() and TYPED not in "".join(capfd.readouterr())
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM ledger_text")
        assert not [row for row in cursor.fetchall() if TYPED in row[0]]
        cursor.execute("SELECT post_data, get_data FROM axes_accessattempt")
        assert not [row for row in cursor.fetchall() if TYPED in "".join(row)]


def test_a_lock_out_is_one_entry(someone: Make, client: Client) -> None:
    """However long somebody goes on; the right password does not open it."""
    name = name_of(someone("operator"))
    for _ in range(settings.OFFICE_CONFIG.failures + 4):
        enter(client, name, "wrong")
    assert enter(client, name).status_code == 429 and not is_in(client)
    causes = [each["object"]["cause"] for each in entries("session:")]
    assert causes.count("locked") == 1 and causes.count("password") == 1
    assert LoginFailures.objects.get(key__endswith=":locked").pending == 5


def test_a_lock_out_ends_by_itself(someone: Make, client: Client) -> None:
    """And is of one name and address: another clerk goes on."""
    from axes.models import AccessAttempt

    name, other = name_of(someone("operator")), name_of(someone("operator", name="例 一郎"))
    for _ in range(settings.OFFICE_CONFIG.failures):
        enter(client, name, "wrong")
    assert enter(client, name).status_code == 429
    assert enter(Client(), other).status_code == 302
    tried = AccessAttempt.objects.get(username=name)  # axes reads the machine's clock
    tried.attempt_time -= settings.AXES_COOLOFF_TIME
    tried.save()
    assert enter(client, name).status_code == 302 and is_in(client)


def test_a_wrong_code_is_entered(someone: Make, client: Client) -> None:
    """The login then says both what was known and what was held."""
    acting = someone("operator")
    secret = generate_totp_secret()
    TOTP.activate(acting.user, secret)
    enter(client, name_of(acting))
    assert not is_in(client) and entries("session:") == []
    client.post("/account/2fa/authenticate/", {"code": "000000"}, secure=True)
    client.post("/account/2fa/authenticate/", {"code": code_of(secret)}, secure=True)
    refused, began = entries("session:")
    assert refused["object"]["cause"] == "code" and refused["object"]["person"]
    assert began["object"]["how"] == "password+totp"


def test_a_passkey_that_nobody_has_is_entered(office: object, client: Client) -> None:
    """Without what the sender claims."""
    fake = '{"id": "x", "rawId": "eA", "type": "public-key", "response": {"userHandle": "MQ"}}'
    client.post("/account/2fa/webauthn/login/", {"credential": fake}, secure=True)
    assert [each["object"] for each in entries("session:")] == [{"cause": "passkey", "count": 1}]


@pytest.fixture
def owner(someone: Make, client: Client) -> Acting:
    """Somebody who is in and has just given the password again."""
    acting = someone("operator")
    enter(client, name_of(acting))
    client.post("/account/reauthenticate/", {"password": PASSWORD}, secure=True)
    return acting


def test_changes_of_how_one_logs_in_are_entered(owner: Acting, client: Client) -> None:
    """One-time code, recovery codes, password: on, anew, off."""
    client.get("/account/2fa/totp/activate/", secure=True)
    secret = client.session["mfa.totp.secret"]
    client.post("/account/2fa/totp/activate/", {"code": code_of(secret)}, secure=True)
    client.post("/account/2fa/recovery-codes/generate/", secure=True)
    client.post("/account/2fa/totp/deactivate/", secure=True)
    words = {"oldpassword": PASSWORD, "password1": "別のパスワード 345x", "password2": "別のパスワード 345x"}
    client.post("/account/password/change/", words, secure=True)
    told = [(each["tag"].removeprefix("account:"), each.get("object", {}).get("kind")) for each in entries("account:")]
    assert told == [
        ("factor:add", "totp"), ("factor:add", "recovery_codes"),
        ("factor:remove", "recovery_codes"), ("factor:add", "recovery_codes"),
        ("factor:remove", "totp"), ("factor:remove", "recovery_codes"), ("password:change", None),
    ]  # fmt: skip
    assert {each["actor"]["role"] for each in entries("account:")} == {"operator"}


def test_a_change_without_entry_does_not_happen(owner: Acting, client: Client, unwritable: None) -> None:
    """The old password stays, and so does the session."""
    words = {"oldpassword": PASSWORD, "password1": "別のパスワード 345x", "password2": "別のパスワード 345x"}
    assert client.post("/account/password/change/", words, secure=True).status_code == 503
    assert User.objects.get(username=name_of(owner)).check_password(PASSWORD)
    client.get("/account/2fa/totp/activate/", secure=True)
    code = code_of(client.session["mfa.totp.secret"])
    assert client.post("/account/2fa/totp/activate/", {"code": code}, secure=True).status_code == 503
    assert not Authenticator.objects.exists() and is_in(client)


def _routes(patterns: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for each in patterns:
        here = prefix + str(each.pattern)
        if hasattr(each, "url_patterns"):
            yield from _routes(each.url_patterns, here)
        else:
            yield here, each.callback


def test_every_page_that_changes_credentials_is_entered() -> None:
    """A page that a later version of the login library adds is found here."""
    seen: dict[str, Any] = {}
    for path, view in _routes(get_resolver().url_patterns):
        seen.setdefault(path, view)  # the first one answers
    pages = {path: view for path, view in seen.items() if path.startswith(("account/2fa/", "account/password/"))}
    entered = {path for path, view in pages.items() if "people/sessions.py" in _outer(view)}
    harmless = {
        "account/2fa/", "account/2fa/authenticate/", "account/2fa/reauthenticate/", "account/2fa/recovery-codes/",
        "account/2fa/recovery-codes/download/", "account/2fa/webauthn/", "account/2fa/webauthn/login/",
        "account/2fa/webauthn/reauthenticate/", "account/2fa/webauthn/keys/<int:pk>/edit/",
        "account/password/reset/", "account/password/set/",
    }  # fmt: skip
    rest = {path for path in pages if "^" not in path and "reset" not in path} - entered
    assert rest <= harmless, rest - harmless
    assert len(entered) == 6


def _outer(view: Any) -> str:
    return str(view.__code__.co_filename)


def test_others_do_not_change_it(someone: Make) -> None:
    """Role x whose: the owner alone, while the account is open."""
    for role in ("manager", "deputy", "operator", "vendor", "auditor", "it"):
        acting, other = someone(role), someone("operator", name="例 一郎")
        assert acting.user is not None and other.user is not None
        assert SESSIONS.may_begin(acting, acting.user) and SESSIONS.may_end(acting)
        assert SESSIONS.may_change_credentials(acting, acting.user)
        assert not SESSIONS.may_change_credentials(acting, other.user)
        assert not SESSIONS.may_refuse(acting)
        assert bool(ACCOUNTS.may_link(acting, other.user)) == (role in ("manager", "it"))
        assert not ACCOUNTS.may_link(acting, acting.user)
        acting.user.is_active = False
        assert not SESSIONS.may_begin(acting, acting.user)
        assert not SESSIONS.may_change_credentials(acting, acting.user)
    before = other.user.password

    def change() -> None:
        other.user.set_password("x")  # type: ignore[union-attr]  # an account of a test
        other.user.save()  # type: ignore[union-attr]  # the same

    with pytest.raises(NotAllowed):
        change_credentials(other.user, acting=someone("it"), deed=change)
    assert User.objects.get(pk=other.user.pk).password == before


def test_the_session_of_before_is_not_taken_over(someone: Make, client: Client) -> None:
    """Whoever planted a session's key in a browser does not share what is opened with it."""
    client.get("/account/2fa/authenticate/", secure=True)
    planted = "planted0planted0planted0planted0"
    client.cookies[settings.SESSION_COOKIE_NAME] = planted
    enter(client, name_of(someone("operator")))
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert is_in(client) and key != planted
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert thief.get("/", secure=True).status_code == 302
    client.post("/account/logout/", secure=True)
    thief.cookies[settings.SESSION_COOKIE_NAME] = key  # nor what it was after log-out
    assert thief.get("/", secure=True).status_code == 302


def test_an_anonymous_session_changes_its_key(someone: Make, client: Client) -> None:
    """A session that is there already gets another key at the login."""
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = before
    enter(client, name_of(someone("operator")))
    assert is_in(client) and client.session.session_key != before


@pytest.mark.parametrize(
    ("next_", "goes"),
    [
        ("/people/", "/people/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("https:evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("https://localhost:9/", "/"),
        ("https://127.0.0.1/", "/"),
        ("\x00//evil.example", "/"),
    ],
)
def test_nobody_is_led_away(someone: Make, client: Client, next_: str, goes: str) -> None:
    """After login, log-out and the choice of language one stays on this host."""
    assert enter(client, name_of(someone("operator")), next=next_)["Location"] == goes
    told = client.post("/language/", {"language": "ja", "next": next_}, secure=True)["Location"]
    assert told == goes
    left = client.post("/account/logout/", {"next": next_}, secure=True)["Location"]
    assert left in (goes, "/account/login/")


@pytest.mark.django_db(transaction=True)
def test_failures_at_once_make_one_entry(someone: Make) -> None:
    """Who waits for the lock counts and does not enter again."""
    user = someone("operator").user
    start = threading.Barrier(4)

    def fail() -> None:
        start.wait()
        refuse_session(user, "password")
        connection.close()

    threads = [threading.Thread(target=fail) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert [each["object"]["count"] for each in entries("session:")] == [1]
    assert LoginFailures.objects.get().pending == 3
    with transaction.atomic():
        LoginFailures.objects.all().delete()
