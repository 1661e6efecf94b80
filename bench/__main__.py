"""``python -m bench [AREA]``: measure, write bench/results.json, and the table docs/figures.md."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

from bench.rows import Row, machine, table

AREAS = ("recorder",)
RESULTS = Path(__file__).parent / "results.json"
FIGURES = Path(__file__).parent.parent / "docs" / "figures.md"


def main(arguments: list[str]) -> int:
    """Run one area or all; a run of one area replaces that area's rows."""
    areas = arguments or list(AREAS)
    unknown = [area for area in areas if area not in AREAS]
    if unknown:
        print(f"bench: no area {unknown[0]}; there are: {', '.join(AREAS)}", file=sys.stderr)
        return 2
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))["rows"] if RESULTS.exists() else []
    rows = [row for row in kept if row["area"] not in areas]
    for area in areas:
        for row in importlib.import_module(f"bench.{area}").rows():
            _show(row)
            rows.append({"area": area, **row})
    RESULTS.write_text(json.dumps({"machine": machine(), "rows": rows}, ensure_ascii=False, indent=1) + "\n")
    FIGURES.write_text(table(machine(), rows), encoding="utf-8")
    return 0


def _show(row: Row) -> None:
    judged = {True: "met", False: "MISSED", None: "shown"}[row["met"]]
    print(f"{judged:>7}  {row['name']}: {row['value']} {row['unit']} (target: {row['target'] or '-'})", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
