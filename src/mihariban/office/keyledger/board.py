"""The board: which keys hang there, which are out, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import OuterRef, Subquery

from mihariban.office.base.dates import now, today
from mihariban.office.keyledger.models import Key, KeyCount, KeyLimit, KeyUse, Opening


@dataclass(frozen=True, slots=True)
class Hook:
    """A key with its use where it is out."""

    key: Key
    use: KeyUse | None
    overdue: bool
    due: datetime | None
    """when it should have been back"""
    missing: int
    """pieces that the last count did not find; negative where there were too many"""


def limit_row() -> KeyLimit:
    """How long a key may be out; with its default where nobody set it."""
    return KeyLimit.objects.filter(pk=1).first() or KeyLimit()


def is_out(key: Key) -> bool:
    """Whether somebody has it now."""
    return KeyUse.objects.filter(key=key, in_at=None).exists()


def hooks() -> list[Hook]:
    """All keys in use, in three queries however many there are."""
    uses = {use.key_id: use for use in KeyUse.objects.filter(in_at=None).select_related("holder")}
    moment, limit = now(), timedelta(minutes=limit_row().minutes)
    last = KeyCount.objects.filter(key=OuterRef("pk")).order_by("-at", "-pk")
    keys = Key.objects.filter(retired_at=None).annotate(
        counted=Subquery(last.values("found")[:1]), should=Subquery(last.values("expected")[:1])
    )
    found = []
    for key in keys.select_related("recorder").order_by("label", "pk"):
        use = uses.get(key.pk)
        overdue = use is not None and use.overdue(moment, limit)
        due = use.out_at + limit if use is not None else None
        found.append(Hook(key, use, overdue, due, (key.should or 0) - (key.counted or 0)))
    return found


def expected() -> dict[Key, int]:
    """How many pieces of each key in use should hang there now."""
    out = set(KeyUse.objects.filter(in_at=None).values_list("key_id", flat=True))
    keys = Key.objects.filter(retired_at=None).order_by("label", "pk")
    return {key: 0 if key.pk in out else key.pieces for key in keys}


def counted_on(day: date) -> bool:
    """Whether the board was counted on ``day``; True where there is nothing to count."""
    return not Key.objects.filter(retired_at=None).exists() or KeyCount.objects.filter(day=day).exists()


@dataclass(frozen=True, slots=True)
class KeyAlarms:
    """What is wrong now, for the page of the day."""

    overdue: list[KeyUse]
    missing: list[Hook]
    openings: int
    counted_today: bool

    def __bool__(self) -> bool:
        return bool(self.overdue or self.missing or self.openings)


def alarms() -> KeyAlarms:
    """Keys out too long, pieces that are missing, openings nobody has explained."""
    all_ = hooks()
    return KeyAlarms(
        [hook.use for hook in all_ if hook.use is not None and hook.overdue],
        [hook for hook in all_ if hook.missing],
        Opening.objects.filter(explained_at=None).count(),
        counted_on(today()),
    )
