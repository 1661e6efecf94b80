"""The answers as sentences for people, in both languages. Facts stand in braces; the same in both."""

from __future__ import annotations

QUESTIONS: dict[str, int] = {
    "rule": 1,
    "sound": 4,
    "watched": 5,
    "outside": 6,
    "age": 7,
    "lost": 8,
    "opened": 9,
    "viewed": 10,
    "network": 18,
    "linked": 19,
    "at_opening": 23,
    "clock": 24,
    "agrees": 25,
}
"""Topic to its number in the auditors' list (docs/design/audit.md)."""

SENTENCES: dict[str, tuple[str, str]] = {
    "rule": (
        "適用された要綱の版と期間は {versions} です。適用する版のない日は {missing} 日です。",
        "Versions of the rule in force: {versions}. Days without one: {missing}.",
    ),
    "sound": (
        "保存中の映像に含まれる音声の流れは {found} 件です。要綱の定め（capture.audio）は {rules} です。",
        "Streams of sound in what is stored: {found}. What the rule says (capture.audio): {rules}.",
    ),
    "watched": (
        "撮影すべき {expected} 秒のうち {seen} 秒（{share} %）を監視しました。途切れは {gaps} 回です。",
        "Of {expected} s of permitted hours {seen} s ({share} %) were watched; gaps: {gaps}.",
    ),
    "outside": (
        "録画 {spans} 件と縮めた記録 {past} 件を稼働時間と照合しました。時間外は {found} 件です。",
        "{spans} recordings and {past} shrunk records were held against the hours. Outside: {found}.",
    ),
    "age": (
        "最も古い録画は {oldest}（{days} 日前）です。期限を過ぎて残るものは {over} 件、うち延長中でないもの {late} 件、"
        "どの延長によるか分からないもの {unexplained} 件です。鍵を廃棄し上書きを待つものは {waiting} 件です。",
        "The oldest recording is of {oldest} ({days} days ago). Past their deadline and still there: {over} clips,"
        " without a hold: {late}, held nobody knows by what: {unexplained}."
        " Key destroyed, bytes not yet overwritten: {waiting}.",
    ),
    "lost": (
        "期限前の消失の記入は {entries} 件、期限前に廃棄された鍵は {keys} 件、破損は {damaged} 件、"
        "映像のない来訪は {visits} 件です。",
        "Entries of early loss: {entries}; keys destroyed before their deadline: {keys}; damaged: {damaged};"
        " visits without their footage: {visits}.",
    ),
    "opened": (
        "起動 {starts} 回（異常終了の後 {crashes} 回）、停止 {stops} 回、ディスクの異常と交換 {disks} 回です。"
        "ケースの開閉と鍵は、事務所の鍵使用管理簿と照合してください。",
        "Started {starts} times ({crashes} after a crash), stopped {stops} times; disk events: {disks}."
        " Compare the opening of the case with the office's key ledger.",
    ),
    "viewed": (
        "許可により開いたのは {grants} 件、装置を出た映像は {seconds} 秒です。設定用静止画は {stills} 件、拒んだものは"
        " {refused} 件、許可の記入を欠くものは {loose} 件です。",
        "Grants opened: {grants}; {seconds} s of footage left the recorder. Set-up stills: {stills}; refusals:"
        " {refused}; footage given out without a grant's entry: {loose}.",
    ),
    "network": (
        "設定された接続は {ways} です。他の機械からの接続は相互 TLS だけで受け、その数は {listening} 件です。",
        "Connections configured: {ways}. Calls from other machines come by mutual TLS alone, at {listening} addresses.",
    ),
    "linked": (
        "control.db の表 {tables} 件を出荷時の定義と照合しました。異なる表は {strange} 件、"
        "カードや交付に結び付く列は {named} 件です。",
        "{tables} tables of control.db were compared with the shipped schema. Tables that differ: {strange};"
        " columns that could name a card or a transaction: {named}.",
    ),
    "at_opening": (
        "稼働日 {opened} 日のうち {late} 日は、稼働の開始時にカメラを監視していませんでした。"
        "点検した人と時刻は事務所の記録にあります。",
        "Of {opened} open days a camera was not watched at opening on {late}."
        " Who checked, and when, is in the office's book.",
    ),
    "clock": (
        "時計の飛びは {steps} 回、時刻の質の変化は {changes} 回、質が不明のときの記入は {unknown} 件、"
        "カメラの時計の異常は {cameras} 回です。",
        "Steps of the clock: {steps}; changes of its quality: {changes}; entries made with unknown quality: {unknown};"
        " findings of a camera's clock: {cameras}.",
    ),
    "agrees": (
        "台帳に締めた来訪は {listed} 件です。記録と異なる日は {days} 日、合わない合計は {sums} 件、"
        "台帳の検証の誤りは {faults} 件です。台帳は {size} 件、連署は {cosigned} 件までです。",
        "Visits listed in the ledger: {listed}. Days that differ from the book: {days}; sums that differ: {sums};"
        " faults found when verifying the ledger: {faults}. It holds {size} entries, cosigned up to {cosigned}.",
    ),
}
