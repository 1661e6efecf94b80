"""What can go wrong between a camera and the volume."""

from __future__ import annotations

from mihariban.base.errors import SourceError


class SourceUnreadable(SourceError):
    """A video file or stream cannot be opened or holds no video."""

    code = "MH301"
    exit_status = 50
    ja = "映像 {source} を読めません（{why}）。ファイルまたはカメラのアドレスを確かめてください。"
    en = "Cannot read the video {source} ({why}). Check the file or the camera's address."
