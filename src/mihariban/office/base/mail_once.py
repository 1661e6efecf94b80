"""A mail about a row, sent once: an outward deed, with its time in ``mailed_at`` and ``mail_tried_at`` of the row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.core.mail import EmailMessage
from django.db.models import QuerySet

from mihariban.ledger.commitment import actor
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.dates import now
from mihariban.office.base.ledger import ledger
from mihariban.office.base.mail import FAILED

_log = structlog.get_logger(__name__)


def mail_once(
    row: QuerySet[Any],
    tag: Tag,
    facts: Mapping[str, str | int],
    *,
    to: str,
    role: str,
    letter: Callable[[], EmailMessage],
) -> bool:
    """Whether it went out. It counts as sent before it is: after a crash in between, nobody is written twice.

    Args:
        row: the row, where it still waits; nothing is sent where it does not.
        tag, facts: of the deed's entries; ``role``: who sends.

    Raises:
        LedgerUnwritable: it could not be entered, and did not go out.
    """
    moment = now()
    pks = list(row.filter(mailed_at=None).values_list("pk", flat=True))
    if not row.filter(mailed_at=None).update(mailed_at=moment, mail_tried_at=moment):
        return False
    sent = False
    try:
        with ledger().deed(_draft(tag, facts, to, role)):
            letter().send()
            sent = True
    except FAILED as error:
        _log.warning("mail not sent", tag=str(tag), why=type(error).__name__)
    finally:
        if not sent:
            row.model._default_manager.filter(pk__in=pks).update(mailed_at=None)
    return sent


def _draft(tag: Tag, facts: Mapping[str, str | int], to: str, role: str) -> Draft:
    book = ledger()
    with book.store.transaction() as db:  # the address beside the ledger, before the intent that names its hash
        who, address = book.keep_text(db, ""), book.keep_text(db, to).hex()
    return Draft(tag, dict(facts), actor=dict(actor(role, who)), note=address)
