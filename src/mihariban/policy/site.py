"""The equipment of one site, DIR/site.toml: recorder, volume, cameras. The law is in the policy, the wiring is here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from mihariban.base.units import parse_size
from mihariban.policy.doc import Identifier, Section, doc, refuse
from mihariban.policy.document import SITE, read_document, read_model

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


class Place(Section):
    """The site itself."""

    id: Identifier = doc(..., "設置場所の識別名（全体で一意）。", "Id of the site, unique in a fleet.")
    name: str = doc("", "設置場所の名。", "Name of the site.")
    policy_site: Identifier | None = doc(None, "規則の中の設置場所。", "The site of the policy to which this belongs.")
    time_zone: ZoneName = doc("Asia/Tokyo", "時間帯。稼働時間はこの時刻で読む。", "Time zone in which hours are read.")


class Volume(Section):
    """The ring of the recorder."""

    size: Size | None = doc(
        None, "容量。空なら保存期間とビットレートから決める。", "Size; without it, worked out from period and bit rate."
    )
    region_size: Size = doc("16MiB", "領域の大きさ。", "Size of a region.")
    hold_share: float = doc(0.1, "保留のために取っておく割合。", "Share of the ring reserved for holds.", ge=0, le=0.5)
    expected_kbit_s: int = doc(
        3000, "カメラ一台の見込みビットレート（kbit/s）。", "Expected bit rate of one camera, kbit/s.", gt=0
    )

    rotate_days: int = doc(
        30,
        "根鍵を更新する間隔（日）。0 は更新しない。",
        "Days between two renewals of the root key; 0 for never.",
        ge=0,
        le=3650,
    )
    scrub_days: int = doc(
        30,
        "保存済みの映像を一巡して検査する日数。",
        "Days in which everything stored is read and checked once.",
        gt=0,
        le=365,
    )

    @property
    def size_bytes(self) -> int | None:
        return None if self.size is None else parse_size(self.size)

    @property
    def region_bytes(self) -> int:
        return parse_size(self.region_size)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.size_bytes is not None and self.size_bytes < 4 * self.region_bytes:
            raise refuse(
                field="size",
                ja=f"容量 {self.size} が領域 {self.region_size} の四倍より小さいです。",
                en=f"The size {self.size} is less than four regions of {self.region_size}.",
                do_ja="容量を大きくするか、領域を小さくします",
                do_en="make the volume larger or its regions smaller",
            )
        return self


class Notify(Section):
    """Where findings are told by mail or webhook; nothing is sent where nothing is set."""

    language: Literal["ja", "en"] = doc("ja", "知らせの言語。", "Language of the notices.")
    mail_server: str | None = doc(None, "メールサーバーの名。", "Host of the mail server.")
    mail_port: int = doc(25, "メールサーバーのポート。", "Port of the mail server.", ge=1, le=65535)
    mail_starttls: bool = doc(
        False, "STARTTLS で暗号化し、証明書を確かめる。", "Encrypt with STARTTLS and check the certificate."
    )
    mail_from: MailAddress | None = doc(None, "差出人。", "Sender.")
    mail_to: tuple[MailAddress, ...] = doc((), "宛先。", "Recipients.")
    mail_credentials: LoginName | None = doc(
        None, "メールのログイン。recorder/secrets.toml の中の名前。", "Name of the mail login in recorder/secrets.toml."
    )
    webhook: WebAddress | None = doc(
        None, "異常を JSON で送る先（HTTP POST）。", "Where findings are posted as JSON (HTTP POST)."
    )
    webhook_credentials: LoginName | None = doc(
        None,
        "送り先のログイン（HTTP 基本認証）。recorder/secrets.toml の中の名前。",
        "Name of the webhook's login in recorder/secrets.toml (HTTP basic authentication).",
    )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        given = (self.mail_server is not None, self.mail_from is not None, bool(self.mail_to))
        if any(given) and not all(given):
            raise refuse(
                field="mail_server",
                ja="メールには mail_server、mail_from、mail_to がそろって要ります。",
                en="Mail needs mail_server, mail_from and mail_to together.",
                do_ja="三つとも書くか、三つとも消します",
                do_en="give all three or none",
            )
        if self.mail_credentials is not None and not self.mail_starttls:
            raise refuse(
                field="mail_credentials",
                ja="暗号化せずにパスワードを送ることはできません。",
                en="A password is not sent without encryption.",
                do_ja="mail_starttls = true とします",
                do_en="set mail_starttls = true",
            )
        return self


class Door(Section):
    """Where the office and others call the recorder when they are on another machine (mutual TLS)."""

    listen: str | None = doc(
        None,
        "外からの接続を受けるアドレス（例 192.0.2.10:8443）。空なら同じ機械の中だけ。",
        "Address for calls from elsewhere, such as 192.0.2.10:8443; without it only this machine.",
    )

    @property
    def address(self) -> tuple[str, int] | None:
        """Host and port."""
        if self.listen is None:
            return None
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.listen is not None and not re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}", self.listen):
            raise refuse(
                field="listen",
                ja=f"「{self.listen}」はアドレスとポートではありません。",
                en=f'"{self.listen}" is not an address with a port.',
                do_ja='例 "192.0.2.10:8443"',
                do_en='such as "192.0.2.10:8443"',
            )
        return self


class Recorder(Section):
    """The recorder of the site."""

    id: Identifier = doc(..., "記録装置の識別名（全体で一意）。", "Id of the recorder, unique in a fleet.")
    volume: Volume = doc(Volume(), "記録領域。", "The ring.")
    door: Door = doc(Door(), "ほかの機械からの接続。", "Calls from other machines.")
    notify: Notify = doc(Notify(), "異常の知らせ先。", "Who is told of findings.")


class Limits(Section):
    """How long to be patient with a camera, in seconds."""

    connect_s: float = doc(10.0, "接続を待つ秒数。", "Seconds to wait for a connection.", gt=0)
    stall_s: float = doc(
        5.0, "映像が届かないとき、途絶とみなす秒数。", "Seconds without a packet after which the camera is lost.", gt=0
    )
    backoff_first_s: float = doc(0.5, "再接続までの最初の秒数。", "First pause before reconnecting.", gt=0)
    backoff_max_s: float = doc(30.0, "再接続までの最長の秒数。", "Longest pause before reconnecting.", gt=0)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.backoff_max_s < self.backoff_first_s:
            raise refuse(
                field="backoff_max_s",
                ja="最長の間隔が最初の間隔より短いです。",
                en="The longest pause is shorter than the first.",
                do_ja=f"{self.backoff_first_s} 以上にします",
                do_en=f"use {self.backoff_first_s} or more",
            )
        return self


class PresenceTuning(Section):
    """What this camera does differently from the policy and the defaults."""

    start_delay_s: float | None = doc(
        None,
        "利用者とみなすまでの秒数。空なら規則の値。",
        "Seconds until somebody counts; without it, the policy's.",
        ge=0,
        le=60,
    )


class Onvif(Section):
    """The camera's own clock, asked with ONVIF's GetSystemDateAndTime, which needs no login."""

    address: WebAddress | None = doc(
        None,
        "カメラの ONVIF 機器サービスのアドレス。空ならカメラの時計は「不明」。",
        "Address of the camera's ONVIF device service; without it the camera's clock is unknown.",
    )
    most_deviation_s: float = doc(5.0, "許すずれの秒数。", "Seconds by which its clock may be off.", ge=2, le=3600)


class Camera(Section):
    """One camera."""

    id: Identifier = doc(..., "カメラの識別名。", "Id of the camera.")
    kiosk: Identifier | None = doc(None, "このカメラが見る端末。", "The kiosk that it watches.")
    source: SourceAddress = doc(
        ...,
        "映像の入力。rtsp://、v4l2:、demo:、または動画ファイル。",
        "Where pictures come from: rtsp://, v4l2:, demo:, or a video file.",
    )
    substream: SourceAddress | None = doc(
        None, "人の検知に使う低解像度の映像。", "A second, low-resolution stream for presence."
    )
    credentials: LoginName | None = doc(
        None, "recorder/secrets.toml の中の名前。", "Name of the login in recorder/secrets.toml."
    )
    zones: Polygons = doc(
        (), "利用者が立つ範囲。空なら画面全体。", "Where a user stands, as polygons; none means the whole picture."
    )
    ignore: Polygons = doc(
        (), "見ない範囲（画面、時刻表示など）。", "What is not looked at: a screen, a burnt-in clock."
    )
    limits: Limits = doc(Limits(), "待ち時間。", "Patience.")
    presence: PresenceTuning = doc(PresenceTuning(), "検知の調整。", "Presence tuning.")
    onvif: Onvif = doc(Onvif(), "カメラの時計。", "The camera's clock.")


class Site(Section):
    """The whole file."""

    site: Place = doc(..., "設置場所。", "The site.")
    recorder: Recorder = doc(..., "記録装置。", "The recorder.")
    camera: tuple[Camera, ...] = doc((), "カメラ（ない場所もある）。", "Cameras; a kiosk may have none.")

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which the rule's hours are read."""
        return ZoneInfo(self.site.time_zone)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        seen: set[str] = set()
        for camera in self.camera:
            if camera.id in seen:
                raise refuse(
                    field="camera",
                    ja=f"カメラ「{camera.id}」が二度あります。",
                    en=f'The camera "{camera.id}" is there twice.',
                    do_ja="別の id にします",
                    do_en="give each its own id",
                )
            seen.add(camera.id)
        return self


