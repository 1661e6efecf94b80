"""The fields by which a version of the rule is proposed: what cities change, in the order of the rule.

Names, limits and help come from the model of the rule; here stand the words of the labels and of the choices, and which
values have a field at all. The others are changed in the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from mihariban.office.base.text import T
from mihariban.policy import Policy
from mihariban.policy.explain_words import DAYS_EN, DAYS_JA, PHRASES
from mihariban.policy.fields import field_of, model_at
from mihariban.policy.locate import Path
from mihariban.policy.sections.operation import WEEKDAYS

Kind = Literal["line", "lines", "whole", "decimal", "choice", "yes", "several", "date", "month_day", "clock"]


@dataclass(frozen=True, slots=True)
class Spec:
    """One value with a field.

    Attributes:
        path: dotted; elements of arrays by number.
        choices: words of the values of "choice" and "several".
        help: where the model's own sentence does not do.
    """

    path: str
    label: T
    kind: Kind = "line"
    choices: dict[str, T] | None = None
    help: T | None = None

    @property
    def name(self) -> str:
        """As forms and addresses may carry it."""
        return self.path.replace(".", "-")

    @property
    def place(self) -> Path:
        """As the text of the rule is walked."""
        return tuple(int(part) if part.isdigit() else part for part in self.path.split("."))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the form; ``key``: its anchor."""

    key: str
    heading: T
    specs: tuple[Spec, ...]


def parts(policy: Policy) -> tuple[Part, ...]:
    """Every part, with a field for each deputy and ground that the rule has."""
    people = [*_PEOPLE, *_each("roles.deputies", len(policy.roles.deputies), _DEPUTY)]
    grounds = [
        Spec(each.path, T(f"{ground.title_ja}: {each.label.ja}", f"{ground.title_en or ground.title_ja}: {each.label.en}"), each.kind, each.choices, each.help)
        for number, ground in enumerate(policy.disclosure.bases)
        for each in _each("disclosure.bases", 1, _GROUND, number)
    ]  # fmt: skip  # one line for one field
    return (
        Part("version", T("題名と施行", "Title and date"), _VERSION),
        Part("people", T("人", "People"), tuple(people)),
        Part("hours", T("稼働日と時間", "Days and hours"), _HOURS),
        Part("filming", T("撮影", "Filming"), _FILMING),
        Part("keeping", T("保存", "Keeping"), _KEEPING),
        Part("erasing", T("消去", "Erasing"), _ERASING),
        Part("viewing", T("閲覧", "Viewing"), _VIEWING),
        Part("provision", T("提供", "Provision"), (*_PROVISION, *grounds)),
        Part("public", T("表示と苦情", "Sign and complaints"), _PUBLIC),
        Part("checks", T("点検と故障", "Checks and faults"), _CHECKS),
    )


def present(policy: Policy, path: str) -> Any:
    """The value that a rule has at a path, its default where the file is silent; None where there is no such table."""
    value: Any = policy
    for part in path.split("."):
        if value is None:
            return None
        value = value[int(part)] if part.isdigit() else getattr(value, part)
    return value


def meaning(path: str) -> T:
    """The model's sentence of a value."""
    *above, last = path.split(".")
    info = field_of(model_at(Policy, above), last)
    extra = info.json_schema_extra if info else None
    return T(str(extra.get("x-ja", "")) if isinstance(extra, dict) else "", (info.description if info else "") or "")


def needed(path: str) -> bool:
    """Whether the model asks for the value wherever its table is."""
    *above, last = path.split(".")
    info = field_of(model_at(Policy, above), last)
    return info is not None and info.is_required()


def origins(policy: Policy, path: str) -> list[str]:
    """The clauses that a value goes back to, as the city cites them; none where it is a reading of ours."""
    return [source.article for source in policy.sources_of(_by_ids(policy, path)) if source.article]


def _by_ids(policy: Policy, path: str) -> str:
    """The path as origins write it: elements by their ids."""
    named: list[str] = []
    value: Any = policy
    for part in path.split("."):
        value = value[int(part)] if part.isdigit() else getattr(value, part, None)
        named.append(getattr(value, "id", part) if part.isdigit() else part)
        if value is None:
            return path
    return ".".join(named)


def _each(array: str, count: int, specs: tuple[Spec, ...], first: int = 0) -> Iterator[Spec]:
    for number in range(first, first + count):
        for each in specs:
            yield Spec(f"{array}.{number}.{each.path}", each.label, each.kind, each.choices, each.help)


