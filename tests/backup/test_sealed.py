"""The sealed file: what was written comes back; every change, cut and exchange is noticed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihariban.backup import keys as keys_module
from mihariban.backup.errors import BackupKeyWrong, BackupTargetTaken, BackupUnreadable
from mihariban.backup.keys import KeyFile, Passphrase, parse_recipient
from mihariban.backup.sealed import MAGIC, PIECE, SealedReader, SealedWriter


@pytest.fixture
def key(tmp_path: Path) -> KeyFile:
    return KeyFile.create(tmp_path / "backup.key")


def sealed(path: Path, data: bytes, *recipients: object) -> Path:
    with path.open("wb") as out:
        writer = SealedWriter(out, recipients, os.urandom)  # type: ignore[arg-type]  # recipients of any kind
        for start in range(0, len(data), 700_001):
            writer.write(data[start : start + 700_001])
        writer.finish()
    return path


def opened(path: Path, *openers: object) -> bytes:
    with SealedReader(path, openers) as reader:  # type: ignore[arg-type]  # openers of any kind
        parts = []
        while part := reader.read(65_537):
            parts.append(part)
        return b"".join(parts)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_was_written_comes_back(tmp_path: Path, key: KeyFile, size: int) -> None:
    data = os.urandom(size)
    path = sealed(tmp_path / "b", data, key.recipient)
    assert opened(path, key) == data
    assert size < 100 or data[:100] not in path.read_bytes()


def test_a_passphrase_opens_too(tmp_path: Path, key: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Either of the two recipients alone; a wrong passphrase does not."""
    monkeypatch.setattr(keys_module, "SCRYPT_N", 1 << 10)
    path = sealed(tmp_path / "b", b"words", key.recipient, Passphrase("見本の合言葉 2026 年"))
    assert opened(path, Passphrase("見本の合言葉 2026 年")) == opened(path, key) == b"words"
    with pytest.raises(BackupKeyWrong):
        opened(path, Passphrase("見本の合言葉 2027 年"))
    assert "見本" not in repr(Passphrase("見本の合言葉 2026 年"))


def test_another_key_does_not_open(tmp_path: Path, key: KeyFile) -> None:
    other = KeyFile.create(tmp_path / "other.key")
    path = sealed(tmp_path / "b", b"words", key.recipient)
    with pytest.raises(BackupKeyWrong) as caught:
        opened(path, other)
    assert "x25519" in str(caught.value)


def test_key_files(tmp_path: Path, key: KeyFile) -> None:
    """0600, never overwritten, read again; the recipient's text is not the secret."""
    path = tmp_path / "backup.key"
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BackupTargetTaken):
        KeyFile.create(path)
    again = KeyFile.load(path)
    assert again.recipient == key.recipient == parse_recipient(key.recipient.text())
    assert key.recipient.public.hex() not in path.read_text()
    for text in ("", "mihariban-backup-key:12", path.read_text()):
        with pytest.raises(BackupKeyWrong):
            parse_recipient(text)
    for content in (b"", b"\xff", b"mihariban-backup-key:zz"):
        (tmp_path / "bad").write_bytes(content)
        with pytest.raises(BackupKeyWrong):
            KeyFile.load(tmp_path / "bad")
    with pytest.raises(BackupKeyWrong):
        KeyFile.load(tmp_path / "none")
    with pytest.raises(BackupKeyWrong):
        Passphrase("short")


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_every_changed_byte_is_noticed(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Anywhere: in the magic, the header, a piece, a tag."""
    place = tmp_path_factory.mktemp("b")
    key = KeyFile.create(place / "key")
    path = sealed(place / "b", b"x" * 3000, key.recipient)
    raw = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(raw)
    with pytest.raises((BackupUnreadable, BackupKeyWrong)):
        opened(path, key)


def test_cut_exchanged_repeated_or_longer(tmp_path: Path, key: KeyFile) -> None:
    """Pieces have their places, and the end is an end."""
    path = sealed(tmp_path / "b", os.urandom(3 * PIECE - 5), key.recipient)
    raw = path.read_bytes()
    piece = PIECE + 16
    start = len(raw) - 3 * piece + 5
    one, two, three = raw[start : start + piece], raw[start + piece : start + 2 * piece], raw[start + 2 * piece :]
    head = raw[:start]
    assert head + one + two + three == raw
    for wrong in (
        head + one + two,
        head + one,
        head,
        head + two + one + three,
        head + one + one + three,
        head + one + three,
        raw + b"\0",
        raw + three,
        raw[:-1],
        raw[: len(MAGIC) + 2],
        b"",
    ):
        path.write_bytes(wrong)
        with pytest.raises(BackupUnreadable):
            opened(path, key)


def test_a_header_of_another_file_does_not_serve(tmp_path: Path, key: KeyFile) -> None:
    """The pieces' key hangs on the whole header."""
    one = sealed(tmp_path / "1", b"a" * 100, key.recipient).read_bytes()
    two = sealed(tmp_path / "2", b"b" * 100, key.recipient).read_bytes()
    (tmp_path / "3").write_bytes(one[:-116] + two[-116:])
    with pytest.raises(BackupUnreadable):
        opened(tmp_path / "3", key)


def test_hostile_headers(tmp_path: Path, key: KeyFile) -> None:
    """Not JSON, too long, of another shape, or asking for hours of work."""
    for header in (
        b"{",
        b"[]",
        b'{"piece": 1048576}',
        b'{"piece": 1048576, "keys": [1]}',
        b'{"piece": 16, "keys": []}',
        b'{"piece": 1048576, "keys": [{"kind": "x25519"}]}',
        b'{"piece": 1048576, "keys": [{"kind": "x25519", "fresh": "zz", "wrapped": ""}]}',
        b"[" * 50_000,
    ):
        (tmp_path / "b").write_bytes(MAGIC + len(header).to_bytes(4, "big") + header)
        with pytest.raises(BackupUnreadable):
            opened(tmp_path / "b", key)
    (tmp_path / "b").write_bytes(MAGIC + b"\xff\xff\xff\xff" + b"x" * 100)
    with pytest.raises(BackupUnreadable):
        opened(tmp_path / "b", key)
    greedy = b'{"piece": 1048576, "keys": [{"kind": "scrypt", "salt": "00", "n": 1073741824, "r": 8, "p": 1, "wrapped": "00"}]}'
    (tmp_path / "b").write_bytes(MAGIC + len(greedy).to_bytes(4, "big") + greedy)
    with pytest.raises(BackupKeyWrong):
        opened(tmp_path / "b", Passphrase("long enough words"))
    small = b'{"piece": 1048576, "keys": [{"kind": "x25519", "fresh": "%s", "wrapped": "00"}]}' % (b"00" * 32)
    (tmp_path / "b").write_bytes(MAGIC + len(small).to_bytes(4, "big") + small)
    with pytest.raises(BackupKeyWrong):
        opened(tmp_path / "b", key)
