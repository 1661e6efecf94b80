"""Every setting has its line, on the page and in ``mihariban office check``; no password is ever shown."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mihariban.cli.init import command as init_command
from mihariban.office.base.errors import OfficeMisconfigured
from mihariban.office.web.config import DATABASE_VARIABLE
from mihariban.office.web.settings_page import ENVIRONMENT, LINES, fields, settings_now, settings_page, unknown_names
from tests.support.sites import SAGA


def test_every_setting_has_a_line_and_every_line_a_setting() -> None:
    """In both languages."""
    assert [name for name, _ in fields()] == list(LINES)
    page = settings_page()
    for name, line in {**LINES, **ENVIRONMENT}.items():
        assert f"`{name}`" in page and line.ja in page and line.en in page
    assert "| `idle_minutes` | `15` | ≥ 1, ≤ 480 |" in page


def test_where_a_setting_comes_from(tmp_path: Path) -> None:
    """Default, file, environment; a password is not shown."""
    secret = tmp_path / "secret"
    secret.write_text("s")
    (tmp_path / "office.toml").write_text(
        'idle_minutes = 20\n[oidc]\nname = "市"\nserver = "https://id.example"\nclient_id = "m"\n'
        f'secret_file = "{secret}"\n'
    )
    found = {each.name: each for each in settings_now(tmp_path, {DATABASE_VARIABLE: "postgresql://u:geheim@h/d"})}
    assert found["idle_minutes"].told_by == "file" and found["idle_minutes"].shown == "20"
    assert found["failures"].told_by == "default"
    assert found["database"].told_by == "environment"
    assert found["oidc.server"].told_by == "file" and "mail.host" not in found
    assert "geheim" not in str(list(found.values()))


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_text("idle_minute = 20\n")
    with pytest.raises(OfficeMisconfigured):
        settings_now(tmp_path, {})
    assert unknown_names({"MIHARIBAN_OFFICE_DATABSE": "x", "HOME": "y", DATABASE_VARIABLE: ""}) == [
        "MIHARIBAN_OFFICE_DATABSE"
    ]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "s"
    made = CliRunner().invoke(
        init_command, [str(folder), "--policy", str(SAGA), "--size", "8MiB", "--region-size", "512KiB", "--allow-cow"]
    )
    assert made.exit_code == 0, made.output
    return folder


def check(site: Path, *more: str, **env: str) -> subprocess.CompletedProcess[str]:
    import os

    command = [sys.executable, "-m", "mihariban.cli.main", "office", "check", str(site), *more]
    return subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, **env})


def test_the_command(site: Path) -> None:
    """0 where the office can start; 1 with what is wrong; 121 for a setting that cannot be."""
    done = check(site, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["problems"] == [] and {"name": "idle_minutes", "value": "15", "from": "default"} in told["settings"]
    (site / "office" / "grant.key").chmod(0o644)
    done = check(site, MIHARIBAN_OFFICE_HOST="x")
    assert done.returncode == 1
    assert "MIHARIBAN_OFFICE_HOST" in done.stdout and "chmod 600" in done.stdout
    (site / "office" / "grant.key").chmod(0o600)
    done = check(site, MIHARIBAN_OFFICE_DATABASE="mysql://u:geheim@h/d")
    assert done.returncode == 121 and "geheim" not in done.stdout + done.stderr
    done = check(site, MIHARIBAN_OFFICE_DATABASE="postgresql://u:geheim@127.0.0.1:1/d")
    assert done.returncode == 1 and "geheim" not in done.stdout + done.stderr
