"""What one figure is, and how a fair ratio is taken."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypedDict


class Row(TypedDict):
    """One figure. ``met`` is None where there is nothing to meet; ``detail`` holds spreads, seconds and peers."""

    name: str
    value: float | int | str
    unit: str
    target: str
    met: bool | None
    peers: dict[str, Any]


def row(
    name: str, value: float | int | str, unit: str, *, target: str = "", met: bool | None = None, **peers: Any
) -> Row:
    """A figure with its target and what stands beside it."""
    if isinstance(value, float):
        value = float(f"{value:.4g}")
    return Row(name=name, value=value, unit=unit, target=target, met=met, peers=peers)


def interleaved(runs: int, *jobs: Callable[[], float]) -> list[list[float]]:
    """Each job ``runs`` times, in turn, so that a noisy neighbour hits all alike. A job returns its own cost."""
    costs: list[list[float]] = [[] for _ in jobs]
    for _ in range(runs):
        for job, cost in zip(jobs, costs, strict=True):
            cost.append(job())
    return costs


def ratio(mine: Sequence[float], other: Sequence[float]) -> tuple[float, str]:
    """Median of the pairwise ratios, and their spread for a person."""
    ratios = sorted(a / b for a, b in zip(mine, other, strict=True))
    return statistics.median(ratios), f"{ratios[0]:.3g} to {ratios[-1]:.3g} over {len(ratios)} pairs"


def machine() -> dict[str, Any]:
    """What this was measured on."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_gib": round(memory / (1 << 30), 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def table(on: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """The figures as a page for people."""
    lines = [
        "# Figures",
        "",
        "Written by `make bench`. Ratios decide; they were taken in one run, on one machine, jobs in turn, median of",
        "at least seven unless said otherwise. Missed targets are said plainly.",
        "",
        f"Machine: {on['cpu']}, {on['cores']} cores, {on['memory_gib']} GiB, {on['system']}, Python {on['python']}.",
    ]
    for area in dict.fromkeys(each["area"] for each in rows):
        lines += ["", f"## {area}", "", "| what | figure | target | | beside it |", "|---|---|---|---|---|"]
        for each in rows:
            if each["area"] == area:
                judged = {True: "met", False: "**missed**", None: "shown"}[each["met"]]
                beside = "; ".join(f"{name}: {value}" for name, value in each["peers"].items())
                figure = f"{each['value']} {each['unit']}"
                lines.append(f"| {each['name']} | {figure} | {each['target'] or '-'} | {judged} | {beside} |")
    return "\n".join(lines) + "\n"
