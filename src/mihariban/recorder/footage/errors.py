"""What can go wrong between a granted range and its pictures."""

from __future__ import annotations

from mihariban.base.errors import InputError, StateError, StorageError


class RangeInvalid(InputError):
    """The range ends before it begins."""

    code = "MH390"
    exit_status = 105
    ja = "範囲 {start} ～ {end} は正しくありません。終わりを始まりより後にしてください。"
    en = "The range {start} to {end} is not valid. Give an end after its start."


class NothingToShow(StateError):
    """No picture of the camera lies in the range."""

    code = "MH391"
    exit_status = 106
    ja = "カメラ {camera} の {start} ～ {end} に再生できる映像はありません（{why}）。別の時刻を指定してください。"
    en = "The camera {camera} has nothing to show from {start} to {end} ({why}). Ask for another time."


class SegmentUnknown(InputError):
    """A segment or initialisation was asked for that the playlist does not name."""

    code = "MH392"
    exit_status = 107
    ja = "再生リストに {what} はありません。再生リストを読み直してください。"
    en = "The playlist names no {what}. Read the playlist again."


class SegmentDamaged(StorageError):
    """Of a segment nothing can be read any more."""

    code = "MH393"
    exit_status = 108
    ja = "カメラ {camera} の {second} の映像が壊れていて再生できません。前後の映像は再生できます。"
    en = "The footage of the camera {camera} at {second} is damaged and cannot be played. What is around it plays."


class CodecNotPlayable(StorageError):
    """What was stored about the coding of the pictures is not enough to play them."""

    code = "MH394"
    exit_status = 109
    ja = "カメラ {camera} の映像を再生できる形にできません（{why}）。カメラの映像設定を確かめてください。"
    en = "The footage of the camera {camera} cannot be made playable ({why}). Check the camera's video settings."
