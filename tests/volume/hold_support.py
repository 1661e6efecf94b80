"""Visits with groups of pictures, as cameras send them, for the tests of holds."""

from __future__ import annotations

from collections.abc import Iterable

from mihariban.base.clock import SECOND, TurnedClock
from mihariban.volume import Chunk, ClipHeader, ClipKind, CodecConfig, Sample, Volume
from mihariban.volume.copying import shots_of

CONFIG = CodecConfig("h264", 64, 48, (1, 1000), b"parameter-sets--", "annexb")
FRAME = SECOND // 4
"""Four pictures a second; a group of eight pictures is two seconds and two chunks."""


def pictures(clock: TurnedClock, number: int, mark: bytes, size: int = 500, *, config: bool) -> Chunk:
    """One second: four pictures, the first of every second one a key frame."""
    samples = tuple(
        Sample(size, number * 1000 + 250 * i, number * 1000 + 250 * i, 0, i == 0 and number % 2 == 0) for i in range(4)
    )
    data = b"".join((mark + b"%04d-%d." % (number, i)).ljust(size, b"~") for i in range(4))
    notes = {"visit": {"entered": number}} if number == 0 else {}
    return Chunk(
        0, clock.wall(), clock.monotonic(), clock.boot_id(), "ok", CONFIG if config else None, samples, data, notes
    )


def visit(
    volume: Volume,
    clock: TurnedClock,
    seconds: int = 6,
    *,
    camera: str = "front",
    mark: bytes = b"visit",
    size: int = 500,
    **header: int,
) -> bytes:
    """A committed clip of so many seconds; the clock is at its end afterwards."""
    writer = volume.begin_clip(camera, ClipHeader(mark.ljust(16, b"-")[:16], **header))
    for number in range(seconds):
        chunk = pictures(clock, number, mark, size, config=number == 0)
        if not writer.append(chunk):
            assert number == 0, "choose sizes that fit"
            writer.close()
            writer = volume.begin_clip(camera, ClipHeader(mark.ljust(16, b"-")[:16], **header), new_region=True)
            assert writer.append(chunk)
        clock.turn(SECOND)
    writer.close(notes={"reason": "left"})
    volume.commit()
    return writer.clip


def shown(volume: Volume, clips: Iterable[bytes]) -> list[tuple[int, bytes]]:
    """(moment, bytes) of everything displayed by these clips, in order."""
    shots = [shot for clip in clips for shot in shots_of(list(volume.read(clip))) if not shot.sample.lead_in]
    return sorted((shot.wall, shot.data) for shot in shots)


def readable(volume: Volume, kind: ClipKind = ClipKind.VISIT) -> list[bytes]:
    """The clips of a kind that may be read now."""
    now = volume.clock.wall()
    return [info.clip for info in volume.clips(kind=kind) if info.held or info.deadline > now]
