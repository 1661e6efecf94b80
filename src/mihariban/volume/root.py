"""The root key and the keys made from it: HKDF-SHA-256 (RFC 5869), the volume's id as salt, the purpose as info."""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ROOT_LENGTH = 32


class Root:
    """Keys of one volume.

    Args:
        secret: the 32 bytes of the root.
        volume: the volume's 16-byte id.
        region_key: the key of region headers and footers where it is not this root's: it outlives the renewal of the
            root, because headers and footers are never written again.
    """

    def __init__(self, secret: bytes, volume: bytes, region_key: bytes = b"") -> None:
        self._expand = HMAC(HKDF.extract(SHA256(), volume, secret), SHA256())
        self._region_key = region_key

    def key(self, purpose: str, number: int = 0) -> bytes:
        """The 32-byte key for ``purpose``; ``number`` tells key pages apart."""
        if purpose == "region" and self._region_key:
            return self._region_key
        expand = self._expand.copy()  # for one block HKDF's second step is this; made ready once, it costs a fifth
        expand.update(b"mihariban " + purpose.encode() + b"\x00" + number.to_bytes(8, "big") + b"\x01")
        return expand.finalize()

    def cipher(self, purpose: str, number: int = 0) -> AESGCM:
        """AES-256-GCM under the key for ``purpose``."""
        return AESGCM(self.key(purpose, number))
