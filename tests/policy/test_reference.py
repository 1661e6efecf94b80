from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mihariban.policy import reference, schema
from mihariban.policy.fields import walk
from mihariban.policy.rule import Policy
from mihariban.policy.site import Site

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "policy.md"


@pytest.mark.parametrize("model", [Policy, Site])
def test_every_field_is_documented_in_both_languages(model: type[Policy] | type[Site]) -> None:
    """No field without its two sentences, and the two differ."""
    fields = list(walk(model))
    assert len(fields) > 20
    for field in fields:
        assert field.ja, field.path
        assert field.en, field.path
        assert field.ja != field.en, field.path


def test_the_page_has_not_drifted() -> None:
    """docs/reference/policy.md is what the models say."""
    assert PAGE.read_text(encoding="utf-8").endswith(reference())


def test_the_page_names_every_field() -> None:
    """One row each."""
    page = reference()
    for model in (Policy, Site):
        for field in walk(model):
            assert f"| `{field.path.rpartition('.')[2].removesuffix('[]')}`" in page


def test_the_schema_is_sound_and_says_what_the_models_say() -> None:
    """Every reference leads somewhere, every object is closed, required fields are required."""
    whole = schema()
    definitions = whole["$defs"]
    objects = [whole, *(item for item in definitions.values() if item.get("type") == "object")]
    for item in objects:
        assert item["additionalProperties"] is False
        for name, field in item["properties"].items():
            section = definitions.get(field.get("$ref", "").removeprefix("#/$defs/"), {})
            assert field.get("description") or section.get("description"), name
            assert field.get("x-ja"), name
    assert {"id", "title_ja", "source"} <= set(whole["required"])
    assert whole["properties"]["version"]["minimum"] == 1
    assert definitions["HoursRow"]["properties"]["open"]["pattern"].startswith("^(")
    for reference_text in _references(whole):
        assert reference_text.removeprefix("#/$defs/") in definitions


def test_the_schema_takes_every_key_that_the_policies_use() -> None:
    """Walked by hand along the files; no library is needed for that."""
    whole = schema()
    for path in (PAGE.parent.parent.parent / "policies").glob("*.toml"):
        _follow(tomllib.loads(path.read_text(encoding="utf-8")), whole, whole["$defs"], path.stem)


def _references(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for item in value.values() for found in _references(item)]
    return [found for item in value for found in _references(item)] if isinstance(value, list) else []


def _follow(value: object, part: dict, definitions: dict, where: str) -> None:  # type: ignore[type-arg]
    while "$ref" in part or "anyOf" in part:
        if "anyOf" in part:
            part = next(option for option in part["anyOf"] if option.get("type") != "null")
        else:
            part = definitions[part["$ref"].removeprefix("#/$defs/")]
    if isinstance(value, dict):
        for key, item in value.items():
            assert key in part["properties"], f"{where}.{key}"
            _follow(item, part["properties"][key], definitions, f"{where}.{key}")
    elif isinstance(value, list):
        for item in value:
            _follow(item, part["items"], definitions, where)
    elif "enum" in part:
        assert value in part["enum"], where
