"""Something hangs before the lens of the drawn camera for a while: does anybody notice?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

from mihariban.base.clock import SECOND, TurnedClock
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.packet import Packet
from mihariban.recorder.service import Recorder
from mihariban.recorder.sources.demo import DemoSource

COVERED_S = (15.0, 75.0)
_UNTIL_S = 100.0


@dataclass(slots=True)
class CoveredLens:
    """``red_after_s``: seconds from covering to the status that says so; None where it never did."""

    red_after_s: float | None = None
    green_again: bool = False


class _Covered:
    """The drawn scene up to a moment; whoever fetches packets sees the status in between."""

    live = False
    name = "demo:covered"

    def __init__(self, recorder: Recorder, client: RecorderClient, starts_at: int) -> None:
        self._recorder, self._client = recorder, client
        self._starts_at = starts_at
        self._source = DemoSource(starts_at=starts_at, covered=COVERED_S)
        self.found = CoveredLens()

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        for packet in self._source.packets(stop):
            since = (packet.wall - self._starts_at) / SECOND
            if since > _UNTIL_S:
                return
            if packet.key:
                self._ask(since)
            yield packet

    def _ask(self, since: float) -> None:
        state = self._client.status().state
        if state == "failing" and self.found.red_after_s is None and since > COVERED_S[0]:
            self.found.red_after_s = since - COVERED_S[0]
        if state != "failing" and self.found.red_after_s is not None and since > COVERED_S[1]:
            self.found.green_again = True


def cover_the_lens(recorder: Recorder, clock: TurnedClock, client: RecorderClient) -> CoveredLens:
    """Cover the lens, take the cover away, and tell what the recorder's status said meanwhile."""
    source = _Covered(recorder, client, clock.wall() + SECOND)
    recorder.record_to_the_end(source, recorder.channel(recorder.site.camera[0]), threading.Event())
    return source.found
