"""``python -m bench [AREA]``: measure, write bench/results.json, and the table docs/figures.md."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

from bench.rows import Row, machine, table

AREAS = ("recorder", "trust", "office")
RESULTS = Path(__file__).parent / "results.json"
FIGURES = Path(__file__).parent.parent / "docs" / "figures.md"


def main(arguments: list[str]) -> int:
    """Run areas or parts of them (``recorder:ring``); what is run replaces its former rows."""
    wanted = [argument.partition(":")[::2] for argument in arguments or AREAS]
    for area, part in wanted:
        if area not in AREAS or (part and part not in _parts(area)):
            print(f"bench: no {area}:{part}; there are the areas {', '.join(AREAS)}", file=sys.stderr)
            return 2
    for area, only in wanted:
        for part in [only] if only else _parts(area):
            rows = _parts(area)[part]()
            for row in rows:
                _show(row)
            _write(area, part, rows)
    return 0


def _parts(area: str) -> dict[str, Callable[[], list[Row]]]:
    parts: dict[str, Callable[[], list[Row]]] = importlib.import_module(f"bench.{area}").PARTS
    return parts


def _write(area: str, part: str, fresh: list[Row]) -> None:
    """Replace a part's rows in the results as they are now: parts may run side by side."""
    rows = json.loads(RESULTS.read_text(encoding="utf-8"))["rows"] if RESULTS.exists() else []
    rows = [row for row in rows if (row["area"], row["part"]) != (area, part)]
    rows += [{"area": area, "part": part, **row} for row in fresh]
    order = [(each, name) for each in AREAS for name in _parts(each)]
    rows.sort(key=lambda row: order.index((row["area"], row["part"])))
    text = json.dumps({"machine": machine(), "rows": rows}, ensure_ascii=False, indent=1)
    RESULTS.write_text(text + "\n", encoding="utf-8")
    FIGURES.write_text(table(machine(), rows), encoding="utf-8")


def _show(row: Row) -> None:
    judged = {True: "met", False: "MISSED", None: "shown"}[row["met"]]
    print(f"{judged:>7}  {row['name']}: {row['value']} {row['unit']} (target: {row['target'] or '-'})", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
