"""Area ``trust``: the ledger. What grants, holds and erasure cost joins it with them."""

from __future__ import annotations

from collections.abc import Callable

from bench import ledger_rows
from bench.rows import Row

PARTS: dict[str, Callable[[], list[Row]]] = {"ledger": ledger_rows.rows}
