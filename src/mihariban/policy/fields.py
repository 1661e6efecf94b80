"""Walks the fields of a model: for the reference page, for what a live site needs, for names of neighbours."""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class FieldDoc:
    """One field of a model.

    Attributes:
        path: dotted from the top; ``[]`` stands for "each element".
        info: pydantic's own description.
        inner: the section below, where the field is a table or an array of tables.
        many: an array.
        nested: reachable without passing an array or an optional table.
    """

    path: str
    info: FieldInfo
    inner: type[BaseModel] | None
    many: bool
    nested: bool

    @property
    def ja(self) -> str:
        return str(_extra(self.info).get("x-ja", ""))

    @property
    def en(self) -> str:
        return self.info.description or ""

    @property
    def live(self) -> bool:
        return bool(_extra(self.info).get("x-live", False))


def walk(model: type[BaseModel], prefix: str = "", *, nested: bool = True) -> Iterator[FieldDoc]:
    """Every field of ``model`` and of the sections below it, in the order they are defined."""
    for name, info in model.model_fields.items():
        inner, many = section_of(info.annotation)
        path = f"{prefix}{info.alias or name}"
        yield FieldDoc(path, info, inner, many, nested)
        if inner is not None:
            optional = many or info.default is None or info.is_required()
            yield from walk(inner, f"{path}[]." if many else f"{path}.", nested=nested and not optional)


def section_of(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The section inside an annotation, and whether it is an array of them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in {types.UnionType, Union}:
        for argument in arguments:
            inner, many = section_of(argument)
            if inner is not None or many:
                return inner, many
        return None, False
    if origin is tuple:
        return section_of(arguments[0])[0], True
    return None, False


def model_at(model: type[BaseModel], place: Sequence[str | int]) -> type[BaseModel] | None:
    """The section that stands at a path of names, element numbers and element ids; None where there is none."""
    current: type[BaseModel] | None = model
    skip = False
    for part in place:
        if skip:  # an element of an array: its number or its id
            skip = False
            continue
        info = field_of(current, part)
        if info is None:
            return None
        current, skip = section_of(info.annotation)
    return current


def field_of(model: type[BaseModel] | None, name: str | int) -> FieldInfo | None:
    """A field by the name that files use."""
    if model is None:
        return None
    for key, info in model.model_fields.items():
        if (info.alias or key) == name:
            return info
    return None


def type_text(annotation: Any) -> str:
    """The type of a field in the words of TOML."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if not arguments:
        return _plain_type(annotation)
    if origin is Literal:
        return " / ".join(f'"{choice}"' for choice in arguments)
    if origin in {types.UnionType, Union}:
        return type_text(next(argument for argument in arguments if argument is not type(None)))
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return f"array of {type_text(arguments[0])}"
        return f"[{', '.join(type_text(argument) for argument in arguments)}]"
    return type_text(arguments[0])  # Annotated


def _plain_type(annotation: Any) -> str:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "table"
    names = {"str": "string", "int": "integer", "float": "number", "bool": "true / false", "date": "date"}
    name = getattr(annotation, "__name__", str(annotation))
    return names.get(name, name)


def _extra(info: FieldInfo) -> dict[str, Any]:
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
