"""What is wrong with a check sheet."""

from __future__ import annotations

from mihariban.base.errors import InputError


class CheckUnclear(InputError):
    """A line that is not ok, or was not done, says nothing of why."""

    code = "MH525"
    exit_status = 121
    ja = "{items_ja}：「否」と「未確認」には、どうだったか（わけ）を備考に書いてください。"
    en = "{items_en}: write in the remark what is wrong, or why it was not done."


class CheckItemUnknown(InputError):
    """The list of items changed while the sheet was being filled."""

    code = "MH526"
    exit_status = 121
    ja = "点検項目「{item}」は今日の点検表にありません。規則の項目が変わりました。画面を開き直してください。"
    en = "The item {item} is not on today's sheet: the rule's list has changed. Open the page again."
