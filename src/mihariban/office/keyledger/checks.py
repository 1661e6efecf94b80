"""What a use must be."""

from __future__ import annotations

from django.db.models import Q

from mihariban.office.base.dates import era_text, now
from mihariban.office.keyledger.errors import TimesDoNotFit
from mihariban.office.keyledger.models import KeyUse


def need_times(use: KeyUse) -> None:
    """
    Raises:
        TimesDoNotFit: out after in, still to come, or while the same key was out with somebody else.
    """
    end = use.in_at or now()
    others = KeyUse.objects.filter(key=use.key_id, out_at__lt=end).exclude(pk=use.pk)
    overlaps = others.filter(Q(in_at=None) | Q(in_at__gt=use.out_at)).exists()
    if use.out_at > end or end > now() or overlaps:
        raise TimesDoNotFit(out=era_text(use.out_at), back=era_text(end))
