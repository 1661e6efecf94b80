"""What can go wrong with a ledger: MH401 to MH410, exit 70 to 79; MH411 to MH415, exit 12 to 16."""

from __future__ import annotations

from mihariban.base.errors import InputError, StateError, StorageError


class EntryRefused(InputError):
    """An entry is not acceptable: not canonical, too long, a fact missing or of a wrong kind."""

    code = "MH401"
    exit_status = 70
    ja = "台帳に記入できない内容です（{why}）。内容を直してください。"
    en = "The ledger does not take this entry ({why}). Correct its content."


class LedgerUnwritable(StorageError):
    """The entry could not be made durable, so the deed must not happen. Recording itself goes on."""

    code = "MH402"
    exit_status = 71
    ja = (
        "台帳に書き込めません（{why}）。記入なしには映像を扱えません。録画は続きます。"
        "ディスクの空きと権限を確かめてください。"
    )
    en = (
        "The ledger cannot be written ({why}). Without an entry there is no access; recording goes on. "
        "Check free space and permissions."
    )


class NoteMalformed(InputError):
    """A signed note, a checkpoint, a key, a request or an entry bundle is not of its form."""

    code = "MH403"
    exit_status = 72
    ja = "{what}の書式が正しくありません（{why}）。原本を取り直してください。"
    en = "Not a well-formed {what} ({why}). Fetch the original again."


class SignatureInvalid(InputError):
    """A signature is missing, false, or made by a key that is not known here."""

    code = "MH404"
    exit_status = 73
    ja = "{name} の署名が確認できません（{why}）。鍵と原本を確かめてください。"
    en = "The signature of {name} does not hold ({why}). Check the key and the original."


class ProofInvalid(InputError):
    """An inclusion or consistency proof does not lead to the root."""

    code = "MH405"
    exit_status = 74
    ja = "台帳の証明が成り立ちません（{why}）。"
    en = "The proof does not hold ({why})."


class LedgerForked(StateError):
    """Two histories under one name: the book was rewritten or rolled back. Nothing is signed over it."""

    code = "MH406"
    exit_status = 75
    ja = (
        "台帳 {origin} に、以前の {size} 件の記録と食い違う履歴があります（{why}）。"
        "署名せず、監査担当に知らせてください。"
    )
    en = "Ledger {origin} contradicts its own earlier {size} entries ({why}). Do not sign; tell the auditor."


class LedgerRolledBack(StateError):
    """The table of entries is shorter than a checkpoint that was signed from it: an old copy was put back."""

    code = "MH407"
    exit_status = 76
    ja = "台帳 {origin} は {size} 件で署名されていますが、{found} 件しかありません。古い複製が戻されています。"
    en = "Ledger {origin} was signed at {size} entries and now holds {found}: an older copy was put back."


class CosignConflict(StateError):
    """A cosigner is asked to continue from another size than the one it cosigned last."""

    code = "MH408"
    exit_status = 77
    ja = "{origin} の連署は {size} 件からの続きで求めてください。"
    en = "Ask for the cosignature of {origin} as a continuation from {size} entries."


class LedgerMissing(InputError):
    """There is no ledger, or a part of it is missing, where one was looked for."""

    code = "MH409"
    exit_status = 78
    ja = "{path} に台帳がありません（{why}）。"
    en = "There is no ledger at {path} ({why})."


class LedgerUnexamined(InputError):
    """Something in a ledger's folder is there and cannot be read: whether the ledger holds is not known."""

    code = "MH414"
    exit_status = 15
    ja = "{path} の台帳は調べられません（{why}）。正しいかどうかは分かりません。写しを取り直してください。"
    en = "The ledger at {path} cannot be examined ({why}). Whether it holds is not known. Copy it anew."


class DeedOutOfOrder(StateError):
    """A change without an entry, an entry outside a transaction, an outcome without an intent."""

    code = "MH410"
    exit_status = 79
    ja = "台帳の手順に反しています（{why}）。何も行われていません。"
    en = "Against the order of the ledger ({why}). Nothing was done."


class LedgerBusy(StateError):
    """Another process is publishing into the same folder."""

    code = "MH411"
    exit_status = 12
    ja = "{path} は別のプロセスが書き出し中です。少し待ってやり直してください。"
    en = "Another process is publishing into {path}. Wait a moment and try again."


class LedgerUnreadable(StorageError):
    """Stored entries cannot be read: the disk refuses, or the database file is damaged."""

    code = "MH412"
    exit_status = 13
    ja = "台帳を読めません（{why}）。ディスクを確かめ、mihariban ledger verify を実行してください。"
    en = "The ledger cannot be read ({why}). Check the disk, then run: mihariban ledger verify"


class LedgerUnpublished(StorageError):
    """The folder with tiles and checkpoint cannot be brought up to the table. Entering goes on."""

    code = "MH413"
    exit_status = 14
    ja = "台帳の写しを {path} に書き出せません（{why}）。記入は続きます。ディスクの空きと権限を確かめてください。"
    en = "The ledger cannot be published into {path} ({why}). Entering goes on. Check free space and permissions."
