"""The words of faults in both languages: kinds, sources, states, steps, states of a disk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mihariban.office.base.text import T

KINDS: dict[str, T] = {
    "system": T("システム", "system"),
    "printer": T("プリンター", "printer"),
    "paper": T("用紙・消耗品", "paper and supplies"),
    "camera": T("カメラ・レコーダー", "camera and recorder"),
    "other": T("その他", "other"),
}
STOPS_AT_ONCE = ("system", "printer", "paper")
"""Kinds after which nobody can be served: the form proposes to stop the kiosk, one press does."""

SOURCES: dict[str, T] = {
    "check": T("日次点検", "daily check"),
    "finding": T("レコーダーの警報", "alarm of the recorder"),
    "person": T("職員・利用者の申し出", "told by staff or users"),
}
STATES: dict[str, T] = {
    "open": T("対応中", "open"),
    "repaired": T("修理済み・復旧前", "repaired, not yet restored"),
    "restored": T("復旧済み・確認待ち", "restored, waits for confirmation"),
    "confirmed": T("確認済み", "confirmed"),
}
STATE_TAGS = {"open": "error", "repaired": "warn", "restored": "warn", "confirmed": "good"}

STEPS: dict[str, T] = {
    "opened": T("故障を届け出", "fault opened"),
    "amended": T("記載を訂正", "amended"),
    "stopped": T("使用を停止", "taken out of service"),
    "resumed": T("使用を再開", "back in service"),
    "told": T("利用者に周知", "users told"),
    "vendor_mail": T("保守業者にメール", "mail to the vendor"),
    "vendor_failed": T("保守業者へのメールが届かず", "mail to the vendor failed"),
    "vendor_call": T("保守業者に電話", "call with the vendor"),
    "note": T("経過", "note"),
    "gap": T("映像の欠けを記録", "footage gap linked"),
    "disk": T("ディスクを取り外し", "disk taken out"),
    "disk_handed": T("ディスクを引き渡し", "disk handed over"),
    "disk_erased": T("ディスクの消去を確認", "erasure of the disk confirmed"),
    "repaired": T("修理", "repaired"),
    "restored": T("試験のうえ復旧", "tested and restored"),
    "confirmed": T("記録を確認", "record confirmed"),
}
DISKS: dict[str, T] = {
    "taken": T("取り外し・保管中", "taken out, in our keeping"),
    "handed": T("消去のため引き渡し済み", "handed over for erasure"),
    "erased": T("消去を確認済み", "erasure confirmed"),
}
TELLING: dict[str, T] = {
    "paper": T("掲示", "notice put up"),
    "spoken": T("窓口・館内放送での案内", "told at the counter or by announcement"),
    "page": T("公開ページと機械の画面", "public page and kiosk screen"),
}


def choices(words: Mapping[str, T] | Iterable[tuple[str, T]]) -> list[tuple[str, T]]:
    """For a field of a model or form."""
    return list(words.items() if isinstance(words, Mapping) else words)
