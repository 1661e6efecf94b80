"""Sample keys and uses for the demo, by the app's own actions."""

from __future__ import annotations

from datetime import timedelta

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.keyledger.actions.bring_back_key import bring_back_key
from mihariban.office.keyledger.actions.confirm_use import confirm_use
from mihariban.office.keyledger.actions.correct_use import correct_use
from mihariban.office.keyledger.actions.count_keys import count_keys
from mihariban.office.keyledger.actions.register_key import register_key
from mihariban.office.keyledger.actions.take_key import take_key
from mihariban.office.keyledger.board import expected
from mihariban.office.keyledger.models import Key, KeyUse
from mihariban.office.keyledger.registers import storage
from mihariban.office.sites.models import RecorderUnit


def make_keys(manager: Acting, recorder: RecorderUnit | None) -> list[Key]:
    """A key of the case and its spare, where the rule says they hang."""
    place = storage().key_place_ja or "鍵保管庫"
    return [
        register_key(label=label, opens="レコーダーケース", hangs=place, pieces=1, recorder=recorder, acting=manager)
        for label in ("ケース鍵 1", "ケース鍵 2（予備）")
    ]


def make_sample(
    manager: Acting, operator: Acting, recorder: RecorderUnit | None, days: int = 5, *, today: bool = False
) -> list[KeyUse]:
    """Keys, a use on each of the days before today, brought back and confirmed but the last, and a count. Uses are
    entered now and dated back by corrections, as a clerk would who had forgotten them: nothing is smuggled in.

    Args:
        today: one more, just brought back, by whoever handles the recorder now.
    """
    first, _ = make_keys(manager, recorder)
    made = []
    for back in range(days, 0, -1):
        first.refresh_from_db()
        use = take_key(first, purpose="check", stamp=first.stamp, acting=operator, lamp="on")
        bring_back_key(use, opened=True, stamp=use.stamp, acting=operator, lamp="on", seal=f"S-{100 + back}")
        out = now().replace(hour=8, minute=10, second=0, microsecond=0) - timedelta(days=back)
        for field, at in (("out_at", out), ("in_at", out + timedelta(minutes=12))):
            correct_use(use, field=field, value=at, reason="後からの記入", stamp=use.stamp, acting=operator)
        if back > 1:
            confirm_use(use, stamp=use.stamp, acting=manager)
        made.append(use)
    if today:
        first.refresh_from_db()
        use = take_key(first, purpose="maintenance", stamp=first.stamp, acting=operator, lamp="on")
        bring_back_key(use, opened=True, stamp=use.stamp, acting=operator, lamp="on", seal="S-100")
        out = now() - timedelta(minutes=6)
        correct_use(use, field="out_at", value=out, reason="後からの記入", stamp=use.stamp, acting=operator)
        made.append(use)
    count_keys({key.pk: pieces for key, pieces in expected().items()}, acting=operator)
    return made
