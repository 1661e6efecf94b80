"""Area ``trust``: ledger, power cuts, footage for a grant, expiry."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable

from bench.rows import Row


def _part(name: str) -> Callable[[], list[Row]]:
    """The rows of ``bench.NAME_rows``, imported when they are measured; none where there is no such module."""

    def rows() -> list[Row]:
        module = f"bench.{name}_rows"
        if importlib.util.find_spec(module) is None:
            return []
        made: list[Row] = importlib.import_module(module).rows()
        return made

    return rows


PARTS: dict[str, Callable[[], list[Row]]] = {name: _part(name) for name in ("ledger", "power", "footage", "expiry")}
