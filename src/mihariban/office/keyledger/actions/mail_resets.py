"""Mail the manager that the own login was reset by somebody else: an outward deed, once for each reset."""

from __future__ import annotations

from datetime import timedelta

from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Q

from mihariban.base.clock import from_datetime
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import local, now
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.mail import message, server
from mihariban.office.base.mail_once import mail_once
from mihariban.office.base.policy import Refused
from mihariban.office.keyledger.actions.mail_overdue import recipient
from mihariban.office.people.models import LoginReset
from mihariban.office.people.policy import ACCOUNTS
from mihariban.office.people.resets import waiting
from mihariban.policy.era import both_dates

AGAIN = timedelta(hours=1)
"""After so long a mail that the server did not take is tried again, while nobody has confirmed the reset."""


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
    subject = "【ログイン】管理者のログインが出し直されました"
    return mail_once(
        LoginReset.objects.filter(pk=reset.pk), Tag.ACCOUNT_RESET_MAIL, {"kind": reset.kind},
        to=to, role=role, letter=lambda: message(subject, _body(reset), to, through),
    )  # fmt: skip


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
