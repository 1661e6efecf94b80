"""The error tree: one root, one branch per kind of trouble, leaves in the room that raises them.

    MiharibanError
    ├── UsageError           the command was called wrongly                   exit 2
    ├── InputError           a file or message from outside is not acceptable
    ├── SourceError          a camera or a video file does not deliver
    ├── StorageError         the volume or a database cannot do its work
    ├── StateError           the deed does not fit the present state
    └── AccessError          nobody allowed this

Every leaf has a stable ``code`` (never reused), an ``exit_status`` of its own and a sentence in both languages that
says what, where, and what to do. Foreign errors are turned into one of these where they enter, with ``from``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from mihariban.base.text import Language


class MiharibanError(Exception):
    """Root of the tree. Leaves give ``code``, ``exit_status`` and the two sentences.

    Args:
        facts: the values named in the sentences. Never a password, a key or a person's name.
    """

    code: ClassVar[str] = "MH000"
    exit_status: ClassVar[int] = 10
    ja: ClassVar[str] = "内部エラーが起きました。"
    en: ClassVar[str] = "An internal error occurred."

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.text("en"))

    def text(self, language: Language) -> str:
        """The sentence for a person, in ``language``, without the code."""
        template = self.ja if language == "ja" else self.en
        return template.format(**self.facts)

    def __str__(self) -> str:
        return f"{self.code}: {self.text('en')}"

    def as_json(self) -> dict[str, object]:
        """The error as printed by ``--json``: code and both sentences."""
        return {"code": self.code, "ja": self.text("ja"), "en": self.text("en")}


class UsageError(MiharibanError):
    """The command was called with something it cannot take."""

    code = "MH002"
    exit_status = 2
    ja = "{what}"
    en = "{what}"


class InputError(MiharibanError):
    """A file or a message from outside is not acceptable."""


class SourceError(MiharibanError):
    """A camera or a video file does not deliver what it should."""


class StorageError(MiharibanError):
    """The volume or a database cannot do its work."""


class StateError(MiharibanError):
    """The deed does not fit the present state."""


class AccessError(MiharibanError):
    """Nobody allowed this."""


BRANCHES = (InputError, SourceError, StorageError, StateError, AccessError)


def all_errors(root: type[MiharibanError] = MiharibanError) -> Iterator[type[MiharibanError]]:
    """Every error class loaded so far that can be raised: the tree without its root and branches."""
    for child in root.__subclasses__():
        if child not in BRANCHES and not child.__name__.startswith("_"):  # a leading underscore: shared by leaves
            yield child
        yield from all_errors(child)
