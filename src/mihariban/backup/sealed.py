"""A file that is sealed piece by piece, so that its size does not matter: AES-256-GCM in the STREAM construction.

    MHBACKUP1\\n        magic and version
    4 bytes            length of the header, big endian
    header             JSON: {"piece": bytes in a piece, "keys": [the file's key for each recipient]}
    pieces             each sealed with nonce = number (11 bytes) | 1 for the last, else 0

The key of the pieces comes from the file's key and the hash of everything before them, so that no byte of the header
can be changed. Pieces cannot be exchanged, left out, or cut off unseen (Hoang, Reyhanitabar, Rogaway, Vizár 2015).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mihariban.backup.errors import BackupKeyWrong, BackupUnreadable
from mihariban.backup.keys import Opener, Recipient, derive
from mihariban.base.ids import Random

MAGIC = b"MHBACKUP1\n"
PIECE = 1 << 20
_TAG = 16
_LONGEST_HEADER = 1 << 16


class SealedWriter:
    """Writes a sealed file. Nothing in it is complete before ``finish``.

    Args:
        out: where to; not closed.
        recipients: who may open it.
        random: of the file's key.
    """

    def __init__(self, out: BinaryIO, recipients: Sequence[Recipient], random: Random) -> None:
        self.file_key = random(32)
        header = {"piece": PIECE, "keys": [each.wrap(self.file_key, random) for each in recipients]}
        encoded = json.dumps(header, sort_keys=True).encode("ascii")
        head = MAGIC + len(encoded).to_bytes(4, "big") + encoded
        out.write(head)
        self._out, self._aead = out, AESGCM(_piece_key(self.file_key, head))
        self._waiting = bytearray()
        self._number = 0

    def write(self, data: bytes) -> int:
        """Append."""
        self._waiting += data
        while len(self._waiting) > PIECE:  # one byte at least stays for the last piece
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    def finish(self) -> None:
        """The last piece."""
        self._seal(bytes(self._waiting), last=True)

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._out.write(self._aead.encrypt(_nonce(self._number, last=last), piece, None))
        self._number += 1


class SealedReader:
    """Reads a sealed file from its beginning. What ``read`` gives was authenticated.

    Args:
        path: the file.
        openers: tried in turn; or ``file_key``, where it is known.

    Raises:
        BackupUnreadable: no such file, or not of this form.
        BackupKeyWrong: none of them opens it.
    """

    def __init__(self, path: Path, openers: Sequence[Opener] = (), *, file_key: bytes | None = None) -> None:
        self.path = path
        try:
            self._in: BinaryIO = path.open("rb")
        except OSError as error:
            raise BackupUnreadable(path=path, why=error.strerror or str(error)) from error
        try:
            head, header = self._header()
            self.file_key = file_key or self._key(header, openers)
        except BaseException:
            self._in.close()
            raise
        self._aead = AESGCM(_piece_key(self.file_key, head))
        self._ahead = self._in.read(PIECE + _TAG)
        self._ready = bytearray()
        self._number, self._ended = 0, False

    def __enter__(self) -> SealedReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._in.close()

    def read(self, length: int) -> bytes:
        """Up to ``length`` bytes; fewer only at the end.

        Raises:
            BackupUnreadable: a piece was altered, or the end is missing.
        """
        while len(self._ready) < length and not self._ended:
            self._ready += self._next()
        given = bytes(self._ready[:length])
        del self._ready[:length]
        return given

    def _next(self) -> bytes:
        sealed = self._ahead
        self._ahead = self._in.read(PIECE + _TAG)
        self._ended = not self._ahead
        try:
            piece = self._aead.decrypt(_nonce(self._number, last=self._ended), sealed, None)
        except (InvalidTag, ValueError):
            raise self._bad(f"piece {self._number} was altered, or the end is missing") from None
        self._number += 1
        return piece

    def _header(self) -> tuple[bytes, dict[str, Any]]:
        start = self._in.read(len(MAGIC) + 4)
        if not start.startswith(MAGIC):
            raise self._bad("not a backup of this version")
        length = int.from_bytes(start[len(MAGIC) :], "big")
        encoded = self._in.read(length) if length <= _LONGEST_HEADER else b""
        try:
            header = json.loads(encoded)
            fits = header["piece"] == PIECE and all(isinstance(each, dict) for each in header["keys"])
        except (ValueError, KeyError, TypeError, RecursionError):
            fits, header = False, {}
        if len(encoded) != length or not fits:
            raise self._bad("its header cannot be read")
        return start + encoded, header

    def _key(self, header: dict[str, Any], openers: Sequence[Opener]) -> bytes:
        for opener in openers:
            for wrapped in header["keys"]:
                try:
                    found = opener.unwrap(wrapped)
                except (KeyError, TypeError, ValueError) as error:
                    raise self._bad("its header cannot be read") from error
                if found is not None:
                    return found
        kinds = ", ".join(sorted({str(each.get("kind")) for each in header["keys"]}))
        raise BackupKeyWrong(why=f"the backup is for other keys ({kinds})")

    def _bad(self, why: str) -> BackupUnreadable:
        return BackupUnreadable(path=self.path, why=why)


def _piece_key(file_key: bytes, head: bytes) -> bytes:
    return derive(file_key, sha256(head).digest(), b"pieces")


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
