"""Two languages side by side in the source: ``T("日本語", "English")``; the language of the session decides."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language

from mihariban.base.text import Language


def language() -> Language:
    """The language of this request; Japanese where none was chosen."""
    return "en" if (get_language() or "ja").startswith("en") else "ja"


@dataclass(frozen=True, slots=True)
class T:
    """A text in both languages; as ``str`` in the language of the request at that moment, so that it may stand in a
    form, a model or a table that is made once.

    ``T("{n} 件", "{n} entries").format(n=3)`` gives another T.
    """

    ja: str
    en: str

    def __str__(self) -> str:
        return self.ja if language() == "ja" else self.en

    def __html__(self) -> str:
        from django.utils.html import escape

        return escape(str(self))

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        """How a migration writes it down."""
        return "mihariban.office.base.text.T", [self.ja, self.en], {}

    def format(self, **facts: object) -> T:
        """Both with the facts put in."""
        both = {
            code: {name: getattr(fact, code) if isinstance(fact, T) else fact for name, fact in facts.items()}
            for code in ("ja", "en")
        }
        return T(self.ja.format(**both["ja"]), self.en.format(**both["en"]))
