"""Who may open a backup: the owner of a key file, or who knows a passphrase.

A key file holds an X25519 secret (RFC 7748); its public part, the recipient, is enough to make backups, so that the
machine that makes them cannot open them. A passphrase goes through scrypt (RFC 7914). Either way the key that comes out
wraps the file's own random key once, with AES-256-GCM.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from mihariban.backup.errors import BackupKeyWrong, BackupTargetTaken
from mihariban.base.files import write_private
from mihariban.base.ids import Random

RECIPIENT, SECRET = "mihariban-backup-recipient:", "mihariban-backup-key:"
SHORTEST_PASSPHRASE = 12
SCRYPT_N, SCRYPT_R, SCRYPT_P = 1 << 17, 8, 1
"""128 MiB and a second or so for each guess."""
_MOST_N = 1 << 20
_INFO = b"mihariban backup 1 "
_ONCE = bytes(12)  # each wrapping key is used for one message only

Wrapped = Mapping[str, Any]


class Recipient(Protocol):
    """Somebody for whom a backup is made."""

    def wrap(self, file_key: bytes, random: Random) -> dict[str, str | int]:
        """The file's key for this one, as a part of the header."""


class Opener(Protocol):
    """Somebody who wants to open a backup."""

    def unwrap(self, wrapped: Wrapped) -> bytes | None:
        """The file's key, where this part of the header is for this one."""


@dataclass(frozen=True, slots=True)
class PublicRecipient:
    """The owner of a key file."""

    public: bytes

    def text(self) -> str:
        """For ``--recipient``."""
        return RECIPIENT + self.public.hex()

    def wrap(self, file_key: bytes, random: Random) -> dict[str, str | int]:
        own = X25519PrivateKey.from_private_bytes(random(32))
        fresh = own.public_key().public_bytes_raw()
        key = _agreed(own.exchange(X25519PublicKey.from_public_bytes(self.public)), fresh, self.public)
        return {"kind": "x25519", "fresh": fresh.hex(), "wrapped": AESGCM(key).encrypt(_ONCE, file_key, None).hex()}


class KeyFile:
    """A key file, read."""

    def __init__(self, secret: bytes) -> None:
        self._key = X25519PrivateKey.from_private_bytes(secret)
        self.recipient = PublicRecipient(self._key.public_key().public_bytes_raw())

    @classmethod
    def load(cls, path: Path) -> KeyFile:
        """The key in ``path``.

        Raises:
            BackupKeyWrong: it cannot be read, or is none.
        """
        try:
            text = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BackupKeyWrong(why=f"{path}: {getattr(error, 'strerror', None) or 'not a key file'}") from error
        return cls(_hex(text, SECRET, str(path)))

    @classmethod
    def create(cls, path: Path, random: Random = os.urandom) -> KeyFile:
        """A new key in ``path`` (0600).

        Raises:
            BackupTargetTaken: there is a file already.
        """
        if path.exists():
            raise BackupTargetTaken(path=path, why="there is a file already")
        secret = random(32)
        write_private(path, f"{SECRET}{secret.hex()}\n".encode("ascii"))
        return cls(secret)

    def unwrap(self, wrapped: Wrapped) -> bytes | None:
        if wrapped.get("kind") != "x25519":
            return None
        fresh = bytes.fromhex(wrapped["fresh"])
        try:
            shared = self._key.exchange(X25519PublicKey.from_public_bytes(fresh))
        except ValueError:  # a point of small order, or of another length
            return None
        return _opened(_agreed(shared, fresh, self.recipient.public), wrapped)


@dataclass(frozen=True, slots=True)
class Passphrase:
    """Who knows it."""

    text: str

    def __post_init__(self) -> None:
        if len(self.text) < SHORTEST_PASSPHRASE:
            raise BackupKeyWrong(why=f"a passphrase has at least {SHORTEST_PASSPHRASE} characters")

    def __repr__(self) -> str:  # secrets must not reach a log
        return "Passphrase()"

    def wrap(self, file_key: bytes, random: Random) -> dict[str, str | int]:
        salt = random(16)
        key = self._key(salt, SCRYPT_N, SCRYPT_R, SCRYPT_P)
        sealed = AESGCM(key).encrypt(_ONCE, file_key, None)
        costs = {"n": SCRYPT_N, "r": SCRYPT_R, "p": SCRYPT_P}
        return {"kind": "scrypt", "salt": salt.hex(), **costs, "wrapped": sealed.hex()}

    def unwrap(self, wrapped: Wrapped) -> bytes | None:
        if wrapped.get("kind") != "scrypt":
            return None
        n, r, p = (int(wrapped[name]) for name in ("n", "r", "p"))
        if not 2 <= n <= _MOST_N or n & (n - 1) or (r, p) != (SCRYPT_R, SCRYPT_P):
            raise BackupKeyWrong(why="the file asks for an unreasonable amount of work")
        return _opened(self._key(bytes.fromhex(wrapped["salt"]), n, r, p), wrapped)

    def _key(self, salt: bytes, n: int, r: int, p: int) -> bytes:
        return Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(self.text.encode("utf-8"))


def parse_recipient(text: str) -> PublicRecipient:
    """A recipient as ``--new-key`` printed it.

    Raises:
        BackupKeyWrong: it is none.
    """
    return PublicRecipient(_hex(text.strip(), RECIPIENT, "the recipient"))


def derive(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    """32 bytes for one purpose (HKDF-SHA256, RFC 5869)."""
    return HKDF(SHA256(), 32, salt, _INFO + purpose).derive(secret)


def _agreed(shared: bytes, fresh: bytes, public: bytes) -> bytes:
    return derive(shared, fresh + public, b"x25519")


def _opened(key: bytes, wrapped: Wrapped) -> bytes | None:
    try:
        return AESGCM(key).decrypt(_ONCE, bytes.fromhex(wrapped["wrapped"]), None)
    except InvalidTag:
        return None


def _hex(text: str, prefix: str, what: str) -> bytes:
    try:
        raw = bytes.fromhex(text.removeprefix(prefix))
    except ValueError:
        raw = b""
    if not text.startswith(prefix) or len(raw) != 32:
        raise BackupKeyWrong(why=f"{what} is not {prefix}… with 64 digits")
    return raw
