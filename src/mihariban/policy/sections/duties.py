"""The work of every day: checks, faults, training, audit, registers."""

from __future__ import annotations

from typing import Literal

from mihariban.policy.doc import ClockTime, Identifier, Section, doc
from mihariban.policy.sections.roles import Role


class CheckItem(Section):
    """One item of the daily check."""

    id: Identifier = doc(..., "点検項目の識別名。", "Id of the item.")
    title_ja: str = doc(..., "点検項目。", "The item.")
    title_en: str | None = doc(None, "点検項目（英語）。", "The item in English.")


class DailyCheck(Section):
    """The check before opening."""

    deadline: Literal["before_open", "at_time", "none"] = doc(
        "none", "点検の期限。稼働時間まで、時刻、なし。", "By when: before opening, at a time of day, no deadline."
    )
    deadline_time: ClockTime | None = doc(None, "点検の時刻。", "The time of day.")
    items: tuple[CheckItem, ...] = doc((), "点検項目。", "The items.", live=True)
    by: Role = doc("operator", "点検する役割。", "The role that checks.")
    daily_totals: bool = doc(False, "日計表を作るか。", "Whether a daily totals sheet is kept.")
    after_close: bool = doc(False, "業務終了後の確認を定めているか。", "Whether there is a check after the day's work.")


class Fault(Section):
    """When something breaks."""

    tell_users_at_once: bool = doc(False, "直ちに利用者に知らせるか。", "Whether users are told at once.", live=True)
    call_vendor_on_ja: tuple[str, ...] = doc((), "保守業者に連絡する場合。", "When the maintenance vendor is called.")
    log_ja: str | None = doc(None, "故障の記録の名。", "Name of the fault record.")
    restore_quickly: bool = doc(False, "速やかな復旧を定めているか。", "Whether the rule asks for quick repair.")
    remote_monitoring: bool = doc(False, "遠隔で故障を検知するか。", "Whether faults are sensed remotely.")


class Training(Section):
    """Training of staff."""

    required: bool = doc(False, "研修を定めているか。", "Whether training is required.")
    every_months: int | None = doc(None, "研修の周期（月）。", "Months between trainings.", gt=0)


class Audit(Section):
    """Checks on the checks."""

    self_check_days: int | None = doc(None, "自己点検の周期（日）。", "Days between self-checks.", gt=0)
    external: bool = doc(False, "外部の監査を定めているか。", "Whether there is an external audit.")
    periodic_operation_check: bool = doc(
        False, "作動の定期点検を定めているか。", "Whether operation is checked periodically."
    )


class Register(Section):
    """A book that has to be kept."""

    id: Identifier = doc(..., "帳簿の識別名。", "Id of the register.")
    title_ja: str = doc(..., "帳簿の名。", "Its name.")
    form_ja: str | None = doc(None, "様式。", "Its form.")
    kept_by: Role = doc("manager", "備える役割。", "The role that keeps it.")
