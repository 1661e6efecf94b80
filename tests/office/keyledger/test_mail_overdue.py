"""The mail about a key that is out too long: through a real mail server, once for each outing, entered."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings

from mihariban.base.clock import HOUR, MINUTE, TurnedClock
from mihariban.ledger.entry import read_leaf
from mihariban.office.base.acting import ROLE_NAMES, Acting, system
from mihariban.office.base.dates import today
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.keyledger.actions.bring_back_key import bring_back_key
from mihariban.office.keyledger.actions.mail_overdue import mail_overdue, recipient
from mihariban.office.keyledger.actions.mail_resets import mail_resets
from mihariban.office.keyledger.actions.set_limit import set_limit
from mihariban.office.keyledger.actions.take_key import take_key
from mihariban.office.keyledger.actions.watch_keys import watch_keys
from mihariban.office.keyledger.apps import KeyLedgerConfig
from mihariban.office.keyledger.board import limit_row
from mihariban.office.keyledger.models import Key, KeyUse
from mihariban.office.keyledger.reminder import Reminder, remind
from mihariban.office.people.actions import confirm_reset, reset_factor, reset_password
from mihariban.office.people.models import User
from mihariban.office.web.config import Mail

pytestmark = pytest.mark.django_db(transaction=True)
TO = "kacho@example.jp"


class _Box:
    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.answer = "250 OK"
        self.came = threading.Event()

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.mails.append(envelope)
        self.came.set()
        return self.answer


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Box]:
    """A real mail server, and the office told of it."""
    box = _Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    told = Mail(host="127.0.0.1", port=port, sender="kiosk@example.jp")
    monkeypatch.setattr(settings, "OFFICE_CONFIG", settings.OFFICE_CONFIG.model_copy(update={"mail": told}))
    yield box
    server.stop()


@pytest.fixture
def out(key: Key, clerk: Acting, manager: Acting, office_clock: TurnedClock) -> KeyUse:
    """A key that was taken two hours and a minute ago."""
    set_limit(120, mail=TO, stamp=limit_row().stamp, acting=manager)
    use = take_key(key, purpose="check", stamp=key.stamp, acting=clerk)
    office_clock.turn(2 * HOUR + MINUTE)
    return use


def _entries(last: int) -> list[dict[str, Any]]:
    size = ledger().store.size()
    return [dict(read_leaf(leaf)) for leaf in ledger().store.leaves(size - last, size)]


def test_the_manager_is_written_once(mailbox: _Box, out: KeyUse, office_clock: TurnedClock) -> None:
    """Intent before it goes out, outcome after it; nobody's name and no address in either; a second look sends none."""
    remind()
    (envelope,) = mailbox.mails
    told = email.message_from_bytes(envelope.content, policy=email.policy.default)
    body = told.get_content()  # type: ignore[attr-defined]  # an EmailMessage by its policy
    assert envelope.rcpt_tos == [TO] and told["Subject"].strip() == "【鍵】「ケース鍵 1」が戻っていません"
    assert "120 分" in body and "2026-11-23" in body and "鍵保管庫" in body and "花子" not in body
    entries = _entries(3)
    assert [(each["tag"], each["outcome"]) for each in entries] == [
        ("casekey:use:overdue", "done"),
        ("casekey:use:remind", "intent"),
        ("casekey:use:remind", "done"),
    ]
    assert TO not in str(entries) and ledger().store.intents() == []
    office_clock.turn(5 * HOUR)
    remind()
    assert len(mailbox.mails) == 1


def test_a_second_outing_is_a_second_mail(mailbox: _Box, out: KeyUse, clerk: Acting, office_clock: TurnedClock) -> None:
    """And a key that is back is not written about."""
    remind()
    bring_back_key(out, opened=True, stamp=KeyUse.objects.get().stamp, acting=clerk)
    key = Key.objects.get()
    take_key(key, purpose="check", stamp=key.stamp, acting=clerk)
    remind()
    assert len(mailbox.mails) == 1
    office_clock.turn(2 * HOUR + MINUTE)
    remind()
    assert len(mailbox.mails) == 2


