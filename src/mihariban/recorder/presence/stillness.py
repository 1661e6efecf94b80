"""How long has nothing moved at all? Every standing person sways; a bag does not."""

from __future__ import annotations

from mihariban.recorder.presence.arrays import Print
from mihariban.recorder.presence.sight import Context, Sight

_SWAY = 0.02  # of the area that differs from the empty scene; an outline moved by a pixel marks far more
_LEAST = 8  # windows
_HIDDEN = 0.6  # of that area changed at once is something in front of it, not a sway


class Stillness:
    """Compares what is in the zone with how it was, however long ago.

    Attributes:
        since: wall ns since when nothing has moved.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._anchor: Print | None = None
        self.since = 0

    def observe(self, sight: Sight) -> None:
        """Take in one sight of an occupied zone."""
        if self._anchor is None:
            self._reset(sight)
            return
        mask = sight.found.mask
        changed = int((self._context.differing(self._anchor, sight) & mask).sum())
        if changed >= max(_LEAST, _SWAY * int(mask.sum())):
            self._reset(sight)

    def _reset(self, sight: Sight) -> None:
        self._anchor, self.since = sight.print, sight.wall
