"""A version of the rule proposed by fields: the text of the newest version, in other words where it was changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms

from mihariban.office.base.text import T, language
from mihariban.office.days.words import said
from mihariban.office.rule.fields import Part, Spec, origins, parts, present
from mihariban.office.rule.items import PLACE, Items
from mihariban.office.rule.kinds import TextField, field_for, meant, shown
from mihariban.office.rule.week import Week
from mihariban.policy import LoadedPolicy, Policy
from mihariban.policy.edit import edited, with_sources
from mihariban.policy.errors import Problem
from mihariban.policy.locate import Path

_NOTE = T("第{n}版の改正で書き加えた。", "Added with version {n}.")
_NO_CHANGE = said(
    "今の要綱から何も変わっていません。変える項目を書き直してください。",
    "Nothing differs from the rule as it is. Change what is to change.",
)
_MEANWHILE = said(
    "このページを開いた後に別の版が決定されました。入力した内容は残っています。"
    "今の版との違いを確かめてから、もう一度送ってください。",
    "Another version was approved since this page was opened. What you typed is still here: "
    "look at the differences, then send it again.",
)
_TABLES = {"operation.kiosk_hours": "hours", "operation.closed": "hours", "daily_check.items": "checks"}
"""Values that are shown as a table, and its part."""


@dataclass(slots=True)
class ShownPart:
    """A part of the page.

    Attributes:
        articles: words of the rule that its values go back to.
        week, items: lines of the table, in the part that has it.
        above: mistakes of that table as a whole.
        opened: whether the articles are shown from the beginning: one has a mistake, or was changed.
    """

    key: str
    heading: T
    fields: list[Any]
    articles: list[Any] = field(default_factory=list)
    week: list[Any] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    opened: bool = False


class FieldsForm(forms.Form):
    """The rule by fields, each filled with the value of the newest version.

    Args:
        newest: the version that is to be followed.
    """

    base = forms.CharField(widget=forms.HiddenInput, required=False)
    why = forms.CharField(
        label=said("改正の理由", "Why it changes"),
        max_length=500,
        required=False,
        help_text=said("人の名前は書きません。", "Name no person."),
    )

    def __init__(self, data: Any = None, *, newest: LoadedPolicy) -> None:
        super().__init__(data)
        self.newest = newest
        self._policy = newest.policy
        self._week = Week(self._policy.operation.kiosk_hours, self._policy.operation.closed)
        self._items = Items(self._policy.daily_check.items)
        self._above: dict[str, list[str]] = {}
        self._parts = parts(self._policy)
        self.initial["base"] = newest.sha256
        self._add_fields()

    @property
    def specs(self) -> Iterator[Spec]:
        """Every value with a field of its own."""
        return (spec for part in self._parts for spec in part.specs)

    def clean(self) -> dict[str, Any]:
        """Tell what cannot be, and that nothing changes."""
        told = super().clean() or {}
        self._week.check(self)
        self._items.check(self)
        if told.get("base") != self.newest.sha256:
            data: Any = self.data
            self.data = data.copy()  # what was sent cannot be written to
            self.data["base"] = self.newest.sha256  # type: ignore[index]  # a copy can be; the next press is on this version
            self.add_error(None, _MEANWHILE)
        elif not self.errors and not self._changed(told):
            self.add_error(None, _NO_CHANGE)
        return told

    def text(self) -> str:
        """The version as the text of a policy file."""
        number = self._policy.version + 1
        values = {**self._values(self.cleaned_data), ("version",): number}
        order = self._items.order(self.cleaned_data)
        text = edited(self.newest.text, values, None if order is None else {PLACE: order})
        note = _NOTE.format(n=number)
        return with_sources(text, note.ja, note.en)

    def tell(self, problems: Sequence[Problem]) -> list[Problem]:
        """Put each mistake beside the field it is about; those of values without a field are given back."""
        return [each for each in problems if not self._told(each)]

    def shown(self) -> list[ShownPart]:
        """The parts of the page. An article stands with the first part that goes back to it, the rest at the end."""
        left = dict(enumerate(self._policy.article))
        found = []
        for part in self._parts:
            cited = " ".join(self._clauses(path) for path in [*(each.path for each in part.specs), *_tables_of(part)])
            here = [number for number in left if _cites(cited, left[number].number_ja)]
            made = ShownPart(part.key, part.heading, [self[spec.name] for spec in part.specs])
            made.above = self._above.get(part.key, [])
            made.week = self._week.rows(self) if part.key == "hours" else []
            made.items = self._items.rows(self) if part.key == "checks" else []
            self._add_articles(made, here)
            left = {number: each for number, each in left.items() if number not in here}
            found.append(made)
        if left:
            rest = ShownPart("articles", T("その他の条文", "Other articles"), [])
            self._add_articles(rest, [*left])
            found.append(rest)
        return found

    def _add_articles(self, part: ShownPart, numbers: list[int]) -> None:
        part.articles = [self[_article_name(number)] for number in numbers]
        part.opened = any(each.errors or _lines(each.value()) != _lines(each.initial) for each in part.articles)

    def _add_fields(self) -> None:
        for spec in self.specs:
            self.fields[spec.name] = field_for(spec, self._clauses(spec.path))
            now = present(self._policy, spec.path)
            self.initial[spec.name] = shown(spec, now)
            if now is None:  # its table is not there either, and may stay away
                self.fields[spec.name].required = False
        # the number, the date and the newest text are what a proposal begins with: a date of its own is asked for
        self.fields["effective_from"].required = True
        self.initial["effective_from"] = None
        for name, made, value in (*self._week.fields(), *self._items.fields()):
            self.fields[name], self.initial[name] = made, value
        for number, article in enumerate(self._policy.article):
            label = said(f"{article.number_ja} {article.heading_ja}".strip(), article.number_ja)
            rows = min(12, 2 + len(article.text_ja) // 45)
            self.fields[_article_name(number)] = TextField(rows=rows, label=label)
            self.initial[_article_name(number)] = article.text_ja.strip("\n")
        self.order_fields([*(name for name in self.fields if name != "why"), "why"])

    def _changed(self, told: dict[str, Any]) -> bool:
        values = self._values(told)
        values.pop(("effective_from",), None)
        return bool(values) or self._items.order(told) is not None

    def _values(self, told: dict[str, Any]) -> dict[Path, Any]:
        """What differs from the newest version, by its place in the text."""
        values: dict[Path, Any] = {}
        for spec in self.specs:
            now = present(self._policy, spec.path)
            new = meant(spec, told.get(spec.name), now)
            if new != now and not (new is None and now in ("", ())):
                values[spec.place] = new
        values.update(self._week.changes(told))
        values.update(self._items.changes(told))
        values.update(self._article_changes(told))
        return _without_empty_table(values, ("operation", "year_end"), ("first", "last"))

    def _article_changes(self, told: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
        for number, article in enumerate(self._policy.article):
            new = told.get(_article_name(number)) or ""
            if new.strip("\n") != article.text_ja.strip("\n"):
                yield ("article", number, "text_ja"), new

    def _clauses(self, path: str) -> str:
        return "、".join(dict.fromkeys(origins(self._policy, path)))

    def _told(self, problem: Problem) -> bool:
        name = _plain(problem.field).replace(".", "-")
        if name in self.fields:
            self.add_error(name, sentence(problem))
            return True
        key = next((key for start, key in _TABLES.items() if problem.field.startswith(start)), None)
        if key is None:
            return False
        self._above.setdefault(key, []).append(sentence(problem))
        return True


def sentence(problem: Problem) -> str:
    """What is wrong and what would be right, in the language of the page."""
    both = (problem.ja, problem.do_ja) if language() == "ja" else (problem.en, problem.do_en)
    return " → ".join(both)


def unnamed(policy: Policy) -> bool:
    """Whether the rule has hours or periods of single sites, which have no fields."""
    return bool(policy.operation.sites or policy.retention.sites)


def _article_name(number: int) -> str:
    return f"article-{number}-text_ja"


def _tables_of(part: Part) -> list[str]:
    return [path for path, key in _TABLES.items() if key == part.key]


def _lines(text: Any) -> str:
    """A text whatever its line ends."""
    return "\n".join(str(text or "").strip().splitlines())


def _plain(place: str) -> str:
    """``roles.deputies[0].post_ja`` as fields are named."""
    return re.sub(r"\[(\d+)\]", r".\1", place)


def _cites(clauses: str, number: str) -> bool:
    """Whether clauses name an article: 第1条 is not 第10条, and 第10条の2 is not 第10条."""
    return bool(re.search(rf"(?<!\w){re.escape(number)}(?![の\d])", clauses))


def _without_empty_table(values: dict[Path, Any], table: Path, names: tuple[str, ...]) -> dict[Path, Any]:
    """A table of which nothing is left goes as a whole."""
    if all(values.get((*table, name), "kept") is None for name in names):
        rest = {path: value for path, value in values.items() if path[: len(table)] != table}
        return {**rest, table: None}
    return values
