"""Policies for tests: Saga's file, and the same with parts of its text replaced."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from mihariban.policy import CalendarEntry, LoadedPolicy, Policy, load_policy

POLICIES = Path(__file__).parent.parent.parent / "policies"
SAGA_FILE = POLICIES / "saga-kiosk-2016.toml"
TOKYO = ZoneInfo("Asia/Tokyo")
SAGA = load_policy(SAGA_FILE).policy


def city(name: str) -> Policy:
    """A policy of the repository by its id."""
    return load_policy(POLICIES / f"{name}.toml").policy


def saga_with(folder: Path, *changes: tuple[str, str]) -> LoadedPolicy:
    """Saga's policy with each (old, new) replaced in its text; every old text must be there."""
    return load_policy(saga_file_with(folder, *changes))


def saga_file_with(folder: Path, *changes: tuple[str, str]) -> Path:
    """The file behind ``saga_with``."""
    text = SAGA_FILE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def entry(**facts: object) -> CalendarEntry:
    """A calendar entry, approved; give kind and days."""
    known = {"id": "e1", "reason_ja": "停電", "approver_ja": "市長", "document_number": "佐市市生第1号"}
    return CalendarEntry.model_validate({**known, **facts})