def test_a_mail_that_was_refused_is_entered_and_tried_again(
    mailbox: _Box, out: KeyUse, office_clock: TurnedClock
) -> None:
    """An hour later, not every minute."""
    mailbox.answer = "451 later"
    remind()
    assert _entries(1)[0]["outcome"] == "failed" and KeyUse.objects.get().mailed_at is None
    office_clock.turn(MINUTE)
    remind()
    assert len(mailbox.mails) == 1
    mailbox.answer = "250 OK"
    office_clock.turn(HOUR)
    remind()
    assert len(mailbox.mails) == 2 and _entries(1)[0]["outcome"] == "done"
    assert KeyUse.objects.get().mailed_at is not None


def test_without_a_server_or_an_address_nothing_is_sent(
    out: KeyUse, manager: Acting, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """The day's screen reminds all the same; once both are there the mail goes out."""
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
    remind()
    assert _entries(1)[0]["tag"] == "casekey:use:overdue"
    mailbox = request.getfixturevalue("mailbox")
    set_limit(120, mail="", stamp=limit_row().stamp, acting=manager)
    assert recipient() == "" and mail_overdue(acting=system()) == 0 and mailbox.mails == []
    User.objects.filter(pk=manager.user and manager.user.pk).update(email="ichiro@example.jp")
    assert mail_overdue(acting=system()) == 1 and mailbox.mails[0].rcpt_tos == ["ichiro@example.jp"]


def test_nobody_but_the_system_sends(mailbox: _Box, out: KeyUse) -> None:
    """Whatever the role."""
    watch_keys(acting=system())
    for role in set(ROLE_NAMES) - {"system"}:
        with pytest.raises(NotAllowed):
            mail_overdue(acting=Acting("見本 三郎", frozenset((role,)), today()))
    assert mailbox.mails == [] and mail_overdue(acting=system()) == 1


def test_the_office_looks_while_it_runs(mailbox: _Box, out: KeyUse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any recorder; an error that is not ours is counted, and the next look comes."""
    from mihariban.office.keyledger import reminder

    calls: list[int] = []

    def once_broken() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError
        remind()

    monkeypatch.setattr(reminder, "remind", once_broken)
    assert KeyLedgerConfig.background == ("mihariban.office.keyledger.reminder.Reminder",)
    with Reminder(every_s=0.1) as running:
        assert mailbox.came.wait(30)
    assert running.failures == 1 and not any(each.name == "reminder" for each in threading.enumerate())


def test_a_reset_of_the_managers_login_is_mailed_once(
    mailbox: _Box, manager: Acting, someone: Callable[..., Acting], office_clock: TurnedClock
) -> None:
    """To the same address, without a name; a server that refuses is tried again, and what was confirmed is not mailed."""
    set_limit(120, mail=TO, stamp=limit_row().stamp, acting=manager)
    assert manager.user is not None
    it = someone("it", name="例 五郎")
    mailbox.answer = "451 later"
    reset_password(manager.user, acting=it)
    remind()
    assert _entries(1)[0]["outcome"] == "failed"
    mailbox.answer = "250 OK"
    office_clock.turn(HOUR + MINUTE)
    remind()
    remind()
    assert len(mailbox.mails) == 2
    told = email.message_from_bytes(mailbox.mails[-1].content, policy=email.policy.default)
    body = told.get_content()  # type: ignore[attr-defined]  # an EmailMessage by its policy
    assert mailbox.mails[-1].rcpt_tos == [TO] and "パスワード" in body and "五郎" not in body
    assert [each["tag"] for each in _entries(2)] == ["account:reset:mail"] * 2 and TO not in str(_entries(2))
    reset_factor(manager.user, acting=it)
    confirm_reset(manager.user, acting=manager)
    remind()
    assert len(mailbox.mails) == 2
    with pytest.raises(NotAllowed):
        mail_resets(acting=it)
