from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihariban.policy.locate import Locator

NASTY = '''# a comment with [brackets] and "quotes
title = "a # not a comment [x] = 'y'"  # [no.table]
literal = 'C:\\path\\[1]'
escaped = "quote \\" then ] and }"
"quoted.key" = 1
'literal key' = 2
"uni\\u0063ode" = 3
a.b . "c.d" = 4
multi = """
[not.a.table]
key = 1
\\""" still inside
"""
four_quotes = """ends with a quote""""
raw = \'\'\'
[[nor.this]]
\'\'\'
empty_text = """"""
list = [ # comment ]
  1, 2,
  [3, "],["],
  { x = 5, y = [6, { z = 7 }] },
]
inline = { p.q = 1, "r s" = { t = [] } }
when = 1979-05-27 07:32:00
[table] # [comment]
key = 1
  [ table . "sub.part" ]
  key = 2
[[people]]
name = "one"
[people.address]
street = "a"
[[people.child]]
name = "first"
[[people.child]]
name = "second"
[[people]]
name = "two"
child = [{ name = "third" }]
[last]
end = inf'''

LINES = {
    ("title",): 2,
    ("literal",): 3,
    ("escaped",): 4,
    ("quoted.key",): 5,
    ("literal key",): 6,
    ("unicode",): 7,
    ("a", "b", "c.d"): 8,
    ("multi",): 9,
    ("four_quotes",): 14,
    ("raw",): 15,
    ("empty_text",): 18,
    ("list",): 19,
    ("list", 0): 20,
    ("list", 2, 1): 21,
    ("list", 3, "y", 1, "z"): 22,
    ("inline", "p", "q"): 24,
    ("inline", "r s", "t"): 24,
    ("when",): 25,
    ("table",): 26,
    ("table", "key"): 27,
    ("table", "sub.part", "key"): 29,
    ("people", 0, "name"): 31,
    ("people", 0, "address", "street"): 33,
    ("people", 0, "child", 1, "name"): 37,
    ("people", 1): 38,
    ("people", 1, "child", 0, "name"): 40,
    ("last", "end"): 42,
}


def paths(value: Any, prefix: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Every path of parsed TOML."""
    found = {prefix} if prefix else set()
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found |= paths(item, (*prefix, key))
    return found


@pytest.mark.parametrize("place", LINES, ids=str)
def test_lines_of_nasty_toml(place: tuple[str | int, ...]) -> None:
    """Brackets in strings, dotted and quoted keys, multi-line strings, arrays of tables."""
    assert Locator(NASTY).line(place) == LINES[place]


def test_every_path_is_found_and_no_other() -> None:
    """The locator sees exactly what tomllib sees."""
    assert set(Locator(NASTY).paths()) == paths(tomllib.loads(NASTY))


def test_a_path_that_is_not_there_has_its_parents_line() -> None:
    """A missing field is reported at its table; a missing table at no line."""
    locator = Locator(NASTY)
    assert locator.line(("people", 0, "address", "city")) == 32
    assert locator.line(("nowhere", "x")) == 0


SCALARS = st.one_of(
    st.integers(-(2**40), 2**40).map(str),
    st.booleans().map(lambda b: str(b).lower()),
    st.just("2026-11-24"),
    st.just("08:30:00"),
    st.text(alphabet="ab[]{}=#,.'\" \\", max_size=8).map(
        lambda t: '"' + t.replace("\\", "\\\\").replace('"', '\\"') + '"'
    ),
    st.text(alphabet='ab[]{}=#,."\\ ', max_size=8).map(lambda t: f"'{t}'"),
    st.text(alphabet="ab[]=#\n", max_size=8).map(lambda t: f'"""{t}"""'),
    st.text(alphabet='ab[]=#"\n', max_size=8).map(lambda t: f"'''{t}'''"),
)
GAPS = st.sampled_from(["", " ", "\n  ", " # ] } comment\n"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(st.tuples(GAPS, inner, GAPS), max_size=3).map(
            lambda items: "[" + ",".join(f"{a}{v}{b}" for a, v, b in items) + "]"
        ),
        st.lists(inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"k{n} = {v}" for n, v in enumerate(items)) + "}"
        ),
    ),
    max_leaves=6,
)
TABLES = st.lists(
    st.tuples(
        st.sampled_from(["[t{}]", "[ t{} . 'u v' ]", "[[a]]", "[[a.b]]", '[["x.y"]]']), st.lists(VALUES, max_size=3)
    ),
    max_size=6,
)


@given(tables=TABLES)
@settings(max_examples=250, deadline=None)
def test_drawn_documents_are_walked_whole(tables: list[tuple[str, list[str]]]) -> None:
    """Every path is found, and the keys stand where they were written."""
    lines: list[str] = []
    written: list[int] = []
    for number, (header, values) in enumerate(tables):
        lines += ["", header.format(number)]
        for position, value in enumerate(values):
            written.append(sum(line.count("\n") + 1 for line in lines) + 1)
            lines.append(f"key{position} = {value}")
    text = "\n".join(lines)
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # the drawn tables collide
    found = Locator(text).paths()
    assert set(found) == paths(parsed)
    keys = sorted(line for place, line in found.items() if str(place[-1]).startswith("key"))
    assert keys == written
