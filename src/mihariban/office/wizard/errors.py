"""What the wizard refuses. Shown in the browser; the office's exit status."""

from __future__ import annotations

from mihariban.base.errors import InputError


class PictureUnusable(InputError):
    """A floor plan that is no picture, or too large."""

    code = "MH558"
    exit_status = 121
    ja = "この図面は使えません。{why_ja}"
    en = "This drawing cannot be used. {why_en}"


class ZoneUnsound(InputError):
    """Corners that make no zone, or no place on a plan."""

    code = "MH559"
    exit_status = 121
    ja = "範囲が正しくありません。{why_ja}"
    en = "This is no zone. {why_en}"
