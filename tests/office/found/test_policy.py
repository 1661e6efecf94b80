"""Role x state x kind, and that each action asks its policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest
from django.db import transaction

from mihariban.office.base.acting import Acting, Role
from mihariban.office.base.dates import now
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.found.actions.correct_thing import correct_thing
from mihariban.office.found.actions.destroy_thing import destroy_thing
from mihariban.office.found.actions.enter_thing import enter_thing
from mihariban.office.found.actions.forget_texts import forget_texts
from mihariban.office.found.actions.hand_thing import hand_thing
from mihariban.office.found.actions.return_thing import return_thing
from mihariban.office.found.actions.set_span import set_span
from mihariban.office.found.models import Thing
from mihariban.office.found.shelf import setting
from mihariban.office.people.models import Person

HEADS = {"manager", "deputy"}
STAFF = {"manager", "deputy", "operator"}
NOBODY: set[str] = set()
WAYS = {
    # kind: what may be done with it
    "certificate": {"return", "destroy", "hand"},
    "misprint": {"destroy"},
    "jam": {"destroy"},
    "card": {"return", "hand"},
    "change": {"return", "hand"},
    "other": {"return", "hand"},
}
CASES = [
    ("enter", "certificate", "kept", STAFF),
    ("correct", "certificate", "kept", STAFF),
    ("correct", "certificate", "returned", HEADS),
    ("correct", "certificate", "destroyed", HEADS),
    ("correct", "certificate", "handed", HEADS),
    ("correct", "certificate", "forgotten", NOBODY),
    ("span", "certificate", "kept", HEADS),
    ("forget", "certificate", "old", {"system", "manager", "deputy"}),
    *(
        (way, kind, "kept", STAFF if way in ways else NOBODY)
        for kind, ways in WAYS.items()
        for way in ("return", "destroy", "hand")
    ),
    *(
        (way, "certificate", state, NOBODY)
        for way in ("return", "destroy", "hand")
        for state in ("returned", "destroyed", "handed", "forgotten")
    ),
]


def _state(thing: Thing, state: str, clerk: Acting, other: Person) -> None:
    if state in ("returned", "old", "forgotten"):
        return_thing(thing, recognised="licence", stamp=thing.stamp, acting=clerk)
    if state == "destroyed":
        destroy_thing(thing, method="shred", witnesses=[other], stamp=thing.stamp, acting=clerk)
    if state == "handed":
        hand_thing(thing, station="見本警察署", stamp=thing.stamp, acting=clerk)
    if state in ("old", "forgotten"):
        Thing.objects.update(closed_at=now() - timedelta(days=366))
    if state == "forgotten":
        forget_texts(acting=replace(clerk, roles=frozenset({"system"})))
    thing.refresh_from_db()


def _do(name: str, thing: Thing, acting: Acting, other: Person) -> object:
    to = {"stamp": thing.stamp, "acting": acting}
    deeds: dict[str, Callable[[], object]] = {
        "enter": lambda: enter_thing(kind="card", kiosk=None, found_at=now(), kept_at="金庫", acting=acting),
        "correct": lambda: correct_thing(thing, field="pieces", value=2, reason="数え直した", **to),  # type: ignore[arg-type]  # of these kinds
        "return": lambda: return_thing(thing, recognised="licence", **to),  # type: ignore[arg-type]  # the same
        "destroy": lambda: destroy_thing(thing, method="shred", witnesses=[other], **to),  # type: ignore[arg-type]  # the same
        "hand": lambda: hand_thing(thing, station="見本警察署", **to),  # type: ignore[arg-type]  # the same
        "span": lambda: set_span(text_days=30, witnesses=2, stamp=setting().stamp, acting=acting),
        "forget": lambda: forget_texts(acting=acting),
    }
    return deeds[name]()


@pytest.mark.parametrize(("name", "kind", "state", "may"), CASES, ids=["-".join(case[:3]) for case in CASES])
def test_role_by_state(
    name: str, kind: str, state: str, may: set[str], enter: Callable[..., Thing], clerk: Acting, other: Person
) -> None:
    """Who may does it and it is entered; who may not leaves nothing behind."""
    thing: Any = enter(kind)
    _state(thing, state, clerk, other)
    before = ledger().store.size()
    for role in (*get_args(Role), None):
        acting = replace(clerk, roles=frozenset([role] if role else []))
        if role not in may:
            with pytest.raises(NotAllowed) as refused:
                _do(name, thing, acting, other)
            assert "。" in refused.value.text("ja") and refused.value.text("en").endswith("."), role
            assert ledger().store.size() == before, role
            continue
        with transaction.atomic():
            _do(name, thing, acting, other)
            assert ledger().store.size() > before, role
            transaction.set_rollback(True)
        thing.refresh_from_db()
