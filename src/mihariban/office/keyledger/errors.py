"""What the key ledger refuses beyond the roles. MH531, MH532, MH534."""

from __future__ import annotations

from mihariban.base.errors import InputError


class CompanionMissing(InputError):
    """A vendor's hand reaches for the key, and nobody of the section goes along."""

    code = "MH531"
    fields = ("companion",)
    exit_status = 121
    ja = "保守業者が鍵を使うときは、職員の立会いが必要です。立会者の氏名を書いてください。"
    en = "A vendor uses a key only in the company of staff. Write who goes along."


class TimesDoNotFit(InputError):
    """Out after in, or a time that is still to come."""

    code = "MH532"
    exit_status = 121
    ja = "持ち出し {out}、返却 {back} は順序が合わないか、まだ来ていない時刻です。時刻を直してください。"
    en = "Out at {out} and back at {back} are not in order, or still to come. Correct the times."


class CountImpossible(InputError):
    """Not every key was counted, or a number that no board can hold."""

    code = "MH534"
    exit_status = 121
    ja = "{what}の本数を 0 から 99 までの数で書いてください。すべての鍵を数えます。"
    en = "Write the number of {what} from 0 to 99. Every key is counted."
