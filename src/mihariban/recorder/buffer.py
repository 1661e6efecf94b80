"""The last seconds of compressed video in memory, in whole groups, so that a late decision loses nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from mihariban.recorder.packet import Packet


class GroupBuffer:
    """Packets since the key frame that a look back of ``span`` nanoseconds needs.

    A group is a key frame and what follows it in decoding order. Groups leave from the old end as soon as a later key
    frame is old enough; where the camera sends groups of absurd length, ``most_bytes`` wins and the look back is
    shorter.

    Args:
        span: how far back (ns) a caller may ask.
        most_bytes: memory limit.
    """

    def __init__(self, span: int, most_bytes: int = 48 << 20) -> None:
        self._span = span
        self._most_bytes = most_bytes
        self._groups: deque[list[Packet]] = deque()
        self._sizes: deque[int] = deque()
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """Compressed bytes held."""
        return self._bytes

    def add(self, packet: Packet) -> None:
        """Take one packet in decoding order. Packets before the first key frame cannot be decoded and are dropped."""
        if packet.broken:
            self.clear()
        if packet.key:
            self._groups.append([])
            self._sizes.append(0)
        if not self._groups:
            return
        self._groups[-1].append(packet)
        self._sizes[-1] += len(packet.data)
        self._bytes += len(packet.data)
        self._trim(packet.wall)

    def clear(self) -> None:
        """Forget everything: the time line was cut."""
        self._groups.clear()
        self._sizes.clear()
        self._bytes = 0

    def since(self, wall: int, not_before: int) -> Iterator[Packet]:
        """All packets from the last key frame displayed at or before ``wall``.

        Where that key frame is displayed before ``not_before`` (the opening minute), the first later one is taken.
        Yields nothing where no key frame qualifies.
        """
        start = None
        for index, group in enumerate(self._groups):
            shown = group[0].wall
            if shown < not_before:
                continue
            if start is None or shown <= wall:
                start = index
        if start is None:
            return
        for group in list(self._groups)[start:]:
            yield from group

    def newest_group(self) -> list[Packet]:
        """The last key frame and what came after it."""
        return list(self._groups[-1]) if self._groups else []

    def group_before(self, packet: Packet) -> list[Packet]:
        """The packets of the group that ``packet`` belongs to, from its key frame up to but without ``packet``."""
        for group in reversed(self._groups):
            if group and group[0].dts <= packet.dts and group[0].config is packet.config:
                return [each for each in group if each.dts < packet.dts]
        return []

    def _trim(self, now: int) -> None:
        while len(self._groups) > 1 and (self._groups[1][0].wall <= now - self._span or self._bytes > self._most_bytes):
            self._groups.popleft()
            self._bytes -= self._sizes.popleft()
