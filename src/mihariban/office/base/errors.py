"""What the office refuses. Errors are shown in the browser; they share the exit status 121."""

from __future__ import annotations

from mihariban.base.errors import AccessError, InputError, StateError, StorageError


class NotAllowed(AccessError):
    """The policy does not let this person do this now. ``why_ja`` and ``why_en`` are whole sentences."""

    code = "MH501"
    exit_status = 121
    ja = "{why_ja}"
    en = "{why_en}"


class ChangedMeanwhile(StateError):
    """Somebody else changed the row after the form was filled."""

    code = "MH502"
    exit_status = 121
    ja = "{what_ja}は、入力している間に他の職員が変更しました。下の現在の内容を確かめ、もう一度保存してください。入力した内容は残っています。"
    en = "{what_en} was changed by somebody else while you were typing. Check the present state below and save again; what you typed is still here."


class OfficeMisconfigured(InputError):
    """office.toml or the environment says something that the office cannot take."""

    code = "MH503"
    exit_status = 121
    ja = "窓口アプリの設定 {where} が正しくありません（{why}）。直してから起動してください。"
    en = "The setting {where} of the office is not right ({why}). Mend it and start again."


class NotThere(InputError):
    """What the address or a command names does not exist."""

    code = "MH504"
    exit_status = 121
    ja = "{what_ja}は見つかりません。一覧から選び直してください。"
    en = "{what_en} was not found. Choose it again from the list."


class OfficeDatabaseUnusable(StorageError):
    """The database of the office does not do its work."""

    code = "MH505"
    exit_status = 121
    ja = "窓口アプリのデータベースが使えません（{why}）。担当の職員に知らせてください。"
    en = "The database of the office cannot be used ({why}). Tell the person in charge of it."
