"""A real PostgreSQL for the tests: a cluster of its own in a temporary folder, on a local socket, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

__all__ = ["postgres"]


def missing() -> str:
    """Why there is no PostgreSQL here; empty where there is."""
    if not _programs():
        return "no PostgreSQL on this machine: install Debian's package"
    if os.getuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            return "no user postgres: PostgreSQL does not run as root"
    return ""


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _run(*command: str) -> None:
    """Run a program of PostgreSQL, as its own user where we are root."""
    lower = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
    done = subprocess.run([*lower, *command], capture_output=True, text=True, check=False, cwd="/", timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of an empty database, as office.toml takes it."""
    why = missing()
    if why:
        pytest.skip(why)
    programs = _programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="mihariban-pg-", dir="/tmp"))  # a socket's path must be short
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    _run(str(programs / "initdb"), "-D", str(data), "-U", "office", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
    # Tests may lose this cluster at any time: no syncs, no TCP.
    options = f"-k {folder} -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=200"
    _run(str(programs / "pg_ctl"), "-D", str(data), "-w", "-o", options, "-l", str(folder / "log"), "start")
    yield f"postgresql://office@/postgres?host={folder}"
    _run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)
