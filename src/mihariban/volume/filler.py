"""What overwrites footage: random bytes that cannot be told from it."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from mihariban.base.ids import Random
from mihariban.base.units import MIB


def filler(random: Random, size: int) -> Iterator[bytes]:
    """``size`` bytes that look like footage, in pieces of at most 1 MiB: a key stream nobody keeps the key of."""
    stream = Cipher(AES(random(32)), CTR(random(16))).encryptor()
    zeros = bytes(min(size, MIB))
    while size > 0:
        piece = zeros if size >= len(zeros) else zeros[:size]
        yield stream.update(piece)
        size -= len(piece)
