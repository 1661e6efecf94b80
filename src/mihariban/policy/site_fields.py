"""Fields of the site file that must be read with care: addresses, sizes, names of logins, corners of zones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from mihariban.base.units import parse_size
from mihariban.policy.doc import refuse

Point = tuple[Annotated[float, Field(ge=0, le=1)], Annotated[float, Field(ge=0, le=1)]]
"""x, y as fractions of the picture's width and height, from the upper left."""

Polygon = tuple[Point, ...]


def _zone_name(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refuse(
            ja=f"「{text}」という時間帯はありません。",
            en=f'There is no time zone "{text}".',
            do_ja='例 "Asia/Tokyo"',
            do_en='such as "Asia/Tokyo"',
        ) from None
    return text


def _size(text: str) -> str:
    try:
        parse_size(text)
    except ValueError:
        raise refuse(
            ja=f"「{text}」は大きさではありません。",
            en=f'"{text}" is not a size.',
            do_ja='例 "16MiB"、"2TB"',
            do_en='such as "16MiB" or "2TB"',
        ) from None
    return text


def _login_name(text: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}", text):
        return text
    raise refuse(  # without the text: somebody may have written the password itself
        ja="credentials に使えるのは recorder/secrets.toml の中の名前だけです。",
        en="credentials takes only a name out of recorder/secrets.toml.",
        do_ja='credentials = "cam1" と書き、secrets.toml に [credentials.cam1] を書きます',
        do_en='write credentials = "cam1", and [credentials.cam1] into secrets.toml',
    )


def _source(text: str) -> str:
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", text)
    name = scheme[1].lower() if scheme else "file"
    if name in {"rtsp", "rtsps", "http", "https"}:
        parts = _split(text)
        if "@" in parts.netloc:
            raise refuse(
                ja="カメラのアドレスに利用者名やパスワードが書かれています。設備ファイルは秘密ではありません。",
                en="The camera's address carries a login. The site file is no secret.",
                do_ja='アドレスから消し、credentials = "名前" とし、recorder/secrets.toml にその名前で書きます',
                do_en='take it out, set credentials = "name", and write that name into recorder/secrets.toml',
            )
        if name == "rtsp" and parts.hostname:
            return text
    if name in {"v4l2", "demo"} or (name == "file" and text):
        return text
    shown = f"{name}:" if scheme else "…"
    raise refuse(
        ja=f"映像の入力「{shown}」は使えません。",
        en=f'The source "{shown}" cannot be used.',
        do_ja="rtsp://ホスト/パス、v4l2:/dev/video0、demo:、または動画ファイルのパスを書きます",
        do_en="write rtsp://host/path, v4l2:/dev/video0, demo:, or the path of a video file",
    )


def _web_address(text: str) -> str:
    parts = _split(text)
    if re.match(r"https?://", text) and parts.hostname and "@" not in parts.netloc:
        return text
    raise refuse(  # without the text: it may carry a password
        ja="http:// または https:// で始まり、利用者名やパスワードを含まないアドレスを書いてください。",
        en="An address must begin with http:// or https:// and carry no login.",
        do_ja='例 "http://192.0.2.10/onvif/device_service"',
        do_en='such as "http://192.0.2.10/onvif/device_service"',
    )


def _mail_address(text: str) -> str:
    if re.fullmatch(r"[^@\s<>,;:\x00-\x1f]+@[^@\s<>,;:\x00-\x1f]+", text):
        return text
    raise refuse(
        ja=f"「{text}」はメールアドレスではありません。",
        en=f'"{text}" is not a mail address.',
        do_ja='例 "kansi@example.lg.jp"',
        do_en='such as "watch@example.lg.jp"',
    )


def _split(text: str) -> SplitAddress:
    try:
        parts = urlsplit(text)
        return SplitAddress(parts.netloc, parts.hostname)
    except ValueError:
        return SplitAddress("@" if "@" in text else "", None)


@dataclass(frozen=True, slots=True)
class SplitAddress:
    """What matters of an address."""

    netloc: str
    hostname: str | None


def _polygons(polygons: tuple[Polygon, ...]) -> tuple[Polygon, ...]:
    for number, polygon in enumerate(polygons):
        if len(polygon) < 3 or _area(polygon) < 1e-4:
            raise refuse(
                ja=f"{number + 1} 番目の多角形に面積がありません。",
                en=f"Polygon {number + 1} has no area.",
                do_ja="三つ以上の頂点を、画面の幅と高さに対する割合（0〜1）で書きます",
                do_en="give three corners or more, as fractions (0 to 1) of the picture's width and height",
            )
    return polygons


def _area(polygon: Polygon) -> float:
    """The area by the shoelace formula, in fractions of the picture."""
    pairs = zip(polygon, (*polygon[1:], polygon[0]), strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


LoginName = Annotated[str, AfterValidator(_login_name)]
ZoneName = Annotated[str, AfterValidator(_zone_name)]
Size = Annotated[str, AfterValidator(_size)]
SourceAddress = Annotated[str, AfterValidator(_source)]
Polygons = Annotated[tuple[Polygon, ...], AfterValidator(_polygons)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
