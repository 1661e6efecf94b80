from __future__ import annotations

from pathlib import Path

import pytest

from mihariban.policy import Credentials, credentials, load_secrets
from mihariban.policy.errors import SecretsExposed, SecretsUnusable

TEXT = '[credentials.cam1]\nuser = "viewer"\npassword = "hunter2"\n'


def write(folder: Path, text: str = TEXT, mode: int = 0o600) -> Path:
    path = folder / "secrets.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_a_login_is_found_by_name_and_never_shown(tmp_path: Path) -> None:
    """The repr has no password."""
    login = credentials(write(tmp_path), "cam1")
    assert login == Credentials("viewer", "hunter2")
    assert "hunter2" not in repr(login)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o610])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    """Group or others, any bit."""
    with pytest.raises(SecretsExposed, match=f"{mode:04o}"):
        load_secrets(write(tmp_path, mode=mode))


@pytest.mark.parametrize(
    "text",
    [
        "[credentials.cam1\npassword = 'hunter2'",
        '[credentials.cam1]\nuser = "viewer"\npassword = hunter2',
        '[credentials.cam1]\npassword = "hunter2"',
        '[credentials.cam1]\nuser = ""\npassword = "hunter2"',
        'credentials = "hunter2"',
        '[credentials]\ncam1 = "hunter2"',
    ],
)
def test_a_broken_file_is_an_error_without_the_password(tmp_path: Path, text: str) -> None:
    """The parser's message might quote the line."""
    with pytest.raises(SecretsUnusable) as caught:
        load_secrets(write(tmp_path, text))
    assert "hunter2" not in str(caught.value) + caught.value.text("ja")
    assert caught.value.__cause__ is None


def test_a_missing_file_or_name(tmp_path: Path) -> None:
    """Both say what to write."""
    with pytest.raises(SecretsUnusable):
        load_secrets(tmp_path / "none.toml")
    with pytest.raises(SecretsUnusable, match=r"credentials\.cam2"):
        credentials(write(tmp_path), "cam2")
