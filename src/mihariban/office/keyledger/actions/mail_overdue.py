"""Mail the manager that a key is out too long: an outward deed, once for each key and outing."""

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
from mihariban.office.keyledger.board import limit_row
from mihariban.office.keyledger.models import KeyUse
from mihariban.office.keyledger.policy import KEYS
from mihariban.office.keyledger.purposes import PURPOSES
from mihariban.office.people.models import User
from mihariban.office.people.roles import acting_manager
from mihariban.policy.era import both_dates

AGAIN = timedelta(hours=1)
"""After so long a mail that the server did not take is tried again, while the key is still out."""


def mail_overdue(*, acting: Acting) -> int:
    """Send what ``watch_keys`` has found and nobody was written yet. Returns how many mails went out. Without a mail
    server or an address nothing is sent, and today's screen alone reminds.

    Raises:
        NotAllowed: somebody else than the system asks.
        LedgerUnwritable: a mail could not be entered.
    """
    verdict = KEYS.may_watch(acting)
    if isinstance(verdict, Refused):
        raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)
    through, waiting = server(), _waiting()
    to = recipient() if through is not None and waiting else ""
    if through is None or not to:
        return 0
    return sum(_mail(use, to, through, verdict.role) for use in waiting)


def recipient() -> str:
    """The address of the settings, else that of who acts as manager now; empty where neither is known."""
    told = limit_row().mail
    if told:
        return told
    person = acting_manager().person
    found = User.objects.filter(person=person, is_active=True).values_list("email", flat=True).first() if person else ""
    return found or ""


def _waiting() -> list[KeyUse]:
    due = Q(mail_tried_at=None) | Q(mail_tried_at__lt=now() - AGAIN)
    rows = KeyUse.objects.filter(due, in_at=None, overdue_at__isnull=False, mailed_at=None)
    return list(rows.select_related("key").order_by("out_at", "pk"))


def _mail(use: KeyUse, to: str, through: BaseEmailBackend, role: str) -> bool:
    return mail_once(
        KeyUse.objects.filter(pk=use.pk, in_at=None), Tag.CASEKEY_USE_REMIND, {"key": use.key_id, "use": use.pk},
        to=to, role=role, letter=lambda: message(_subject(use), _body(use), to, through),
    )  # fmt: skip


def _subject(use: KeyUse) -> str:
    return f"【鍵】「{use.key.label}」が戻っていません"


def _body(use: KeyUse) -> str:
    """What and since when; nobody's name, because mail leaves the office."""
    out = local(from_datetime(use.out_at))
    lines = [
        f"鍵「{use.key.label}」が、決めた時間（{limit_row().minutes} 分）を過ぎても戻っていません。",
        "A key of the recorder case has been out for longer than the office allows.",
        "",
        f"持ち出し / Out since: {both_dates(out.date())} {out:%H:%M}",
        f"目的 / Purpose: {PURPOSES[use.purpose].ja} / {PURPOSES[use.purpose].en}",
        f"開けるもの / Opens: {use.key.opens}",
        f"戻すところ / Hangs at: {use.key.hangs}",
        "",
        "使用者は業務画面の鍵のページで見られます。戻ったら、返却を記録してください。",
        "See the page of the keys for who has it. Enter its return when it is back.",
    ]
    return "\n".join(lines) + "\n"
