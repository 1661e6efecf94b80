"""Pictures that are shown once: in memory alone, for a short while, given out a single time."""

from __future__ import annotations

import secrets
import threading

from mihariban.base.clock import MINUTE
from mihariban.office.base.clock import clock

LIVES = 2 * MINUTE
MOST = 8
"""Pictures at once; the oldest goes."""


class Once:
    """A few pictures of one process. Nothing of them is on disk, in a session or in the database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, tuple[int, int, bytes]] = {}

    def put(self, owner: int, data: bytes) -> str:
        """Hold a picture for the owner of an account; returns the word it is asked for by."""
        word = secrets.token_urlsafe(24)
        with self._lock:
            self._forget_old()
            while len(self._held) >= MOST:
                del self._held[next(iter(self._held))]
            self._held[word] = (owner, clock().monotonic() + LIVES, data)
        return word

    def take(self, owner: int, word: str) -> bytes | None:
        """The picture, the first time its owner asks within two minutes; else None."""
        with self._lock:
            self._forget_old()
            found = self._held.get(word)
            if found is None or found[0] != owner:
                return None
            del self._held[word]
            return found[2]

    def _forget_old(self) -> None:
        at = clock().monotonic()
        for word in [word for word, (_, until, _) in self._held.items() if until <= at]:
            del self._held[word]


STILLS = Once()
