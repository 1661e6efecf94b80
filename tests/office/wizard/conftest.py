"""An office under Saga's rule, to be set up."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.support.sites import SAGA


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Passwords are not what is tested here: argon2 takes its time on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def saga(_quick_passwords: None, office: Path) -> Iterator[Path]:
    """Saga's rule is in force."""
    path = Path(settings.OFFICE_FOLDER).parent / "policy.toml"
    shutil.copy(SAGA, path)
    yield path
    path.unlink()


@pytest.fixture
def site_file(office: Path) -> Iterator[Path]:
    """A site file beside the office, with a remark, a second zone and two cameras."""
    path = office.parent / "site.toml"
    path.write_text(
        '# 見本の注記\n[site]\nid = "test"\nname = "見本市役所"\n\n[recorder]\nid = "test-r1"\n'
        '\n[recorder.volume]\nsize = "8MiB"\nregion_size = "512KiB"\n'
        '\n[[camera]]\nid = "cam1"\nkiosk = "k1"\nsource = "demo:"\n'
        "zones = [[[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]], [[0.0, 0.0], [0.1, 0.0], [0.1, 0.1]]]\n"
        '\n[[camera]]\nid = "cam2"\nkiosk = "k2"\nsource = "demo:"\n',
        encoding="utf-8",
    )
    yield path
    for each in (path, path.with_name("site.toml.before")):
        each.unlink(missing_ok=True)
