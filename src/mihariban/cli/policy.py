"""``mihariban policy``: check a rule, ask it for a day's hours, have it explained, print its schema."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mihariban.base.errors import UsageError
from mihariban.base.text import language_of

if TYPE_CHECKING:
    from mihariban.policy import CalendarEntry

FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
SITE = click.option(
    "--site", "directory", type=click.Path(path_type=Path), help="Folder of a site: equipment, calendar."
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")


@click.group()
def command() -> None:
    """Check a rule, ask it for a day's hours, have it explained."""


@command.command()
@FILE
@SITE
@JSON
def check(file: Path, directory: Path | None, as_json: bool) -> int:
    """Look for mistakes and contradictions in FILE. Exit 0: nothing to warn of, 1: warnings."""
    from mihariban.policy import findings, load_policy, load_site

    loaded = load_policy(file)
    found = loaded.findings
    if directory is not None:
        whole = findings(loaded.policy, load_site(directory), calendar_entries(directory))
        found = (*found, *(finding for finding in whole if finding.code not in {each.code for each in found}))
    warnings = [finding for finding in found if finding.severity == "warning"]
    if as_json:
        facts = {
            "file": str(file),
            "id": loaded.policy.id,
            "version": loaded.policy.version,
            "excerpt": loaded.policy.excerpt,
            "sha256": loaded.sha256,
            "findings": [finding.as_json() for finding in found],
        }
        print(json.dumps(facts, ensure_ascii=False, indent=1))
        return 1 if warnings else 0
    language = language_of()
    for finding in found:
        where = f"{file}:{finding.line}" if finding.line else str(file)
        print(f"{where}: {finding.severity} {finding.code}: {finding.field}: {finding.text(language)}")
    count = f"{len(warnings)} warning(s), {len(found) - len(warnings)} note(s)"
    print(f"{file}: {loaded.policy.id} v{loaded.policy.version}: {count}")
    return 1 if warnings else 0


@command.command()
@FILE
@click.option("--date", "day", required=True, help="Local date, YYYY-MM-DD.")
@SITE
@click.option("--policy-site", default=None, help="Site of the rule, where its hours differ [the --site folder's].")
@JSON
def hours(file: Path, day: str, directory: Path | None, policy_site: str | None, as_json: bool) -> None:
    """Say when the kiosk is open on a day."""
    from mihariban.policy import day_hours, load_policy, load_site

    loaded = load_policy(file)
    entries = () if directory is None else calendar_entries(directory)
    if policy_site is None and directory is not None:
        policy_site = load_site(directory).site.policy_site
    answer = day_hours(loaded.policy, _date(day), entries, policy_site)
    reason = answer.reason_ja if language_of() == "ja" else answer.reason_en
    windows = [list(window.texts) for window in answer.windows]
    if as_json:
        facts = {"date": answer.date.isoformat(), "open": answer.open, "windows": windows, "reason": reason}
        print(json.dumps(facts, ensure_ascii=False))
        return
    print(f"{answer.date} {' '.join('-'.join(window) for window in windows) or '-'} {reason}")


@command.command()
@FILE
@click.option("--lang", type=click.Choice(["ja", "en"]), default=None, help="Language [the locale's].")
def explain(file: Path, lang: str | None) -> None:
    """Say the whole rule in plain words."""
    from mihariban.policy import explain as explained
    from mihariban.policy import load_policy

    language = language_of({"LANG": lang}) if lang else language_of()
    print(explained(load_policy(file).policy, language), end="")


@command.command()
def schema() -> None:
    """Print the JSON Schema of a policy file."""
    from mihariban.policy import schema as policy_schema

    print(json.dumps(policy_schema(), ensure_ascii=False, indent=1))


def calendar_entries(directory: Path) -> tuple[CalendarEntry, ...]:
    """The calendar that a site's recorder keeps; empty where it has none yet.

    Raises:
        CalendarEntryInvalid: an entry that the recorder should not have taken.
        DatabaseUnusable: the recorder's book cannot be opened.
    """
    from mihariban.base import sqlite
    from mihariban.base.files import is_there
    from mihariban.policy import CalendarEntry

    book = directory / "recorder" / "control.db"
    if not is_there(book):
        return ()
    connection = sqlite.connect(book, synchronous="FULL", readonly=True)
    try:
        columns = {row["name"] for row in connection.execute("PRAGMA table_info(calendar)")}
        if not {"id", "entry"} <= columns:
            return ()
        in_force = " WHERE withdrawn IS NULL" if "withdrawn" in columns else ""
        rows = connection.execute(f"SELECT entry FROM calendar{in_force} ORDER BY id").fetchall()  # noqa: S608  # ours
    finally:
        connection.close()
    return tuple(CalendarEntry.from_json(row["entry"]) for row in rows)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(what=f"not a date: {text} (write YYYY-MM-DD)") from None
