"""What every source is: something with a name that delivers packets until it ends, is lost, or is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Protocol

from mihariban.recorder.packet import Packet


class Source(Protocol):
    """A camera, a file, or the drawn scene.

    Attributes:
        name: for logs and errors; never with a password.
        live: True where the end of the stream means that the camera is lost; False where it is simply the end.
    """

    name: str
    live: bool

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        """One connection's packets in decoding order, until the end or until ``stop`` is set.

        Raises:
            SourceError: refused, stalled, unreadable. The caller may call again to reconnect.
        """
