"""The ledger's tables with the names they have everywhere, and their guards against change and deletion."""

from __future__ import annotations

from importlib import resources
from typing import Any, ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from mihariban.base import sqlite

POSTGRES = """
CREATE TABLE ledger_entry (seq bigint PRIMARY KEY, leaf bytea NOT NULL, hash bytea NOT NULL);
CREATE FUNCTION ledger_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'entries of the ledger are never changed or deleted'; END $$;
CREATE TRIGGER ledger_entry_keep BEFORE UPDATE OR DELETE ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION ledger_entry_refuse();
CREATE TRIGGER ledger_entry_stay BEFORE TRUNCATE ON ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_refuse();
CREATE TABLE ledger_tile (
  level integer NOT NULL, place bigint NOT NULL, hash bytea NOT NULL, PRIMARY KEY (level, place));
CREATE TABLE ledger_intent (seq bigint PRIMARY KEY);
CREATE TABLE ledger_text (hash bytea PRIMARY KEY, salt bytea NOT NULL, text text NOT NULL);
CREATE TABLE ledger_checkpoint (size bigint PRIMARY KEY, note bytea NOT NULL);
CREATE TABLE ledger_seen (origin text PRIMARY KEY, size bigint NOT NULL, note bytea NOT NULL);
"""


def create(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001  # Django's signature
    """Make the tables in the language of the database."""
    if editor.connection.vendor == "postgresql":
        editor.execute(POSTGRES, params=None)
        return
    schema = resources.files("mihariban.ledger").joinpath("schema.sql").read_text(encoding="utf-8")
    for statement in sqlite.statements(schema):
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [migrations.RunPython(create)]
