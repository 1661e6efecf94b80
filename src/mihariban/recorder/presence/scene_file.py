"""Bytes of a scene memory: version, count, shape, then each reference compressed; SHA-256 over all of it at the end."""

from __future__ import annotations

import hashlib
import struct
import zlib
from typing import Final

import numpy as np

from mihariban.recorder.presence.arrays import REACH, Grey
from mihariban.recorder.presence.errors import SceneUnreadable
from mihariban.recorder.presence.scene import Reference, SceneMemory

_MAGIC: Final = b"MHSC"
_VERSION: Final = 1
_HEAD: Final = struct.Struct(">4sBBHH")  # magic, version, references, height, width
_ENTRY: Final = struct.Struct(">QBII")  # seen, sure, bytes of the picture, bytes of the noise
_STEPS: Final = 32.0  # a level is kept in 1/32: below the noise of any camera
_DIGEST: Final = 32
_MAX_SIDE: Final = 4096


def pack(memory: SceneMemory) -> bytes:
    """``memory`` as bytes."""
    height, width = memory.shape or (0, 0)
    parts = [_HEAD.pack(_MAGIC, _VERSION, len(memory.references), height, width)]
    for reference in memory.references:
        picture = zlib.compress(np.rint(reference.print.picture * _STEPS).astype("<i2").tobytes())
        noise = zlib.compress(reference.noise.astype("<f2").clip(0, 60_000).tobytes())
        parts += [_ENTRY.pack(reference.seen, reference.sure, len(picture), len(noise)), picture, noise]
    body = b"".join(parts)
    return body + hashlib.sha256(body).digest()


def unpack(data: bytes) -> SceneMemory:
    """The memory that ``pack`` wrote.

    Raises:
        SceneUnreadable: not a scene memory, of a later version, or damaged.
    """
    body, digest = data[:-_DIGEST], data[-_DIGEST:]
    if len(body) < _HEAD.size or hashlib.sha256(body).digest() != digest:
        raise SceneUnreadable(why="damaged")
    magic, version, count, height, width = _HEAD.unpack_from(body)
    if magic != _MAGIC or version != _VERSION:
        raise SceneUnreadable(why=f"version {version}")
    if count and not (REACH * 2 < height <= _MAX_SIDE and REACH * 2 < width <= _MAX_SIDE):
        raise SceneUnreadable(why=f"size {width}x{height}")
    try:
        return SceneMemory(list(_entries(body, count, height, width)))
    except (ValueError, struct.error, zlib.error) as error:
        raise SceneUnreadable(why=str(error)) from error


def _entries(body: bytes, count: int, height: int, width: int) -> list[Reference]:
    found, at = [], _HEAD.size
    for _ in range(count):
        seen, sure, picture_size, noise_size = _ENTRY.unpack_from(body, at)
        at += _ENTRY.size
        picture = _array(body[at : at + picture_size], "<i2", height, width) / np.float32(_STEPS)
        at += picture_size
        noise = _array(body[at : at + noise_size], "<f2", height - 2 * REACH, width - 2 * REACH)
        at += noise_size
        found.append(Reference(picture.astype(np.float32), noise, seen, sure=bool(sure)))
    return found


def _array(packed: bytes, kind: str, height: int, width: int) -> Grey:
    unpacker = zlib.decompressobj()
    raw = unpacker.decompress(packed, height * width * 2 + 1)
    return np.frombuffer(raw, dtype=kind).reshape(height, width).astype(np.float32)
