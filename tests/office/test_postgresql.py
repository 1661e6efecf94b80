"""The office's own tests once more on a real PostgreSQL: actions, policies, pages, registers, listening, two at once.

Each part is a process of its own, because which database an office uses is settled when it is set up. Tests in the browser and tests of
a folder's own SQLite stay out; the morning has its own test (``test_morning``).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.db import connection

from mihariban.office.web.config import DATABASE_VARIABLE

HERE = Path(__file__).parent
PARTS: dict[str, tuple[int, tuple[str, ...]]] = {
    "people": (400, ("base", "checks", "found", "keyledger", "notices", "people", "web", "wizard")),
    "work": (280, ("days", "faults", "reports", "rule", "sites", "today")),
}
"""Folders, and how many tests there are at the least: a selection that lost some is found."""
OUT = {
    "base/test_store.py": "runs on both databases in every run",
    "web/test_config.py": "reads settings, opens no database",
    "web/test_settings_page.py": "the same, and sets the database itself",
    "web/test_headers.py": "what a server sends; no rows",
    "web/test_logs.py": "what a server logs; no rows",
    "test_office.py": "several offices in one process, each with the SQLite of its folder",
    "test_everything.py": "browser",
    "test_forms.py": "what forms say, before anything is saved",
    "test_queries.py": "counts statements, which are the same on both",
    "test_morning.py": "has its own run on PostgreSQL",
    "test_postgresql.py": "this file",
}
"""Files that stay out, and why."""


@pytest.fixture(autouse=True)
def _outer() -> None:
    assert connection.vendor == "sqlite", "a run on PostgreSQL does not start another one"


def test_every_folder_is_in_a_part() -> None:
    """A new app cannot be forgotten; a file that stays out exists."""
    told = [name for _, names in PARTS.values() for name in names]
    assert sorted(told) == sorted({path.parent.name for path in HERE.glob("*/test_*.py")})
    assert all((HERE / name).exists() for name in OUT)
    assert {path.name for path in HERE.glob("test_*.py")} <= set(OUT)


@pytest.mark.parametrize("part", PARTS)
def test_the_office_on_postgresql(
    postgres: str, part: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """All pass, none is skipped, and they did run on PostgreSQL."""
    least, folders = PARTS[part]
    report = tmp_path / "report.xml"
    command = [
        sys.executable, "-m", "pytest", "-q", "--create-db", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not browser",
        f"--junitxml={report}", *[f"--ignore={HERE / name}" for name in OUT], *[str(HERE / name) for name in folders],
    ]  # fmt: skip
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd=HERE.parents[1],
        env={**env, DATABASE_VARIABLE: postgres},
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    suite = ElementTree.parse(report).getroot().find("testsuite")  # noqa: S314  # written by our own pytest
    assert suite is not None
    count = {name: int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
    database = {each.get("value") for each in suite.iter("property") if each.get("name") == "database"}
    assert database == {"postgresql"}
    assert (count["failures"], count["errors"], count["skipped"]) == (0, 0, 0), count
    assert count["tests"] >= least, count
    print(f"{part}: {count['tests']} tests passed on PostgreSQL")
    record_property("passed on PostgreSQL", count["tests"])
