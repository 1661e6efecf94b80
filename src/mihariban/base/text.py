"""Two languages side by side: Japanese first, English complete."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal

Language = Literal["ja", "en"]


def language_of(environment: Mapping[str, str] | None = None) -> Language:
    """The language to speak: MIHARIBAN_LANG, else the locale; Japanese where the locale says so."""
    env = os.environ if environment is None else environment
    for name in ("MIHARIBAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = env.get(name, "")
        if value:
            return "ja" if value.lower().startswith("ja") else "en"
    return "en"
