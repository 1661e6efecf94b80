"""Findings by mail and webhook, over real servers."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from mihariban.base.clock import SECOND, SystemClock, TurnedClock
from mihariban.base.errors import MiharibanError
from mihariban.policy.site import Notify
from mihariban.recorder.health.errors import NoticeUndelivered
from mihariban.recorder.health.health import Finding
from mihariban.recorder.health.kinds import FindingKind
from mihariban.recorder.notify import MOST_WAITING, Notifier, Outbox, Sender
from tests.support.sites import JAPAN, moment

BEGAN = moment("2026-11-24 10:00:00")
BEGUN = Finding(FindingKind.CAMERA_COVERED, "cam1", BEGAN, None, {"flat_permille": 980})
OVER = Finding(FindingKind.CAMERA_COVERED, "cam1", BEGAN, BEGAN + 60 * SECOND, {"flat_permille": 980, "seconds": 60})
SENDER = Sender("saga", "r1", JAPAN)


class _Mails(Message):
    """Keeps what comes in; refuses as many as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[Any] = []
        self.refuse = 0

    def prepare_message(self, _session: object, envelope: Any) -> Any:
        return message_from_bytes(envelope.content, policy=policy.default)

    def handle_message(self, message: Any) -> None:
        self.got.append(message)

    async def handle_RCPT(  # noqa: N802  # the server's name for it
        self, _server: object, _session: object, envelope: Any, address: str, _options: object
    ) -> str:
        if self.refuse:
            self.refuse -= 1
            return "451 try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture
def mails() -> Iterator[tuple[_Mails, int]]:
    handler = _Mails()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    yield handler, port
    server.stop()


class _Hook(ThreadingHTTPServer):
    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _HookHandler)
        self.got: list[dict[str, Any]] = []
        self.logins: list[str | None] = []


