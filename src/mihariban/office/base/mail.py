"""Mail that goes out: the server of office.toml. Sending is an outward deed; whoever calls enters it."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

FAILED: Final = (SMTPException, OSError)
"""What sending raises where the server refuses or does not answer; its text may carry an address."""
_SMTP = "django.core.mail.backends.smtp.EmailBackend"
_TIMEOUT_S = 10
"""A clerk waits for it in front of the screen."""


def server() -> BaseEmailBackend | None:
    """The server of office.toml; without it Django's own setting, where that names something else than SMTP (a file,
    the console, the memory of a test). None: nobody set one up."""
    mail = settings.OFFICE_CONFIG.mail
    if mail is not None:
        return get_connection(_SMTP, host=mail.host, port=mail.port, timeout=_TIMEOUT_S)
    return None if settings.EMAIL_BACKEND == _SMTP else get_connection()


def message(subject: str, body: str, to: str, through: BaseEmailBackend) -> EmailMessage:
    """A mail from the office's address."""
    mail = settings.OFFICE_CONFIG.mail
    sender = mail.sender if mail else settings.DEFAULT_FROM_EMAIL
    return EmailMessage(" ".join(subject.split()), body, sender, [to], connection=through)
