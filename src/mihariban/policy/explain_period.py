"""The reading of the period: what 5,760 h and 1,920 h mean, with the sums."""

from __future__ import annotations

from fractions import Fraction

from mihariban.base.text import Language
from mihariban.policy import capacity
from mihariban.policy.rule import Policy

_UNITS_JA = {"hour": "時間", "day": "日", "week": "週間", "month": "か月", "year": "年"}
_START_JA = {"recorded_at": "記録した時から", "next_day": "記録した日の翌日から"}
_START_EN = {"recorded_at": "from the moment of recording", "next_day": "from the day after recording"}
_QUALIFIER_JA = {"exact": "{}", "about": "おおむね{}", "at_most": "{}以内", "in_principle": "原則として{}"}
_QUALIFIER_EN = {"exact": "{}", "about": "about {}", "at_most": "at most {}", "in_principle": "{} in principle"}
_OPENING_DAY_H = 8


def period_text(policy: Policy, language: Language) -> str | None:
    """The period as the rule says it; None where no number is known."""
    keep = policy.retention
    if keep.unit == "minimum_necessary":
        own = "" if keep.own_amount is None else f"{keep.own_amount} {keep.own_unit}"
        if language == "ja":
            return f"必要最小限の期間（実行: {own or '不明'}）"
        return f"the minimum necessary period (carried out as: {own or 'unknown'})"
    if keep.amount is None:
        return None
    if language == "ja":
        said = _QUALIFIER_JA[keep.qualifier].format(f"{keep.amount:,}{_UNITS_JA[keep.unit]}")
        return f"{_START_JA[keep.start]}{said}"
    plural = "" if keep.amount == 1 else "s"
    said = _QUALIFIER_EN[keep.qualifier].format(f"{keep.amount:,} {keep.unit}{plural}")
    return f"{said}, counted {_START_EN[keep.start]}"


def sums(policy: Policy, language: Language) -> list[str]:
    """The sums behind a period in hours beside a capacity in hours; empty where the papers give none."""
    keep = policy.retention
    weekly = capacity.weekly_filming_hours(policy)
    if keep.unit != "hour" or keep.amount is None or keep.capacity_hint_hours is None or not weekly:
        return []
    days = Fraction(keep.amount, 24)
    most = weekly * days / 7
    hint = keep.capacity_hint_hours
    full = capacity.days_until_full(hint, policy) or Fraction(0)
    write = _sums_ja if language == "ja" else _sums_en
    return write(keep.amount, hint, days, weekly, most, full)


def _n(value: Fraction | int) -> str:
    return f"{float(value):,.1f}".removesuffix(".0")


def _sums_ja(amount: int, hint: int, days: Fraction, weekly: Fraction, most: Fraction, full: Fraction) -> list[str]:
    opening = Fraction(hint, _OPENING_DAY_H)
    first = "期間" if most <= hint else "容量"
    return [
        f"{amount:,} 時間 ÷ 24 = {_n(days)} 日（暦）。",
        f"{hint:,} 時間 ÷ {_OPENING_DAY_H} = {_n(opening)} 日（開庁日、約1年）。",
        f"{amount:,} 時間を録画時間の合計と読めば、容量の {_n(Fraction(amount, hint))} 倍が要る。",
        f"暦の経過時間と読めば、週 {_n(weekly)} 時間 × {_n(days)} 日 ÷ 7 = 最大 {_n(most)} 時間。",
        f"容量は休みなく撮っても {hint:,} ÷ {_n(weekly)} × 7 = {int(full)} 日もつので、{first}が先に来る。",
        "利用者がいる間だけ撮るので実際にはさらに遅く、満杯まで待って消す装置では期間を大きく超えて残る。",
        "このため暦で消し、容量の不足は警報とする。",
    ]


def _sums_en(amount: int, hint: int, days: Fraction, weekly: Fraction, most: Fraction, full: Fraction) -> list[str]:
    opening = Fraction(hint, _OPENING_DAY_H)
    first = "the clock" if most <= hint else "the capacity"
    return [
        f"{amount:,} h / 24 = {_n(days)} calendar days. {hint:,} h / {_OPENING_DAY_H} = {_n(opening)} opening days, "
        "about a year.",
        f"Read as hours of footage, {amount:,} h would need {_n(Fraction(amount, hint))} times the capacity.",
        f"Read as elapsed time, {_n(weekly)} h a week x {_n(days)} days / 7 = at most {_n(most)} h against {hint:,} h.",
        f"Filming without pause fills it after {hint:,} / {_n(weekly)} x 7 = {int(full)} days, so {first} comes first.",
        "Filming only while somebody is there takes longer still: a recorder that erases only when full keeps footage "
        "far past the period.",
        "So the clock erases, and a shortfall of capacity raises an alarm.",
    ]
