"""The event feed: the recorder's ledger from a cursor on, with the texts that were not erased."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mihariban.ledger.entry import read_leaf
from mihariban.recorder.contract.facts import Event, EventPage
from mihariban.recorder.control import Control

_HASH = re.compile(r"[0-9a-f]{64}")


def event_page(control: Control, after: int, limit: int) -> EventPage:
    """Up to ``limit`` entries from number ``after`` on."""
    size = control.store.size()
    leaves = control.store.leaves(after, min(after + limit, size))
    events = [_event(control, after + number, leaf) for number, leaf in enumerate(leaves)]
    return EventPage(events=events, next=min(after + len(events), max(size, after)), size=size)


def _event(control: Control, seq: int, leaf: bytes) -> Event:
    entry = read_leaf(leaf)
    texts = {}
    for hash_ in _hashes(entry):
        made = control.store.text(bytes.fromhex(hash_))
        if made is not None:
            texts[hash_] = made.text
    return Event(seq=seq, entry=entry, texts=texts)


def _hashes(value: Any) -> Iterator[str]:
    """What may be a commitment, anywhere in an entry."""
    if isinstance(value, str) and _HASH.fullmatch(value):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _hashes(each)
    elif isinstance(value, list):
        for each in value:
            yield from _hashes(each)
