"""The empty scene under each of its lights, and how far a picture differs from all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from mihariban.recorder.presence.arrays import REACH, Grey, Mask, Print
from mihariban.recorder.presence.settings import PresenceSettings

_WHITE: Final = np.float32(248 - 128)  # levels around middle grey; overexposed, nothing can be seen there
_BRIGHT: Final = np.float32(160 - 128)  # where the scene is bright anyway
_STRUCTURE: Final = 40.0  # levels squared; a gain can be told from such windows
_AMPLIFIED_MOST: Final = 3.0
_NOISE_UP: Final = 0.3  # noise is believed quickly and forgotten slowly: a clock's digit changes once a minute
_NOISE_DOWN_S: Final = 300.0


class Reference:
    """One empty scene: the picture, and the unexplained variance that is normal at each place.

    Attributes:
        print: the picture, prepared.
        noise: learned normal ``unexplained`` per window, levels squared.
        seen: wall ns when the scene last looked like this.
        sure: False while the scene was only presumed to be empty.
    """

    __slots__ = ("noise", "print", "seen", "sure")

    def __init__(self, picture: Grey, noise: Grey, seen: int, *, sure: bool) -> None:
        self.print = Print(picture)
        self.noise = noise
        self.seen = seen
        self.sure = sure


@dataclass(frozen=True, slots=True)
class Difference:
    """How a picture differs from the empty scene nearest to it.

    Attributes:
        reference: that scene; None while no empty scene is known.
        mask: watched windows that it does not explain.
        share: of the watched windows, 0 to 1.
        rest: the unexplained variance itself.
    """

    reference: Reference | None
    mask: Mask
    share: float
    rest: Grey


class SceneMemory:
    """Pictures of the empty scene under its several lights.

    Args:
        references: most recently matched first.
    """

    def __init__(self, references: list[Reference] | None = None) -> None:
        self.references: list[Reference] = references or []
        self.changed = False

    @property
    def shape(self) -> tuple[int, int] | None:
        """Height and width of the remembered pictures; None while there are none."""
        if not self.references:
            return None
        height, width = self.references[0].print.picture.shape
        return int(height), int(width)

    def to_bytes(self) -> bytes:
        """The memory as bytes of our own format: a picture of the place, to be kept encrypted."""
        from mihariban.recorder.presence.scene_file import pack

        return pack(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> SceneMemory:
        """Read what ``to_bytes`` wrote.

        Raises:
            SceneUnreadable: not a scene memory, of a later version, or damaged.
        """
        from mihariban.recorder.presence.scene_file import unpack

        return unpack(data)


class Scene:
    """Compares pictures with a memory and lets the memory learn.

    Args:
        watched: the zone at picture size.
    """

    def __init__(self, settings: PresenceSettings, watched: Mask, memory: SceneMemory) -> None:
        self._settings = settings
        self.watched: Mask = watched[REACH:-REACH, REACH:-REACH]
        self.area = max(1, int(self.watched.sum()))
        self.rim = _rim(self.watched)
        self._weak = np.float32(settings.edge_level**2 / 4)  # variance of a window halved by a step of edge_level
        self.memory = memory

    def limit(self, reference: Reference | None) -> Grey:
        """Variance that a window must exceed to count as different."""
        if reference is None:
            return np.full(self.watched.shape, self._weak, dtype=np.float32)
        limit: Grey = np.maximum(self._weak, reference.noise * np.float32(self._settings.noise_factor))
        return limit

    def differing(self, rest: Grey, reference: Reference | None) -> Mask:
        """Windows whose unexplained variance is more than noise, learned or seen in this very picture.

        The quieter third of the picture tells the present noise; capped, lest somebody close to the lens passes for it.
        """
        sample = rest[::2, ::2].ravel()
        quiet = float(np.partition(sample, sample.size * 3 // 10)[sample.size * 3 // 10])
        noise = min(quiet * self._settings.present_noise_factor, self._settings.noise_cap)
        found: Mask = rest > np.maximum(self.limit(reference), np.float32(noise))
        return found

    def share(self, mask: Mask) -> float:
        """Marked windows as a share of the watched ones."""
        return float(np.count_nonzero(mask)) / self.area

    def difference(self, seen: Print) -> Difference:
        """Against the reference that explains most; the last one to match is asked first and mostly answers."""
        best: Difference | None = None
        for reference in self.memory.references:
            found = self._against(reference, seen)
            if best is None or found.share < best.share:
                best = found
            if found.share < self._settings.leave_share:
                break
        if best is None:
            return Difference(None, self.watched, 1.0, seen.variance)
        return best

    def _against(self, reference: Reference, seen: Print) -> Difference:
        rest, gain = seen.fitted(reference.print)
        rest /= _amplified(gain, reference)
        brightest = seen.mean + np.sqrt(np.maximum(seen.variance, 0))
        dazzled = (brightest > _WHITE) & (reference.print.mean > _BRIGHT)
        mask = self.differing(rest, reference) & self.watched & ~dazzled
        return Difference(reference, mask, self.share(mask), rest)

    def changes(self, before: Print, after: Print, reference: Reference | None) -> Mask:
        """Windows of the whole picture that differ between two pictures of one scene."""
        return self.differing(after.unexplained(before), reference)

    def follow(self, reference: Reference, seen: Print, rest: Grey, gap_s: float) -> None:
        """Learn from a picture of the empty zone: normal noise, and slow daylight."""
        down = np.float32(1 - math.exp(-gap_s / _NOISE_DOWN_S))
        rate = np.where(rest > reference.noise, np.float32(_NOISE_UP), down)
        reference.noise += rate * (rest - reference.noise)
        weight = np.float32(1 - math.exp(-gap_s / self._settings.light_time_s))
        picture = reference.print.picture
        reference.print = Print(picture + weight * (seen.picture - picture))
        self.memory.changed = True

    def restless(self, reference: Reference, mask: Mask, rest: Grey) -> None:
        """Something that nobody carried in changes here (a screen): such a change is normal from now on."""
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        place = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))  # screens are rectangles
        usual = np.maximum(rest[place], rest[mask].mean())
        reference.noise[place] = np.maximum(reference.noise[place], usual)
        self.memory.changed = True

    def touch(self, reference: Reference, wall: int) -> None:
        """Move ``reference`` to the front: the scene looks like this now."""
        reference.seen = wall
        references = self.memory.references
        if references[0] is not reference:
            references.remove(reference)
            references.insert(0, reference)

    def adopt(self, picture: Grey, wall: int, *, sure: bool, noise: Grey | None = None) -> Reference:
        """Remember a further empty scene; the longest unseen one makes room. Its noise is that of the last one."""
        if noise is None:
            noise = np.zeros(self.watched.shape, dtype=np.float32)
            if self.memory.references:
                noise = self.memory.references[0].noise.copy()
        reference = Reference(picture, noise, wall, sure=sure)
        self.memory.references.insert(0, reference)
        del self.memory.references[self._settings.references :]
        self.memory.changed = True
        return reference

    def forget(self, reference: Reference) -> None:
        """Drop a scene that proved not to be empty."""
        self.memory.references.remove(reference)
        self.memory.changed = True


def _amplified(gain: Grey, reference: Reference) -> np.float32:
    """By how much the camera amplifies noise against then: the usual gain squared, where the scene has structure."""
    structured = gain[::2, ::2][reference.print.variance[::2, ::2] > _STRUCTURE]
    if not structured.size:
        return np.float32(1)
    usual = float(np.median(structured))
    return np.float32(min(_AMPLIFIED_MOST, max(1.0, usual * usual)))


def _rim(mask: Mask) -> Mask:
    """Marked pixels within two of an unmarked one or of the edge: where people come in and go out."""
    height, width = mask.shape
    framed = np.zeros((height + 4, width + 4), dtype=np.bool_)
    framed[2:-2, 2:-2] = mask
    inner = np.ones_like(mask)
    for down in range(5):
        for right in range(5):
            inner &= framed[down : down + height, right : right + width]
    rim: Mask = mask & ~inner
    return rim
