"""A value changed in the text: the data are those of the same change made to the data, and comments stay."""

from __future__ import annotations

import copy
import random
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihariban.policy import parse_policy
from mihariban.policy.edit import edited, with_sources
from mihariban.policy.literal import literal
from mihariban.policy.locate import Locator
from mihariban.policy.locate import Path as Place
from tests.policy.rules import POLICIES, SAGA_FILE
from tests.policy.test_locate import NASTY

SMALL = """# head
a = 1  # one
[t]  # a table
# about b
b = "x" # two
c.d = 2
inline = { p = 1, q = { r = 2 }, none = {} }
many = [
  1, # first
]

[[t.items]] # the first
id = "one"

# about two
[[t.items]]
id = "two"
[t.items.below]
z = 1

# about last
[last]
z = 1"""


def _with(data: Any, path: Place, value: Any) -> Any:
    """The same change, made to the data."""
    made = copy.deepcopy(data)
    at = made
    for part in path[:-1]:
        at = at.setdefault(part, {}) if isinstance(part, str) else at[part]
    if value is None:
        at.pop(path[-1], None)
    else:
        at[path[-1]] = value
    return made


def _full(data: Any) -> Any:
    """Without tables that hold nothing: one made by a dotted name goes with its last value."""
    if isinstance(data, dict):
        inside = {name: _full(value) for name, value in data.items()}
        return {name: value for name, value in inside.items() if value != {}}
    return [_full(value) for value in data] if isinstance(data, list) else data


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("a",), 2), (("a",), None), (("new",), "x"), (("t", "b"), 'q"\\\n"""\x7f'), (("t", "b"), None),
        (("t", "c", "d"), 3), (("t", "c", "e"), True), (("t", "c", "d"), None), (("t", "inline", "p"), 2),
        (("t", "inline", "p"), None), (("t", "inline", "none"), None), (("t", "inline", "q", "r"), [1, 2]),
        (("t", "inline", "q", "r"), None), (("t", "inline", "q", "s"), 9), (("t", "inline", "none", "x"), 1),
        (("t", "many"), ["ん" * 60, "y" * 60]), (("t", "items", 1, "title"), "t"), (("t", "items", 0, "id"), "1"),
        (("t", "items", 1, "below", "y"), 2), (("last", "y"), 2), (("not", "there"), 1), (("last", "z"), None), (("last",), None),
        (("t", "items", 1, "below"), None), (("t", "inline"), None),
    ],
)  # fmt: skip  # a list of cases
def test_one_value(path: Place, value: Any) -> None:
    """Set, added where it was not, or taken away: in tables, dotted names, inline tables, elements."""
    changed = edited(SMALL, {path: value})
    assert _full(tomllib.loads(changed)) == _full(_with(tomllib.loads(SMALL), path, value))
    kept = [line for line in changed.splitlines() if "#" in line]
    lost = [line for line in SMALL.splitlines() if "#" in line and line not in kept]
    assert len(lost) <= 1, lost


def test_many_values_at_once() -> None:
    """Two into a table that was not there, two beside each other."""
    told: dict[Place, Any] = {("x", "a"): 1, ("x", "b"): 2, ("t", "n1"): 1, ("t", "n2"): 2, ("a",): 5, ("t", "b"): None}
    data = tomllib.loads(SMALL)
    for path, value in told.items():
        data = _with(data, path, value)
    assert tomllib.loads(edited(SMALL, told)) == data


@pytest.mark.parametrize("order", [[1, 0], [0], [], [0, {"id": "three"}, 1], [{"id": "new"}, 1]])
def test_elements_in_another_order(order: list[Any]) -> None:
    """With their tables and comments; what stands around them stays."""
    changed = edited(SMALL, {}, {("t", "items"): order})
    wanted = tomllib.loads(SMALL)
    wanted["t"]["items"] = [wanted["t"]["items"][each] if isinstance(each, int) else each for each in order]
    if not order:
        del wanted["t"]["items"]
    assert tomllib.loads(changed) == wanted
    assert "# head" in changed and "# about last\n[last]" in changed and ("# the first" in changed) == (0 in order)


def test_elements_that_are_inline_or_not_there() -> None:
    """An array of inline tables is written anew."""
    text = "[t]\nitems = [{ id = 1 }, { id = 2 }]\n"
    for path, order in ((("t", "items"), [1, {"id": 3}]), (("t", "other"), [{"id": 3}])):
        found = tomllib.loads(edited(text, {}, {path: order}))["t"][path[1]]
        assert found[-1] == {"id": 3} and len(found) == len(order)


@given(st.text(), st.lists(st.text()), st.integers(), st.floats(allow_nan=False), st.booleans())
def test_every_value_is_read_back(text: str, many: list[str], number: int, real: float, truth: bool) -> None:
    """Whatever letters a text has."""
    text = text.replace("\r", "")  # no field of a browser sends one alone
    value = {"a": text, "b": many, "c": number, "d": real, "e": truth, "f": {"x": [text]}}
    made = "".join(f"{name} = {literal(each)}\n" for name, each in value.items())
    assert tomllib.loads(made) == value


@pytest.mark.parametrize(
    "file", [*sorted(POLICIES.glob("*.toml")), None], ids=lambda file: file.stem if file else "nasty"
)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_any_value_of_any_rule(file: Any, seed: int) -> None:
    """Each file there is: some values replaced, some taken away, never another one touched."""
    text = NASTY if file is None else file.read_text(encoding="utf-8")
    chosen = random.Random(seed)
    places = Locator(text).pairs
    paths = chosen.sample(sorted(places, key=str), min(4, len(places)))
    paths = [path for path in paths if not any(path != other and path[: len(other)] == other for other in paths)]
    data, told = tomllib.loads(text), {}
    for path in paths:
        told[path] = chosen.choice([None, 7, "文\n字", ["x", "y"]])
        data = _with(data, path, told[path])
    assert _full(tomllib.loads(edited(text, told))) == _full(data)


def test_origins_follow_the_values() -> None:
    """A value that went is named no more; a new one has an origin; the rule is read."""
    text = SAGA_FILE.read_text(encoding="utf-8")
    changed = edited(
        text,
        {("number_ja",): "告示第9号", ("complaints", "reply_days"): 14, ("erasure", "media_disposal_ja"): None},
        {("daily_check", "items"): [0, 1, 2, 4, 5, 6, 7, {"id": "lamp", "title_ja": "照明"}]},
    )
    changed = with_sources(changed, "書き加えた。", "Added.")
    policy = parse_policy(changed, SAGA_FILE).policy
    assert [each.note_ja for each in policy.sources_of("number_ja")] == ["書き加えた。"]
    assert [each.id for each in policy.daily_check.items][-2:] == ["other", "lamp"]
    assert "toner" not in changed and '"erasure.media_disposal_ja"' not in changed
    assert with_sources(text, "", "") == text
