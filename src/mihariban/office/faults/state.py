"""Whether a kiosk is in service: for the public page, today's screen and the kiosk's own screen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mihariban.office.base.dates import era_text
from mihariban.office.base.text import T
from mihariban.office.faults.models import Fault, Stoppage
from mihariban.office.sites.models import Kiosk


@dataclass(frozen=True, slots=True)
class KioskState:
    """A kiosk now.

    Attributes:
        kiosk: its id.
        in_service: whether anybody may use it, as far as faults go; hours are another matter.
        since: out of service from; None while in service.
        kind: of the fault, see ``words.KINDS``.
        expected: when it is expected to work again, as the staff wrote it; "" where nobody knows.
        fault: number of the fault; not for the public.
    """

    kiosk: str
    in_service: bool
    since: datetime | None = None
    kind: str = ""
    expected: str = ""
    fault: int | None = None

    @property
    def sentence(self) -> T:
        """For users: no cause, no detail."""
        if self.since is None:
            return T("ご利用いただけます。", "In service.")
        when = f"（復旧の見込み：{self.expected}）" if self.expected else ""
        when_en = f" (expected to work again: {self.expected})" if self.expected else ""
        return T(f"故障のためご利用いただけません{when}。", f"Out of order{when_en}.")

    @property
    def since_text(self) -> str:
        """``since`` as clerks write it."""
        return era_text(self.since) if self.since else ""


def kiosk_state(kiosk: Kiosk | str) -> KioskState:
    """One kiosk now."""
    key = kiosk if isinstance(kiosk, str) else kiosk.pk
    return kiosk_states([key])[key]


def kiosk_states(kiosks: Iterable[Kiosk | str]) -> dict[str, KioskState]:
    """Several kiosks now, by id, with one query. Where several faults stop one, the longest lasting is told."""
    keys = [each if isinstance(each, str) else each.pk for each in kiosks]
    found = {key: KioskState(key, True) for key in keys}
    rows = Stoppage.objects.filter(ended=None, fault__kiosk__in=keys).select_related("fault").order_by("-began", "-pk")
    for row in rows:
        fault = row.fault
        found[fault.kiosk_id] = KioskState(fault.kiosk_id, False, row.began, fault.kind, fault.expected, fault.pk)
    return found


def open_faults() -> list[Fault]:
    """Faults that are not confirmed yet, those that stop a kiosk first, then the oldest: for today's screen."""
    rows = Fault.objects.exclude(state="confirmed").select_related("kiosk").prefetch_related("stoppages")
    return sorted(rows.order_by("since", "pk"), key=lambda fault: not fault.is_stopped)
