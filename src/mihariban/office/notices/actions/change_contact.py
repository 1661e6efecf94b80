"""Change whom the public is told to ask."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.text import T
from mihariban.office.notices.contact import FIELDS, contact
from mihariban.office.notices.policy import NOTICES


def change_contact(told: dict[str, str], *, acting: Acting, stamp: int) -> None:
    """Change it.

    Args:
        told: value by name of ``contact.FIELDS``.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody else changed it.
    """
    with action(acting, NOTICES.may_change_contact(acting)) as act:
        row = contact()
        if row.pk is not None:
            row.check_stamp(stamp, T("連絡先", "the contact"))
        for name in FIELDS:
            setattr(row, name, told.get(name, ""))
        row.save()
        text = "\n".join(str(getattr(row, name)) for name in FIELDS)
        act.enter(Draft(Tag.NOTICE_CONTACT_CHANGE, {}, note=act.commit(text)))