def _said(*values: str, **other: T) -> dict[str, T]:
    """Choices in the words in which the rule is explained, or in others."""
    return {value: other.get(value) or T(*PHRASES[value]) for value in (*values, *(set(other) - set(values)))}


DAYS = {day: T(DAYS_JA[day], DAYS_EN[day]) for day in DAYS_JA}
_UNITS = {
    "hour": T("時間", "hours"), "day": T("日", "days"), "week": T("週", "weeks"), "month": T("か月", "months"),
    "year": T("年", "years"),
}  # fmt: skip  # a list of words
_ROLES = {
    "manager": T("管理者", "manager"), "chief_manager": T("統括する管理責任者", "chief manager"),
    "handling_supervisor": T(*PHRASES["handling_supervisor"]), "assistant": T(*PHRASES["assistant"]),
    "operator": T(*PHRASES["operator"]),
}  # fmt: skip  # a list of words
_SECONDS = T("秒。", "In seconds.")
ONE_A_LINE = T("一行に一つずつ書きます。", "One in each line.")

_VERSION = (
    Spec("effective_from", T("施行日", "In force from"), "date", help=T("改正した要綱が効力を持つ最初の日。今日からの日。", "First day of the new version: today or later.")),
    Spec("effective_to", T("効力の最後の日", "Last day in force"), "date", help=T("決まっていなければ空のまま。", "Empty where open.")),
    Spec("applies_to_existing", T("これまでに撮影した映像の保存期間", "Period of the footage there is already"), "choice", {
        "keep": T("撮影したときの期間のまま", "keeps the period under which it was filmed"),
        "shorten": T("新しい期間の方が短いときだけ、新しい期間にする（早く消えるものがある）", "takes the new period where it ends sooner (some goes earlier)"),
        "replace": T("すべて新しい期間にする", "always takes the new period"),
    }, T("施行日に、今ある映像をどうするか。", "What becomes of the footage there is on the first day.")),
    Spec("title_ja", T("題名", "Title")),
    Spec("number_ja", T("告示・訓令などの番号", "Number of the instrument"), help=T("例 佐賀市告示第12号。なければ空のまま。", "Empty where there is none.")),
)  # fmt: skip  # one line for one field
_PEOPLE = (
    Spec("roles.manager.post_ja", T("管理者の職", "Post of the manager"), help=T("職の名を書きます。人の名前は書きません。", "A post, no person.")),
    Spec("roles.operators.min_count", T("取扱者の最少の人数", "Least number of operators"), "whole"),
    Spec("roles.operators.sections_ja", T("取扱者の属する課", "Sections of the operators"), "lines"),
)  # fmt: skip  # one line for one field
_DEPUTY = (Spec("post_ja", T("職務代理の職", "Post of the deputy")),)
_HOURS = (
    Spec("operation.year_end.first", T("年末年始の最初の日", "First day of the year-end closure"), "month_day", help=T("例 12月29日。", "Such as 12-29.")),
    Spec("operation.year_end.last", T("年末年始の最後の日", "Last day of the year-end closure"), "month_day", help=T("例 1月3日。", "Such as 01-03.")),
    Spec("operation.substitutes_are_holidays", T("振替休日と国民の休日も祝日として扱う", "Substitute holidays count as holidays"), "yes"),
    Spec("operation.holiday_gives_way_to", T("祝日でも曜日の時間で稼働する曜日", "Weekdays that go before a holiday"), "several", {day: DAYS[day] for day in WEEKDAYS}),
    Spec("operation.changes_by_ja", T("稼働日・稼働時間を変えられる者", "Who may change days and hours")),
    Spec("operation.adhoc_closures_by_ja", T("臨時休止日を定められる者", "Who may set ad-hoc closure days")),
)  # fmt: skip  # one line for one field
_FILMING = (
    Spec("operation.camera_hours", T("撮影する時間", "When the camera films"), "choice", _said("same_as_kiosk", "always", "table")),
    Spec("capture.pre_roll_s", T("利用の前に残す秒数", "Seconds kept from before"), "decimal"),
    Spec("capture.post_roll_s", T("利用の後に残す秒数", "Seconds kept from after"), "decimal"),
    Spec("capture.last_admission_before_close_s", T("閉まる前に受付をやめる秒数", "Last admission before closing"), "whole", help=_SECONDS),
    Spec("capture.max_kiosk_session_s", T("一人の利用の最長の秒数", "Longest session"), "whole", help=_SECONDS),
    Spec("capture.capture_grace_after_close_s", T("閉まった後の撮影の猶予の秒数", "Filming after closing"), "whole", help=_SECONDS),
)  # fmt: skip  # one line for one field
_KEEPING = (
    Spec("retention.amount", T("保存期間の数", "Kept for"), "whole", help=T("例 5760。単位は次の欄で選びます。", "Such as 5760; the unit comes next.")),
    Spec("retention.unit", T("保存期間の単位", "Unit"), "choice", {**_UNITS, "minimum_necessary": T("必要最小限の期間（数なし）", "the minimum necessary period (no number)")}, T("「必要最小限の期間」を選ぶときは、上の数を空にします。", "With the minimum necessary period the number is left empty.")),
    Spec("retention.qualifier", T("期間の言い方", "How the period is said"), "choice", {
        "exact": T("ちょうど", "exactly"), "about": T("おおむね", "about"), "at_most": T("以内", "at most"), "in_principle": T("原則として", "in principle"),
    }),
    Spec("retention.start", T("いつから数えるか", "Counted from"), "choice", {"recorded_at": T("記録した時から", "the moment of recording"), "next_day": T("翌日から", "the next day")}),
    Spec("retention.basis", T("数え方", "What is counted"), "choice", _said("wall_clock", "footage_hours", capacity=T("記録装置の容量だけ", "only the capacity of the recorder"))),
    Spec("retention.is_also_minimum", T("期間が終わるまで残す義務でもある", "It must exist until the period ends"), "yes"),
    Spec("retention.own_amount", T("「必要最小限」として実際に保存する数", "Number that carries out the minimum"), "whole", help=T("単位を「必要最小限の期間」にしたときだけ。", "Only with the minimum necessary period.")),
    Spec("retention.own_unit", T("実際に保存する期間の単位", "Unit of it"), "choice", _UNITS, T("上の数の単位。", "Of the number before.")),
    Spec("retention.on_capacity_pressure", T("期間の前に容量が尽きたら", "If full before the period ends"), "choice", _said("alarm_then_overwrite_oldest", "overwrite_oldest", "stop")),
    Spec("retention.extension.allowed", T("保存期間を延長できる", "The period may be extended"), "yes"),
    Spec("retention.extension.reasons_ja", T("延長できる場合", "When it may be extended"), "lines"),
    Spec("retention.extension.approver", T("延長を決める者", "Who decides on it"), "choice", _ROLES),
    Spec("retention.extension.review_days", T("延長を見直すまでの日数", "Days until it is looked at again"), "whole"),
    Spec("retention.extension.max_days", T("延長の上限の日数", "The most days of it"), "whole", help=T("上限がなければ空のまま。", "Empty for no limit.")),
)  # fmt: skip  # one line for one field
_ERASING = (
    Spec("erasure.recorder_method", T("消去の方法", "How it is erased"), "choice", _said("overwrite_by_new_recording", "secure_overwrite", "crypto_erase", "destroy")),
    Spec("erasure.lazy_allowed", T("新しい録画が来るまで上書きを待ってよい", "Overwriting may wait for new footage"), "yes", help=T("「いいえ」にすると、満了した映像をすぐに上書きします。", "“No” overwrites expired footage actively.")),
    Spec("erasure.max_lag_after_expiry_h", T("満了から上書きまでの最長の時間数", "Longest time until overwriting"), "whole", help=T("時間。鍵の廃棄（読めなくすること）はこれを待ちません。", "In hours. Destroying the key does not wait for it.")),
    Spec("erasure.visit_shrinks_after_days", T("利用の記録を縮めるまでの日数", "Days until a visit's record shrinks"), "whole"),
    Spec("erasure.returned_media_method", T("返却された媒体の消去", "A returned medium is erased by"), "choice", _said("irrecoverable", "overwrite", "destroy")),
    Spec("erasure.media_disposal_ja", T("媒体の廃棄の方法", "How a medium is disposed of")),
    Spec("erasure.certificate_of_erasure", T("消去の記録を残す", "An erasure is put on record"), "yes"),
    Spec("erasure.two_person", T("消去に二人以上を要する", "An erasure takes two people"), "yes"),
)  # fmt: skip  # one line for one field
_VIEWING = (
    Spec("viewing.reasons_ja", T("閲覧できる理由", "Reasons for looking"), "lines"),
    Spec("viewing.prior_approval", T("事前に承認する者", "Approved beforehand by"), "choice", {"manager": _ROLES["manager"], "chief_manager": _ROLES["chief_manager"], "none": T(*PHRASES["none"])}),
    Spec("viewing.witness_min", T("立会者の最少の人数", "Least number of witnesses"), "whole"),
    Spec("viewing.log_ja", T("閲覧の記録簿の名", "Name of the viewing log")),
)  # fmt: skip  # one line for one field
_PROVISION = (
    Spec("disclosure.delivery", T("渡し方", "Handed over as"), "choice", _said("external_medium_copy", "viewing_only", "any")),
    Spec("disclosure.minimum_scope", T("目的を達成できる範囲に限る", "Only the narrowest sufficient part"), "yes"),
    Spec("disclosure.conditions", T("提供先に付す条件", "Conditions on the recipient"), "several", _said("no_copy", "return_when_unneeded", "no_other_use", "keep_secure", "report_disposal")),
    Spec("disclosure.pledge_required", T("誓約書を求める", "The recipient signs a pledge"), "yes"),
    Spec("disclosure.numbering_ja", T("文書番号の形", "Pattern of document numbers"), help=T("番号が入る所に {n} と書きます。例 佐市市生第{n}号", "Write {n} where the number goes.")),
    Spec("disclosure.application_form_ja", T("提供申請の様式", "Form of application")),
    Spec("disclosure.decision_form_ja", T("決定通知の様式", "Form of decision")),
    Spec("disclosure.refusal_form_ja", T("不提供決定通知の様式", "Form of refusal")),
)  # fmt: skip  # one line for one field
_GROUND = (
    Spec("enabled", T("この要綱で使う", "used under this rule"), "yes"),
    Spec("written", T("書面", "in writing"), "choice", {
        "required": T("必要", "required"), "after_the_fact": T("事後でよい", "may follow"), "not_required": T("不要", "not required"),
    }),
    Spec("verify_callback", T("折り返して確かめる", "call back"), "yes"),
)  # fmt: skip  # one line for one field
_PUBLIC = (
    Spec("notice.text_ja", T("表示の文言", "Words of the sign")),
    Spec("notice.fields", T("表示に載せる事項", "What the sign shows"), "several", {
        "text": T("文言", "words"), "installer": T("設置者", "installer"), "manager_title": T("管理者の職", "the manager's post"), "manager_name": T("管理者の氏名", "the manager's name"),
        "contact": T("連絡先", "contact"), "purpose": T("目的", "purpose"), "retention": T("保存期間", "period"), "audio": T("音声の有無", "whether there is sound"),
    }),
    Spec("notice.place_ja", T("表示の場所", "Where the sign is")),
    Spec("notice.publicity", T("その他の周知", "Other ways of making it known"), "several", {"bulletin": T("広報紙", "bulletin"), "website": T("ウェブサイト", "website"), "board": T("掲示板", "notice board")}),
    Spec("complaints.required", T("苦情の処理を定める", "The rule deals with complaints"), "yes"),
    Spec("complaints.reply_days", T("苦情に答えるまでの日数", "Days until an answer"), "whole", help=T("定めがなければ空のまま。", "Empty where it is not set.")),
)  # fmt: skip  # one line for one field
_CHECKS = (
    Spec("daily_check.deadline", T("点検の期限", "Checked by"), "choice", {"before_open": T("稼働時間まで", "before opening"), "at_time": T("次の時刻まで", "the time below"), "none": T("期限なし", "no deadline")}),
    Spec("daily_check.deadline_time", T("点検の時刻", "Time of the check"), "clock", help=T("期限を「次の時刻まで」にしたときだけ。例 8:15", "Only with a time of day. Such as 8:15")),
    Spec("daily_check.after_close", T("業務終了後の確認をする", "There is a check after the day's work"), "yes"),
    Spec("fault.tell_users_at_once", T("故障を直ちに利用者に知らせる", "Users are told of a fault at once"), "yes"),
    Spec("fault.call_vendor_on_ja", T("保守業者に連絡する場合", "When the vendor is called"), "lines"),
    Spec("fault.log_ja", T("故障の記録の名", "Name of the fault record")),
    Spec("training.every_months", T("研修の周期（月）", "Months between trainings"), "whole", help=T("定めがなければ空のまま。", "Empty where it is not set.")),
    Spec("audit.self_check_days", T("自己点検の周期（日）", "Days between self-checks"), "whole", help=T("定めがなければ空のまま。", "Empty where it is not set.")),
)  # fmt: skip  # one line for one field
