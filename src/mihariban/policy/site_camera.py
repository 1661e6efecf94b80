"""A camera in a site file."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from mihariban.policy.doc import Identifier, Section, doc, refuse
from mihariban.policy.site_fields import LoginName, Polygons, SourceAddress, WebAddress


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
    """The camera's own clock: asked with ONVIF's GetSystemDateAndTime, which needs no login, and read from its stream
    (RTCP)."""

    address: WebAddress | None = doc(
        None,
        "カメラの ONVIF 機器サービスのアドレス。空なら映像と共に届く RTCP の時刻だけを見る。",
        "Address of the camera's ONVIF device service; without it only the RTCP reports in its stream tell its clock.",
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
