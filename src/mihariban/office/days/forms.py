"""Forms of changes."""

from __future__ import annotations

from datetime import date, time
from typing import Any, cast

from django import forms

from mihariban.base.errors import InputError
from mihariban.office.base.kept import tell
from mihariban.office.base.text import T
from mihariban.office.days.models import KINDS, CalendarChange
from mihariban.office.days.proposal import ChangeProposal
from mihariban.office.days.words import said
from mihariban.office.sites.models import Site
from mihariban.policy.calendar import EntryKind

PARTS: dict[str, tuple[T, tuple[tuple[str, str], ...]]] = {
    "whole": (T("終日", "The whole day"), ()),
    "morning": (T("午前（12時まで）", "Morning (until 12:00)"), (("00:00", "12:00"),)),
    "afternoon": (T("午後（12時から）", "Afternoon (from 12:00)"), (("12:00", "24:00"),)),
    "times": (T("下の時間帯", "The times below"), ()),
}
_NEEDS_TIMES = ("extension", "hours")


def _day(label: Any, help_text: Any = None, *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text or "", required=required, widget=widget)


def _time(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


def _line(label: Any, help_text: Any = None, *, length: int = 200, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text or "", required=required, max_length=length)


class ChangeForm(forms.Form):
    """A change as a clerk writes it down. ``proposal`` after ``is_valid``.

    Args:
        today: the calendar day in the office's zone.
        decides: whoever fills it in decides it at once, so that post and paper are needed.
    """

    kind = forms.ChoiceField(label=said("何をしますか", "What shall change"), choices=list(KINDS.items()))
    first_day = _day(said("最初の日", "First day"))
    last_day = _day(said("最後の日", "Last day"), said("空なら一日だけ。", "Empty for one day."), required=False)
    part = forms.ChoiceField(
        label=said("休止する時間", "Closed during"),
        choices=[(name, label) for name, (label, _) in PARTS.items()],
        required=False,
        help_text=said("休止のときだけ使います。", "For a closure only."),
    )
    start_1 = _time(said("時間帯1の始まり", "From"))
    end_1 = _time(said("時間帯1の終わり", "To"))
    start_2 = _time(said("時間帯2の始まり", "From (second span)"))
    end_2 = _time(said("時間帯2の終わり", "To (second span)"))
    moved_to = _day(
        said("祝日の移動先", "Holiday moved to"),
        said("祝日が法律で動くときだけ。", "Only where a law moves a holiday."),
        required=False,
    )
    site = forms.ModelChoiceField(
        label=said("設置場所", "Site"),
        queryset=Site.objects.order_by("id"),
        required=False,
        empty_label=said("すべての設置場所", "All sites"),
    )
    reason = _line(
        said("理由", "Reason"), said("市民に見えます。人の名前は書きません。", "The public sees it. Name no person.")
    )
    reason_en = _line(said("理由（英語）", "Reason in English"), required=False)
    approver = _line(said("決定する職", "Post that decides"), length=100)
    document_number = _line(said("文書番号", "Document number"), length=100)

    def __init__(self, *args: Any, today: date, decides: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self._today = today
        self.proposal: ChangeProposal | None = None
        self.change: CalendarChange | None = None
        self.fields["approver"].required = self.fields["document_number"].required = decides

    def clean(self) -> dict[str, Any]:
        """Build the proposal; what is wrong with it stands beside the field it is about."""
        found = super().clean() or {}
        if self.errors:
            return found
        windows = self._windows(found)
        if self.errors:
            return found
        self.proposal = ChangeProposal(
            kind=cast("EntryKind", found["kind"]),
            first_day=found["first_day"],
            last_day=found["last_day"] or found["first_day"],
            windows=windows,
            moved_to=found["moved_to"] if found["kind"] == "holiday_moved" else None,
            site=found["site"],
            reason=found["reason"],
            reason_en=found["reason_en"],
            approver=found["approver"],
            document_number=found["document_number"],
        )
        try:
            self.change = self.proposal.change(self._today)
        except InputError as error:
            tell(self, error)
        return found

    def _windows(self, found: dict[str, Any]) -> tuple[tuple[str, str], ...]:
        kind, part = found["kind"], found["part"] or "whole"
        if kind == "holiday_moved":
            return ()
        if kind == "closure" and part != "times":
            return PARTS[part][1]
        spans = [self._span(found, number) for number in (1, 2)]
        windows = tuple(span for span in spans if span is not None)
        if not windows and (kind in _NEEDS_TIMES or kind == "closure") and not self.errors:
            self.add_error("start_1", str(T("時間帯を入れてください。", "Give the times.")))
        return windows

    def _span(self, found: dict[str, Any], number: int) -> tuple[str, str] | None:
        start, end = found[f"start_{number}"], found[f"end_{number}"]
        if start is None and end is None:
            return None
        if start is None or end is None:
            missing = "start" if start is None else "end"
            self.add_error(f"{missing}_{number}", str(T("始まりと終わりの両方を入れてください。", "Give both times.")))
            return None
        to = "24:00" if end == time(0) else f"{end:%H:%M}"
        return f"{start:%H:%M}", to


class ApproveForm(forms.Form):
    """The manager's yes."""

    stamp = forms.IntegerField(widget=forms.HiddenInput)
    approver = _line(said("決定する職", "Post that decides"), length=100)
    document_number = _line(said("文書番号", "Document number"), length=100)


class RefuseForm(forms.Form):
    """The manager's no."""

    stamp = forms.IntegerField(widget=forms.HiddenInput)
    reason = _line(said("認めない理由", "Why not"))


class WithdrawForm(forms.Form):
    """Taking a change back."""

    stamp = forms.IntegerField(widget=forms.HiddenInput)
    reason = _line(said("取り消す理由", "Why it is withdrawn"))
    document_number = _line(
        said("文書番号", "Document number"),
        said("空なら元の変更の番号を使います。", "Empty for that of the change itself."),
        length=100,
        required=False,
    )
