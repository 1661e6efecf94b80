"""Area ``recorder``: what a camera costs, what is found, what the ring costs, what a lost camera costs."""

from __future__ import annotations

from collections.abc import Callable

from bench import cost, found, ring
from bench.rows import Row


def _drops() -> list[Row]:
    from bench.drops import rows

    return rows()


PARTS: dict[str, Callable[[], list[Row]]] = {
    "cost": cost.rows,
    "footage": found.footage_rows,
    "scenes": found.scene_rows,
    "ring": lambda: [*ring.write_path_rows(), *ring.rebuild_rows()],
    "drops": _drops,
}
