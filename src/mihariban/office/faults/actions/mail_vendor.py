"""Mail the facts of a fault to the vendor: an outward deed, its intent durable before the mail goes out."""

from __future__ import annotations

from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from mihariban.ledger.commitment import actor
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.base.policy import Refused, Verdict
from mihariban.office.faults.actions.steps import add_step
from mihariban.office.faults.errors import MailNotSent, MailNotSetUp
from mihariban.office.faults.mail import body_of, subject_of
from mihariban.office.faults.models import Fault
from mihariban.office.faults.policy import FAULTS

_TIMEOUT_S = 10
"""A clerk waits for it in front of the screen."""


def mail_vendor(fault: Fault, *, to: str, acting: Acting, remark: str = "", answer_to: str = "") -> None:
    """Send the facts to the vendor and enter it. The mail carries no name of a user and no picture.

    Args:
        to: the vendor's address.
        remark: added to the facts.
        answer_to: telephone or address of the section.

    Raises:
        NotAllowed: the policy refuses; nothing was sent.
        MailNotSetUp: there is no mail server.
        MailNotSent: the server refused or did not answer; that stands in the fault's steps.
    """
    verdict = FAULTS.may_call(acting, fault)
    if isinstance(verdict, Refused):
        raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)
    message = _message(fault, to, remark, answer_to)
    draft = _draft(fault, acting, verdict.role, message)
    try:
        with ledger().deed(draft):
            _send(message)
    except MailNotSent as error:
        _write(fault, acting, verdict, sort="vendor_failed", to=to, text=error.text("ja"))
        raise
    _write(fault, acting, verdict, sort="vendor_mail", to=to, text=str(message.body))


def _message(fault: Fault, to: str, remark: str, answer_to: str) -> EmailMessage:
    mail = settings.OFFICE_CONFIG.mail
    sender = mail.sender if mail else settings.DEFAULT_FROM_EMAIL
    return EmailMessage(subject_of(fault), body_of(fault, remark, answer_to), sender, [to], connection=_connection())


def _connection() -> BaseEmailBackend:
    """The server of office.toml; without it Django's own setting, where that names something else than SMTP (a file,
    the console, the memory of a test).

    Raises:
        MailNotSetUp: neither.
    """
    mail = settings.OFFICE_CONFIG.mail
    if mail is not None:
        smtp = "django.core.mail.backends.smtp.EmailBackend"
        return get_connection(smtp, host=mail.host, port=mail.port, timeout=_TIMEOUT_S)
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        raise MailNotSetUp
    return get_connection()


def _draft(fault: Fault, acting: Acting, role: str, message: EmailMessage) -> Draft:
    book = ledger()
    with book.store.transaction() as db:  # names beside the ledger, before the intent that names their hashes
        who = book.keep_text(db, acting.name)
        to, text = book.keep_text(db, message.to[0]).hex(), book.keep_text(db, str(message.body)).hex()
    facts: dict[str, str | int] = {"fault": fault.pk, "to": to}
    return Draft(Tag.FAULT_VENDOR_MAIL, facts, actor=dict(actor(role, who)), note=text)


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except (SMTPException, OSError) as error:
        raise MailNotSent(why=type(error).__name__) from error  # its text may carry the address


def _write(fault: Fault, acting: Acting, verdict: Verdict, *, sort: str, to: str, text: str) -> None:
    """What happened, in the fault's steps. The mail is out already: a fault that somebody else changed meanwhile takes
    it all the same."""
    with action(acting, verdict) as act:
        fault.refresh_from_db()
        if sort == "vendor_mail":
            fault.vendor_at = fault.vendor_at or now()
        fault.save()
        act.enter(Draft(Tag.FAULT_CASE_NOTE, {"fault": fault.pk, "sort": sort}))
        add_step(fault, sort, acting, spoken_to=to, text=text)
