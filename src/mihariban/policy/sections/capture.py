"""What is filmed and how."""

from __future__ import annotations

from typing import Literal

from mihariban.policy.doc import Section, doc


class Capture(Section):
    """What starts and ends a recording, and what may never be done with the picture."""

    mode: Literal["motion", "continuous", "schedule", "event"] = doc(
        "motion",
        "記録の方式。人がいる間、連続、時間割、事象ごと。",
        "How recording is triggered: while somebody is there, continuously, by schedule, by event.",
        live=True,
    )
    trigger_ja: str = doc(
        "", "記録を始めて終える条件（条文のとおり）。", "What starts and ends recording, in the rule's words."
    )
    coverage_ja: str = doc("", "撮影の対象。", "What is filmed.")
    minimum_range: bool = doc(
        False,
        "撮影範囲を必要最小限度とする定めがあるか。",
        "Whether the rule limits the field of view to the minimum necessary.",
    )
    presence_start_delay_s: float = doc(
        1.5,
        "機械の前にこの秒数とどまった人を利用者とみなす。",
        "Somebody who stays in front of the machine this many seconds counts as a user.",
        live=True,
        ge=0,
        le=60,
    )
    pre_roll_s: float = doc(
        0.0,
        "利用の始まりより前に残す秒数。",
        "Seconds kept from before the visit begins.",
        live=True,
        ge=0,
        le=300,
    )
    post_roll_s: float = doc(
        0.0, "利用の終わりより後に残す秒数。", "Seconds kept after the visit ends.", live=True, ge=0, le=300
    )
    audio: Literal["forbidden", "allowed_if_signed", "included"] = doc(
        "forbidden",
        "音声。記録しない、掲示すれば記録できる、映像と一体に記録する。",
        "Sound: never, only where the sign says so, recorded with the picture.",
        live=True,
    )
    processing: Literal["forbidden", "for_provision", "allowed"] = doc(
        "forbidden",
        "記録した映像の加工。禁止、提供のためだけ、可。",
        "Altering recorded footage: never, only for a provision, allowed.",
        live=True,
    )
    face_recognition: Literal["forbidden", "allowed"] = doc(
        "forbidden",
        "顔認識。許すには目的として定め公表する必要がある。",
        "Face recognition; to be allowed it must be a stated and published purpose.",
        live=True,
    )
    join_with_transactions: Literal["forbidden", "allowed"] = doc(
        "forbidden",
        "映像と証明書の交付記録の結合。個人情報ファイルを作ることになるため、通常は禁止。",
        "Joining footage with transactions, which would make a register of persons.",
        live=True,
    )
    last_admission_before_close_s: int = doc(
        0,
        "閉まる何秒前に新しい利用の受付をやめるか。",
        "How many seconds before closing the kiosk stops admitting people.",
        live=True,
        ge=0,
        le=7200,
    )
    max_kiosk_session_s: int | None = doc(
        None,
        "一人の利用の最長時間（秒）。過ぎると端末が利用を終わらせる。",
        "The longest session in seconds, after which the kiosk ends it.",
        live=True,
        gt=0,
    )
    capture_grace_after_close_s: int = doc(
        0,
        "稼働時間が終わった後も、すでにいる利用者を撮影できる秒数。",
        "Seconds after closing during which somebody already there may still be filmed.",
        live=True,
        ge=0,
        le=7200,
    )
