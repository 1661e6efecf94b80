"""Telling of findings by mail and webhook, on threads of its own: recording never waits for a mail server.

What waits is bounded and in memory; the finding itself is in the book and the ledger whatever becomes of the notice.
"""

from __future__ import annotations

import json
import smtplib
import ssl
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import httpx
import structlog

from mihariban.base.clock import Clock, iso, to_datetime
from mihariban.base.errors import MiharibanError
from mihariban.policy import Credentials, credentials
from mihariban.policy.site import Notify
from mihariban.recorder.health.errors import NoticeUndelivered
from mihariban.recorder.health.health import Finding

_log = structlog.get_logger(__name__)

MOST_WAITING: Final = 200
FIRST_PAUSE_S: Final = 10.0
LONGEST_PAUSE_S: Final = 600.0
_WAIT_S: Final = 15.0
_JOIN_S: Final = 5.0
_WORDS: Final = {
    "ja": ("異常", "解消", "設置場所", "録画機", "始まり", "終わり", "対処"),
    "en": ("Finding", "Over", "Site", "Recorder", "Since", "Until", "What to do"),
}

Deliver = Callable[[Finding], None]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who tells: names of site and recorder, and the time zone of dates."""

    site: str
    recorder: str
    zone: ZoneInfo


class Outbox:
    """Findings on their way to one receiver: in order, tried again with growing pauses, bounded.

    Args:
        way: its name in log lines.
        deliver: sends one; raises an error of ours where that fails.
        clock: waits.
    """

    def __init__(self, way: str, deliver: Deliver, clock: Clock) -> None:
        self.way = way
        self.dropped = 0
        self.sent = 0
        self.failures = 0
        self._deliver, self._clock = deliver, clock
        self._waiting: deque[Finding] = deque()
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._stopped = False

    @property
    def waiting(self) -> int:
        """Findings not yet delivered."""
        with self._lock:
            return len(self._waiting)

    def put(self, finding: Finding) -> None:
        """Take a finding; returns at once. Where too many wait the oldest is dropped and counted."""
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                self._waiting.popleft()
                self.dropped += 1
            self._waiting.append(finding)
        self._news.set()

    def run(self) -> None:
        """Deliver until ``stop``."""
        pause = FIRST_PAUSE_S
        while not self._stopped:
            if self._next() is None:
                self._clock.wait(self._news, LONGEST_PAUSE_S)
                self._news.clear()
            elif self.deliver_one():
                pause = FIRST_PAUSE_S
            else:
                self._rest(pause)
                pause = min(2 * pause, LONGEST_PAUSE_S)

    def _rest(self, pause: float) -> None:
        self._news.clear()  # news end the pause early, once
        if not self._stopped:
            self._clock.wait(self._news, pause)

    def stop(self) -> None:
        """Make ``run`` return soon."""
        self._stopped = True
        self._news.set()

    def deliver_one(self) -> bool:
        """Try the oldest; False where it has to wait."""
        finding = self._next()
        if finding is None:
            return True
        try:
            self._deliver(finding)
        except MiharibanError as error:
            self.failures += 1
            _log.warning("notice not delivered", way=self.way, code=error.code, detail=error.text("en"))
            return False
        with self._lock:
            if self._waiting and self._waiting[0] is finding:
                self._waiting.popleft()
        self.sent += 1
        return True

    def _next(self) -> Finding | None:
        with self._lock:
            return self._waiting[0] if self._waiting else None


class Notifier:
    """Every way of telling that the site file names.

    Args:
        settings: ``[recorder.notify]``.
        secrets: recorder/secrets.toml, read when it is needed.
        sender: who tells.
        clock: waits.
        tls: for STARTTLS and https; the system's certificates without it.
    """

    def __init__(
        self, settings: Notify, secrets: Path, sender: Sender, clock: Clock, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self._settings, self._secrets, self._sender = settings, secrets, sender
        self._tls = tls or ssl.create_default_context()
        self.outboxes: list[Outbox] = []
        if settings.mail_server is not None:
            self.outboxes.append(Outbox("mail", self._mail, clock))
        if settings.webhook is not None:
            self.outboxes.append(Outbox("webhook", self._post, clock))
        self._threads: list[threading.Thread] = []

    def tell(self, finding: Finding) -> None:
        """A finding began, or is over. Returns at once."""
        for outbox in self.outboxes:
            outbox.put(finding)

    def start(self) -> None:
        """Begin to deliver."""
        for outbox in self.outboxes:
            thread = threading.Thread(target=outbox.run, name=f"notify {outbox.way}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """End; what waits is given up and said."""
        for outbox in self.outboxes:
            outbox.stop()
        for thread in self._threads:
            thread.join(_JOIN_S)
        left = sum(outbox.waiting for outbox in self.outboxes)
        if left:
            _log.warning("notices given up", count=left)

    def _login(self, name: str | None) -> Credentials | None:
        return None if name is None else credentials(self._secrets, name)

    def _mail(self, finding: Finding) -> None:
        settings, login = self._settings, self._login(self._settings.mail_credentials)
        try:
            with smtplib.SMTP(settings.mail_server or "", settings.mail_port, timeout=_WAIT_S) as server:
                if settings.mail_starttls:
                    server.starttls(context=self._tls)
                if login is not None:
                    server.login(login.user, login.password)
                server.send_message(mail_of(finding, settings, self._sender))
        except (smtplib.SMTPException, OSError) as error:
            raise NoticeUndelivered(way="mail", why=type(error).__name__) from error

    def _post(self, finding: Finding) -> None:
        login = self._login(self._settings.webhook_credentials)
        auth = None if login is None else httpx.BasicAuth(login.user, login.password)
        try:
            with httpx.Client(verify=self._tls, timeout=_WAIT_S, auth=auth) as client:
                answer = client.post(self._settings.webhook or "", json=facts_of(finding, self._sender))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoticeUndelivered(way="webhook", why=type(error).__name__) from error
        if not answer.is_success:
            raise NoticeUndelivered(way="webhook", why=f"HTTP {answer.status_code}")


def facts_of(finding: Finding, sender: Sender) -> dict[str, object]:
    """A finding as the JSON that a webhook gets: figures and codes, nothing of any person."""
    return {
        "event": "begin" if finding.ended is None else "end",
        "kind": finding.kind.value,
        "subject": finding.subject,
        "severity": finding.severity,
        "began_at": iso(finding.began, sender.zone),
        "ended_at": None if finding.ended is None else iso(finding.ended, sender.zone),
        "figures": dict(finding.figures),
        "site": sender.site,
        "recorder": sender.recorder,
        "ja": finding.text("ja"),
        "en": finding.text("en"),
        "do_ja": finding.advice("ja"),
        "do_en": finding.advice("en"),
    }


def mail_of(finding: Finding, settings: Notify, sender: Sender) -> EmailMessage:
    """A finding as a mail in the language of the settings."""
    language = settings.language
    begun, over, site, recorder, since, until, advice = _WORDS[language]
    message = EmailMessage()
    state = begun if finding.ended is None else over
    message["Subject"] = f"[Mihariban] {state}: {finding.text(language)}"
    message["From"] = settings.mail_from
    message["To"] = ", ".join(settings.mail_to)
    message["Date"] = format_datetime(to_datetime(finding.ended or finding.began, sender.zone))
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies
    lines = [finding.text(language), "", f"{site}: {sender.site}", f"{recorder}: {sender.recorder}"]
    lines.append(f"{since}: {iso(finding.began, sender.zone)}")
    if finding.ended is None:
        lines += ["", f"{advice}: {finding.advice(language)}"]
    else:
        lines.append(f"{until}: {iso(finding.ended, sender.zone)}")
    lines += ["", json.dumps(dict(finding.figures), ensure_ascii=False), ""]
    message.set_content("\n".join(lines))
    return message
