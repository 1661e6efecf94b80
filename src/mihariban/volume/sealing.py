"""How chunks and clip records are sealed under the key of their clip, and found again in a region.

A sealed piece is a head of 32 bytes in the clear, the AES-256-GCM text of (meta, data), its tag, and zeros up to a
whole block. The head says only what is needed to find the next piece. The nonce is the piece's number within its
region; a clip lies in one region, and no region is ever continued by another process life, so no number comes twice
under one key. What the index keeps of a clip is sealed under the same key with random nonces of another form; what it
keeps of all clips of a region, under a key that takes all of theirs.
"""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from mihariban.base.files import BlockFile
from mihariban.base.ids import Random
from mihariban.volume.layout import BLOCK, FORMAT, TAG, blocks

_HEAD = struct.Struct(">4sBBHQIII4x")  # magic, format, kind, key slot, generation, number, bytes of meta, bytes of data
_MAGIC = b"MHCK"
HEAD = _HEAD.size
OVERHEAD = HEAD + TAG
_EXTRACT = HMAC(b"mihariban region summaries", SHA256())


class PieceKind(enum.IntEnum):
    CHUNK = 0
    RECORD = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """The head of a sealed piece.

    Attributes:
        kind: chunk or clip record.
        slot: number of the clip's entry in the key page.
        number: counts the pieces of the region from 0.
        meta, data: bytes of both parts before sealing.
    """

    kind: PieceKind
    slot: int
    generation: int
    number: int
    meta: int
    data: int

    @property
    def length(self) -> int:
        """Bytes without padding."""
        return OVERHEAD + self.meta + self.data

    @property
    def stored(self) -> int:
        """Bytes with padding."""
        return blocks(self.length)


def read_head(raw: bytes) -> Piece | None:
    """The head at the start of ``raw``; None where there is none."""
    if len(raw) < HEAD:
        return None
    magic, version, kind, slot, generation, number, meta, data = _HEAD.unpack_from(raw)
    if magic != _MAGIC or version != FORMAT or kind > 1:
        return None
    return Piece(PieceKind(kind), slot, generation, number, meta, data)


class Sealer:
    """Seals pieces without allocating for each: keeps one buffer for the plain and one for the sealed bytes.

    Args:
        volume: the volume's id, authenticated with every piece.
    """

    def __init__(self, volume: bytes) -> None:
        self._volume = volume
        self._plain = bytearray(1 << 16)
        self._sealed = bytearray(1 << 16)

    def seal(self, cipher: AESGCM, region: int, piece: Piece, meta: bytes, data: bytes) -> memoryview:
        """The piece as it goes to the disk, whole blocks; valid until the next call."""
        size = len(meta) + len(data)
        stored = piece.stored
        if stored > len(self._sealed):
            self._plain, self._sealed = bytearray(stored), bytearray(stored)
        head = _HEAD.pack(
            _MAGIC, FORMAT, piece.kind, piece.slot, piece.generation, piece.number, piece.meta, piece.data
        )
        plain, sealed = memoryview(self._plain), memoryview(self._sealed)
        plain[: len(meta)] = meta
        plain[len(meta) : size] = data
        sealed[:HEAD] = head
        aad = self._volume + region.to_bytes(4, "big") + head
        cipher.encrypt_into(_nonce(piece.number), plain[:size], aad, sealed[HEAD : HEAD + size + TAG])
        sealed[HEAD + size + TAG : stored] = bytes(stored - HEAD - size - TAG)
        return sealed[:stored]


def unseal(cipher: AESGCM, volume: bytes, region: int, piece: Piece, raw: bytes) -> tuple[bytes, bytes] | None:
    """Meta and data of a piece; None where it does not authenticate."""
    plain = unseal_whole(cipher, volume, region, piece, raw)
    return None if plain is None else (plain[: piece.meta], plain[piece.meta :])


def unseal_whole(cipher: AESGCM, volume: bytes, region: int, piece: Piece, raw: bytes) -> bytes | None:
    """As ``unseal``, but meta and data where they were decrypted, one behind the other."""
    view = memoryview(raw)
    if len(view) < piece.length:
        return None
    aad = volume + region.to_bytes(4, "big") + bytes(view[:HEAD])
    try:
        return cipher.decrypt(_nonce(piece.number), view[HEAD : piece.length], aad)
    except InvalidTag:
        return None


def seal_row(key: bytes, context: bytes, plain: bytes, random: Random) -> bytes:
    """Bytes for the index, under the key of a clip or the common key of some: they die with it."""
    nonce = b"\xff" + random(11)
    return nonce + AESGCM(key).encrypt(nonce, plain, b"index" + context)


def open_row(key: bytes, context: bytes, sealed: bytes) -> bytes | None:
    """What ``seal_row`` was given; None where that was under another key, of another place, or is damaged."""
    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], b"index" + context)
    except (InvalidTag, ValueError):
        return None


def common_key(keys: bytes) -> bytes:
    """A key that can be made from all of these together, one behind the other, and from no fewer: the first step of
    HKDF-SHA-256 over them.

    What is sealed under it dies with the first of them that is destroyed.
    """
    extract = _EXTRACT.copy()
    extract.update(keys)
    return extract.finalize()


def read_piece(file: BlockFile, offset: int, limit: int) -> tuple[Piece, bytes] | None:
    """The piece at ``offset`` of the file with its bytes; None where none is, or it would reach beyond ``limit``."""
    first = file.pread(offset, BLOCK)
    piece = read_head(first)
    if piece is None or offset + piece.stored > limit:
        return None
    return piece, first if piece.stored <= BLOCK else first + file.pread(offset + BLOCK, piece.stored - BLOCK)


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")
