"""What can go wrong with a backup: MH562 to MH569; exit 123, 124, 125, 119, 120, 66."""

from __future__ import annotations

from mihariban.base.errors import InputError, StateError, StorageError


class BackupUnreadable(InputError):
    """The file is no backup, damaged, altered, or cut off."""

    code = "MH562"
    exit_status = 123
    ja = "{path} はバックアップとして読めません（{why}）。何も書き戻していません。別のバックアップを使ってください。"
    en = "{path} cannot be read as a backup ({why}). Nothing was restored. Use another backup."


class BackupKeyWrong(InputError):
    """No key that was given opens the backup, or a key cannot be read."""

    code = "MH563"
    exit_status = 124
    ja = "バックアップの鍵が使えません（{why}）。作ったときの鍵ファイルまたはパスフレーズを指定してください。"
    en = "The key of the backup does not serve ({why}). Name the key file or passphrase it was made with."


class BackupRefused(StateError):
    """Something that may not be in a backup would get into it, or out of it."""

    code = "MH564"
    exit_status = 125
    ja = "{what} はバックアップに入れられません（{why}）。取り除いてからやり直してください。"
    en = "{what} may not be in a backup ({why}). Take it away and try again."


class BackupIncomplete(StorageError):
    """A copy could not be made whole: disk full, database damaged or changing all the time."""

    code = "MH565"
    exit_status = 119
    ja = "{what} の複製を作れません（{why}）。バックアップは作られていません。"
    en = "{what} could not be copied ({why}). No backup was made."


class BackupTargetTaken(StateError):
    """There is something already where the result should go, or the site is in use."""

    code = "MH566"
    exit_status = 120
    ja = "{path} は使えません（{why}）。何も書いていません。"
    en = "{path} cannot be used ({why}). Nothing was written."


class NothingToAccept(StateError):
    """Nobody needs to be told that a ledger was restored."""

    code = "MH568"
    exit_status = 66
    ja = "{origin} の台帳に、受け入れる巻き戻しはありません（{why}）。何も変えていません。"
    en = "There is no rollback of the ledger {origin} to accept ({why}). Nothing was changed."
