"""The recorder in a site file: its ring, its door, whom it tells."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import model_validator

from mihariban.base.units import parse_size
from mihariban.policy.doc import Identifier, Section, doc, refuse
from mihariban.policy.site_fields import LoginName, MailAddress, Size, WebAddress


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
