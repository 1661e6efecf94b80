"""Whom the public can ask."""

from __future__ import annotations

from mihariban.base.errors import MiharibanError
from mihariban.office.base.dates import today
from mihariban.office.base.rule import policy_on
from mihariban.office.notices.models import Contact
from mihariban.policy import Policy

FIELDS = ("section", "section_en", "phone", "mail", "post_en", "purpose_en", "place_en")


def contact() -> Contact:
    """What was entered; else the section that the rule names, unsaved."""
    found = Contact.objects.order_by("pk").first()
    if found is not None:
        return found
    try:
        policy = policy_on(today()).policy
    except MiharibanError:
        return Contact(section="")
    return Contact(section=section_of(policy))


def section_of(policy: Policy) -> str:
    """The section in charge, as far as the rule names it."""
    if policy.consultation is not None:
        return policy.consultation.section_ja
    return policy.roles.operators.sections_ja[0] if policy.roles.operators.sections_ja else ""
