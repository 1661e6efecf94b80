"""Where things lie in ring.vol, and the blocks sealed under keys of the root: superblock, region header, footer.

All numbers are big-endian. Every block begins with a magic, a format version and the facts that are authenticated but
not hidden (additional data); nothing in the clear tells a time, a name or an id of footage.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import cbor2
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mihariban.base.ids import Random
from mihariban.base.units import MIB
from mihariban.volume.root import Root

FORMAT = 1
BLOCK = 4096
TAG = 16
NEVER = (1 << 63) - 1
"""A deadline that does not come."""

_SUPER = struct.Struct(">8sBBHQ16sQQII12sI")  # magic, format, -, flags, sequence, volume, start, region, regions, page
_SUPER_MAGIC = b"MIHARING"
_SEALED = struct.Struct(">4sB3xIQ12s")  # magic, format, region, generation, nonce
HEADER_MAGIC = b"MHRH"
FOOTER_MAGIC = b"MHRF"


def blocks(size: int) -> int:
    """``size`` bytes rounded up to whole blocks, in bytes."""
    return -(-size // BLOCK) * BLOCK


@dataclass(frozen=True, slots=True)
class Geometry:
    """Sizes that never change after creation. Bytes, but for the count of regions.

    Attributes:
        start: offset of region 0 in ring.vol.
        region_size: bytes of a region.
        regions: how many there are.
        page_size: bytes of one slot of a key page.
    """

    start: int
    region_size: int
    regions: int
    page_size: int

    def offset(self, region: int) -> int:
        """Where a region begins in ring.vol."""
        return self.start + region * self.region_size

    @property
    def ring_size(self) -> int:
        return self.offset(self.regions)


def geometry(size: int, region_size: int, page_size: int | None = None) -> Geometry:
    """Fit regions into ``size`` bytes. A key page grows with the region, so that key slots do not run out first.

    Raises:
        ValueError: the sizes make no volume.
    """
    if region_size % BLOCK or region_size < 8 * BLOCK or region_size > 1 << 31:
        raise ValueError(f"the region size must be a multiple of {BLOCK} from {8 * BLOCK} bytes to 2 GiB")
    start = MIB if region_size >= MIB else 2 * BLOCK
    page = page_size or max(BLOCK, min(1 << 16, 1 << (region_size // BLOCK).bit_length() - 1))
    regions = (size - start) // region_size
    if regions < 4:
        raise ValueError(f"{size} bytes hold {max(regions, 0)} regions of {region_size} bytes; at least 4 are needed")
    return Geometry(start, region_size, regions, page)


@dataclass(frozen=True, slots=True)
class Superblock:
    """The identity of a volume. All but the geometry and the random volume id is encrypted.

    Attributes:
        sequence: grows with every rewriting; the higher of two valid copies holds.
        site, recorder: to whom the volume belongs.
        hold_regions: how many regions recording leaves to holds.
        created: ns since 1970 UTC.
        placement: signature of the file's place on the disk, empty where the file system does not tell.
        in_place: the file system overwrites where it stands (no copy on write).
        moves: how often the placement was found changed; ``moved`` when last (ns), 0 for never.
        root_generation: counts the renewals of the root. rotated: when the last one began (ns), 0 for never.
        region_key: of headers and footers, from the first renewal on; empty before, when the root gives it.
    """

    sequence: int
    volume: bytes
    geometry: Geometry
    site: str
    recorder: str
    hold_regions: int
    created: int
    placement: str
    in_place: bool
    moves: int = 0
    moved: int = 0
    root_generation: int = 0
    rotated: int = 0
    region_key: bytes = field(default=b"", repr=False)

    def next(self, **changes: Any) -> Superblock:
        """The same with changes and the next sequence number."""
        return replace(self, sequence=self.sequence + 1, **changes)


class NotSealed(Exception):  # inside this package only; never reaches a caller
    """A block is not what it should be: ``torn`` where not even its checksum fits."""

    def __init__(self, *, torn: bool) -> None:
        super().__init__("torn" if torn else "not authentic")
        self.torn = torn


def pack_superblock(block: Superblock, secret: bytes, random: Random) -> bytes:
    """One copy of a superblock: 4 KiB."""
    shape = block.geometry
    facts = asdict(block)
    for name in ("sequence", "volume", "geometry"):
        del facts[name]
    plain = cbor2.dumps(facts)
    nonce = random(12)
    head = _SUPER.pack(
        _SUPER_MAGIC, FORMAT, 0, 0, block.sequence, block.volume, shape.start, shape.region_size, shape.regions,
        shape.page_size, nonce, len(plain) + TAG,
    )  # fmt: skip
    sealed = head + Root(secret, block.volume).cipher("superblock").encrypt(nonce, plain, head)
    body = sealed.ljust(BLOCK - 4, b"\x00")
    return body + zlib.crc32(body).to_bytes(4, "big")


def unpack_superblock(raw: bytes, secret: bytes) -> Superblock:
    """Read one copy.

    Raises:
        NotSealed: torn, or sealed under another root key.
    """
    if len(raw) != BLOCK or zlib.crc32(raw[:-4]) != int.from_bytes(raw[-4:], "big"):
        raise NotSealed(torn=True)
    head = raw[: _SUPER.size]
    magic, version, _, _, sequence, volume, start, size, count, page, nonce, length = _SUPER.unpack(head)
    if magic != _SUPER_MAGIC or version != FORMAT or length > BLOCK - _SUPER.size - 4:
        raise NotSealed(torn=True)
    try:
        cipher = Root(secret, volume).cipher("superblock")
        plain = cipher.decrypt(nonce, raw[_SUPER.size : _SUPER.size + length], head)
    except InvalidTag as error:
        raise NotSealed(torn=False) from error
    facts = cbor2.loads(plain)
    known = {name: facts[name] for name in Superblock.__dataclass_fields__ if name in facts}
    return Superblock(sequence=sequence, volume=volume, geometry=Geometry(start, size, count, page), **known)


def seal_block(
    cipher: AESGCM, magic: bytes, volume: bytes, region: int, generation: int, plain: bytes, nonce: bytes
) -> bytes:
    """A region's header or footer: one block, wholly authenticated."""
    head = _SEALED.pack(magic, FORMAT, region, generation, nonce)
    room = BLOCK - _SEALED.size - TAG
    if len(plain) > room:
        raise ValueError("too much for one block")
    return head + cipher.encrypt(nonce, plain.ljust(room, b"\x00"), volume + head)


def open_block(cipher: AESGCM, magic: bytes, volume: bytes, region: int, generation: int, raw: bytes) -> bytes | None:
    """The plain text of a header or footer of just this region and generation, zero-padded; None if it is not that."""
    if len(raw) != BLOCK:
        return None
    head = raw[: _SEALED.size]
    found, version, where, when, nonce = _SEALED.unpack(head)
    if (found, version, where, when) != (magic, FORMAT, region, generation):
        return None
    try:
        return cipher.decrypt(nonce, raw[_SEALED.size :], volume + head)
    except InvalidTag:
        return None
