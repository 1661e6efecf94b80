"""Causes of gaps in a clerk's words. The codes stay in files and messages for programs (docs/reference/gaps.md)."""

from __future__ import annotations

from typing import Final

from mihariban.base.text import Language

GAP_WORDS: Final[dict[str, tuple[str, str]]] = {
    "MH301": ("映像を読めない", "picture unreadable"),
    "MH302": ("カメラの応答なし", "camera does not answer"),
    "MH303": ("カメラのログイン拒否", "camera refuses the login"),
    "MH304": ("カメラの映像切れ", "camera's picture lost"),
    "MH305": ("カメラの映像停止", "camera's picture stalled"),
    "MH306": ("使えない映像形式", "picture's format not supported"),
    "MH307": ("映像の始まりなし", "no key frame"),
    "MH308": ("映像の途切れ", "picture cut off"),
    "MH309": ("カメラのアドレス誤り", "camera's address wrong"),
    "MH310": ("カメラ接続の不具合", "fault in the camera's connection"),
    "volume_failed": ("録画領域に書けない", "ring cannot be written"),
    "recorder_down": ("録画装置の停止", "recorder did not run"),
}


def gap_words(cause: str, language: Language) -> str:
    """The cause in words; a cause of a later version as it is."""
    words = GAP_WORDS.get(cause)
    return words[0 if language == "ja" else 1] if words else cause


def span_words(seconds: float, language: Language) -> str:
    """A length in words: 「5分28秒」, "5 min 28 s"."""
    hours, rest = divmod(round(seconds), 3600)
    minutes, left = divmod(rest, 60)
    units = ("時間", "分", "秒") if language == "ja" else (" h", " min", " s")
    parts = [f"{value}{unit}" for value, unit in zip((hours, minutes, left), units, strict=True) if value]
    return ("" if language == "ja" else " ").join(parts) or f"0{units[2]}"
