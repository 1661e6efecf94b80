"""Entries as sentences for people, in both languages. Facts stand in braces; each must be in the entry's ``object``."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

from mihariban.base.text import Language
from mihariban.ledger.tags import RETIRED, Outcome, Tag

SENTENCES: dict[Tag, tuple[str, str]] = {
    Tag.VISIT_DAY_LIST: ("{date} の {camera} の来訪 {count} 件を締めた", "{date}: {count} visits at {camera} listed"),
    Tag.VISIT_RECORD_SHRINK: ("消去済み来訪 {count} 件の記録を日付・時・秒数に縮めた", "{count} erased visits shrunk"),
    Tag.VISIT_FOOTAGE_LOSE: ("保存期限前に映像を失った（{cause}）", "Footage lost before its deadline ({cause})"),
    Tag.CLIP_KEY_DESTROY: ("クリップ {count} 件の鍵を廃棄した", "Keys of {count} clips destroyed"),
    Tag.CLIP_REGION_OVERWRITE: ("区画 {region} を上書きした", "Region {region} overwritten"),
    Tag.CLIP_DAMAGE_FIND: ("{camera} の {at} の映像に破損がある", "Damage in the footage of {camera} at {at}"),
    Tag.GAP_RECORDING_BEGIN: ("{camera} の監視が途切れた（{cause}）", "{camera} is not watched ({cause})"),
    Tag.GAP_RECORDING_END: ("{camera} の監視が戻った", "{camera} is watched again"),
    Tag.CLOSED_PERIOD_BEGIN: ("{camera} の撮影を休む（{reason}）", "{camera} does not film ({reason})"),
    Tag.CLOSED_PERIOD_END: ("{camera} の撮影を再び始める", "{camera} may film again"),
    Tag.HOLD_FOOTAGE_PLACE: (
        "{camera} の {from} から {to} の保存期間を延長した",
        "Hold placed on {camera} from {from} to {to}",
    ),
    Tag.HOLD_FOOTAGE_REFUSE: ("保存期間の延長ができない（{cause}）", "Hold refused ({cause})"),
    Tag.HOLD_FOOTAGE_RELEASE: ("延長 {hold} を解いた", "Hold {hold} released"),
    Tag.HOLD_REVIEW_OVERDUE: ("延長 {hold} の見直しが遅れている", "Review of hold {hold} is overdue"),
    Tag.EXPIRY_DEADLINE_REACH: ("クリップ {count} 件が保存期限に達した", "{count} clips reached their deadline"),
    Tag.EXPIRY_DEADLINE_CHANGE: (
        "要綱の版 {version} によりクリップ {count} 件の保存期限が変わった",
        "Version {version} of the rule gave {count} clips another deadline",
    ),
    Tag.EXPIRY_CAPACITY_FORECAST: ("容量不足の見込み：{days} 日", "Capacity will not last: {days} days"),
    Tag.ERASURE_CLIP_ENTER: ("クリップ {count} 件を消去した（水準 {level}）", "{count} clips erased (level {level})"),
    Tag.ERASURE_LEVEL_RAISE: (
        "クリップ {count} 件の消去水準が {level} になった",
        "Erasure of {count} clips is now level {level}",
    ),
    Tag.GRANT_FOOTAGE_ISSUE: (
        "{camera} の {from} から {to} の閲覧を許可した",
        "Grant issued for {camera} from {from} to {to}",
    ),
    Tag.GRANT_FOOTAGE_ACCEPT: (
        "許可 {grant} により {camera} の {from} から {to} を開く",
        "Grant {grant} opens {camera} from {from} to {to}",
    ),
    Tag.GRANT_FOOTAGE_REFUSE: ("許可を拒んだ（{cause}）", "Grant refused ({cause})"),
    Tag.GRANT_FOOTAGE_REVOKE: ("許可 {grant} を取り消した", "Grant {grant} revoked"),
    Tag.FOOTAGE_SECONDS_SERVE: (
        "許可 {grant} により {from} から {to} の映像を渡した",
        "Footage from {from} to {to} left the recorder under grant {grant}",
    ),
    Tag.FOOTAGE_EXTRACT_MAKE: (
        "許可 {grant} により抽出した（{from} から {to}）",
        "Extract under {grant}: {from} to {to}",
    ),
    Tag.FOOTAGE_STILL_TAKE: ("{camera} の設定用静止画を取得した", "Set-up still taken from {camera}"),
    Tag.FOOTAGE_PACKAGE_MAKE: ("提供用の包み {package} を作った", "Package {package} made"),
    Tag.FOOTAGE_MEDIUM_HAND: ("媒体 {medium} を渡した", "Medium {medium} handed over"),
    Tag.FOOTAGE_MEDIUM_RETURN: ("媒体 {medium} の返却を受けた", "Medium {medium} returned"),
    Tag.FOOTAGE_MEDIUM_ERASE: ("媒体 {medium} を消去した", "Medium {medium} erased"),
    Tag.VOLUME_RING_CREATE: ("追記領域 {volume} を作った", "Ring {volume} created"),
    Tag.VOLUME_RING_ALTER: ("追記領域が変わっている（{cause}）", "The ring is not as it was left ({cause})"),
    Tag.VOLUME_SCRUB_FINISH: ("映像の検査を終えた（破損 {damaged} 件）", "Scrub finished, {damaged} damaged"),
    Tag.VOLUME_DISK_FAIL: ("ディスクの異常（{cause}）", "Disk error ({cause})"),
    Tag.KEY_ROOT_ROTATE: ("根鍵を更新した（世代 {generation}）", "Root key rotated (generation {generation})"),
    Tag.KEY_SIGNING_REPLACE: ("署名鍵を {key} に替えた", "Signing key replaced by {key}"),
    Tag.KEY_RECORDER_TURN: ("録画装置の鍵を使った", "The recorder's key was used"),
    Tag.CLOCK_WALL_STEP: ("時計が {milliseconds} ミリ秒動いた", "The clock was stepped by {milliseconds} ms"),
    Tag.CLOCK_QUALITY_CHANGE: ("時刻の質が {quality} になった", "Time quality is now {quality}"),
    Tag.CLOCK_TIME_CONFIRM: (
        "録画機の時計が正しいことを確かめた（前の確かな時刻との差 {hours} 時間）",
        "The recorder's clock was confirmed ({hours} h after the instant believed last)",
    ),
    Tag.CLOCK_CAMERA_DEVIATE: ("{camera} の時計がずれている", "The clock of {camera} deviates"),
    Tag.HEALTH_FINDING_BEGIN: ("異常：{finding}", "Finding: {finding}"),
    Tag.HEALTH_FINDING_END: ("異常が解けた：{finding}", "Finding over: {finding}"),
    Tag.HEALTH_VISITS_MISS: ("稼働日 {date} に来訪が 1 件もない", "No visit on the open day {date}"),
    Tag.BOOT_PROCESS_START: ("{process} が動き始めた", "{process} started"),
    Tag.BOOT_PROCESS_STOP: ("{process} が止まった", "{process} stopped"),
    Tag.RECOVERY_VOLUME_FINISH: ("映像の領域を回復した", "The volume was recovered"),
    Tag.RECOVERY_INDEX_REBUILD: ("索引を作り直した", "The index was rebuilt"),
    Tag.SOFTWARE_VERSION_CHANGE: ("ソフトウェアが版 {version} になった", "Software is now version {version}"),
    Tag.POLICY_VERSION_USE: ("要綱の版 {version} を使い始めた", "Version {version} of the rule governs"),
    Tag.POLICY_VERSION_RECEIVE: ("要綱の版 {version} を受け取った", "Version {version} of the rule received"),
    Tag.POLICY_VERSION_REFUSE: ("要綱の版を受け付けない（{cause}）", "A version of the rule was refused ({cause})"),
    Tag.POLICY_VERSION_ADOPT: (
        "設置のときの要綱の版 {version} を登録した",
        "Version {version} of the rule, laid at set-up, registered",
    ),
    Tag.POLICY_VERSION_PROPOSE: ("要綱の版 {version} を申し出た", "Version {version} of the rule proposed"),
    Tag.POLICY_VERSION_APPROVE: (
        "要綱の版 {version} を決定した（施行 {effective}）",
        "Version {version} of the rule approved, in force from {effective}",
    ),
    Tag.POLICY_VERSION_DECLINE: ("要綱の版 {version} を認めなかった", "Version {version} of the rule not approved"),
    Tag.POLICY_VERSION_RETRACT: ("要綱の版 {version} の申し出を取り下げた", "Proposal of version {version} retracted"),
    Tag.CALENDAR_ENTRY_PUT: ("暦の変更 {entry} を受けた", "Calendar entry {entry} received"),
    Tag.CALENDAR_ENTRY_WITHDRAW: ("暦の変更 {entry} を取り消した", "Calendar entry {entry} withdrawn"),
    Tag.CALENDAR_CHANGE_PROPOSE: (
        "{first} から {last} の稼働日時の変更 {change} を申し出た",
        "Change {change} of days and hours proposed, {first} to {last}",
    ),
    Tag.CALENDAR_CHANGE_APPROVE: (
        "{first} から {last} の稼働日時の変更 {change} を決定した",
        "Change {change} of days and hours approved, {first} to {last}",
    ),
    Tag.CALENDAR_CHANGE_REFUSE: ("稼働日時の変更 {change} を認めなかった", "Change {change} of days and hours refused"),
    Tag.CALENDAR_CHANGE_WITHDRAW: (
        "稼働日時の変更 {change} を取り消した",
        "Change {change} of days and hours withdrawn",
    ),
    Tag.SITE_KIOSK_CHANGE: ("{kiosk} の名称・場所を改めた", "Name or place of {kiosk} changed"),
    Tag.ALARM_FINDING_CLOSE: ("{recorder} の警報 {code} を閉じた", "Alarm {code} of {recorder} closed"),
    Tag.NOTICE_SIGN_HANG: ("表示 {sign} を掲げた（{camera}）", "Sign {sign} hung ({camera})"),
    Tag.NOTICE_SIGN_CHECK: ("表示 {sign} を確かめた（{state}）", "Sign {sign} looked at ({state})"),
    Tag.NOTICE_SIGN_REMOVE: ("表示 {sign} を外した", "Sign {sign} taken down"),
    Tag.NOTICE_CONTACT_CHANGE: ("お知らせの連絡先を改めた", "Contact on the notices changed"),
    Tag.SITE_EQUIPMENT_REGISTER: ("設置場所 {site} の機器を登録した", "Equipment of the site {site} registered"),
    Tag.ROLE_PERSON_ASSIGN: ("役割 {role} に指定した", "Assigned to the role {role}"),
    Tag.ROLE_PERSON_REMOVE: ("役割 {role} の指定を解いた", "Removed from the role {role}"),
    Tag.SESSION_PERSON_BEGIN: (
        "業務画面に入った（{how}。その前の失敗 {failures} 回）",
        "Signed in ({how}; failures before it: {failures})",
    ),
    Tag.SESSION_PERSON_END: ("業務画面から出た（{cause}）", "Signed out ({cause})"),
    Tag.SESSION_PERSON_REFUSE: (
        "業務画面に入れなかった（{cause}、{count} 回）",
        "Sign-in refused ({cause}, {count} times)",
    ),
    Tag.REGISTER_ROWS_EXPORT: (
        "一覧 {register} の {count} 件を {form} で書き出した",
        "{count} rows of the register {register} exported as {form}",
    ),
    Tag.CASEKEY_BOARD_REGISTER: ("鍵 {key} を登録した（{pieces} 本）", "Key {key} registered ({pieces} pieces)"),
    Tag.CASEKEY_BOARD_CHANGE: ("鍵 {key} の登録を改めた（{pieces} 本）", "Key {key} changed ({pieces} pieces)"),
    Tag.CASEKEY_BOARD_RETIRE: ("鍵 {key} の使用をやめた", "Key {key} retired"),
    Tag.CASEKEY_USE_TAKE: ("鍵 {key} を持ち出した（使用 {use}）", "Key {key} taken out (use {use})"),
    Tag.CASEKEY_USE_RETURN: ("鍵 {key} を戻した（使用 {use}）", "Key {key} brought back (use {use})"),
    Tag.CASEKEY_USE_CORRECT: ("鍵の使用 {use} の {field} を訂正した", "{field} of key use {use} corrected"),
    Tag.CASEKEY_USE_CONFIRM: ("鍵の使用 {use} を確認した", "Key use {use} confirmed"),
    Tag.CASEKEY_USE_OVERDUE: (
        "鍵 {key} が {minutes} 分を超えて戻っていない（使用 {use}）",
        "Key {key} is out for more than {minutes} minutes (use {use})",
    ),
    Tag.CASEKEY_USE_REMIND: (
        "鍵 {key} が戻っていないことをメールで知らせる（使用 {use}）",
        "Mail that key {key} is not back (use {use})",
    ),
    Tag.CASEKEY_DAY_COUNT: (
        "{date} の鍵 {key} を数えた（{found} 本、あるべき数 {expected}）",
        "{date}: key {key} counted, {found} of {expected}",
    ),
    Tag.CASEKEY_OPENING_FIND: (
        "鍵の使用がないのに録画装置 {recorder} が操作された（{at}）",
        "Recorder {recorder} was handled without a key use ({at})",
    ),
    Tag.CASEKEY_OPENING_EXPLAIN: ("説明のない操作 {opening} を説明した", "Unexplained opening {opening} explained"),
    Tag.CASEKEY_LIMIT_SET: ("鍵の持ち出しの上限を {minutes} 分にした", "Keys may be out for {minutes} minutes"),
    Tag.FOUND_THING_ENTER: ("拾得・不良 {number} を記入した（{kind}）", "Thing {number} entered ({kind})"),
    Tag.FOUND_THING_CORRECT: ("拾得・不良 {number} の {field} を訂正した", "{field} of thing {number} corrected"),
    Tag.FOUND_THING_RETURN: ("拾得・不良 {number} を返した", "Thing {number} returned"),
    Tag.FOUND_THING_DESTROY: ("拾得・不良 {number} を廃棄した", "Thing {number} destroyed"),
    Tag.FOUND_THING_HAND: ("拾得物 {number} を警察に届けた", "Thing {number} handed to the police"),
    Tag.FOUND_TEXT_FORGET: ("拾得・不良 {count} 件の文を消した", "Texts of {count} things erased"),
    Tag.FOUND_SPAN_SET: (
        "拾得・不良の文の保存を {days} 日、廃棄の立会いを {witnesses} 人にした",
        "Texts of things are kept {days} days; {witnesses} witnesses of a destruction",
    ),
    Tag.ACCOUNT_PERSON_CREATE: ("職員のアカウントを作った", "Account made for a person"),
    Tag.ACCOUNT_PERSON_CLOSE: ("職員のアカウントを止めた", "Account of a person closed"),
    Tag.ACCOUNT_PERSON_REOPEN: ("職員のアカウントを再び使えるようにした", "Account of a person opened again"),
    Tag.ACCOUNT_PASSWORD_RESET: ("職員のパスワードを出し直した", "Password of a person given anew"),
    Tag.ACCOUNT_PASSWORD_CHANGE: ("本人がパスワードを変えた", "Password changed by its owner"),
    Tag.ACCOUNT_RESET_CONFIRM: (
        "管理者のログインの出し直し {count} 件を確かめた",
        "{count} resets of the manager's login confirmed",
    ),
    Tag.ACCOUNT_RESET_MAIL: (
        "管理者のログインの出し直しをメールで知らせる（{kind}）",
        "Mail that the manager's login was reset ({kind})",
    ),
    Tag.ACCOUNT_FACTOR_ADD: ("本人が認証の手段 {kind} を加えた", "Means of login {kind} added by its owner"),
    Tag.ACCOUNT_FACTOR_REMOVE: ("本人が認証の手段 {kind} を外した", "Means of login {kind} removed by its owner"),
    Tag.ACCOUNT_LINK_SET: (
        "職員のアカウントとシングルサインオンの対応を変えた（{by}）",
        "Link of an account to single sign-on changed ({by})",
    ),
    Tag.ACCOUNT_FACTOR_RESET: ("職員の二段階認証を解いた", "Second factor of a person removed"),
    Tag.PERSON_RECORD_ENTER: ("人を登録した", "A person was entered"),
    Tag.PERSON_RECORD_CHANGE: ("人の登録を改めた", "A person's record was changed"),
    Tag.POST_NAME_SET: ("職 {post} を定めた", "Post {post} set"),
    Tag.POST_PERSON_APPOINT: ("{first} から職 {post} についた", "Holds post {post} from {first}"),
    Tag.POST_PERSON_LEAVE: ("{last} で職 {post} を離れる", "Leaves post {post} with {last}"),
    Tag.DEPUTY_ACTIVATION_BEGIN: (
        "管理者の職務の代理 {activation} を始めた",
        "Acting for the manager began ({activation})",
    ),
    Tag.DEPUTY_ACTIVATION_END: (
        "管理者の職務の代理 {activation} を終えた",
        "Acting for the manager ended ({activation})",
    ),
    Tag.ROLE_HISTORY_CORRECT: ("役割の記録 {record} を理由を付けて改めた", "Record of a role corrected ({record})"),
    Tag.SETUP_STEP_FINISH: ("初期設定の段階 {step} を終えた", "Set-up step {step} finished"),
    Tag.SETUP_SUMMARY_SIGN: ("初期設定の内容を確認して署名した", "Set-up reviewed and signed"),
    Tag.SITE_ZONE_CHANGE: ("{camera} の利用者の立つ範囲を変えた", "Zone of {camera} changed"),
    Tag.SITE_PLAN_KEEP: ("設置場所 {site} の平面図を登録した", "Floor plan of the site {site} kept"),
    Tag.CHECK_SHEET_SAVE: (
        "{kiosk} の {date} の点検表を書いた（未確認 {not_done}）",
        "Check sheet of {kiosk} for {date} written ({not_done} not done)",
    ),
    Tag.CHECK_SHEET_SIGN: (
        "{kiosk} の {date} の点検表に署名した（良 {ok}、否 {not_ok}、未確認 {not_done}）",
        "Check sheet of {kiosk} for {date} signed (ok {ok}, not ok {not_ok}, not done {not_done})",
    ),
    Tag.CHECK_SHEET_CONFIRM: ("{kiosk} の {date} の点検表を確認した", "Check sheet of {kiosk} for {date} confirmed"),
    Tag.CHECK_SHEET_EXPLAIN: (
        "{kiosk} の {date} の点検がないわけを書いた",
        "Why {kiosk} was not checked on {date} explained",
    ),
    Tag.CHECK_LINE_CORRECT: (
        "{kiosk} の {date} の点検表の {item} を訂正した",
        "{item} on the check sheet of {kiosk} for {date} corrected",
    ),
    Tag.FAULT_CASE_OPEN: ("{kiosk} の故障 {fault} を届け出た（{kind}）", "Fault {fault} of {kiosk} opened ({kind})"),
    Tag.FAULT_CASE_AMEND: ("故障 {fault} の記載を改めた", "Fault {fault} amended"),
    Tag.FAULT_CASE_NOTE: ("故障 {fault} の経過を書いた", "Fault {fault}: note added"),
    Tag.FAULT_CASE_REPAIR: ("故障 {fault} を修理した", "Fault {fault} repaired"),
    Tag.FAULT_CASE_RESTORE: ("故障 {fault} から復旧した", "Fault {fault}: restored after a test"),
    Tag.FAULT_CASE_CONFIRM: ("故障 {fault} の記録を確認した", "Fault {fault} confirmed"),
    Tag.FAULT_SERVICE_STOP: (
        "故障 {fault} のため {kiosk} の使用を止めた",
        "{kiosk} taken out of service for fault {fault}",
    ),
    Tag.FAULT_SERVICE_RESUME: ("{kiosk} の使用を再開した（故障 {fault}）", "{kiosk} back in service (fault {fault})"),
    Tag.FAULT_USERS_TELL: ("故障 {fault} を利用者に知らせた（{how}）", "Users told of fault {fault} ({how})"),
    Tag.FAULT_VENDOR_MAIL: ("故障 {fault} を保守業者にメールで知らせる", "Mail to the vendor about fault {fault}"),
    Tag.FAULT_VENDOR_CALL: ("故障 {fault} について保守業者と話した", "Vendor spoken to about fault {fault}"),
    Tag.FAULT_GAP_LINK: (
        "故障 {fault} に {camera} の映像の欠け {gap} を結びつけた",
        "Gap {gap} of {camera} linked to fault {fault}",
    ),
    Tag.FAULT_DISK_TAKE: ("故障 {fault} でディスク {disk} を取り外した", "Disk {disk} taken out in fault {fault}"),
    Tag.FAULT_DISK_HAND: ("ディスク {disk} を消去のために渡した", "Disk {disk} handed over for erasure"),
    Tag.FAULT_DISK_ERASE: ("ディスク {disk} の消去を確かめた", "Erasure of disk {disk} confirmed"),
    Tag.BACKUP_SITE_MAKE: (
        "バックアップを作った（{members} ファイル、{bytes} バイト）",
        "Backup made ({members} files, {bytes} bytes)",
    ),
    Tag.BACKUP_SITE_RESTORE: (
        "{made} のバックアップから書き戻した。以後の記録はない",
        "Restored from the backup of {made}; what came after it is missing",
    ),
    Tag.LEDGER_BOOK_REPLACE: (
        "失われたか壊れた台帳を退避し、新しい台帳に替えた（{aside}）",
        "A lost or damaged book was put aside and replaced by a new one ({aside})",
    ),
    Tag.LEDGER_BOOK_OPEN: ("台帳を開いた（{origin}）", "Ledger opened ({origin})"),
    Tag.LEDGER_TEXT_ERASE: (
        "台帳に付く氏名・文 {count} 件を消去した",
        "{count} names or texts beside the ledger erased",
    ),
    Tag.LEDGER_EXPORT_MAKE: ("台帳を {size} 件で書き出した", "Ledger exported at {size} entries"),
    Tag.CHECKPOINT_TREE_SIGN: ("{size} 件で署名した", "Signed at {size} entries"),
    Tag.COSIGN_CHECKPOINT_GIVE: ("{origin} の {size} 件に連署した", "Cosigned {origin} at {size} entries"),
    Tag.COSIGN_CHECKPOINT_REFUSE: ("{origin} への連署を拒んだ（{cause}）", "Did not cosign {origin} ({cause})"),
    Tag.COSIGN_CHECKPOINT_ACCEPT: (
        "{size} 件まで連署した {origin} が {found} 件に戻されたことを認めた",
        "{origin}, cosigned at {size} entries, was put back to {found}, and this was accepted",
    ),
    Tag.COSIGN_CHECKPOINT_RECEIVE: ("{cosigner} の連署を {size} 件で受けた", "{cosigner} cosigned at {size} entries"),
    Tag.COSIGN_CHECKPOINT_OVERDUE: ("{cosigner} の連署が遅れている", "Cosignature of {cosigner} is overdue"),
}

_OUTCOMES: dict[Outcome, tuple[str, str]] = {
    Outcome.DONE: ("{0}。", "{0}."),
    Outcome.INTENT: ("着手：{0}。", "About to happen: {0}."),
    Outcome.FAILED: ("失敗：{0}。", "Failed: {0}."),
    Outcome.UNKNOWN: ("結果不明：{0}。", "Outcome unknown: {0}."),
}


def facts_of(tag: Tag) -> frozenset[str]:
    """Names of the facts that an entry of this tag must carry in its ``object``."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(SENTENCES[tag][1]) if name)


