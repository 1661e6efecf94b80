"""No more personal data than needed: individual numbers are refused, what looks copied from a card is asked about.

The check digit is that of the Ordinance on the form of individual numbers (2014, MIC Ordinance 85, article 5).
"""

from __future__ import annotations

import re
import unicodedata

from mihariban.office.base.text import T
from mihariban.office.found.errors import IndividualNumberRefused, LooksPersonal

_TWELVE = re.compile(r"(?<!\d)\d(?:[ \-‐‑‒–—―−ー・./]{0,3}\d){11}(?!\d)", re.ASCII)
_CARD = re.compile(
    r"氏\s*名|生年月日|住\s*所|個人番号|マイナンバーは|本籍|世帯主|性\s*別|フリガナ|ふりがな|様(?=[\s、。]|$)"
)
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")


def is_individual_number(digits: str) -> bool:
    """Whether twelve digits carry the check digit of an individual number."""
    body, check = [int(digit) for digit in reversed(digits[:11])], int(digits[11])
    rest = sum(digit * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(body, 1)) % 11
    return check == (0 if rest <= 1 else 11 - rest)


def numbers_in(text: str) -> list[str]:
    """Runs of twelve digits, however they are written: full width, in groups, with invisible letters between."""
    # A circled one is not the first digit of what follows; NFKC would make it so.
    apart = "".join(" " if unicodedata.category(letter) == "No" else letter for letter in text)
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", apart))
    return [re.sub(r"\D", "", found) for found in _TWELVE.findall(plain)]


def refuse_numbers(text: str, what: T) -> None:
    """
    Raises:
        IndividualNumberRefused: an individual number stands in the text.
    """
    if any(is_individual_number(digits) for digits in numbers_in(text)):
        raise IndividualNumberRefused(what_ja=what.ja, what_en=what.en)


def doubt(text: str) -> T | None:
    """What makes a text look personal; None where nothing does."""
    if numbers_in(text):
        return T("12 桁の数字", "twelve digits")
    found = _CARD.search(unicodedata.normalize("NFKC", text))
    if found is None:
        return None
    return T(f"「{found.group()}」", f"“{found.group()}”")


def guard(texts: dict[T, str], *, sure: bool) -> None:
    """Look at what a clerk typed before it is stored.

    Args:
        texts: by the name of their field. sure: the clerk has looked and needs it.

    Raises:
        IndividualNumberRefused: whatever the clerk says.
        LooksPersonal: and the clerk has not said that it is needed.
    """
    for what, text in texts.items():
        refuse_numbers(text, what)
    for what, text in texts.items():
        why = None if sure else doubt(text)
        if why is not None:
            raise LooksPersonal(what_ja=what.ja, what_en=what.en, why_ja=why.ja, why_en=why.en)
