"""How far the office was set up: nothing yet, under way, or signed by the manager. The wizard writes it."""

from __future__ import annotations

from mihariban.office.people.models import SetUp, User


def set_up() -> SetUp:
    """The one row, made where it is missing (not saved)."""
    return SetUp.objects.select_related("signed_by").filter(pk=1).first() or SetUp(pk=1)


def section() -> str:
    """The section that keeps the kiosks (市民窓口課); empty until it was set up."""
    return set_up().section


def is_signed() -> bool:
    """Whether the manager signed the set-up. Until then IT staff may designate people, which the signature ratifies."""
    return SetUp.objects.filter(pk=1, signed_at__isnull=False).exists()


def is_untouched() -> bool:
    """Whether nobody can log in: no account is there yet."""
    return not User.objects.exists()
