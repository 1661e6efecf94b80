"""What goes wrong between the office and its recorders: MH541 to MH543."""

from __future__ import annotations

from mihariban.base.errors import InputError, StateError


class FeedBroken(StateError):
    """A recorder's entries do not continue what the office took in before."""

    code = "MH541"
    exit_status = 121
    ja = "記録装置 {recorder} の台帳の {seq} 件目が、前に受け取った記録に続いていません（{why}）。何も取り込まず、監査担当に知らせてください。"
    en = "Entry {seq} of recorder {recorder} does not continue what was taken in before ({why}). Nothing was taken in; tell the auditor."


class RecorderUnknown(InputError):
    """A recorder without an address, or one that the office has no keys of."""

    code = "MH542"
    exit_status = 121
    ja = "記録装置 {recorder} の呼び方が分かりません（{why}）。情報システム担当者に、装置の登録を頼んでください。"
    en = "It is not known how to call recorder {recorder} ({why}). Ask the IT staff to register it."


class AnswerUnusable(StateError):
    """A recorder's answer is of the contract's form, but says something impossible."""

    code = "MH543"
    exit_status = 121
    ja = "記録装置 {recorder} の答えが読めません（{why}）。前の内容を残します。続くときは情報システム担当者に知らせてください。"
    en = "The answer of recorder {recorder} cannot be read ({why}). What was known stays; tell the IT staff if it goes on."
