"""Backup and restore as a whole: what goes in, what comes out, and what is refused before anything is written."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from mihariban.backup import databases, make
from mihariban.backup.databases import BookFacts
from mihariban.backup.errors import (
    BackupIncomplete,
    BackupKeyWrong,
    BackupRefused,
    BackupTargetTaken,
    BackupUnreadable,
)
from mihariban.backup.keys import KeyFile
from mihariban.backup.make import agree, make_backup
from mihariban.backup.members import NEVER, is_allowed
from mihariban.backup.read import MANIFEST, check
from mihariban.backup.restore import check_database, restore
from mihariban.backup.sealed import SealedWriter
from mihariban.base import sqlite
from mihariban.base.clock import SystemClock
from mihariban.cli.backup import command as backup_command
from mihariban.cli.init import command as init_command
from mihariban.cli.restore import command as restore_command
from mihariban.ledger.entry import read_leaf
from mihariban.ledger.tags import Tag
from mihariban.office.book import OfficeBook
from mihariban.office.exchange import exchange
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.site_service import open_door
from tests.support.office import OfficeSite
from tests.support.sites import SAGA

LEFT_OUT = {
    "site-clock.toml": "of a trial without a live camera: such a site begins a clock of its own where it is put back",
    "ring.lock": "a lock",
    "recorder.sock": "the door",
    "recorder.sock.lock": "a lock",
    "ring.lost": "beside the ring",
}
"""Beside ``NEVER``: what a site holds that is not worth a copy. A new kind of file must get into the list or in here."""


def test_every_file_of_a_site_is_in_the_backup_or_left_out_on_purpose(tmp_path: Path, key: KeyFile) -> None:
    """The folder that ``init`` makes, over mutual TLS, with everything an administrator lays there."""
    folder = tmp_path / "new"
    made = CliRunner().invoke(
        init_command, [str(folder), "--policy", str(SAGA), "--size", "8MiB", "--region-size", "512KiB", "--allow-cow"]
    )
    assert made.exit_code == 0, made.output
    (folder / "policies").mkdir()
    shutil.copy(SAGA, folder / "policies" / "v2.toml")
    (folder / "recorder" / "secrets.toml").write_text("[cam]\nuser='u'\n")
    (folder / "office" / "office.toml").write_text("idle_minutes = 20\n")
    contents = make_backup(folder, tmp_path / "b", [key.recipient], clock=SystemClock())
    inside = {member.name for member in contents.members}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    databases_ = {f"{name}-{end}" for name in ("office/office.db", "recorder/control.db") for end in ("wal", "shm")}
    unknown = {name for name in there - inside - databases_ if name.rpartition("/")[2] not in NEVER | set(LEFT_OUT)}
    assert unknown == set()
    assert {"office/tls/ca.key", "recorder/tls/recorder.key", "recorder/secrets.toml", "policies/v2.toml"} <= inside


def test_everything_comes_back(
    site: OfficeSite, backed_up: Callable[[], Path], put_back: Callable[[Path], Path]
) -> None:
    """Byte for byte, with its rights; the databases with their rows; both ledgers say that they were restored."""
    with site.book.ledger.store.transaction() as db:
        db.cursor().execute("INSERT INTO django_session VALUES ('stolen', 'x', '2030-01-01')")
    entries = [(site.book.ledger.store.size() + 1), site.recorder.control.store.size()]
    backup = backed_up()
    assert backup.stat().st_mode & 0o777 == 0o600
    folder = put_back(backup)
    for path in site.folder.path.rglob("*"):
        name = path.relative_to(site.folder.path).as_posix()
        if path.is_file() and is_allowed(name) and not name.endswith(".db"):
            assert (folder / name).read_bytes() == path.read_bytes(), name
            assert (folder / name).stat().st_mode == path.stat().st_mode
    with OfficeBook(folder / "office", clock=site.clock) as book:
        store = book.ledger.store
        last = read_leaf(store.leaves(store.size() - 1, store.size())[0])
        with book.db.cursor() as cursor:
            assert cursor.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
    assert (
        last["tag"] == str(Tag.BACKUP_SITE_RESTORE) and last["object"]["made"] == check(backup, [_key(folder)]).made_at
    )
    with closing(sqlite.connect(folder / "recorder" / "control.db", synchronous="FULL", readonly=True)) as book_db:
        assert book_db.execute("SELECT count(*) FROM visit").fetchone()[0] == 2
        assert book_db.execute("SELECT count(*) FROM ledger_entry").fetchone()[0] == entries[1] + 1
    made = [read_leaf(leaf) for leaf in site.book.ledger.store.leaves(0, site.book.ledger.store.size())]
    assert made[-1]["tag"] == str(Tag.BACKUP_SITE_MAKE) and len(made) == entries[0]
    assert not list(folder.parent.glob("*.restoring")) and not list(site.folder.path.glob(".backup"))


def _key(folder: Path) -> KeyFile:
    return KeyFile.load(folder.parent / "backup.key")


def test_a_backup_of_a_site_that_is_being_written(
    site: OfficeSite, backed_up: Callable[[], Path], key: KeyFile
) -> None:
    """Whole databases and ledgers that agree, though both exchange and write all the time."""
    stop, rounds = threading.Event(), []

    def write() -> None:
        with open_door(site.recorder) as served, RecorderClient(served.socket) as client:
            while not stop.is_set():
                exchange(site.office, client)
                with site.recorder.control.transaction() as db:
                    db.execute("INSERT OR REPLACE INTO remembered VALUES ('a', ?)", (json.dumps({"n": len(rounds)}),))
                rounds.append(1)
        site.book.close()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        while not rounds:
            stop.wait(0.01)
        backups = [backed_up() for _ in range(3)]
    finally:
        stop.set()
        thread.join()
    assert len(rounds) > 3
    for backup in backups:
        assert check(backup, [key]).has("recorder/control.db")


def test_books_that_do_not_agree_are_copied_again() -> None:
    """No copy shows that the other one was cosigned further than its own copy goes."""
    assert agree({"o": BookFacts(5, {"r": 7}), "r": BookFacts(7, {"o": 5, "elsewhere": 900})})
    assert not agree({"o": BookFacts(5, {}), "r": BookFacts(7, {"o": 6})})
    assert not agree({"o": BookFacts(5, {"r": 8}), "r": BookFacts(7, {"o": 5})})


def test_restore_writes_nothing_where_something_is(
    site: OfficeSite, backed_up: Callable[[], Path], key: KeyFile, tmp_path: Path
) -> None:
    """A folder with a file, a file, a link, no folder above, the rest of a broken restore; an empty folder is taken."""
    backup = backed_up()
    full = tmp_path / "full"
    full.mkdir()
    (full / "x").write_text("x")
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    (tmp_path / "half.restoring").mkdir()
    for folder in (full, backup, link, tmp_path / "none" / "deep", tmp_path / "half", site.folder.path):
        with pytest.raises(BackupTargetTaken):
            restore(backup, folder, [key], clock=site.clock)
    assert [path.name for path in full.iterdir()] == ["x"]
    empty = tmp_path / "empty"
    empty.mkdir()
    restore(backup, empty, [key], clock=site.clock)
    assert (empty / "site.toml").exists()


def test_a_damaged_backup_writes_nothing(
    site: OfficeSite, backed_up: Callable[[], Path], key: KeyFile, tmp_path: Path
) -> None:
    """A bit in the last piece, an end that is missing, another key: the folder does not even come into being."""
    backup = backed_up()
    raw = bytearray(backup.read_bytes())
    raw[-100] ^= 1
    for content in (bytes(raw), backup.read_bytes()[:-200], b"not a backup"):
        (tmp_path / "bad").write_bytes(content)
        with pytest.raises(BackupUnreadable):
            restore(tmp_path / "bad", tmp_path / "target", [key], clock=site.clock)
    with pytest.raises(BackupKeyWrong):
        restore(backup, tmp_path / "target", [KeyFile.create(tmp_path / "other.key")], clock=site.clock)
    assert not list(tmp_path.glob("target*"))


def _forged(path: Path, key: KeyFile, members: list[tuple[tarfile.TarInfo, bytes]], listed: object) -> Path:
    """What somebody who knows the recipient can make."""
    with path.open("wb") as out:
        writer = SealedWriter(out, [key.recipient], os.urandom)
        with tarfile.open(fileobj=writer, mode="w|") as tar:  # type: ignore[call-overload]  # it only writes
            for about, data in members:
                about.size = len(data) if about.isreg() else 0
                tar.addfile(about, BytesIO(data))
            manifest = json.dumps({"format": 1, "made_at": "2026", "members": listed}).encode()
            about = tarfile.TarInfo(MANIFEST)
            about.size = len(manifest)
            tar.addfile(about, BytesIO(manifest))
        writer.finish()
    return path


def _about(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    about = tarfile.TarInfo(name)
    about.type, about.linkname = kind, link
    return about


def test_a_forged_backup_brings_in_nothing(key: KeyFile, tmp_path: Path) -> None:
    """Keys, ways out of the folder, links, devices, and a manifest that says otherwise."""
    for about in (
        _about("recorder/root.key"),
        _about("recorder/keys.tab"),
        _about("../evil"),
        _about("/etc/evil"),
        _about("office/plans/x", tarfile.SYMTYPE, "/etc"),
        _about("office/plans/x", tarfile.LNKTYPE, "recorder/root.key"),
        _about("office/plans/x", tarfile.FIFOTYPE),
        _about("office/plans", tarfile.DIRTYPE),
    ):
        path = _forged(tmp_path / "f", key, [(about, b"evil")], [])
        with pytest.raises(BackupRefused):
            restore(path, tmp_path / "target", [key], clock=SystemClock())
    digest = "2a97516c354b68848cdbd8f54a226a0a55b21ed138e207ad6c5cbb9c00aa5aea"
    good = {"name": "policy.toml", "size": 4, "mode": 420, "sha256": digest}
    for listed in (
        [],
        [{**good, "sha256": digest[::-1]}],
        [good, good],
        [{**good, "more": 1}],
        7,
        [{**good, "mode": 511}],
    ):
        path = _forged(tmp_path / "f", key, [(_about("policy.toml"), b"demo")], listed)
        with pytest.raises(BackupUnreadable):
            check(path, [key])
    path = _forged(tmp_path / "f", key, [(_about("policy.toml"), b"demo")], [good])
    assert [member.name for member in check(path, [key]).members] == ["policy.toml"]


def test_a_backup_that_cannot_be_made_leaves_nothing(
    site: OfficeSite, key: KeyFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged database, a missing key, a full disk, a file that is there, a second backup at once."""
    target = tmp_path / "today"

    def refused(kind: type[Exception]) -> None:
        with pytest.raises(kind):
            make_backup(site.folder.path, target, [key.recipient], clock=site.clock)
        assert not list(tmp_path.glob("today*")) and not (site.folder.path / ".backup").exists()

    cosign = site.folder.recorder / "cosign.key"
    cosign.rename(tmp_path / "kept")
    refused(BackupIncomplete)
    (tmp_path / "kept").rename(cosign)

    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(make.SealedWriter, "write", full)
        refused(BackupIncomplete)
    with databases.scratch(site.folder.path), pytest.raises(BackupTargetTaken):
        make_backup(site.folder.path, target, [key.recipient], clock=site.clock)
    target.write_text("mine")
    with pytest.raises(BackupTargetTaken):
        make_backup(site.folder.path, target, [key.recipient], clock=site.clock)
    assert target.read_text() == "mine"
    with pytest.raises(BackupIncomplete):
        make_backup(tmp_path / "no-site", tmp_path / "c", [key.recipient], clock=site.clock)