def sentence(entry: Mapping[str, Any], language: Language) -> str:
    """An entry as one sentence. A tag of a later version is shown as it is; a fact that is missing as "?"."""
    place = 0 if language == "ja" else 1
    try:
        template = SENTENCES[Tag(entry["tag"])][place]
    except ValueError:
        template = str(entry["tag"]).translate({ord("{"): "(", ord("}"): ")"})
    try:
        frame = _OUTCOMES[Outcome(entry["outcome"])][place]
    except ValueError:
        frame = "{0}"
    facts = entry.get("object", {})
    return frame.format(template.format_map(_Facts(facts if isinstance(facts, dict) else {})))


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def tags_page() -> str:
    """All tags with their facts and sentences, as a reference page."""
    lines = [
        "# Ledger tags\n",
        "Every entry carries one tag `noun:part:verb`. The facts named are required in `object`; more may stand beside",
        "them. Sentences are made when they are read; the ledger holds facts only.\n",
        "| tag | facts | English | 日本語 | |",
        "|---|---|---|---|---|",
    ]
    for tag in Tag:
        facts = ", ".join(f"`{name}`" for name in sorted(facts_of(tag)))
        retired = "retired: read, no longer written" if tag in RETIRED else ""
        lines.append(f"| `{tag}` | {facts} | {SENTENCES[tag][1]} | {SENTENCES[tag][0]} | {retired} |")
    return "\n".join(lines) + "\n"


def findings() -> list[str]:
    """Tags that break the rules of their own page: sentences missing, or of different facts in the two languages."""
    found = []
    for tag in Tag:
        if tag not in SENTENCES:
            found.append(f"{tag} has no sentences")
            continue
        both = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in SENTENCES[tag]]
        if both[0] != both[1]:
            found.append(f"{tag} names other facts in Japanese than in English")
        if len(tag.split(":")) != 3:
            found.append(f"{tag} is not noun:part:verb")
    return found
