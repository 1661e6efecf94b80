"""The items of the daily check as lines of a table: worded anew, put in another order, taken away, added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms

from mihariban.office.days.words import said
from mihariban.office.rule.kinds import MOST_LINE
from mihariban.policy.edit import Order
from mihariban.policy.locate import Path
from mihariban.policy.sections.duties import CheckItem

PLACE: Path = ("daily_check", "items")
NEW = 3
"""Empty lines for new items."""


class Items:
    """Fields of the items.

    Args:
        items: as the rule has them.
    """

    def __init__(self, items: Sequence[CheckItem]) -> None:
        self._items = items
        self._count = len(items) + NEW

    def fields(self) -> Iterator[tuple[str, forms.Field, Any]]:
        """Name, field and present value of each."""
        for number in range(self._count):
            item = self._items[number] if number < len(self._items) else None
            at = number + 1
            text = forms.CharField(label=said(f"項目{at}", f"Item {at}"), max_length=MOST_LINE, required=False)
            english = forms.CharField(
                label=said(f"項目{at} 英語", f"Item {at} in English"), max_length=MOST_LINE, required=False
            )
            order = forms.IntegerField(
                label=said(f"項目{at} 順番", f"Item {at}: place"), min_value=1, max_value=999, required=False
            )
            yield f"item-{number}-ja", text, item.title_ja if item else ""
            yield f"item-{number}-en", english, (item.title_en or "") if item else ""
            yield f"item-{number}-order", order, at if item else None

    def rows(self, form: forms.Form) -> list[tuple[Any, ...]]:
        """The lines of the table: wording, English, place."""
        return [tuple(form[f"item-{number}-{part}"] for part in ("ja", "en", "order")) for number in range(self._count)]

    def check(self, form: forms.Form) -> None:
        """Tell an English wording without the Japanese one, and a rule without items."""
        told = form.cleaned_data
        for number in range(self._count):
            if told.get(f"item-{number}-en") and not told.get(f"item-{number}-ja") and number >= len(self._items):
                form.add_error(f"item-{number}-ja", said("日本語の項目も書きます。", "Give the Japanese wording too."))
        if self._items and not any(told.get(f"item-{number}-ja") for number in range(self._count)):
            form.add_error("item-0-ja", said("項目を一つは残します。", "Keep one item at least."))

    def changes(self, told: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
        """Wordings that are other than now, of items that stay."""
        for number, item in enumerate(self._items):
            new, english = told.get(f"item-{number}-ja"), told.get(f"item-{number}-en") or None
            if new and new != item.title_ja:
                yield (*PLACE, number, "title_ja"), new
            if new and english != item.title_en:
                yield (*PLACE, number, "title_en"), english

    def order(self, told: Mapping[str, Any]) -> Order | None:
        """The elements in their new order; None where it is the same."""
        lines = [number for number in range(self._count) if told.get(f"item-{number}-ja")]
        lines.sort(key=lambda number: _rank(told.get(f"item-{number}-order"), number, len(self._items)))
        if lines == [*range(len(self._items))]:
            return None
        ids = _free_ids({item.id for item in self._items})
        return [number if number < len(self._items) else self._new(told, number, next(ids)) for number in lines]

    def _new(self, told: Mapping[str, Any], number: int, name: str) -> dict[str, Any]:
        english = told.get(f"item-{number}-en")
        return {"id": name, "title_ja": told[f"item-{number}-ja"], **({"title_en": english} if english else {})}


def _rank(place: int | None, number: int, there: int) -> tuple[int, int, int]:
    """Where a line goes: one that moves up or is new before the one that has its place, one that moves down behind it;
    one without a place behind all, in the order of the lines."""
    if place is None:
        return 1000, 1, number
    moved = 0 if number >= there else (place > number + 1) - (place < number + 1)
    return place, -1 if number >= there else moved, number


def _free_ids(taken: set[str]) -> Iterator[str]:
    number = 1
    while True:
        if f"item{number}" not in taken:
            yield f"item{number}"
        number += 1
