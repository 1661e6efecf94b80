"""What the calendar of the office refuses."""

from __future__ import annotations

from mihariban.base.errors import InputError


class DayPassed(InputError):
    """A change of days gone by: what recorder and kiosk obeyed then cannot be made otherwise."""

    code = "MH511"
    fields = ("first_day",)
    exit_status = 121
    ja = "{day} は過ぎた日なので、稼働日時を変えられません。今日からの日を入れてください。"
    en = "{day} is past: its days and hours cannot be changed. Give days from today on."


class ChangeUnsound(InputError):
    """A change that contradicts itself."""

    code = "MH512"
    exit_status = 121
    ja = "稼働日時の変更が正しくありません（{why_ja}）。入力を直してもう一度保存してください。"
    en = "The change of days and hours is not sound ({why_en}). Mend it and save it again."


class DayOutOfRange(InputError):
    """A day that the calendar cannot show."""

    code = "MH513"
    exit_status = 121
    ja = "{day} は暦の範囲（{first} 年から {last} 年まで）の外です。月を選び直してください。"
    en = "{day} lies outside the calendar ({first} to {last}). Choose another month."
