"""Where the recorder and its key are kept, and who may look."""

from __future__ import annotations

from typing import Literal

from mihariban.policy.doc import Section, doc
from mihariban.policy.sections.roles import Role


class Storage(Section):
    """The place of recorder and key."""

    recorder_place_ja: str | None = doc(None, "記録装置の置き場所。", "Where the recorder stands.")
    recorder_lock: bool = doc(False, "施錠した中に置くか。", "Whether the recorder is kept locked.", live=True)
    room_access_ja: str | None = doc(None, "その部屋に入れる者の定め。", "Who may enter the room.")
    key_place_ja: str | None = doc(None, "鍵の保管場所。", "Where the key is kept.", live=True)
    key_holder: Role = doc("operator", "鍵を管理する役割。", "The role that keeps the key.", live=True)
    key_ledger_ja: str | None = doc(None, "鍵の使用を記録する帳簿の名。", "Name of the ledger of key uses.")
    copies_to_other_media: Literal["never", "only_for_provision", "allowed"] = doc(
        "only_for_provision",
        "他の媒体への複写。不可、提供のためだけ、可。",
        "Copying to other media: never, only for a provision, allowed.",
        live=True,
    )
    password_change_days: int | None = doc(
        None, "パスワードを変える周期（日）。", "Days after which passwords must change.", gt=0
    )


class Viewing(Section):
    """Looking at footage inside the office."""

    who: tuple[Role, ...] = doc((), "閲覧できる役割。", "Roles that may look.", live=True)
    reasons_ja: tuple[str, ...] = doc((), "閲覧できる理由。", "Reasons for looking.")
    prior_approval: Literal["none", "manager", "chief_manager"] = doc(
        "manager", "事前に承認する者。", "Who approves beforehand.", live=True
    )
    witness_min: int = doc(0, "立会者の最少の人数。", "The least number of witnesses.", live=True, ge=0)
    log_ja: str | None = doc(None, "閲覧の記録簿の名。", "Name of the viewing log.", live=True)
    live_monitoring: Literal["none", "permitted"] = doc(
        "none", "ライブ映像の監視。", "Watching live pictures.", live=True
    )
    live_places_ja: tuple[str, ...] = doc((), "ライブ映像の画面がある場所。", "Where live displays stand.")
    secrecy: bool = doc(
        False, "知り得た情報の秘密を守る義務を定めているか。", "Whether the rule binds viewers to secrecy."
    )
