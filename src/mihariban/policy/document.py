"""Reads a TOML file into a model and says every mistake with its line, its field and what would be right."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mihariban.base.errors import InputError
from mihariban.policy import errors
from mihariban.policy.doc import CUSTOM
from mihariban.policy.errors import Problem
from mihariban.policy.fields import model_at
from mihariban.policy.locate import Locator
from mihariban.policy.locate import Path as Place

M = TypeVar("M", bound=BaseModel)

_TYPES = {
    "int": ("整数", "a whole number", "5760"),
    "float": ("数", "a number", "1.5"),
    "string": ("文字列", "a string in quotes", '"…"'),
    "bool": ("true か false", "true or false", "true"),
    "tuple": ("配列", "an array", "[ … ]"),
    "date": ("日付（引用符なし）", "a date without quotes", "2016-01-22"),
    "model": ("表", "a table", "{ … }"),
    "dict": ("表", "a table", "{ … }"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What sort of file is read: the errors it raises."""

    unreadable: type[InputError]
    syntax: type[errors.PolicySyntax] | type[errors.SiteSyntax]
    invalid: type[errors.PolicyInvalid] | type[errors.SiteInvalid]


POLICY = Kind(errors.PolicyUnreadable, errors.PolicySyntax, errors.PolicyInvalid)
SITE = Kind(errors.SiteUnreadable, errors.SiteSyntax, errors.SiteInvalid)


@dataclass(frozen=True, slots=True)
class Document:
    """A TOML file as read.

    Attributes:
        path: where it was.
        text: its text.
        data: its tables; arrays as tuples, so that models may be strict.
        locator: lines of its keys.
        kind: which errors speak of it.
    """

    path: Path
    text: str
    data: dict[str, Any]
    locator: Locator
    kind: Kind

    def refuse(self, problems: Sequence[Problem]) -> InputError:
        """The error that carries ``problems``, in the order of the file."""
        ordered = sorted(problems, key=lambda problem: (problem.line, problem.field))
        return self.kind.invalid(file=self.path, problems=ordered)


def read_document(path: Path, kind: Kind) -> Document:
    """Read and parse a file.

    Raises:
        InputError: unreadable, not UTF-8, or not TOML (with the line).
    """
    try:
        text = path.read_bytes().decode("utf-8").removeprefix("\ufeff")
    except OSError as error:
        raise kind.unreadable(file=path, why=error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise kind.unreadable(file=path, why=f"byte {error.start} is not UTF-8") from error
    return parse_document(text, path, kind)


def parse_document(text: str, path: Path, kind: Kind) -> Document:
    """Parse a text that is in no file yet, or was in ``path``.

    Raises:
        InputError: not TOML (with the line).
    """
    # tomllib takes CR LF as a line end everywhere but keeps it in multi-line strings; one kind of line end for all
    text = text.replace("\r\n", "\n")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise kind.syntax(file=path, problems=[_syntax_problem(str(error), text)]) from error
    return Document(path, text, _frozen(data), Locator(text), kind)


def read_model(document: Document, model: type[M]) -> M:
    """The document as ``model``.

    Raises:
        InputError: with every mistake found.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        problems = [_problem(document, model, detail) for detail in error.errors(include_url=False)]
        raise document.refuse(problems) from error


def dotted(place: Iterable[str | int]) -> str:
    """A path as people write it: ``roles.deputies[0].post_ja``."""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return value


def _syntax_problem(message: str, text: str) -> Problem:
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    what = re.sub(r"\s*\(at .*\)$", "", message)
    line = int(found[1]) if found else text.count("\n") + 1
    return Problem(
        line=line,
        field="",
        ja=f"TOML の文法の誤りです（{what}）。",
        en=f"TOML syntax error ({what}).",
        do_ja="「名前 = 値」または「[表]」の形か、引用符や括弧が閉じているか、同じ名前が二度ないかを確かめます",
        do_en='check for "name = value" or "[table]", closed quotes and brackets, and no name given twice',
    )


def _problem(document: Document, model: type[BaseModel], detail: ErrorDetails) -> Problem:
    place: Place = tuple(detail["loc"])
    context = detail.get("ctx", {})
    if detail["type"] == CUSTOM:
        inner = tuple(context["field"].split(".")) if context["field"] else ()
        place = (*place, *inner)
        words = (context["ja"], context["en"], context["do_ja"], context["do_en"])
    elif detail["type"] == "extra_forbidden":
        words = _unknown_key(model, place)
    else:
        words = _plain_words(model, place, detail)
    return Problem(document.locator.line(place), dotted(place), *words)


def _unknown_key(model: type[BaseModel], place: Place) -> tuple[str, str, str, str]:
    name = str(place[-1])
    parent = model_at(model, place[:-1])
    known = sorted(field.alias or key for key, field in parent.model_fields.items()) if parent else []
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    do_ja = f"「{near[0]}」のことではありませんか" if near else f"使える名前: {', '.join(known)}"
    do_en = f'did you mean "{near[0]}"?' if near else f"known names: {', '.join(known)}"
    return f"「{name}」という項目はありません。", f'There is no field "{name}".', do_ja, do_en


def _plain_words(model: type[BaseModel], place: Place, detail: ErrorDetails) -> tuple[str, str, str, str]:
    """Words for pydantic's own refusals."""
    kind, context, given = detail["type"], detail.get("ctx", {}), _shown(detail["input"])
    if kind == "missing":
        parent = model_at(model, place[:-1])
        field = parent.model_fields.get(str(place[-1])) if parent else None
        extra = field.json_schema_extra if field else None
        ja = extra.get("x-ja", "") if isinstance(extra, dict) else ""
        en = (field.description if field else None) or ""
        return "必要な項目がありません。", "This field is required.", f"書き足します: {ja}", f"add it: {en}"
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(context["expected"]))
        near = difflib.get_close_matches(str(detail["input"]), choices, n=1, cutoff=0.6)
        hint_ja = f"（「{near[0]}」のことではありませんか）" if near else ""
        hint_en = f' (did you mean "{near[0]}"?)' if near else ""
        listed = ", ".join(f'"{choice}"' for choice in choices)
        return (
            f"{given} は使えません。",
            f"{given} is not allowed.",
            f"{listed} のどれか{hint_ja}",
            f"one of {listed}{hint_en}",
        )
    limits = {"greater_than_equal": ("ge", ">="), "greater_than": ("gt", ">"), "less_than_equal": ("le", "<=")}
    if kind in limits:
        name, sign = limits[kind]
        limit = f"{sign} {context[name]}"
        return f"{given} は範囲外です。", f"{given} is out of range.", f"{limit} の数", f"a number {limit}"
    if kind in {"too_short", "string_too_short"}:
        return "空にはできません。", "This must not be empty.", "一つ以上書きます", "give at least one"
    for prefix, (ja, en, example) in _TYPES.items():
        if kind.startswith(prefix):
            return (
                f"{given} は{ja}ではありません。",
                f"{given} is not {en}.",
                f"{ja}（例 {example}）",
                f"{en}, such as {example}",
            )
    return f"{given} は使えません。", f"{given} is not acceptable.", str(detail["msg"]), str(detail["msg"])


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value[:40]}…"' if len(value) > 40 else f'"{value}"'
    if isinstance(value, dict | tuple):
        return "{…}" if isinstance(value, dict) else "[…]"
    return str(value)
