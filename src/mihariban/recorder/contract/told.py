"""An error that the recorder told, as a class of our own tree again."""

from __future__ import annotations

from mihariban.base.errors import MiharibanError, all_errors
from mihariban.recorder.contract.facts import ErrorBody


def as_told(body: ErrorBody) -> MiharibanError:
    """The error with its own sentences as told; of the class with its code, the root where none is known here.

    ``facts`` holds ``size`` where a proof has to continue from there, nothing else: the caller was not told more.
    """
    kind = next((each for each in all_errors() if each.code == body.code), MiharibanError)
    sentences = {"code": body.code, "ja": _literal(body.ja), "en": _literal(body.en), "__module__": __name__}
    told: type[MiharibanError] = type(f"_Told{kind.__name__}", (kind,), sentences)
    return told() if body.size is None else told(size=body.size)


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
