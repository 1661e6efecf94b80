"""The fixed words of the register of things."""

from __future__ import annotations

from mihariban.office.base.text import T

KINDS: dict[str, T] = {
    "certificate": T("証明書の取り忘れ", "Certificate left"),
    "misprint": T("印刷の不良", "Misprint"),
    "jam": T("紙詰まり", "Jammed paper"),
    "card": T("カードの置き忘れ", "Card forgotten"),
    "change": T("釣銭の取り忘れ", "Change forgotten"),
    "other": T("その他の忘れ物", "Something else"),
}
SPOILT = ("misprint", "jam")
"""Paper of the city's own that never became anybody's."""

STATES: dict[str, T] = {
    "kept": T("保管中", "kept"),
    "returned": T("返却", "returned"),
    "destroyed": T("廃棄", "destroyed"),
    "handed": T("警察へ届出", "handed to the police"),
}
RECOGNISED: dict[str, T] = {
    "mynumber": T("マイナンバーカード（番号は見ない）", "My Number card (its number unseen)"),
    "licence": T("運転免許証", "Driving licence"),
    "passport": T("旅券", "Passport"),
    "health": T("資格確認書など", "Health insurance papers"),
    "two": T("顔写真のない書類 2 点", "Two papers without a photograph"),
    "at_once": T("その場で本人が取りに戻った", "Came back at once"),
}
"""Kinds of identification. Their numbers are not copied."""

METHODS: dict[str, T] = {
    "shred": T("裁断", "Shredded"),
    "dissolve": T("溶解", "Dissolved"),
    "burn": T("焼却", "Burnt"),
}
FIELDS: dict[str, T] = {
    "kind": T("種類", "Kind"),
    "found_at": T("見つけた日時", "Found at"),
    "what": T("何か", "What"),
    "pieces": T("枚数・個数", "Pieces"),
    "yen": T("金額（円）", "Amount (yen)"),
    "kept_at": T("保管場所", "Kept where"),
    "how": T("どう確かめたか", "How it was recognised"),
    "remark": T("備考", "Remark"),
}
"""What may be corrected."""
