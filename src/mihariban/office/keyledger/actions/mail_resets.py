"""Mail the manager that the own login was reset by somebody else: an outward deed, once for each reset."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Q

from mihariban.base.clock import from_datetime
from mihariban.ledger.commitment import actor
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import local, now
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.base.mail import FAILED, message, server
from mihariban.office.base.policy import Refused
from mihariban.office.keyledger.actions.mail_overdue import recipient
from mihariban.office.people.models import LoginReset
from mihariban.office.people.policy import ACCOUNTS
from mihariban.office.people.resets import waiting
from mihariban.policy.era import both_dates

AGAIN = timedelta(hours=1)
"""After so long a mail that the server did not take is tried again, while nobody has confirmed the reset."""
_log = structlog.get_logger(__name__)


def mail_resets(*, acting: Acting) -> int:
    """Send what waits and nobody was written yet. Returns how many mails went out.

    Raises:
        NotAllowed: somebody else than the system asks.
        LedgerUnwritable: a mail could not be entered.
    """
    verdict = ACCOUNTS.may_mail_resets(acting)
    if isinstance(verdict, Refused):
        raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)
    due = Q(mail_tried_at=None) | Q(mail_tried_at__lt=now() - AGAIN)
    through, rows = server(), list(waiting().filter(due, mailed_at=None))
    to = recipient() if through is not None and rows else ""
    if through is None or not to:
        return 0
    return sum(_mail(each, to, through, verdict.role) for each in rows)


def _mail(reset: LoginReset, to: str, through: BaseEmailBackend, role: str) -> bool:
    """Whether it went out. It counts as sent before it is: after a crash in between, nobody is written twice."""
    moment, mine = now(), LoginReset.objects.filter(pk=reset.pk)
    if not mine.filter(mailed_at=None).update(mailed_at=moment, mail_tried_at=moment):
        return False
    sent = False
    try:
        with ledger().deed(_draft(reset, to, role)):
            message("【ログイン】管理者のログインが出し直されました", _body(reset), to, through).send()
            sent = True
    except FAILED as error:
        _log.warning("no mail about a reset", reset=reset.pk, why=type(error).__name__)
    finally:
        if not sent:
            mine.update(mailed_at=None)
    return sent


def _draft(reset: LoginReset, to: str, role: str) -> Draft:
    book = ledger()
    with book.store.transaction() as db:  # the address beside the ledger, before the intent that names its hash
        who, address = book.keep_text(db, ""), book.keep_text(db, to).hex()
    return Draft(Tag.ACCOUNT_RESET_MAIL, {"kind": reset.kind}, actor=dict(actor(role, who)), note=address)


def _body(reset: LoginReset) -> str:
    """What and when; nobody's name, because mail leaves the office."""
    at = local(from_datetime(reset.at))
    what = {"password": "パスワード / Password", "factor": "二段階認証 / Second factor"}[reset.kind]
    lines = [
        "管理者のログインが、本人以外の人によって出し直されました。",
        "Somebody else has reset the login of the manager.",
        "",
        f"何が / What: {what}",
        f"いつ / When: {both_dates(at.date())} {at:%H:%M}",
        "",
        "頼んだものなら、業務画面の「今日」から確認してください。心当たりがなければ、監査担当者に知らせてください。",
        "If you asked for it, confirm it from today's screen. If not, tell the auditor.",
    ]
    return "\n".join(lines) + "\n"