def load_site(path: Path) -> Site:
    """Read a site file (or the ``site.toml`` of a site's directory).

    Raises:
        SiteUnreadable: no such file, or not UTF-8.
        SiteSyntax: not TOML.
        SiteInvalid: with every mistake and its line.
    """
    file = path / "site.toml" if path.is_dir() else path
    return read_model(read_document(file, SITE), Site)


def dump_site(site: Site) -> str:
    """The site as the text of a site file, every value that differs from its default."""
    lines = ["# 設備 / equipment. The rule is in policy.toml; passwords are in recorder/secrets.toml.", ""]
    lines += _table("site", site.site)
    lines += _table("recorder", site.recorder)
    for camera in site.camera:
        lines += _table("camera", camera, array=True)
    return "\n".join(lines)


def _table(name: str, section: Section, *, array: bool = False) -> list[str]:
    lines = [f"[[{name}]]" if array else f"[{name}]"]
    below: list[str] = []
    for field in type(section).model_fields:
        value = getattr(section, field)
        if field not in section.model_fields_set or value is None:
            continue
        if isinstance(value, Section):
            below += _table(f"{name}.{field}", value)
        else:
            lines.append(f"{field} = {_value(value)}")
    return [*lines, "", *below]


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_value(item) for item in value)}]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)
