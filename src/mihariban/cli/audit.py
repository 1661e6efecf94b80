"""``mihariban audit``: an auditor's questions about recording, answered from the site itself."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mihariban.cli._common import FOLDER, JSON, console, print_json

if TYPE_CHECKING:
    from mihariban.recorder.audit import Audit

_DAY = click.DateTime(["%Y-%m-%d"])
_MARKS = {"fine": ("○", "fine"), "finding": ("要確認", "look")}


@click.command()
@FOLDER
@click.option("--from", "first", type=_DAY, help="First local date, YYYY-MM-DD [the recorder's first day].")
@click.option("--to", "last", type=_DAY, help="Last local date, included [today].")
@JSON
def command(directory: Path, first: datetime | None, last: datetime | None, as_json: bool) -> int:
    """Answer the auditor's questions that concern recording; exit status 1 where an answer needs a person.

    Works beside a running recorder, shows no picture. Numbers are those of docs/design/audit.md.
    """
    from mihariban.recorder.audit import audit_site

    audit = audit_site(directory, first=_date(first), last=_date(last))
    if as_json:
        print_json(audit.as_json())
    else:
        _tell(audit)
    return 1 if audit.finding else 0


def _date(given: datetime | None) -> date | None:
    return None if given is None else given.date()


def _tell(audit: Audit) -> None:
    from rich.table import Table

    from mihariban.base.text import language_of

    ja = language_of() == "ja"
    print(f"{audit.site} ({audit.recorder})  {audit.first} – {audit.last}  {audit.at}")
    table = Table(box=None, show_header=False, pad_edge=False)
    for answer in audit.answers:
        table.add_row(str(answer.question), _MARKS[answer.verdict][0 if ja else 1], answer.ja if ja else answer.en)
    console().print(table)
