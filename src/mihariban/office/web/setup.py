"""Setting Django up for one office: settings from its folder, its clock, its database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django
from django.conf import settings

from mihariban.base.clock import Clock
from mihariban.ledger.errors import LedgerMissing

DATABASE = "office.db"


def configure(folder: Path, clock: Clock) -> None:
    """Set Django up in this process for the office in ``folder``. Once set up it stays with its first folder; its clock
    may be given anew.

    Args:
        folder: DIR/office.
        clock: the office's time.

    Raises:
        OfficeMisconfigured: a setting is wrong.
    """
    from mihariban.office.base.clock import set_clock
    from mihariban.office.web.settings import settings_for

    if not settings.configured:
        settings.configure(**settings_for(folder))
        django.setup()
    if is_for(folder):
        set_clock(clock)


def is_for(folder: Path) -> bool:
    """Whether Django is set up for this folder."""
    return bool(Path(settings.OFFICE_FOLDER).resolve() == folder.resolve())


def database_of(folder: Path, clock: Clock) -> str:
    """The alias of the office's database in Django's settings."""
    configure(folder, clock)
    if is_for(folder):
        return "default"
    from django.db import connections

    from mihariban.office.web.config import load_config
    from mihariban.office.web.settings import database

    alias = f"office {folder.resolve()}"
    if alias not in connections.settings:
        wanted: dict[str, Any] = {"default": {}, alias: database(folder, load_config(folder))}
        connections.settings[alias] = connections.configure_settings(wanted)[alias]
    return alias


def migrate(alias: str) -> None:
    """Bring the database up to this version's tables."""
    from django.core.management import call_command

    call_command("migrate", database=alias, verbosity=0, interactive=False)


def check_migrated(alias: str, folder: Path) -> None:
    """Make sure that the ledger's tables are there.

    Raises:
        LedgerMissing: they are not, or there is no database.
    """
    from django.db import connections

    connection = connections[alias]
    if connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"]).split("?")[0]).exists():
        raise LedgerMissing(path=folder, why=f"no {DATABASE}")
    if "ledger_entry" not in connection.introspection.table_names():
        raise LedgerMissing(path=folder, why="a database without a ledger")
