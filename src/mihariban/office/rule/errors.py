"""What is refused of a version of the rule."""

from __future__ import annotations

from mihariban.base.errors import InputError, StorageError


class RuleTextDamaged(StorageError):
    """The text of an approved version is not the one that was approved."""

    code = "MH514"
    exit_status = 121
    ja = "要綱第 {version} 版の本文が、決定されたときの本文と違います。操作をやめ、情報システム担当者と監査担当者に知らせてください。"
    en = "The text of version {version} of the rule is not the one that was approved. Stop, and tell IT staff and auditor."


class RuleTextTooLong(InputError):
    """Longer than any rule."""

    code = "MH515"
    exit_status = 121
    ja = "要綱のデータが長すぎます（{length} 文字）。{most} 文字までにして、もう一度確かめてください。"
    en = "The data of the rule are too long ({length} characters). Keep them to {most} and check again."


class VersionTooLate(InputError):
    """A version whose date is missing or has passed."""

    fields = ("effective_from",)
    code = "MH516"
    exit_status = 121
    ja = (
        "施行日（effective_from）が {day} です。今日（{today}）より前には施行できません。今日からの日を書いてください。"
    )
    en = "It would be in force from {day} (effective_from), and today is {today}. Give a date from today on."


class RuleTextUnreadable(InputError):
    """An uploaded file that is no text."""

    code = "MH517"
    exit_status = 121
    ja = "ファイル {file} は UTF-8 の文字として読めません。文字コードを UTF-8 にして、もう一度選んでください。"
    en = "The file {file} is not text in UTF-8. Save it as UTF-8 and choose it again."
