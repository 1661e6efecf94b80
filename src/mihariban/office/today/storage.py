"""A recorder and its storage now, in words: what today's screen says of it below, and on the tile of each kiosk that it
films."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mihariban.office.base.text import T
from mihariban.office.sites.figures import Figures
from mihariban.office.sites.models import SeenFinding, SeenStatus
from mihariban.office.today.words import Words, silence

SHORT: Final = "capacity_short"
"""The finding of a recorder that says so itself."""


@dataclass(frozen=True, slots=True)
class StorageNow:
    """A recorder's storage.

    Attributes:
        recorder: its id.
        state: what is wrong with the machine or its storage; enough, or not known, where nothing is.
        forecast: how long footage lives; None where the recorder does not answer.
        silent: nothing is known of it now. Its cameras say so too.
        told: a finding says it already.
    """

    recorder: str
    state: Words
    forecast: T | None
    silent: bool
    told: bool


def storage_now(recorder: str, seen: SeenStatus | None, findings: Sequence[SeenFinding], now: datetime) -> StorageNow:
    """The state of one recorder. ``findings``: those that last, alarms first; its cameras' own are no matter here."""
    own = [each for each in findings if each.recorder_id == recorder and not each.camera]
    quiet = silence(seen, now)
    if quiet is not None or seen is None:
        return StorageNow(recorder, quiet or Words(T("", "")), None, True, bool(own))
    figures = Figures.from_json(seen.figures)
    forecast = figures.storage_words()
    state = _state(figures, [each for each in own if each.code != SHORT])
    told = bool(own) if state.word != _SHORT else any(each.code == SHORT for each in own)
    return StorageNow(recorder, state, forecast, False, told)


_SHORT: Final = T("不足", "short")


def _state(figures: Figures, others: Sequence[SeenFinding]) -> Words:
    """The worst first. That it will be short some day is no alarm of today, just as the recorder itself has it."""
    if others and others[0].severity == "alarm":
        return Words(T("異常", "Alarm"), others[0].text, "error")
    if figures.enough is False:
        return Words(_SHORT, None, "warn")
    if others:
        return Words(T("注意", "Look at it"), others[0].text, "warn")
    if figures.enough:
        return Words(T("十分", "enough"), None, "good")
    return Words(T("見通しなし", "no forecast yet"))
