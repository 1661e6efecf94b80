"""The demo's set-up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from mihariban.office.base.ledger import ledger
from mihariban.office.people.sample import make_sample as sample_people
from mihariban.office.people.setup import is_signed
from mihariban.office.wizard.sample import make_sample


def test_it_is_signed_and_signed_once(saga: Path) -> None:
    """By the sample manager."""
    people = sample_people(date(2026, 4, 1))
    make_sample(people["it"], people["manager"])
    assert is_signed()
    size = ledger().store.size()
    make_sample(people["it"], people["manager"])
    assert ledger().store.size() == size
