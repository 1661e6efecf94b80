"""Episodes of movement during a visit: did somebody go, did somebody else take the place?"""

from __future__ import annotations

from dataclasses import dataclass, field

from mihariban.recorder.presence.arrays import Mask
from mihariban.recorder.presence.events import PresenceEvent
from mihariban.recorder.presence.sight import Context, Sight

_MOVING = 0.35  # of the person's own area; typing and turning move less, a step more
_DENSE_S = 0.6  # sights further apart than this were looks; they count only where much changed
_MOVING_AT_RIM = 0.2  # the same where it touches the rim of the zone: perhaps somebody comes or goes
_EXCHANGED = 0.5  # of the former person's area looks different afterwards: somebody else stands there
_GREW = 1.55  # both were in the zone at once: more than the larger of them alone,
_BOTH = 0.85  # and nearly as much as the two together; somebody leaning in to the lens is not
_SHRANK = 0.7  # what remains is clearly less than what was there
_RIM_S = 1.5  # the last that moved, moved at the rim


@dataclass(slots=True)
class _Episode:
    """From the first large movement until calm."""

    before: Sight | None
    began: int
    last: int
    peak: float = 0.0
    peak_at: int = 0
    at_rim: list[int] = field(default_factory=list)


class Movement:
    """Follows the large movements of one visit.

    Attributes:
        departed: wall ns when somebody was last seen going out while something stayed; None while nobody went.
        first_at_rim: wall ns of the end of the first movement where it ended at the rim; where the scene was only
            presumed to be empty, it may have been somebody's leave.
    """

    def __init__(self, context: Context, since: int) -> None:
        self._context = context
        self._episode: _Episode | None = _Episode(None, since, since)
        self._calm: Sight | None = None
        self.departed: int | None = None
        self.first_at_rim: int | None = None

    @property
    def going_on(self) -> bool:
        """Whether a movement has not yet come to rest."""
        return self._episode is not None

    def observe(self, sight: Sight) -> list[PresenceEvent]:
        """Take in one sight of an occupied zone; a hand-over is told when the movement has come to rest."""
        settings = self._context.settings
        if sight.moved_share >= max(settings.still_share, self._bar(sight) * sight.found.share):
            self._move(sight)
        episode = self._episode
        if episode is None:
            self._calm = sight
            return []
        if sight.since(episode.last) < settings.calm_s:
            return []
        self._episode, before = None, episode.before
        self._calm = sight
        return self._rest(episode, before, sight)

    def _bar(self, sight: Sight) -> float:
        if sight.gap_s > _DENSE_S:
            return self._context.settings.restart_share
        return _MOVING_AT_RIM if self._context.rim(sight.moved & sight.found.mask) else _MOVING

    def _move(self, sight: Sight) -> None:
        if self._episode is None:
            self._episode = _Episode(self._calm, sight.wall, sight.wall)
            self.departed = self.first_at_rim = None
        episode = self._episode
        episode.last = sight.wall
        if sight.found.share > episode.peak:
            episode.peak, episode.peak_at = sight.found.share, sight.wall
        if self._context.rim(sight.moved & sight.found.mask):
            episode.at_rim.append(sight.wall)

    def _rest(self, episode: _Episode, before: Sight | None, after: Sight) -> list[PresenceEvent]:
        out = episode.at_rim and (episode.last - episode.at_rim[-1]) / 1e9 <= _RIM_S
        if out and after.found.share < _SHRANK * episode.peak:
            self.departed = episode.last
        if out and before is None:
            self.first_at_rim = episode.last
        if before is None or not episode.at_rim:
            return []
        shares = (before.found.share, after.found.share)
        if episode.peak < max(_GREW * max(shares), _BOTH * sum(shares)):
            return []
        if self._exchanged(before, after) < _EXCHANGED:
            return []
        return [after.event("handover", episode.peak_at, "another_person")]

    def _exchanged(self, before: Sight, after: Sight) -> float:
        mask: Mask = before.found.mask
        changed = self._context.differing(before.print, after) & mask
        return float(changed.sum()) / max(1, int(mask.sum()))
