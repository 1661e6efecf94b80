"""What the recorder's door answers, and what may happen on the way to it: MH370 to MH384, exit 90 to 104."""

from __future__ import annotations

from mihariban.base.errors import AccessError, InputError, StateError


class RequestMalformed(InputError):
    """A request is not of the contract's form."""

    code = "MH370"
    exit_status = 90
    ja = "録画装置への要求が正しくありません（{why}）。契約書の書式で送り直してください。"
    en = "The recorder does not take this request ({why}). Send it in the form of the contract."


class GrantMalformed(InputError):
    """A grant or order is not of its form: a name missing, unknown or doubled, a value of the wrong kind."""

    code = "MH371"
    exit_status = 91
    ja = "署名文書の書式が正しくありません（{why}）。発行元で作り直してください。"
    en = "Not a well-formed grant or order ({why}). Have it issued again."


class GrantForged(AccessError):
    """A signature, a proof or a committed text does not hold: this was not decided, or not so."""

    code = "MH372"
    exit_status = 92
    ja = "署名文書を真正と認められません（{why}）。映像は開きません。管理者に知らせてください。"
    en = "The grant or order is not genuine ({why}). Nothing is opened; tell the manager."


class GrantExpired(AccessError):
    """The time for which a grant was given is over."""

    code = "MH373"
    exit_status = 93
    ja = "許可 {grant} は {until} に期限が切れました。必要なら新しい許可を受けてください。"
    en = "Grant {grant} expired at {until}. Ask for a new one where it is needed."


class GrantNotYet(AccessError):
    """Issued in the future: one of two clocks is wrong."""

    code = "MH374"
    exit_status = 94
    ja = "許可 {grant} の発行時刻 {issued} はまだ来ていません。窓口と録画装置の時計を確かめてください。"
    en = "Grant {grant} was issued at {issued}, which has not come yet. Check the clocks of office and recorder."


class GrantElsewhere(AccessError):
    """For another site, recorder or camera."""

    code = "MH375"
    exit_status = 95
    ja = "この署名文書は別のもの（{what} {found}）に宛てています。ここは {here} です。"
    en = "This grant or order is for another {what} ({found}); here is {here}."


class GrantWidened(AccessError):
    """More is asked for than was granted: another purpose, or beyond its range."""

    code = "MH376"
    exit_status = 96
    ja = "許可 {grant} が認めるのは {granted} だけです（求められたのは {asked}）。"
    en = "Grant {grant} allows {granted} alone; asked was {asked}."


class GrantReplayed(StateError):
    """The id was used for another document, the grant was opened and has ended, or the order is older than the last."""

    code = "MH377"
    exit_status = 97
    ja = "署名文書 {grant} はもう使えません（{why}）。新しく発行してください。"
    en = "Grant or order {grant} cannot be used again ({why}). Have a new one issued."


class GrantRevoked(AccessError):
    """The decision was taken back."""

    code = "MH378"
    exit_status = 98
    ja = "許可 {grant} は取り消されています。"
    en = "Grant {grant} has been revoked."


class GrantOutdated(StateError):
    """Its proof does not continue what this recorder cosigned last; the same decision, proven anew, is accepted."""

    code = "MH379"
    exit_status = 99
    ja = "署名文書の証明が古くなっています。窓口の台帳の {size} 件からの続きを証明して出し直してください。"
    en = "The proof is outdated. Present the same decision with a proof that continues from {size} entries."


class NoSuchThing(InputError):
    """There is no such route, method, session, hold or file."""

    code = "MH380"
    exit_status = 100
    ja = "録画装置に {what} はありません。"
    en = "The recorder has no {what}."


class DoorClosed(AccessError):
    """The caller's role, or a session's missing token, does not allow this."""

    code = "MH381"
    exit_status = 101
    ja = "この要求は許されていません（{why}）。"
    en = "This request is not allowed ({why})."


class RequestTooLarge(InputError):
    """A request is longer than the door takes."""

    code = "MH382"
    exit_status = 102
    ja = "要求が長すぎます（上限 {limit} バイト）。"
    en = "The request is too long (at most {limit} bytes)."


class RecorderUnavailable(StateError):
    """The recorder does not answer, answers too late, or is too busy."""

    code = "MH383"
    exit_status = 103
    ja = "録画装置 {address} が応答しません（{why}）。録画装置が動いているか、回線と証明書を確かめてください。"
    en = "The recorder {address} does not answer ({why}). Check that it runs, the line and the certificates."


class DoorTaken(StateError):
    """Another recorder already answers at this socket."""

    code = "MH384"
    exit_status = 104
    ja = "{socket} では別の録画装置が動いています。先にそれを止めてください。"
    en = "Another recorder answers at {socket}. Stop it first."
