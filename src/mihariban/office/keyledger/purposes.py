"""Why a key is taken, and the other fixed words of the ledger."""

from __future__ import annotations

from mihariban.ledger.tags import Tag
from mihariban.office.base.text import T

PURPOSES: dict[str, T] = {
    "check": T("点検", "Inspection"),
    "fault": T("故障への対応", "Fault"),
    "disk": T("ディスクの交換", "Change of a disk"),
    "footage": T("画像データの閲覧・提供", "Viewing or provision of footage"),
    "maintenance": T("保守作業", "Maintenance"),
    "other": T("その他（備考に書く）", "Other (see remark)"),
}
"""Other needs a remark."""

LAMPS: dict[str, T] = {
    "": T("見ていない", "not looked at"),
    "on": T("点灯", "on"),
    "off": T("消灯", "off"),
}

OPENING_TAGS: dict[str, T] = {
    Tag.BOOT_PROCESS_STOP: T("停止", "stopped"),
    Tag.BOOT_PROCESS_START: T("起動", "started"),
    Tag.VOLUME_DISK_FAIL: T("ディスクの異常", "disk error"),
    Tag.VOLUME_RING_CREATE: T("ディスクの追記領域を新しく作った", "ring made anew"),
    Tag.VOLUME_RING_ALTER: T("ディスクが替わった", "disk changed"),
}
"""What a recorder enters when somebody handles it."""

FIELDS: dict[str, T] = {
    "holder": T("使用者", "Holder"),
    "purpose": T("使用目的", "Purpose"),
    "companion": T("立会者", "Companion"),
    "out_at": T("持ち出した日時", "Out at"),
    "in_at": T("戻した日時", "Back at"),
    "opened": T("ケースを開けたか", "Case opened"),
    "seal": T("封印番号", "Seal number"),
    "remark": T("備考", "Remark"),
}
"""What may be corrected."""
