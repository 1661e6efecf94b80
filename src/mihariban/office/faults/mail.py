"""The mail to a vendor: facts of the machine, in Japanese, with an English line for a vendor's help desk."""

from __future__ import annotations

from mihariban.office.faults.models import Fault
from mihariban.office.faults.words import KINDS
from mihariban.policy.era import both_dates


def subject_of(fault: Fault) -> str:
    """One line: machine and number."""
    return f"【故障連絡】{fault.kiosk.name}（故障番号 {fault.pk}）".replace("\n", " ").replace("\r", " ")


def body_of(fault: Fault, remark: str = "", answer_to: str = "") -> str:
    """The facts as text."""
    kiosk = fault.kiosk
    lines = [
        "証明書等交付機が故障しました。下記のとおり連絡します。対応をお願いします。",
        "A certificate kiosk is out of order. Please see the facts below and contact us.",
        "",
        f"故障番号 / Fault: {fault.pk}",
        f"機械 / Machine: {kiosk.name}（{kiosk.pk}）{kiosk.place}",
        f"設置場所 / Site: {kiosk.site}",
        f"発生 / Since: {_moment(fault)}",
        f"種類 / Kind: {KINDS[fault.kind].ja} / {KINDS[fault.kind].en}",
        f"エラー番号 / Error code: {fault.error_code or '-'}",
        f"使用 / Service: {'停止中 / stopped' if fault.is_stopped else '継続中 / running'}",
        "内容 / What happened:",
        fault.what,
    ]
    if remark:
        lines += ["", remark]
    if answer_to:
        lines += ["", f"連絡先 / Contact: {answer_to}"]
    return "\n".join(lines) + "\n"


def _moment(fault: Fault) -> str:
    from mihariban.base.clock import from_datetime
    from mihariban.office.base.dates import local

    since = local(from_datetime(fault.since))
    return f"{both_dates(since.date())} {since:%H:%M}"
