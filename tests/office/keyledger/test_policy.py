"""Role x state, and that each action asks its policy: who may not changes nothing and enters nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import pytest
from django.db import transaction

from mihariban.office.base.acting import Acting, Role
from mihariban.office.base.dates import now
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.keyledger.actions.bring_back_key import bring_back_key
from mihariban.office.keyledger.actions.change_key import change_key
from mihariban.office.keyledger.actions.confirm_use import confirm_use
from mihariban.office.keyledger.actions.correct_use import correct_use
from mihariban.office.keyledger.actions.count_keys import count_keys
from mihariban.office.keyledger.actions.explain_opening import explain_opening
from mihariban.office.keyledger.actions.register_key import register_key
from mihariban.office.keyledger.actions.retire_key import retire_key
from mihariban.office.keyledger.actions.set_limit import set_limit
from mihariban.office.keyledger.actions.take_key import take_key
from mihariban.office.keyledger.actions.watch_keys import watch_keys
from mihariban.office.keyledger.board import limit_row
from mihariban.office.keyledger.models import Key, KeyUse, Opening
from mihariban.office.sites.models import RecorderUnit

HEADS = {"manager", "deputy"}
STAFF = {"manager", "deputy", "operator"}
NOBODY: set[str] = set()
CASES = [
    # action, state of the key or use, who may
    ("register", "in", HEADS),
    ("change", "in", HEADS),
    ("change", "out", HEADS),
    ("change", "retired", NOBODY),
    ("retire", "in", HEADS),
    ("retire", "out", NOBODY),
    ("retire", "retired", NOBODY),
    ("take", "in", STAFF),
    ("take", "out", NOBODY),
    ("take", "back", STAFF),
    ("take", "retired", NOBODY),
    ("bring", "out", STAFF),
    ("bring", "back", NOBODY),
    ("bring", "confirmed", NOBODY),
    ("correct", "out", STAFF),
    ("correct", "back", STAFF),
    ("correct", "confirmed", HEADS),
    ("confirm", "out", NOBODY),
    ("confirm", "back", HEADS),
    ("confirm", "confirmed", NOBODY),
    ("count", "in", STAFF),
    ("count", "out", STAFF),
    ("explain", "open", HEADS),
    ("explain", "explained", NOBODY),
    ("limit", "in", HEADS),
    ("watch", "late", {"system"}),
]


@pytest.fixture
def world(key: Key, clerk: Acting, manager: Acting, recorder: RecorderUnit) -> Callable[[str], dict[str, Any]]:
    """Brings key and use into a state."""

    def make(state: str) -> dict[str, Any]:
        made: dict[str, Any] = {"key": key}
        if state in ("out", "back", "confirmed", "late"):
            made["use"] = use = take_key(key, purpose="check", stamp=key.stamp, acting=clerk)
            if state in ("back", "confirmed"):
                bring_back_key(use, opened=True, stamp=use.stamp, acting=clerk)
            if state == "confirmed":
                confirm_use(use, stamp=use.stamp, acting=manager)
            if state == "late":
                KeyUse.objects.update(out_at=now().replace(year=2026, month=1))
        if state == "retired":
            retire_key(key, reason="紛失", stamp=key.stamp, acting=manager)
        if state in ("open", "explained"):
            made["opening"] = opening = Opening.objects.create(recorder=recorder, first=now(), last=now())
            if state == "explained":
                explain_opening(opening, reason="停電", stamp=opening.stamp, acting=manager)
        key.refresh_from_db()
        return made

    return make


def _do(name: str, w: dict[str, Any], acting: Acting) -> object:
    key, use, opening = w["key"], w.get("use"), w.get("opening")
    facts: dict[str, Any] = {"label": "鍵", "opens": "箱", "hangs": "庫", "pieces": 1, "recorder": None}
    deeds: dict[str, Callable[[], object]] = {
        "register": lambda: register_key(**facts, acting=acting),
        "change": lambda: change_key(key, **facts, stamp=key.stamp, acting=acting),
        "retire": lambda: retire_key(key, reason="紛失", stamp=key.stamp, acting=acting),
        "take": lambda: take_key(key, purpose="check", stamp=key.stamp, acting=acting),
        "bring": lambda: bring_back_key(use, opened=False, stamp=use.stamp, acting=acting),  # type: ignore[arg-type, union-attr]  # these states have one
        "correct": lambda: correct_use(use, field="remark", value="x", reason="誤記", stamp=use.stamp, acting=acting),  # type: ignore[arg-type, union-attr]  # the same
        "confirm": lambda: confirm_use(use, stamp=use.stamp, acting=acting),  # type: ignore[arg-type, union-attr]  # the same
        "count": lambda: count_keys({key.pk: 2 if use is None else 0}, acting=acting),
        "explain": lambda: explain_opening(opening, reason="停電", stamp=opening.stamp, acting=acting),  # type: ignore[arg-type, union-attr]  # the same
        "limit": lambda: set_limit(30, stamp=limit_row().stamp, acting=acting),
        "watch": lambda: watch_keys(acting=acting),
    }
    return deeds[name]()


@pytest.mark.parametrize(("name", "state", "may"), CASES, ids=[f"{name}-{state}" for name, state, _ in CASES])
def test_role_by_state(
    name: str, state: str, may: set[str], world: Callable[[str], dict[str, Any]], clerk: Acting
) -> None:
    """Who may does it and it is entered; who may not leaves nothing behind. A deputy outside an activation has no role."""
    made = world(state)
    before = ledger().store.size()
    for role in (*get_args(Role), None):
        acting = replace(clerk, roles=frozenset([role] if role else []))
        if role not in may:
            with pytest.raises(NotAllowed) as refused:
                _do(name, made, acting)
            assert "。" in refused.value.text("ja") and refused.value.text("en").endswith("."), role
            assert ledger().store.size() == before, role
            continue
        with transaction.atomic():
            _do(name, made, acting)
            assert ledger().store.size() > before, role
            transaction.set_rollback(True)
        for row in made.values():
            row.refresh_from_db()
