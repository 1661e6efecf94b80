"""What can go wrong in looking after cameras and telling of it."""

from __future__ import annotations

from mihariban.base.errors import InputError, SourceError


class ViewUnreadable(InputError):
    """A remembered view cannot be read; it is learned anew."""

    code = "MH395"
    exit_status = 110
    ja = "保存されたカメラの画角を読めません（{why}）。新しく覚え直します。"
    en = "The remembered view of a camera cannot be read ({why}). It will be learned anew."


class CameraClockUnknown(SourceError):
    """A camera does not tell its time; the state is unknown."""

    code = "MH396"
    exit_status = 111
    ja = "カメラ {camera} の時計を確かめられません（{why}）。site.toml の [camera.onvif] とカメラの設定を確かめてください。"
    en = "The clock of the camera {camera} cannot be read ({why}). Check [camera.onvif] in site.toml and the camera's settings."


class NoticeUndelivered(SourceError):
    """A mail or webhook could not be delivered; it is tried again."""

    code = "MH397"
    exit_status = 112
    ja = "異常の知らせを {way} で送れません（{why}）。後でもう一度送ります。site.toml の [recorder.notify] を確かめてください。"
    en = "A finding cannot be sent by {way} ({why}). It will be tried again. Check [recorder.notify] in site.toml."
