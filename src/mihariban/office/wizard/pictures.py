"""A floor plan that somebody uploads: is it a picture, is it small enough, and only its pixels are kept."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256

import av

from mihariban.office.wizard.errors import PictureUnusable

BYTES = 10_000_000
SIDE = 8_000
PIXELS = 32_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_SIZED = frozenset((0xC0, 0xC1, 0xC2))
"""JPEG frames that decoders know: baseline, extended, progressive."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept: PNG, without whatever else was in the file."""

    png: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """Of the PNG."""
        return sha256(self.png).hexdigest()


def clean_picture(data: bytes) -> Picture:
    """The pixels of a PNG or JPEG as a new PNG.

    Raises:
        PictureUnusable: it is something else, broken, or too large; told before its pixels are unpacked.
    """
    if len(data) > BYTES:
        raise PictureUnusable(
            why_ja="ファイルが10MBを超えています。画像を小さくしてください。",
            why_en="The file is larger than 10 MB. Make the picture smaller.",
        )
    kind, width, height = _kind_and_size(data)
    if max(width, height) > SIDE or width * height > PIXELS or min(width, height) < 16:
        raise PictureUnusable(
            why_ja=f"画像の大きさ（{width}×{height}画素）が範囲外です。長い辺を8000画素まで、全体を3200万画素までにしてください。",
            why_en=f"{width} x {height} pixels is out of range: at most 8000 on a side and 32 million in all.",
        )
    try:
        return _drawn_anew(data, kind)
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise _broken() from error


def _kind_and_size(data: bytes) -> tuple[str, int, int]:
    if data.startswith(b"%PDF"):
        raise PictureUnusable(
            why_ja="PDFは受け取れません。図面をPNGかJPEGの画像に書き出して（または画面の写しを保存して）選んでください。",
            why_en="A PDF is not taken. Export the drawing as a PNG or JPEG picture and choose that.",
        )
    if data.startswith(_PNG) and data[12:16] == b"IHDR" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return "png_pipe", width, height
    if data.startswith(b"\xff\xd8"):
        return "jpeg_pipe", *_jpeg_size(data)
    raise PictureUnusable(why_ja="PNGかJPEGの画像ではありません。", why_en="It is neither a PNG nor a JPEG picture.")


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in _SIZED:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        if marker == 0xFF:  # a filler
            at += 1
            continue
        at += 2 + length
    raise _broken()


def _drawn_anew(data: bytes, kind: str) -> Picture:
    with av.open(io.BytesIO(data), "r", format=kind) as container:
        frame = next(container.decode(video=0), None)
    if frame is None:
        raise _broken()
    picture = frame.reformat(format="rgb24")
    encoder = av.CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt = picture.width, picture.height, "rgb24"
    encoder.time_base = Fraction(1, 25)  # a picture has none, and the encoder wants one
    picture.pts = 0
    png = b"".join(bytes(packet) for packet in [*encoder.encode(picture), *encoder.encode(None)])
    return Picture(png, picture.width, picture.height)


def _broken() -> PictureUnusable:
    return PictureUnusable(
        why_ja="ファイルが壊れているようです。もう一度書き出してください。",
        why_en="The file seems to be broken. Export it again.",
    )
