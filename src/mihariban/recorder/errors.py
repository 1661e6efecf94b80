"""What can go wrong between a camera and the volume."""

from __future__ import annotations

from mihariban.base.errors import AccessError, InputError, SourceError, StateError, StorageError


class SourceUnreadable(SourceError):
    """A video file or stream cannot be opened or holds no video."""

    code = "MH301"
    exit_status = 50
    ja = "映像 {source} を読めません（{why}）。ファイルまたはカメラのアドレスを確かめてください。"
    en = "Cannot read the video {source} ({why}). Check the file or the camera's address."


class SourceUnreachable(SourceError):
    """Nothing answers at the camera's address."""

    code = "MH302"
    exit_status = 51
    ja = "カメラ {source} につながりません（{why}）。電源、配線、アドレスを確かめてください。"
    en = "The camera {source} does not answer ({why}). Check its power, its cable and its address."


class SourceLoginRefused(SourceError):
    """The camera wants another user or password, or this user may not see the stream."""

    code = "MH303"
    exit_status = 52
    ja = "カメラ {source} がログインを拒みました。サイトに登録した利用者名とパスワードを確かめてください。"
    en = "The camera {source} refused the login. Check the user and the password kept for this site."


class SourceLost(SourceError):
    """A live camera ended the stream or the connection broke."""

    code = "MH304"
    exit_status = 53
    ja = "カメラ {source} の映像が途切れました（{why}）。再接続を続けます。電源と配線を確かめてください。"
    en = "The picture of the camera {source} was lost ({why}). Reconnecting goes on; check its power and its cable."


class SourceStalled(SourceError):
    """The connection stands, but no picture comes."""

    code = "MH305"
    exit_status = 54
    ja = "カメラ {source} から {seconds} 秒間映像が届きません。再接続を続けます。カメラの状態を確かめてください。"
    en = "The camera {source} has sent no picture for {seconds} s. Reconnecting goes on; check the camera."


class SourceCodecUnsupported(SourceError):
    """The video is neither H.264 nor H.265."""

    code = "MH306"
    exit_status = 55
    ja = "映像 {source} の形式 {codec} は使えません。H.264 または H.265 にしてください。"
    en = "The video {source} is coded as {codec}, which cannot be kept. Use H.264 or H.265."


class SourceNoKeyFrame(SourceError):
    """No picture came at which a decoder could start."""

    code = "MH307"
    exit_status = 56
    ja = "映像 {source} にキーフレームがありません（{packets} パケットを捨てました）。カメラの設定を確かめてください。"
    en = "The video {source} has no key frame ({packets} packets dropped). Check the camera's encoder settings."


class SourceTruncated(SourceError):
    """A file ends before its own index says it should; everything before was delivered."""

    code = "MH308"
    exit_status = 57
    ja = "映像 {source} は途中で切れています（{delivered} / {expected} パケット）。読めたところまでは使いました。"
    en = "The video {source} is cut off ({delivered} of {expected} packets). What could be read was used."


class SourceAddressInvalid(SourceError):
    """A camera's address in the site's settings cannot be used."""

    code = "MH309"
    exit_status = 58
    ja = "カメラのアドレス {source} は使えません（{why}）。"
    en = "The camera address {source} cannot be used ({why})."


class SourceFailed(SourceError):
    """A source ended with an error nobody foresaw; the supervisor starts it again."""

    code = "MH310"
    exit_status = 59
    ja = "カメラ {source} の読み取りが想定外のエラーで止まりました（{why}）。再接続を続けます。"
    en = "Reading from the camera {source} stopped with an unforeseen error ({why}). Reconnecting goes on."


class ControlOfAnotherSite(InputError):
    """The book in this folder belongs to another site or recorder."""

    code = "MH351"
    exit_status = 60
    ja = "この control.db は別の設置場所のものです（{found}、必要なのは {wanted}）。フォルダーを確かめてください。"
    en = "This control.db belongs to another site ({found}; wanted {wanted}). Check the folder."


class NotASite(InputError):
    """A folder is not a site, or only part of one."""

    code = "MH352"
    exit_status = 61
    ja = (
        "{folder} は設置場所のフォルダーではありません（{missing}: {why}）。パスと権限を確かめてください。"
        "新しい設置場所は mihariban init で作ります。"
    )
    en = (
        "{folder} is not the folder of a site ({missing}: {why}). Check the path and your rights; "
        "mihariban init makes a new site."
    )


