"""The words of checks in both languages."""

from __future__ import annotations

from mihariban.office.base.text import T

STATES: dict[str, T] = {"ok": T("良", "ok"), "not_ok": T("否", "not ok"), "not_done": T("未確認", "not done")}
STATE_TAGS = {"ok": "good", "not_ok": "error", "not_done": "warn"}
MARKS = {"ok": "○", "not_ok": "×", "not_done": "－"}
"""On the month's sheet, as clerks write them."""

DAYS: dict[str, T] = {
    "closed": T("休止日", "closed"),
    "none": T("点検の定めなし", "no check asked for"),
    "coming": T("これから", "to come"),
    "due": T("未実施", "to be done"),
    "late": T("遅れています", "late"),
    "missing": T("点検なし", "missing"),
    "explained": T("点検なし（理由あり）", "missing, explained"),
    "signed": T("点検済み・確認待ち", "signed, waits for confirmation"),
    "confirmed": T("確認済み", "confirmed"),
}
DAY_TAGS = {
    "late": "error",
    "missing": "error",
    "due": "warn",
    "explained": "warn",
    "signed": "warn",
    "confirmed": "good",
}

FAULT_KINDS = {
    "camera": "camera",
    "recorder": "camera",
    "certificate_paper": "paper",
    "receipt_paper": "paper",
    "toner": "paper",
    "change_float": "paper",
    "printer": "printer",
    "power": "system",
    "host_link": "system",
}
"""Kind of the fault that a failed item becomes; other where the item is not here."""

SUPPLIES: dict[str, T] = {
    "certificate_paper": T("枚", "sheets"),
    "receipt_paper": T("枚", "sheets"),
    "toner": T("本", "cartridges"),
    "change_float": T("円", "yen"),
}
"""Items of which something is put in, with what is counted."""


def refilled(item: str, amount: int | None) -> T | None:
    """「補充 500枚」; None where nothing was put in."""
    unit = SUPPLIES.get(item, T("", ""))
    figure = "" if amount is None else f"{amount:,}"
    return None if amount is None else T(f"補充 {figure}{unit.ja}", f"put in: {figure} {unit.en}")
