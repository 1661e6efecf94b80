"""Finds where every key and value of a TOML text stands that ``tomllib`` has already accepted.

``tomllib`` reads the values but forgets where they stood. This walks the same text once and keeps only positions; it
may lean on the text being valid TOML 1.0, so it never reports errors of its own.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from dataclasses import dataclass

Path = tuple[str | int, ...]

_BLANK = " \t\r\n"
_BARE_ENDS = " \t\r\n.=]"
_SCALAR_ENDS = ",]}#\r\n"


@dataclass(frozen=True, slots=True)
class Pair:
    """Where "name = value" stands, as offsets into the text.

    Attributes:
        start, end: from the first letter of its name to behind its value.
        value: first letter of the value.
        table: the table under whose header it stands; a dotted name reaches below it.
        inline: inside an inline table.
    """

    start: int
    end: int
    value: int
    table: Path
    inline: bool


class Locator:
    """Lines of keys, tables and array elements; offsets of pairs and headers.

    Args:
        text: valid TOML.

    Attributes:
        pairs: by their path, in the order of the text.
        headers: of tables and elements of arrays of tables: first letter and the one behind the header.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line_starts = [0, *(i + 1 for i, letter in enumerate(text) if letter == "\n")]
        self._lines: dict[Path, int] = {}
        self._array_lengths: dict[Path, int] = {}
        self.pairs: dict[Path, Pair] = {}
        self.headers: dict[Path, tuple[int, int]] = {}
        self._inline = 0
        self._document()

    def line(self, path: Path) -> int:
        """Line (from 1) of the key at ``path``, else of its nearest parent; 0 where there is none."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return 0

    def paths(self) -> dict[Path, int]:
        """Every path found, with its line."""
        return dict(self._lines)

    def _note(self, path: Path, offset: int) -> None:
        self._lines.setdefault(path, bisect_right(self._line_starts, offset))

    def _document(self) -> None:
        table: Path = ()
        while self._skip_blank():
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _skip_blank(self) -> bool:
        """Move to the next letter that is neither blank nor comment; False at the end."""
        text = self._text
        while self._at < len(text):
            if text[self._at] == "#":
                end = text.find("\n", self._at)
                self._at = len(text) if end < 0 else end
            elif text[self._at] in _BLANK:
                self._at += 1
            else:
                return True
        return False

    def _header(self) -> Path:
        start = self._at
        array = self._text.startswith("[[", start)
        self._at += 2 if array else 1
        names = self._key()
        self._at += 2 if array else 1
        path: Path = ()
        for name in names[:-1]:
            path = self._inside((*path, name), start)
        path = (*path, names[-1])
        self._note(path, start)
        if array:
            number = self._array_lengths.get(path, 0)
            self._array_lengths[path] = number + 1
            path = (*path, number)
            self._note(path, start)
        self.headers[path] = (start, self._at)
        return path

    def _inside(self, path: Path, offset: int) -> Path:
        """``path`` itself, or the newest element where it is an array of tables."""
        self._note(path, offset)
        length = self._array_lengths.get(path)
        return path if length is None else (*path, length - 1)

    def _pair(self, table: Path) -> None:
        start = self._at
        path = table
        for name in self._key():
            path = (*path, name)
            self._note(path, start)
        self._at += 1  # the equals sign, on which _key stopped
        self._spaces()
        value = self._at
        self._value(path)
        end = value + len(self._text[value : self._at].rstrip())  # a plain value was read up to the next sign
        self.pairs[path] = Pair(start, end, value, table, self._inline > 0)

    def _key(self) -> list[str]:
        """The parts of a dotted key; stops on the sign that ends it."""
        parts: list[str] = []
        while True:
            self._spaces()
            parts.append(self._key_part())
            self._spaces()
            if self._text[self._at] != ".":
                return parts
            self._at += 1

    def _key_part(self) -> str:
        start = self._at
        if self._text[start] in "\"'":
            self._string()
            # tomllib knows the escapes; we only need the name it makes of them
            return next(iter(tomllib.loads(f"{self._text[start : self._at]} = 0")))
        while self._text[self._at] not in _BARE_ENDS:
            self._at += 1
        return self._text[start : self._at]

    def _spaces(self) -> None:
        while self._text[self._at] in " \t":
            self._at += 1

    def _value(self, path: Path) -> None:
        self._spaces()
        letter = self._text[self._at]
        if letter in "\"'":
            self._string()
        elif letter == "[":
            self._array(path)
        elif letter == "{":
            self._inline_table(path)
        else:
            while self._at < len(self._text) and self._text[self._at] not in _SCALAR_ENDS:
                self._at += 1

    def _string(self) -> None:
        text, start = self._text, self._at
        quote = text[start]
        if text.startswith(quote * 3, start):
            self._at = start + 3
            while not text.startswith(quote * 3, self._at):
                self._at += 2 if quote == '"' and text[self._at] == "\\" else 1
            self._at += 3
            while (
                self._at < len(text) and text[self._at] == quote
            ):  # up to two quotes may stand before the closing three
                self._at += 1
            return
        self._at = start + 1
        while text[self._at] != quote:
            self._at += 2 if quote == '"' and text[self._at] == "\\" else 1
        self._at += 1

    def _array(self, path: Path) -> None:
        self._at += 1
        number = 0
        while self._skip_blank() and self._text[self._at] != "]":
            self._note((*path, number), self._at)
            self._value((*path, number))
            number += 1
            self._after_item()
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        self._inline += 1
        while self._skip_blank() and self._text[self._at] != "}":
            self._pair(path)
            self._after_item()
        self._inline -= 1
        self._at += 1

    def _after_item(self) -> None:
        self._skip_blank()
        if self._text[self._at] == ",":
            self._at += 1
