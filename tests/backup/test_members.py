"""What may be in a backup, by name and by what the file is."""

from __future__ import annotations

from pathlib import Path

import pytest

from mihariban.backup.errors import BackupRefused
from mihariban.backup.members import ALLOWED, NEVER, found, is_allowed


@pytest.mark.parametrize(
    "name",
    ["policy.toml", "policies/v2.toml", "office/office.db", "office/recorders/saga.r1.keys", "office/ledger/checkpoint",
     "office/ledger/tile/entries/x001/234", "office/ledger/tile/0/001.p/17", "recorder/control.db", "recorder/secrets.toml",
     "office/tls/ca.key", "office/plans/hall.png"],
)  # fmt: skip
def test_allowed(name: str) -> None:
    assert is_allowed(name)


@pytest.mark.parametrize(
    "name",
    ["recorder/ring.vol", "recorder/keys.tab", "recorder/root.key", "recorder/root.key.next", "recorder/tpm.auth",
     "recorder/index.db", "office/plans/root.key", "office/plans/../../recorder/root.key", "../policy.toml", "/policy.toml",
     "policies/../x.toml", "policies/a/b.toml", "recorder/tls/../root.key", "office/office.db-wal", "recorder/new.key",
     "office/ledger/tile/0/root.key", "office/ledger/tile/0/..", "office/ledger/tile/x", "office\\plans\\a", "", "office/plans/a\0b",
     "recorder/ledger/tile/٣"],
)  # fmt: skip
def test_not_allowed(name: str) -> None:
    assert not is_allowed(name)


def test_nothing_that_opens_footage_is_on_the_list() -> None:
    """In no folder."""
    folders = {"", *(f"{pattern.rpartition('/')[0]}/" for pattern in ALLOWED if "/" in pattern)}
    assert not [name for folder in folders for name in NEVER if is_allowed(folder + name)]


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def test_found_gives_the_plain_ones(tmp_path: Path) -> None:
    """Databases are copied another way; the rest is left where it is."""
    make(
        tmp_path,
        "policy.toml",
        "office/web.key",
        "office/office.db",
        "recorder/root.key",
        "recorder/scratch",
        ".backup/web.key",
    )
    assert list(found(tmp_path)) == ["office/web.key", "policy.toml"]


def test_a_key_under_another_name_is_refused(tmp_path: Path) -> None:
    """By a symbolic link, by a hard link, and a folder that is a link."""
    make(tmp_path, "policy.toml", "recorder/root.key", "recorder/keys.tab", "office/web.key")
    plan = tmp_path / "office" / "plans" / "hall.png"
    plan.parent.mkdir()
    plan.symlink_to(tmp_path / "recorder" / "root.key")
    with pytest.raises(BackupRefused):
        list(found(tmp_path))
    plan.unlink()
    plan.hardlink_to(tmp_path / "recorder" / "keys.tab")
    with pytest.raises(BackupRefused):
        list(found(tmp_path))
    plan.unlink()
    (tmp_path / "policies").symlink_to(tmp_path / "office" / "plans")
    with pytest.raises(BackupRefused):
        list(found(tmp_path))
