"""What a camera's health remembers over a restart: the view, how sharp and grainy it was, and what stream it came in.

The view is an outline of the place: like every picture it is to be kept encrypted, in the ring beside the empty scene.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihariban.recorder.health.errors import ViewUnreadable
from mihariban.recorder.health.view import Field

_MAGIC = b"MHVW1\n"
_MOST_PIXELS = 1 << 20
_LEVELS = 127.0


@dataclass(slots=True)
class CameraMemory:
    """Learned while nobody was there.

    Attributes:
        view: mean edge field of the empty scene; None until learned.
        sharp: sharpness of each patch, NaN where it never had an edge.
        sharp_count: pictures it was learned from.
        grain: usual liveliness of its grain (``grain.liveliness``); None until seen.
        lively: pairs of pictures that differed.
        stream: codec, width and height; None until seen.
        changed: something was learned since this was last reset by whoever stores it.
    """

    view: Field | None = None
    sharp: NDArray[np.float32] | None = None
    sharp_count: int = 0
    grain: float | None = None
    lively: int = 0
    stream: tuple[str, int, int] | None = None
    changed: bool = False

    def to_bytes(self) -> bytes:
        """As bytes of our own format, with a checksum."""
        shape = None if self.view is None else list(self.view.shape)
        sharp = None if self.sharp is None else [None if np.isnan(v) else round(float(v), 6) for v in self.sharp]
        head = {
            "shape": shape,
            "sharp": sharp,
            "sharp_count": self.sharp_count,
            "grain": self.grain,
            "lively": self.lively,
            "stream": self.stream,
        }
        body = json.dumps(head).encode() + b"\n"
        if self.view is not None:
            parts = np.stack((self.view.real, self.view.imag))
            body += np.rint(parts * _LEVELS).astype(np.int8).tobytes()
        return _MAGIC + zlib.crc32(body).to_bytes(4, "big") + body

    @classmethod
    def from_bytes(cls, data: bytes) -> CameraMemory:
        """Read what ``to_bytes`` wrote.

        Raises:
            ViewUnreadable: damaged, or not ours.
        """
        body = data[len(_MAGIC) + 4 :]
        sum_ = data[len(_MAGIC) : len(_MAGIC) + 4]
        if not data.startswith(_MAGIC) or zlib.crc32(body).to_bytes(4, "big") != sum_:
            raise ViewUnreadable(why="checksum")
        try:
            return _parse(body)
        except (ValueError, KeyError, TypeError) as error:
            raise ViewUnreadable(why=type(error).__name__) from error


def _parse(body: bytes) -> CameraMemory:
    line, _, rest = body.partition(b"\n")
    head = json.loads(line)
    memory = CameraMemory(
        sharp_count=int(head["sharp_count"]),
        grain=None if head["grain"] is None else float(head["grain"]),
        lively=int(head["lively"]),
    )
    if head["stream"] is not None:
        codec, width, height = head["stream"]
        memory.stream = str(codec), int(width), int(height)
    if head["sharp"] is not None:
        memory.sharp = np.array([np.nan if value is None else value for value in head["sharp"]], dtype=np.float32)
    if head["shape"] is not None:
        height, width = (int(side) for side in head["shape"])
        if not 0 < height * width <= _MOST_PIXELS:
            raise ValueError("size")
        parts = np.frombuffer(rest, dtype=np.int8).reshape(2, height, width).astype(np.float32) / np.float32(_LEVELS)
        memory.view = (parts[0] + 1j * parts[1]).astype(np.complex64)
    return memory
