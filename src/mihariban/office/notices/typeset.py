"""Signs as PDF and SVG. What people typed goes in as data, so that nothing in it is markup."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import typst
from django.conf import settings

from mihariban.office.notices.errors import FontMissing, SignUnmade

TEMPLATE: Final = Path(__file__).parent / "templates" / "notices" / "sign.typ"
FAMILIES: Final = ("Noto Sans JP", "Noto Sans CJK JP", "Source Han Sans", "BIZ UDPGothic", "IPAexGothic", "TakaoGothic")
"""Fonts with Japanese characters, the first that is there is taken. The fonts of the pages are packed for browsers
(WOFF2), which the typesetter does not read."""


def fonts_folder() -> Path:
    """Where an administrator may put a font: DIR/office/fonts."""
    return Path(settings.OFFICE_FOLDER) / "fonts"


@lru_cache(maxsize=4)
def _fonts(folder: Path) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=True, font_paths=[folder] if folder.is_dir() else [])


def family() -> str:
    """The font that signs are set in.

    Raises:
        FontMissing: there is none.
    """
    there = set(_fonts(fonts_folder()).families())
    found = next((name for name in FAMILIES if name in there), None)
    if found is None:
        raise FontMissing(folder=fonts_folder())
    return found


def typeset(facts: dict[str, Any], form: Literal["pdf", "svg"]) -> bytes:
    """A sign of one page. The same facts give the same bytes.

    Args:
        facts: see ``sign.typ``.

    Raises:
        FontMissing: there is no Japanese font.
        SignUnmade: the typesetter refused.
    """
    told = json.dumps({**facts, "font": family()}, ensure_ascii=False)
    compiler = typst.Compiler(str(TEMPLATE), font_paths=_fonts(fonts_folder()), sys_inputs={"facts": told})
    try:
        made = compiler.compile(format=form, timestamp=0)
    except typst.TypstError as error:
        raise SignUnmade(why=str(error.message)[:200]) from error
    pages = made if isinstance(made, list) else [made]
    if len(pages) != 1 or pages[0] is None:
        raise SignUnmade(why=f"{len(pages)} pages")
    return bytes(pages[0])
