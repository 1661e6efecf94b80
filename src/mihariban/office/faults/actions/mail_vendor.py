"""Mail the facts of a fault to the vendor: an outward deed, its intent durable before the mail goes out."""

from __future__ import annotations

from django.core.mail import EmailMessage

from mihariban.ledger.commitment import actor
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.base.mail import FAILED, message, server
from mihariban.office.base.policy import Refused, Verdict
from mihariban.office.faults.actions.steps import add_step
from mihariban.office.faults.errors import MailNotSent, MailNotSetUp
from mihariban.office.faults.mail import body_of, subject_of
from mihariban.office.faults.models import Fault
from mihariban.office.faults.policy import FAULTS


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
    mail = _message(fault, to, remark, answer_to)
    draft = _draft(fault, acting, verdict.role, mail)
    try:
        with ledger().deed(draft):
            _send(mail)
    except MailNotSent as error:
        _write(fault, acting, verdict, sort="vendor_failed", to=to, text=error.text("ja"))
        raise
    _write(fault, acting, verdict, sort="vendor_mail", to=to, text=str(mail.body))


def _message(fault: Fault, to: str, remark: str, answer_to: str) -> EmailMessage:
    through = server()
    if through is None:
        raise MailNotSetUp
    return message(subject_of(fault), body_of(fault, remark, answer_to), to, through)


def _draft(fault: Fault, acting: Acting, role: str, mail: EmailMessage) -> Draft:
    book = ledger()
    with book.store.transaction() as db:  # names beside the ledger, before the intent that names their hashes
        who = book.keep_text(db, acting.name)
        to, text = book.keep_text(db, mail.to[0]).hex(), book.keep_text(db, str(mail.body)).hex()
    facts: dict[str, str | int] = {"fault": fault.pk, "to": to}
    return Draft(Tag.FAULT_VENDOR_MAIL, facts, actor=dict(actor(role, who)), note=text)


def _send(mail: EmailMessage) -> None:
    try:
        mail.send()
    except FAILED as error:
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
