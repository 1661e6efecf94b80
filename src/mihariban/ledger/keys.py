"""Keys of a ledger: Ed25519, named and written as C2SP signed-note writes them.

A key that signs a log's own checkpoints (type 0x01) and one that cosigns those of others (type 0x04) are different
keys: a signature of one must never be mistaken for the other's.
"""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mihariban.base.files import write_private
from mihariban.base.ids import Random
from mihariban.ledger.errors import LedgerMissing, NoteMalformed

_PREFIX = "PRIVATE+KEY+"


class KeyKind(IntEnum):
    """Signature type byte of signed-note."""

    LOG = 1
    COSIGNER = 4


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key to verify with. ``public`` is 32 bytes."""

    name: str
    kind: KeyKind
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def text(self) -> str:
        """The key as a line (vkey)."""
        return f"{self.name}+{self.key_id.hex()}+{base64_text(bytes([self.kind]) + self.public)}"

    def holds(self, signature: bytes, message: bytes) -> bool:
        """Whether ``signature`` (64 bytes) over ``message`` is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer:
    """A key to sign with.

    Args:
        name: of the key; for a log's own key its origin.
        kind: what it signs.
        seed: 32 secret bytes.
    """

    def __init__(self, name: str, kind: KeyKind, seed: bytes) -> None:
        if not name_is_good(name):
            raise NoteMalformed(what="key name", why="empty, or with a space or a plus sign")
        self._seed = seed
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = PublicKey(name, kind, self._key.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """64 bytes of signature."""
        return self._key.sign(message)

    @classmethod
    def create(cls, path: Path, name: str, kind: KeyKind, random: Random = os.urandom) -> Signer:
        """A new key, kept in ``path`` (0600). Never overwrites one.

        Raises:
            FileExistsError: there is a key already.
        """
        if path.exists():
            raise FileExistsError(path)
        signer = cls(name, kind, random(32))
        secret = base64_text(bytes([kind]) + signer._seed)
        write_private(path, f"{_PREFIX}{name}+{signer.public.key_id.hex()}+{secret}\n".encode())
        return signer

    @classmethod
    def load(cls, path: Path) -> Signer:
        """The key kept in ``path``.

        Raises:
            LedgerMissing: there is none.
            NoteMalformed: it is damaged.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise LedgerMissing(path=path, why=f"no key: {type(error).__name__}") from error
        if not text.startswith(_PREFIX):
            raise NoteMalformed(what="secret key", why=f"{path} does not begin as one")
        name, key_id, kind, seed = _parts(text.removeprefix(_PREFIX).removesuffix("\n"), "secret key")
        signer = cls(name, kind, seed)
        if signer.public.key_id != key_id:
            raise NoteMalformed(what="secret key", why=f"the id in {path} is another key's")
        return signer


def parse_key(text: str) -> PublicKey:
    """The key written as a line (vkey).

    Raises:
        NoteMalformed: not a key, or its id does not fit.
    """
    name, key_id, kind, public = _parts(text, "key")
    key = PublicKey(name, kind, public)
    if key.key_id != key_id:
        raise NoteMalformed(what="key", why="its id does not fit")
    return key


def _parts(text: str, what: str) -> tuple[str, bytes, KeyKind, bytes]:
    name, *rest = text.split("+", 2)
    if len(rest) != 2 or not name_is_good(name):
        raise NoteMalformed(what=what, why="not name+id+key")
    data = base64_bytes(rest[1], what)
    if len(rest[0]) != 8 or rest[0].strip("0123456789abcdef"):
        raise NoteMalformed(what=what, why="its id is not eight hexadecimal digits")
    if len(data) != 33 or data[0] not in tuple(KeyKind):
        raise NoteMalformed(what=what, why="not an Ed25519 key of a known type")
    return name, bytes.fromhex(rest[0]), KeyKind(data[0]), data[1:]


def name_is_good(name: str) -> bool:
    """Whether signed-note allows this key name: not empty, no space of any alphabet, no plus sign, no control."""
    return bool(name) and not any(letter.isspace() or letter < " " or letter == "+" for letter in name)


def base64_text(data: bytes) -> str:
    """Standard Base 64 (RFC 4648 section 4)."""
    return base64.b64encode(data).decode("ascii")


def base64_bytes(text: str, what: str) -> bytes:
    """The bytes behind Base 64 text; accepts one spelling only.

    Raises:
        NoteMalformed: not Base 64, or not its canonical spelling.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteMalformed(what=what, why="not Base 64") from None
    if base64_text(data) != text:
        raise NoteMalformed(what=what, why="not the canonical Base 64")
    return data
