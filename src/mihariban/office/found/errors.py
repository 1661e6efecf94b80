"""What the register of things refuses beyond the roles. MH535 to MH538."""

from __future__ import annotations

from mihariban.base.errors import InputError


class IndividualNumberRefused(InputError):
    """A text holds twelve digits whose check digit makes them an individual number (My Number)."""

    code = "MH535"
    exit_status = 121
    ja = "{what_ja}に個人番号（マイナンバー）と見られる 12 桁の数字があります。保存していません。番号を消してください。"
    en = "{what_en} holds twelve digits that look like an individual number (My Number). Nothing was saved. Take the number out."


class LooksPersonal(InputError):
    """A text looks as if it were copied from a card or a certificate."""

    code = "MH536"
    exit_status = 121
    ja = "{what_ja}に氏名や住所などの個人情報があるように見えます（{why_ja}）。要らないものは消し、要るときは「確かめた」に印を付けてください。"
    en = (
        "{what_en} looks as if it held personal data ({why_en}). Take out what is not needed; tick the box where it is."
    )


class WitnessNotAnother(InputError):
    """Who destroys is not who witnesses, and two witnesses are two."""

    code = "MH537"
    fields = ("witness2",)
    exit_status = 121
    ja = "廃棄には、廃棄する人とは別の立会者が {count} 人必要です。別の職員を選んでください。"
    en = "A destruction needs {count} witnesses, each another person than who destroys. Choose another member of staff."


class FoundInFuture(InputError):
    """Found at a time that is still to come."""

    code = "MH538"
    fields = ("found_at", "value")
    exit_status = 121
    ja = "見つけた日時 {at} はまだ来ていません。日時を直してください。"
    en = "The time it was found, {at}, is still to come. Correct it."
