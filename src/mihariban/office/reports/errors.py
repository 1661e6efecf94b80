"""What the reports refuse. MH539."""

from __future__ import annotations

from mihariban.base.errors import InputError


class PeriodNotPossible(InputError):
    """A period that ends before it begins, or is longer than the figures take."""

    code = "MH539"
    exit_status = 121
    ja = "期間 {first} から {last} は使えません。終わりを始めより後にし、{most} 日以内にしてください。"
    en = "The period {first} to {last} cannot be used. End it after it begins and within {most} days."