class BookMissing(StorageError):
    """The site is there, its recorder's book is not."""

    code = "MH369"
    exit_status = 67
    ja = (
        "録画機の台帳 {path} がありません。バックアップを戻すか、"
        "mihariban recorder {folder} --new-book --reason 理由 で新しい台帳を作ってください。映像と保全はリングに残っています。"
    )
    en = (
        "The recorder's book {path} is missing. Restore a backup, or make a new one: mihariban recorder {folder} "
        "--new-book --reason WHY. Footage and holds are still in the ring."
    )


class SiteExists(StateError):
    """A site is already there; nothing is overwritten."""

    code = "MH353"
    exit_status = 62
    ja = "{folder} にはすでに設置場所があります。上書きしません。別のフォルダーを指定してください。"
    en = "There is already a site in {folder}. Nothing is overwritten: name another folder."


class SiteHalfMade(StateError):
    """Parts of a site are there, others are not: an init that did not end, or a site that lost something."""

    code = "MH386"
    exit_status = 16
    ja = (
        "{folder} には設置場所の一部（{found}）だけがあります。上書きしません。終わらなかった init の残りなら、"
        "このフォルダーを別の場所へ移して、もう一度 mihariban init を実行してください。録画していた設置場所なら、"
        "消さずにバックアップから戻してください。"
    )
    en = (
        "{folder} holds only parts of a site ({found}). Nothing is overwritten. Where an init that did not end left them, "
        "move the folder aside and run mihariban init again. Where something was recorded, keep it and restore a backup."
    )


class SiteNotMade(StorageError):
    """The folder of a new site cannot be made."""

    code = "MH387"
    exit_status = 17
    ja = "{folder} に設置場所を作れません（{why}）。パスと権限を確かめてください。何も書いていません。"
    en = "No site can be made in {folder} ({why}). Check the path and your rights. Nothing was written."


class NoSuchCamera(InputError):
    """A camera is named that the site does not have."""

    code = "MH354"
    exit_status = 63
    ja = "カメラ {camera} は site.toml にありません。あるのは: {known}"
    en = "There is no camera {camera} in site.toml. There are: {known}"


class DemoFolderTaken(StateError):
    """The demo's folder holds something that the demo did not make."""

    code = "MH355"
    exit_status = 64
    ja = "{folder} にはデモ以外のものがあります。空のフォルダーを --dir で指定してください。"
    en = "{folder} holds something that is no demo. Name an empty folder with --dir."


class PicturesRefused(AccessError):
    """Pictures of a real camera are asked for without a grant."""

    code = "MH356"
    exit_status = 65
    ja = "カメラ {camera} は見本ではありません。許可なしに映像を見ることはできません。"
    en = "The camera {camera} is not the drawn one. Its pictures are shown to nobody without a grant."


class HoldNotAllowed(AccessError):
    """The rule in force knows no keeping beyond the period."""

    code = "MH357"
    exit_status = 114
    ja = "要綱 {policy} には保存期間の延長の定めがありません。延長できません。"
    en = "The rule {policy} knows no extension of the period; nothing can be kept longer."


class ReviewTooLate(InputError):
    """A hold is to be looked at again later than the rule says."""

    code = "MH358"
    exit_status = 115
    ja = "見直しの期日 {review} は遅すぎます。要綱では {days} 日以内、{latest} までです。"
    en = "The review on {review} is too late: the rule wants it within {days} days, by {latest}."


class NothingToHold(StateError):
    """There is no footage in the span of a hold."""

    code = "MH359"
    exit_status = 116
    ja = "カメラ {camera} の {start} から {end} までに、延長できる映像がありません。時刻を確かめてください。"
    en = "Camera {camera} has no footage from {start} to {end} that could be kept. Check the times."


class NoPictureNow(StateError):
    """A camera shows nothing of which a still could be taken."""

    code = "MH360"
    exit_status = 117
    ja = "カメラ {camera} から今は映像が届いていません。接続を確かめてから、もう一度行ってください。"
    en = "The camera {camera} shows no picture now. Check its connection and try again."


class AuditPeriodInvalid(InputError):
    """An audit is to end before it begins."""

    code = "MH361"
    exit_status = 118
    ja = "監査の期間 {first} から {last} は、終わりが始まりより前です。日付を確かめてください。"
    en = "The audit from {first} to {last} ends before it begins. Check the dates."


class SiteClockUnusable(StateError):
    """The file of the site's own clock is damaged, or cannot be written."""

    code = "MH362"
    exit_status = 113
    ja = (
        "サイトの時計のファイル {file} を使えません（{why}）。壊れているときは消してください。次の起動で作り直します。"
        "書けないときは、フォルダーに書き込めるようにしてください。"
    )
    en = (
        "The file of the site's clock {file} cannot be used ({why}). Delete it if it is damaged: the next start makes it "
        "anew. If it cannot be written, let this user write into the folder."
    )
