"""More rows of every table of the office, alike but for what must be unique: a page that asks the database once for
each row is found out by them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Model

ONCE = {
    "people.SetUp", "people.User", "found.FoundSetting", "keyledger.KeyLimit", "keyledger.Judged", "notices.Contact",
    "sites.SeenStatus", "people.LoginFailures", "wizard.Typed", "wizard.StepState", "wizard.CameraMark",
    "sites.Site", "rule.RuleVersion",
}  # fmt: skip
"""Tables with one row, or one for each row of another; versions of the rule are read one by one, once for a
process; hours are asked once for each site, of which a city has a handful."""


def tables() -> list[type[Model]]:
    """Of the office's apps."""
    found = [each for each in apps.get_models() if each.__module__.startswith("mihariban.office.")]
    return [each for each in found if each._meta.app_label != "base"]


def multiply(numbers: range) -> set[str]:
    """A row more of each table for each of ``numbers``, which were not used before; returns the tables without a row."""
    empty = set()
    for table in tables():
        if table._meta.label in ONCE:
            continue
        row = table._default_manager.order_by("pk").last()
        if row is None:
            empty.add(table._meta.label)
            continue
        values = {field.attname: getattr(row, field.attname) for field in table._meta.concrete_fields}
        for number in numbers:
            table._default_manager.create(**_other(table, values, number))
    return empty


def _other(table: type[Model], values: dict[str, Any], number: int) -> dict[str, Any]:
    key = table._meta.pk
    made = dict(values)
    if isinstance(key, models.AutoField):
        del made[key.attname]
    elif key is not None:
        made[key.attname] = _moved(made[key.attname], number)
    for field in _unique(table):
        made[field] = _moved(made[field], number)
    if "in_at" in made:  # a key is out once
        made["in_at"] = made["in_at"] or made["out_at"]
    if "ended" in made and table.__name__ == "Stoppage":  # and a kiosk stands still once for a fault
        made["ended"] = made["ended"] or made["began"]
    return made


def _unique(table: type[Model]) -> set[str]:
    """One field of each constraint that tells its rows apart: no other table is named by it."""
    found = set()
    for constraint in table._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            fields = [table._meta.get_field(name) for name in constraint.fields]
            found |= {field.name for field in [each for each in fields if not each.is_relation][-1:]}
    return found


def _moved(value: Any, number: int) -> Any:
    if isinstance(value, datetime):
        return value - timedelta(minutes=number)
    if isinstance(value, date):
        return value - timedelta(days=number)
    return value + number * 1000 if isinstance(value, int) else f"{number:02}{value}"[:26]
