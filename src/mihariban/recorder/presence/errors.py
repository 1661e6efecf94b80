"""What can go wrong in presence detection."""

from __future__ import annotations

from mihariban.base.errors import InputError


class SceneUnreadable(InputError):
    """A remembered empty scene cannot be read; the recorder goes on without it and learns anew."""

    code = "MH368"
    exit_status = 68
    ja = "保存された無人の場面を読めません（{why}）。新しく覚え直します。"
    en = "The remembered empty scene cannot be read ({why}). It will be learned anew."
