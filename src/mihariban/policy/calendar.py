"""Calendar entries of a site: closures, extensions and other days that differ from the rule's table.

The mayor of Saga may change days and hours (Art. 4(2)); Kokubunji sets ad-hoc closures; Uruma's second kiosk
follows the library. Each such decision is an entry with an approver and a document number, pushed by the office to
the recorder.

Precedence on one day, strongest first: a closure of the whole day; hours (replace the table); an open day (opens a
closed day, with the windows it names, else with the weekday's own); the rule's table. Extensions add to what that
gives, closures of part of the day are taken away last. Of two entries of one kind for a day, the one for the site goes
before the one for all, then the later in the list. An entry that another one replaces has no effect.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Literal, Self

from pydantic import ValidationError, model_validator

from mihariban.policy.doc import CUSTOM, ClockTime, Section, doc, minutes_of, refuse
from mihariban.policy.errors import CalendarEntryInvalid

EntryKind = Literal["closure", "extension", "hours", "open_day", "holiday_moved"]


class CalendarEntry(Section):
    """One decision about one or more days."""

    id: str = doc(..., "記録の識別名。", "Id of the entry.", min_length=1)
    kind: EntryKind = doc(
        ...,
        "種類。休止、延長、時間の変更、臨時の開庁、祝日の移動。",
        "Kind: closure, extension, changed hours, extra open day, moved holiday.",
    )
    first_day: date = doc(..., "最初の日。", "First day.")
    last_day: date = doc(..., "最後の日。", "Last day, included.")
    windows: tuple[tuple[ClockTime, ClockTime], ...] = doc(
        (),
        "時間帯。休止では空なら終日。",
        "Windows; none means the whole day for a closure, the table for an open day.",
    )
    moved_to: date | None = doc(None, "祝日の移動先（移動しないで祝日でなくなるなら空）。", "Where the holiday went.")
    reason_ja: str = doc(..., "理由。", "Reason.", min_length=1)
    reason_en: str | None = doc(None, "理由（英語）。", "Reason in English.")
    approver_ja: str = doc(..., "決定した職。", "Post that decided.", min_length=1)
    document_number: str = doc(..., "文書番号。", "Document number.", min_length=1)
    site: str | None = doc(None, "設置場所。空ならすべて。", "Site of the rule; none for all.")
    replaces: str | None = doc(None, "この記録が置き換える記録。", "Entry that this one replaces.")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.last_day < self.first_day:
            raise _refused("最後の日が最初の日より前です", "the last day is before the first")
        spans = sorted((minutes_of(start), minutes_of(end)) for start, end in self.windows)
        if any(end <= start for start, end in spans):
            raise _refused("時間帯の終わりが始まりより後ではありません", "a window does not end after it starts")
        if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
            raise _refused("時間帯が重なっています", "windows overlap")
        if self.kind in {"extension", "hours"} and not self.windows:
            raise _refused("時間帯がありません", "there are no windows")
        if self.kind == "holiday_moved" and (self.windows or self.first_day != self.last_day):
            raise _refused("祝日の移動は一日ずつ、時間帯なしで書きます", "a moved holiday is one day without windows")
        if self.moved_to is not None and self.kind != "holiday_moved":
            raise _refused("moved_to は祝日の移動だけに使います", "moved_to belongs to a moved holiday alone")
        return self

    def to_json(self) -> str:
        """The entry as one line of JSON."""
        return self.model_dump_json(exclude_defaults=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> CalendarEntry:
        """The entry behind ``to_json``.

        Raises:
            CalendarEntryInvalid: not JSON, or not an entry.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            detail = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in detail["loc"]) or "-"
            context = detail.get("ctx", {})
            own = detail["type"] == CUSTOM
            raise CalendarEntryInvalid(
                entry=where,
                why_ja=context["ja"] if own else detail["msg"],
                why_en=context["en"] if own else detail["msg"],
            ) from error

    def spans(self) -> tuple[tuple[int, int], ...]:
        """The windows in minutes since midnight, sorted."""
        return tuple(sorted((minutes_of(start), minutes_of(end)) for start, end in self.windows))


def entries_on(entries: Iterable[CalendarEntry], day: date, site_id: str | None) -> tuple[CalendarEntry, ...]:
    """Entries with effect on ``day`` at a site, weakest first (see the precedence above)."""
    chosen = [entry for entry in in_effect(entries, site_id) if entry.first_day <= day <= entry.last_day]
    return tuple(sorted(chosen, key=lambda entry: entry.site is not None))


def in_effect(entries: Iterable[CalendarEntry], site_id: str | None) -> tuple[CalendarEntry, ...]:
    """Entries that speak of a site and that no other one replaces."""
    listed = tuple(entries)
    replaced = {entry.replaces for entry in listed}
    return tuple(e for e in listed if e.id not in replaced and (e.site is None or e.site == site_id))


def _refused(ja: str, en: str) -> Exception:
    return refuse(ja=ja, en=en, do_ja="記録を書き直してください", do_en="write the entry anew")
