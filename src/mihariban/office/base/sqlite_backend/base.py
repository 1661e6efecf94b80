"""Django's database backend over the wheel's engine, opened as ``base.sqlite`` opens its databases.

WAL, ``BEGIN IMMEDIATE``, synchronous=FULL, foreign keys. An entry that was acknowledged survives a power cut, and two
writers wait for each other instead of failing in the middle of a transaction.
"""

from __future__ import annotations

import datetime
import decimal
from typing import TYPE_CHECKING, Any

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3._functions import register  # type: ignore[import-untyped]  # the stubs leave it out
from django.utils.asyncio import async_unsafe
from django.utils.dateparse import parse_date, parse_datetime, parse_time

from mihariban.base.sqlite import MENDED, DatabaseUnusable

if TYPE_CHECKING:
    import sqlite3 as engine  # the wheel has the same shape and no types of its own
else:
    import pysqlite3.dbapi2 as engine

PRAGMAS = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON")

engine.register_converter("bool", b"1".__eq__)
for _name, _convert in (
    ("date", parse_date),
    ("time", parse_time),
    ("datetime", parse_datetime),
    ("timestamp", parse_datetime),
):
    engine.register_converter(_name, base.decoder(_convert))
engine.register_adapter(decimal.Decimal, str)
engine.register_adapter(datetime.date, base.adapt_date)
engine.register_adapter(datetime.datetime, base.adapt_datetime)


class Cursor(engine.Cursor):
    """A cursor that takes Django's ``%s``."""

    convert_query: Any = base.SQLiteCursorWrapper.convert_query

    def execute(self, query: str, params: Any = None) -> Any:
        if params is None:
            return super().execute(query)
        names = list(params) if isinstance(params, dict) else None
        return super().execute(self.convert_query(query, param_names=names), params)

    def executemany(self, query: str, param_list: Any) -> Any:
        rows = list(param_list)
        names = list(rows[0]) if rows and isinstance(rows[0], dict) else None
        return super().executemany(self.convert_query(query, param_names=names), rows)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of Django's."""

    Database = engine

    def get_connection_params(self) -> dict[str, Any]:
        self.settings_dict["OPTIONS"] = {
            "timeout": 10,
            **self.settings_dict["OPTIONS"],
            "transaction_mode": "IMMEDIATE",
        }
        found: dict[str, Any] = super().get_connection_params()
        return found

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> engine.Connection:
        """A connection.

        Raises:
            DatabaseUnusable: the engine is too old.
        """
        if engine.sqlite_version_info < MENDED:
            why = f"SQLite {engine.sqlite_version}"
            raise DatabaseUnusable(path=conn_params["database"], why=why, do="Install with: make setup")
        connection: engine.Connection = engine.connect(**conn_params)
        register(connection)
        for pragma in PRAGMAS:
            connection.execute(pragma)
        return connection

    def create_cursor(self, name: str | None = None) -> Cursor:  # Django's signature
        made: Cursor = self.connection.cursor(factory=Cursor)
        return made
