"""The reference page and the JSON Schema, both written from the models, so that neither can drift."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from mihariban.policy.doc import Section
from mihariban.policy.fields import FieldDoc, type_text, walk
from mihariban.policy.rule import Policy
from mihariban.policy.site import Site

_INTRO = """# Policy and site files

A policy file holds the rule of one city, a site file the equipment of one place. Both are TOML; unknown names are
refused. ● marks what a policy must give before it starts a live site; a default is the value where the file is silent.

規則ファイルは一つの団体の規則を、設備ファイルは一つの場所の設備を表す。● は実際の設置に必要な項目。
"""


def reference() -> str:
    """Every field of the policy file and the site file, in both languages, as Markdown."""
    return _INTRO + _file("Policy file 規則ファイル", Policy) + _file("Site file 設備ファイル", Site)


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a policy file; ``x-ja`` is the description in Japanese."""
    body = Policy.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **body}


def _file(title: str, model: type[Section]) -> str:
    parts = [f"\n## {title}\n"]
    tables: dict[str, list[FieldDoc]] = {"": []}
    for field in walk(model):
        parent = field.path.rpartition(".")[0]
        tables.setdefault(parent, []).append(field)
    for name, fields in tables.items():
        parts.append(_table(name, fields))
    return "\n".join(parts)


def _table(name: str, fields: list[FieldDoc]) -> str:
    lines = [f"### `{name}`\n"] if name else []
    lines += ["| field | type | default | English | 日本語 |", "|---|---|---|---|---|"]
    for field in fields:
        mark = " ●" if field.live else ""
        key = field.path.rpartition(".")[2].removesuffix("[]")
        kind = type_text(field.info.annotation).replace("|", "\\|")
        lines.append(f"| `{key}`{mark} | {kind} | {_default(field)} | {field.en} | {field.ja} |")
    return "\n".join(lines) + "\n"


def _default(field: FieldDoc) -> str:
    if field.info.is_required():
        return "required"
    value = field.info.default
    if value is None or value == () or isinstance(value, BaseModel):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
