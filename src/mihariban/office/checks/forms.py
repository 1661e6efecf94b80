"""Forms of checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from mihariban.office.base.text import T
from mihariban.office.checks import words
from mihariban.office.checks.actions.fill_sheet import Answer
from mihariban.office.checks.day import CheckDay

LONGEST = 500
"""Letters of a remark."""
MOST = 1_000_000
"""The most that is put in: beyond it a number is a slip of the pen."""
_CHOICES = list(words.STATES.items())
_SAY_WHY = T("どうだったか（わけ）を書いてください。", "Write what is wrong, or why it was not done.")


def _t(ja: str, en: str) -> Any:
    """Django's stubs ask for str where Django takes whatever becomes one when it is shown."""
    return T(ja, en)


def _amount(label: T) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST)  # type: ignore[arg-type]  # T is text


class CheckForm(forms.Form):
    """A day's sheet. Fields ``state_ITEM`` and ``remark_ITEM`` for each item, ``amount_ITEM`` for a supply, ``remark``.

    Args:
        day: whose items.
        signing: whether remarks are insisted on where something is not ok.
    """

    remark = forms.CharField(
        label=_t("全体の備考", "Remark on the whole"), required=False, max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip  # a label and its field

    def __init__(self, *args: Any, day: CheckDay, signing: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self.items, self.signing = day.items, signing
        for item in day.items:
            title: Any = T(item.title_ja, item.title_en or item.title_ja)
            self.fields[f"state_{item.id}"] = forms.ChoiceField(
                label=title, choices=_CHOICES, widget=forms.RadioSelect, required=False
            )
            remark: Any = T("{title} 備考", "{title}: remark").format(title=title)
            # the blank placeholder lets the style sheet tell an empty remark, which it folds away, from a written one
            self.fields[f"remark_{item.id}"] = forms.CharField(
                label=remark, required=False, max_length=LONGEST, widget=forms.TextInput(attrs={"placeholder": " "})
            )

            if item.id in words.SUPPLIES:
                put_in = T("{title} 補充（{unit}）", "{title}: put in ({unit})")
                self.fields[f"amount_{item.id}"] = _amount(put_in.format(title=title, unit=words.SUPPLIES[item.id]))

    def clean(self) -> dict[str, Any]:
        """A remark beside what is not ok, where it is signed."""
        found = super().clean() or {}
        for item in self.items if self.signing else ():
            name = f"remark_{item.id}"
            if found.get(f"state_{item.id}") != "ok" and not found.get(name) and name not in self.errors:
                self.add_error(name, str(_SAY_WHY))
        return found

    def answers(self) -> dict[str, Answer]:
        """What was said, by item."""
        return {
            item.id: Answer(
                self.cleaned_data.get(f"state_{item.id}") or "not_done",
                self.cleaned_data.get(f"remark_{item.id}", ""),
                self.cleaned_data.get(f"amount_{item.id}"),
            )
            for item in self.items
        }


def initial(items: Iterable[str], answers: Mapping[str, Answer], verdicts: Mapping[str, bool | None]) -> dict[str, Any]:
    """What the form is filled with: what was saved, else what the system sees."""
    found: dict[str, Any] = {}
    for item in items:
        answer = answers.get(item)
        seen = {True: "ok", False: "not_ok", None: "not_done"}[verdicts.get(item)]
        found[f"state_{item}"] = answer.state if answer is not None else seen
        found[f"remark_{item}"] = answer.remark if answer is not None else ""
        found[f"amount_{item}"] = answer.amount if answer is not None else None
    return found


class CorrectForm(forms.Form):
    """A correction of a line. ``amount``: of a supply alone.

    Args:
        item: of the line.
    """

    state = forms.ChoiceField(label=_t("正しい結果", "The right result"), choices=_CHOICES, widget=forms.RadioSelect)
    remark = forms.CharField(label=_t("備考", "Remark"), required=False, max_length=LONGEST)
    amount = _amount(T("補充", "Put in"))
    reason = forms.CharField(label=_t("訂正の理由", "Why it is corrected"), max_length=LONGEST)

    def __init__(self, *args: Any, item: str, **more: Any) -> None:
        super().__init__(*args, **more)
        unit = words.SUPPLIES.get(item)
        if unit is None:
            del self.fields["amount"]
        else:
            label: Any = T("補充（{unit}）", "Put in ({unit})").format(unit=unit)
            self.fields["amount"].label = label


class ExplainForm(forms.Form):
    """Why there was no check."""

    reason = forms.CharField(
        label=_t("点検がなかった理由", "Why there was no check"), max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip  # a label and its field
