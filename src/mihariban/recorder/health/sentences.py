"""Each finding for a clerk in both languages: what is wrong, what to do. {subject}: a camera, a part, or a date."""

from __future__ import annotations

from mihariban.recorder.health.kinds import FindingKind as Kind

WORDS: dict[Kind, tuple[str, str, str, str]] = {
    Kind.CAMERA_COVERED: (
        "カメラ {subject} が覆われています。",
        "レンズの前の物やほこりを取り除いてください。",
        "The camera {subject} is covered.",
        "Take away what is in front of the lens, or clean it.",
    ),
    Kind.CAMERA_DARK: (
        "カメラ {subject} の映像が真っ暗です。",
        "照明とレンズのふたを確かめてください。",
        "The picture of the camera {subject} is black.",
        "Check the lights and the lens cap.",
    ),
    Kind.CAMERA_MOVED: (
        "カメラ {subject} の向きがずれています。",
        "カメラを元の向きに戻してください。動かしたのが予定どおりなら、今の画角を覚え直させてください。",
        "The camera {subject} points elsewhere than before.",
        "Turn it back. If it was moved on purpose, have the new view learned.",
    ),
    Kind.CAMERA_DEFOCUSED: (
        "カメラ {subject} のピントが合っていません。",
        "レンズの汚れとピントを確かめてください。",
        "The camera {subject} is out of focus.",
        "Check the lens for dirt, and its focus.",
    ),
    Kind.CAMERA_FROZEN: (
        "カメラ {subject} の映像が止まったままです。",
        "カメラの電源を入れ直してください。",
        "The picture of the camera {subject} is frozen.",
        "Switch the camera off and on.",
    ),
    Kind.CAMERA_REPLACED: (
        "カメラ {subject} の映像がまったく別のものになっています。",
        "カメラの接続先・設定・向きを確かめてください。予定どおりなら、今の映像を覚え直させてください。",
        "The camera {subject} shows something wholly different.",
        "Check its address, settings and where it points. If that is meant, have the new view learned.",
    ),
    Kind.CAMERA_NO_PICTURE: (
        "カメラ {subject} の映像が届いていません。",
        "カメラの電源と配線を確かめてください。",
        "No picture comes from the camera {subject}.",
        "Check its power and cabling.",
    ),
    Kind.CAMERA_CLOCK_WRONG: (
        "カメラ {subject} の時計がずれています。",
        "カメラの時刻合わせの設定を確かめてください。録画の日時には録画機の時計を使っています。",
        "The clock of the camera {subject} is wrong.",
        "Check its time settings. Footage is dated by the recorder's clock.",
    ),
    Kind.RING_FAILING: (
        "録画の書き込みに失敗しています（{subject}）。",
        "録画機のディスクを点検し、保守業者に連絡してください。",
        "Writing footage fails ({subject}).",
        "Have the recorder's disk checked; call maintenance.",
    ),
    Kind.DISK_ERROR: (
        "録画の保存先に異常があります（{subject}）。",
        "mihariban volume check を実行し、保守業者に連絡してください。",
        "Something is wrong with the volume ({subject}).",
        "Run mihariban volume check and call maintenance.",
    ),
    Kind.DISK_CHANGED: (
        "録画の保存先のディスク上の位置が変わりました（{subject}）。",
        "ディスクを交換・複製したか確かめ、元のディスクの消去を記録してください。",
        "The volume lies elsewhere on disk than before ({subject}).",
        "Find out whether the disk was replaced or copied, and record the erasure of the old one.",
    ),
    Kind.LEDGER_UNWRITABLE: (
        "台帳に書き込めません（{subject}）。録画は続いていますが、映像は見られません。",
        "ディスクの空きと権限を確かめてください。",
        "The ledger cannot be written ({subject}). Recording goes on; footage cannot be seen.",
        "Check free space and permissions.",
    ),
    Kind.CLOCK_STEPPED: (
        "録画機の時計が飛びました（{subject}）。",
        "時刻合わせの設定を確かめてください。前後の映像の日時に注意が要ります。",
        "The recorder's clock jumped ({subject}).",
        "Check its time settings. Mind the dates of footage around the jump.",
    ),
    Kind.CLOCK_UNSYNCHRONISED: (
        "録画機の時計が合わせられていません（{subject}）。",
        "時刻サーバーとの接続を確かめてください。",
        "The recorder's clock is not synchronised ({subject}).",
        "Check its connection to the time server.",
    ),
    Kind.CLOCK_DISPUTED: (
        "録画機の時計が、経過した時間と合いません（{subject}）。期限を過ぎた映像は見られませんが、消去は保留しています。",
        "時計を合わせてください。正しいときは、管理者が mihariban recorder --confirm-clock で記録します。",
        "The recorder's clock does not agree with the time that has passed ({subject}). Footage past its deadline "
        "cannot be seen, but its erasure waits.",
        "Set the clock; where it is right, let the recorder's administrator enter that with "
        "“mihariban recorder --confirm-clock”.",
    ),
    Kind.HOLDS_OVER_SHARE: (
        "保存期間を延長した映像が、取り置きの枠を超えています（{subject}）。",
        "延長の見直しを管理者に求めてください。",
        "Held footage exceeds the share set aside ({subject}).",
        "Ask the manager to review the holds.",
    ),
    Kind.CAPACITY_SHORT: (
        "今の割合では、保存期間が終わる前に映像が上書きされます（{subject}）。",
        "容量の大きいディスクへの交換を相談してください。",
        "At the present rate footage will be overwritten before its period is over ({subject}).",
        "Ask for a larger disk.",
    ),
    Kind.NO_VISIT: (
        "{subject} は稼働日でしたが、来訪が一件も記録されていません。",
        "カメラの向きと検知の範囲を確かめてください。本当に来訪がなかった日もあり得ます。",
        "{subject} was an open day, and not one visit was recorded.",
        "Check where the camera points and its zone. It may also be that nobody came.",
    ),
    Kind.COSIGNATURE_OVERDUE: (
        "台帳の連署が遅れています（{subject}）。",
        "事務用システムとの接続を確かめてください。",
        "The ledger's cosignature is overdue ({subject}).",
        "Check the connection to the office.",
    ),
    Kind.SCRUB_BEHIND: (
        "保存済みの映像の点検が遅れています（{subject}）。",
        "録画機が長く止まっていなかったか確かめてください。",
        "Re-checking stored footage is behind ({subject}).",
        "Find out whether the recorder was off for long.",
    ),
    Kind.FOOTAGE_LOST_EARLY: (
        "容量が足りず、保存期限より前に映像が上書きされました（{subject}）。",
        "管理者に知らせ、容量の増設か保存延長の見直しを検討してください。",
        "Footage was overwritten before its deadline for want of room ({subject}).",
        "Tell the manager; more room is needed, or fewer holds.",
    ),
    Kind.FOOTAGE_DAMAGED: (
        "保存済みの映像の一部が壊れています（{subject}）。",
        "ディスクの故障が考えられます。保守業者に連絡してください。壊れた箇所の前後は読めます。",
        "A part of the stored footage is damaged ({subject}).",
        "The disk may be failing: call the vendor. What lies before and after it can be read.",
    ),
    Kind.HOLD_REVIEW_OVERDUE: (
        "保存延長の見直しの期日を過ぎています（{subject}）。",
        "延長を続けるか解除するか、管理者に決めてもらってください。",
        "The review of a hold is overdue ({subject}).",
        "Have the manager decide whether it goes on or is released.",
    ),
    Kind.SITE_CHANGED: (
        "{subject} の変更（時間帯・カメラ・録画機の設定など）はまだ効力がありません。"
        "録画機は起動したときの設定で動いています。",
        "変更が予定どおりなら、録画機を起動し直してください。心当たりがなければ元に戻し、管理者に知らせてください。",
        "A change in {subject} (time zone, cameras, the recorder's settings) is not in force yet: "
        "the recorder goes by what it read when it started.",
        "Where the change is meant, restart the recorder. Otherwise put it back and tell the manager.",
    ),
}
