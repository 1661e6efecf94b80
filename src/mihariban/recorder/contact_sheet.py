"""Small pictures side by side with their captions, as one PNG (ISO/IEC 15948)."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from mihariban.recorder.sources.scene.digits import text

Picture = NDArray[np.uint8]

_GAP, _CAPTION = 8, 22
_PAPER, _INK = 250, 26


def contact_sheet(pictures: list[tuple[Picture, str]], columns: int) -> bytes:
    """Lay out pictures of shape (height, width, 3) in rows, each with a caption of digits under it.

    Raises:
        ValueError: no column.
    """
    if columns < 1:
        raise ValueError("a contact sheet needs a column")
    if not pictures:
        return png(np.full((_CAPTION, 200, 3), _PAPER, np.uint8))
    small = [(_half(picture), caption) for picture, caption in pictures]
    height, width = max(p.shape[0] for p, _ in small), max(p.shape[1] for p, _ in small)
    rows = -(-len(small) // columns)
    columns = min(columns, len(small))
    size = (_GAP + rows * (height + _CAPTION + _GAP), _GAP + columns * (width + _GAP), 3)
    sheet = np.full(size, _PAPER, np.uint8)
    for number, (picture, caption) in enumerate(small):
        row, column = divmod(number, columns)
        top, left = _GAP + row * (height + _CAPTION + _GAP), _GAP + column * (width + _GAP)
        sheet[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
        mask = text(caption, 2)[:, :width]
        below = sheet[top + height + 4 : top + height + 4 + mask.shape[0], left : left + mask.shape[1]]
        below[mask] = _INK
    return png(sheet)


def png(picture: Picture) -> bytes:
    """An RGB picture of shape (height, width, 3) as PNG."""
    height, width = picture.shape[:2]
    lines = b"".join(b"\x00" + picture[row].tobytes() for row in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _part(b"IHDR", head) + _part(b"IDAT", zlib.compress(lines, 6)) + _part(b"IEND", b"")


def _part(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _half(picture: Picture) -> Picture:
    even = picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2].astype(np.uint16)
    mean = (even[0::2, 0::2] + even[1::2, 0::2] + even[0::2, 1::2] + even[1::2, 1::2]) // 4
    return mean.astype(np.uint8)
