"""The rule as data, and the questions one may ask it: open at? keep until? who may? Pure, no I/O but the files."""

from __future__ import annotations

from mihariban.policy.calendar import CalendarEntry
from mihariban.policy.capacity import most_footage_hours, needed_bytes, weekly_filming_hours, weekly_open_hours
from mihariban.policy.doc import clock_text, minutes_of
from mihariban.policy.explain import explain
from mihariban.policy.filming import FilmingCalendar, FilmingWindow, filming_windows
from mihariban.policy.findings import Finding, findings
from mihariban.policy.hours import DayHours, Window, day_hours
from mihariban.policy.load import LoadedPolicy, load_policy, parse_policy, require_complete
from mihariban.policy.reference import reference, schema
from mihariban.policy.retain import expires_at, keep_until, overwrite_by
from mihariban.policy.rule import Policy
from mihariban.policy.secrets import Credentials, credentials, load_secrets
from mihariban.policy.site import Camera, Limits, Polygon, Site, dump_site, load_site
from mihariban.policy.source import Source
from mihariban.policy.versions import PolicyBook

__all__ = [
    "CalendarEntry",
    "Camera",
    "Credentials",
    "DayHours",
    "FilmingCalendar",
    "FilmingWindow",
    "Finding",
    "Limits",
    "LoadedPolicy",
    "Policy",
    "PolicyBook",
    "Polygon",
    "Site",
    "Source",
    "Window",
    "clock_text",
    "credentials",
    "day_hours",
    "dump_site",
    "expires_at",
    "explain",
    "filming_windows",
    "findings",
    "keep_until",
    "load_policy",
    "load_secrets",
    "load_site",
    "minutes_of",
    "most_footage_hours",
    "needed_bytes",
    "overwrite_by",
    "parse_policy",
    "reference",
    "require_complete",
    "schema",
    "weekly_filming_hours",
    "weekly_open_hours",
]