class _HookHandler(BaseHTTPRequestHandler):
    server: _Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.logins.append(self.headers.get("Authorization"))
        if self.server.status == 200:
            self.server.got.append(json.loads(body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def hook() -> Iterator[_Hook]:
    with _Hook() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _notifier(tmp_path: Path, **settings: object) -> Notifier:
    return Notifier(Notify.model_validate(settings), tmp_path / "secrets.toml", SENDER, TurnedClock(0))


def _mail_settings(port: int, **more: object) -> dict[str, object]:
    return {
        "mail_server": "127.0.0.1", "mail_port": port, "mail_from": "recorder@example.lg.jp",
        "mail_to": ("watch@example.lg.jp", "it@example.lg.jp"), **more,
    }  # fmt: skip


def test_begin_and_end_by_mail(tmp_path: Path, mails: tuple[_Mails, int]) -> None:
    """In Japanese, with what to do; figures, and nothing else."""
    handler, port = mails
    notifier = _notifier(tmp_path, **_mail_settings(port))
    (outbox,) = notifier.outboxes
    notifier.tell(BEGUN)
    notifier.tell(OVER)
    assert outbox.deliver_one() and outbox.deliver_one()
    begun, over = handler.got
    assert "カメラ cam1 が覆われています" in begun["Subject"]
    assert begun["To"] == "watch@example.lg.jp, it@example.lg.jp"
    text = begun.get_content()
    assert "取り除いてください" in text and "2026-11-24T10:00:00.000+09:00" in text and "980" in text
    assert "解消" in over["Subject"]
    assert "10:01:00" in over.get_content()
    assert (outbox.sent, outbox.waiting) == (2, 0)


def test_a_refused_mail_waits_and_goes_later(tmp_path: Path, mails: tuple[_Mails, int]) -> None:
    """In order, nothing lost."""
    handler, port = mails
    handler.refuse = 2
    (outbox,) = _notifier(tmp_path, **_mail_settings(port, language="en")).outboxes
    outbox.put(BEGUN)
    assert not outbox.deliver_one()
    assert (outbox.waiting, outbox.failures) == (1, 1)
    assert outbox.deliver_one()
    assert "The camera cam1 is covered" in handler.got[0]["Subject"]


def test_no_password_goes_to_a_server_without_encryption(tmp_path: Path, mails: tuple[_Mails, int]) -> None:
    """The server does not offer STARTTLS: nothing is sent."""
    handler, port = mails
    secrets = tmp_path / "secrets.toml"
    secrets.write_text('[credentials.mail]\nuser = "u"\npassword = "s3cret"\n', encoding="utf-8")
    secrets.chmod(0o600)
    settings = _mail_settings(port, mail_starttls=True, mail_credentials="mail")
    (outbox,) = _notifier(tmp_path, **settings).outboxes
    outbox.put(BEGUN)
    assert not outbox.deliver_one()
    assert handler.got == []


def test_a_webhook_gets_facts_and_its_login(tmp_path: Path, hook: _Hook) -> None:
    """JSON with both languages; a login out of the secrets file."""
    secrets = tmp_path / "secrets.toml"
    secrets.write_text('[credentials.hook]\nuser = "u"\npassword = "p"\n', encoding="utf-8")
    secrets.chmod(0o600)
    url = f"http://127.0.0.1:{hook.server_port}/findings"
    (outbox,) = _notifier(tmp_path, webhook=url, webhook_credentials="hook").outboxes
    outbox.put(OVER)
    assert outbox.deliver_one()
    (got,) = hook.got
    assert (got["event"], got["kind"], got["subject"], got["severity"]) == ("end", "camera_covered", "cam1", "alarm")
    assert got["ended_at"] == "2026-11-24T10:01:00.000+09:00"
    assert got["figures"]["seconds"] == 60
    assert hook.logins == ["Basic dTpw"]
    hook.status = 503
    outbox.put(BEGUN)
    assert not outbox.deliver_one()
    assert outbox.waiting == 1


def test_a_missing_secret_is_a_failure_to_try_again(tmp_path: Path, hook: _Hook) -> None:
    """The file may be put right while the recorder runs."""
    (outbox,) = _notifier(
        tmp_path, webhook=f"http://127.0.0.1:{hook.server_port}/", webhook_credentials="hook"
    ).outboxes
    outbox.put(BEGUN)
    assert not outbox.deliver_one()
    assert hook.got == []


def test_what_waits_is_bounded_and_the_oldest_goes_first() -> None:
    """Dropped and counted; a finding is in the book anyway."""
    delivered: list[Finding] = []
    outbox = Outbox("test", delivered.append, TurnedClock(0))
    for number in range(MOST_WAITING + 5):
        outbox.put(Finding(FindingKind.DISK_ERROR, str(number), 0))
    assert (outbox.waiting, outbox.dropped) == (MOST_WAITING, 5)
    outbox.deliver_one()
    assert delivered[0].subject == "5"


def test_pauses_grow_to_ten_minutes_and_shrink_again() -> None:
    """On the clock that was handed in."""
    clock = TurnedClock(0)
    pauses: list[float] = []
    outbox: Outbox

    class Watching(TurnedClock):
        def wait(self, event: threading.Event, seconds: float) -> bool:
            pauses.append(seconds)
            if len(pauses) == 9:
                outbox.stop()
            return clock.wait(event, seconds)

    def fail(_: Finding) -> None:
        if len(pauses) != 8:
            raise NoticeUndelivered(way="test", why="no")

    outbox = Outbox("test", fail, Watching(0))
    outbox.put(BEGUN)
    outbox.run()
    assert pauses == [10, 20, 40, 80, 160, 320, 600, 600, 600]
    assert (outbox.failures, outbox.sent) == (8, 1)


def test_telling_returns_at_once_and_the_thread_delivers(tmp_path: Path, hook: _Hook) -> None:
    """Recording never waits; stopping does not hang."""
    settings = Notify(webhook=f"http://127.0.0.1:{hook.server_port}/")
    notifier = Notifier(settings, tmp_path / "secrets.toml", SENDER, SystemClock())
    notifier.start()
    began = time.monotonic()
    notifier.tell(BEGUN)
    assert time.monotonic() - began < 1
    for _ in range(200):
        if hook.got:
            break
        time.sleep(0.05)  # a real thread and a real server: there is no clock to turn
    notifier.stop()
    assert [got["event"] for got in hook.got] == ["begin"]


def test_nothing_set_nothing_sent(tmp_path: Path) -> None:
    """No outbox, no thread."""
    notifier = _notifier(tmp_path)
    notifier.start()
    notifier.tell(BEGUN)
    notifier.stop()
    assert notifier.outboxes == []
    assert issubclass(NoticeUndelivered, MiharibanError)
