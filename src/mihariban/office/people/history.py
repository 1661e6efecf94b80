"""What a record said before it was corrected."""

from __future__ import annotations

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.people.models import Correction, Designation, Holding


def keep_before(row: Holding | Designation, reason: str, acting: Acting) -> None:
    """Keep the present value of a row beside it; inside the action that changes it."""
    Correction.objects.create(
        holding=row if isinstance(row, Holding) else None,
        designation=row if isinstance(row, Designation) else None,
        at=now(),
        by=acting.user.person if acting.user else None,
        reason=reason,
        first=row.first,
        last=row.last,
        void=row.void,
        document=row.document,
    )
