"""``mihariban demo``: the whole system on sample data."""

from __future__ import annotations

from pathlib import Path

import click

from mihariban.cli._common import bar, console


@click.command()
@click.option("--dir", "directory", type=click.Path(path_type=Path), default=Path("run/site"), show_default=True)
@click.option("--policy", type=click.Path(path_type=Path), default=None, help="The rule [Saga City's].")
@click.option("--check", is_flag=True, help="Exit 1 unless all that was drawn is recorded and every check passes.")
@click.option("--ready", type=click.Path(path_type=Path), default=None, help="Write facts for programs into this file.")
def command(directory: Path, policy: Path | None, check: bool, ready: Path | None) -> int:
    """Make a site from nothing, record the drawn kiosk scene, and show what came of it."""
    import json

    from mihariban.cli._tables import visit_table
    from mihariban.cli.volume import forecast
    from mihariban.recorder.demo import make_demo
    from mihariban.recorder.shipped import saga_policy
    from mihariban.recorder.site_folder import SiteFolder
    from mihariban.volume import Volume

    with bar() as progress:
        task = progress.add_task("ring.vol", total=None)
        result = make_demo(
            directory,
            policy or saga_policy(),
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    folder = SiteFolder(directory)
    volume = Volume.read_only(folder.recorder)
    try:
        last = max((clip.end for clip in volume.clips()), default=None)
        figures = volume.stat(last)
    finally:
        volume.close()
    out = console()
    out.print(f"site: {directory}; recorded {result.said}")
    out.print(visit_table(result.look))
    out.print(forecast(folder, figures))
    out.print(f"contact sheet: {result.sheet}")
    for problem in result.problems:
        out.print(f"problem: {problem}")
    out.print("check: " + ("passed" if not result.problems else f"{len(result.problems)} problems"))
    if ready is not None:
        ready.parent.mkdir(parents=True, exist_ok=True)
        facts = {
            "site": str(directory),
            "addresses": {},
            "visits": len(result.look.visits),
            "contact_sheet": str(result.sheet),
            "problems": result.problems,
        }
        ready.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 1 if check and result.problems else 0
