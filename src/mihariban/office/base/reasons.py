"""A correction, a deviation, an explanation: each needs a reason. MH533."""

from __future__ import annotations

from mihariban.base.errors import InputError
from mihariban.office.base.text import T


class ReasonMissing(InputError):
    """Nothing but spaces where a reason is needed."""

    code = "MH533"
    fields = ("reason", "remark")
    exit_status = 121
    ja = "{what_ja}には理由が必要です。理由の欄に書いてください。"
    en = "{what_en} needs a reason. Write it into the field for it."


def need_reason(reason: str, what: T) -> None:
    """
    Raises:
        ReasonMissing: nothing but spaces.
    """
    if not reason.strip():
        raise ReasonMissing(what_ja=what.ja, what_en=what.en)
