"""What can go wrong between a camera and the volume."""

from __future__ import annotations

from mihariban.base.errors import InputError, SourceError, StateError


class SourceUnreadable(SourceError):
    """A video file or stream cannot be opened or holds no video."""

    code = "MH301"
    exit_status = 50
    ja = "映像 {source} を読めません（{why}）。ファイルまたはカメラのアドレスを確かめてください。"
    en = "Cannot read the video {source} ({why}). Check the file or the camera's address."


class ControlOfAnotherSite(InputError):
    """The book in this folder belongs to another site or recorder."""

    code = "MH351"
    exit_status = 60
    ja = "この control.db は別の設置場所のものです（{found}、必要なのは {wanted}）。フォルダーを確かめてください。"
    en = "This control.db belongs to another site ({found}; wanted {wanted}). Check the folder."


class NotASite(InputError):
    """A folder is not a site, or only part of one."""

    code = "MH352"
    exit_status = 61
    ja = "{folder} は設置場所のフォルダーではありません（{missing} がありません）。mihariban init で作ってください。"
    en = "{folder} is not the folder of a site ({missing} is missing). Run mihariban init first."


class SiteExists(StateError):
    """A site is already there; nothing is overwritten."""

    code = "MH353"
    exit_status = 62
    ja = "{folder} にはすでに設置場所があります。上書きしません。別のフォルダーを指定してください。"
    en = "There is already a site in {folder}. Nothing is overwritten: name another folder."


class NoSuchCamera(InputError):
    """A camera is named that the site does not have."""

    code = "MH354"
    exit_status = 63
    ja = "カメラ {camera} は site.toml にありません。あるのは: {known}"
    en = "There is no camera {camera} in site.toml. There are: {known}"
