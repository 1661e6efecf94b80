"""What is wrong with a fault that is being entered, and with the mail to a vendor."""

from __future__ import annotations

from mihariban.base.errors import InputError, StateError, StorageError


class FaultTimesWrong(InputError):
    """Moments of a fault contradict each other or the clock."""

    code = "MH521"
    exit_status = 121
    ja = "日時を確かめてください：{why_ja}"
    en = "Check date and time: {why_en}"


class MailNotSetUp(StateError):
    """Nobody told the office through which server mail goes out."""

    code = "MH522"
    exit_status = 121
    ja = "メールの送り先サーバーが設定されていません。保守業者には電話で連絡し、「電話の記録」に書いてください。設定は情報システム担当者に頼んでください（office.toml の [mail]）。"
    en = "No mail server is set up. Call the vendor and enter the call; ask the IT staff for the setting ([mail] in office.toml)."


class MailNotSent(StorageError):
    """The mail server refused or did not answer."""

    code = "MH523"
    exit_status = 121
    ja = "保守業者へのメールを送れませんでした（{why}）。電話で連絡し、「電話の記録」に書いてください。"
    en = "The mail to the vendor could not be sent ({why}). Call the vendor and enter the call."


class DiskTwice(InputError):
    """The serial number stands in this fault already."""

    code = "MH524"
    exit_status = 121
    ja = "製造番号 {serial} のディスクはこの故障にもう書かれています。番号を確かめてください。"
    en = "The disk {serial} stands in this fault already. Check the number."
