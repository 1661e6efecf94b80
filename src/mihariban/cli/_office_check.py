"""Looking at the settings of an office before it starts."""

from __future__ import annotations

import os
from pathlib import Path

from mihariban.cli._common import console, print_json


def show(directory: Path, *, as_json: bool) -> int:
    """Print the settings and what is wrong; 1 where something is.

    Raises:
        OfficeMisconfigured: a setting is wrong, or nobody knows its name.
    """
    from mihariban.office.web.settings_page import settings_now

    found = settings_now(directory / "office")
    problems = problems_of(directory)
    if as_json:
        rows = [{"name": each.name, "value": each.shown, "from": each.told_by} for each in found]
        print_json({"settings": rows, "problems": problems})
    else:
        out = console()
        for each in found:
            out.print(f"{each.name:<18} {each.shown:<28} {each.told_by:<12} {each.line.en}", markup=False)
        for problem in problems:
            out.print(f"problem: {problem}", markup=False)
        out.print("check: " + ("passed" if not problems else f"{len(problems)} problems"))
    return 1 if problems else 0


def problems_of(directory: Path) -> list[str]:
    """What would keep the office from starting or working, in English."""
    from mihariban.base.errors import MiharibanError
    from mihariban.office.web.config import load_config
    from mihariban.office.web.settings_page import unknown_names

    office = directory / "office"
    config = load_config(office)
    found = [f"the environment names {name}, which is no setting" for name in unknown_names()]
    for name in ("ledger.key", "cosign.key", "grant.key"):
        if not (office / name).exists():
            found.append(f"{office / name} is missing: make the site with mihariban init")
        elif (office / name).stat().st_mode & 0o077:
            found.append(f"{office / name} can be read by others: chmod 600")
    if config.oidc is not None and not os.access(config.oidc.secret_file, os.R_OK):
        found.append(f"oidc.secret_file: {config.oidc.secret_file} cannot be read")
    if found:
        return found
    try:
        return [*_database(office), *_certificate(directory)]
    except MiharibanError as error:
        return [str(error)]


def _database(office: Path) -> list[str]:
    from django.db import DatabaseError, connection

    from mihariban.base.clock import SystemClock
    from mihariban.office.web.setup import check_migrated, configure

    configure(office, SystemClock())
    try:
        check_migrated("default", office)
        from mihariban.office.web.health import look

        return [f"{name} does not work" for name in look() if name != "recorder"]
    except DatabaseError as error:
        return [f"database: {type(error).__name__}"]  # its text may name the password's owner
    finally:
        connection.close()


def _certificate(directory: Path) -> list[str]:
    from mihariban.cli.office import web_certificate

    web_certificate(directory, "127.0.0.1")
    return []