def test_a_damaged_database_is_not_backed_up(site: OfficeSite, key: KeyFile, tmp_path: Path) -> None:
    """Else the good backups would be replaced by it in time."""
    site.close()
    path = site.folder.control
    raw = bytearray(path.read_bytes())
    for at in range(3 * 4096, len(raw), 4096):
        raw[at : at + 200] = os.urandom(200)
    path.write_bytes(raw)
    with pytest.raises(BackupIncomplete):
        make_backup(site.folder.path, tmp_path / "b", [key.recipient], clock=site.clock)
    with pytest.raises(BackupIncomplete):
        check_database(path)


def test_what_a_crash_left_is_cleared_away(site: OfficeSite, backed_up: Callable[[], Path]) -> None:
    """Copies in the clear do not stay until somebody finds them."""
    left = site.folder.path / ".backup"
    (left / "deep").mkdir(parents=True)
    (left / "office.db").write_text("names")
    (left / "deep" / "x").write_text("names")
    backed_up()
    assert not left.exists()


def test_the_commands(site: OfficeSite, tmp_path: Path) -> None:
    """As an administrator calls them: key, backup, check, restore, new ring."""
    run = CliRunner()
    key, target, folder = tmp_path / "it.key", tmp_path / "today.backup", tmp_path / "again"
    made = run.invoke(backup_command, ["--new-key", str(key)])
    recipient = made.output.split(" ")[1].strip()
    words = tmp_path / "words"
    words.write_text("見本の合言葉 2026 年\n")
    site.book.close()
    done = run.invoke(
        backup_command,
        [str(site.folder.path), "--to", str(target), "--recipient", recipient, "--passphrase-file", str(words)],
        catch_exceptions=False,
    )
    assert done.exit_code == 0 and "verified" in done.output
    for how in (["--key", str(key)], ["--passphrase-file", str(words)]):
        told = run.invoke(restore_command, [str(target), "--check", *how], catch_exceptions=False)
        assert told.exit_code == 0 and "whole" in told.output
    told = run.invoke(
        restore_command,
        [str(target), "--to", str(folder), "--key", str(key), "--new-ring", "--allow-cow"],
        catch_exceptions=False,
    )
    assert told.exit_code == 0 and "There is no ring" in told.output and "new, empty ring" in told.output
    assert (folder / "recorder" / "ring.vol").exists()
    for wrong in ([], [str(tmp_path)], [str(site.folder.path), "--to", str(tmp_path / "x")]):
        assert run.invoke(backup_command, wrong).exit_code != 0
    for wrong in (
        [],
        [str(target)],
        [str(target), "--to", str(tmp_path / "y")],
        ["--accept", "office", "--to", str(folder)],
    ):
        assert run.invoke(restore_command, wrong).exit_code != 0
