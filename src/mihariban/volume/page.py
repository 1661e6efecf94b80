"""One key page: the state of one region and the keys of the clips in it.

A page has two slots of the same size. A slot is a head in the clear (magic, format, page, sequence, nonce) and one
AES-256-GCM text of fixed length, so that not even the count of clips shows. The sequence decides which slot is newer;
its lowest bit is the number of the slot.
"""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass, field

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mihariban.base.files import Bytes
from mihariban.volume.layout import FORMAT, NEVER, TAG

KEY_LENGTH = 32
KEY_ROOM = 96
"""Bytes an entry has for its key."""
_HEAD = struct.Struct(">4sB3xIQ12s")  # magic, format, page, sequence, nonce
_MAGIC = b"MHKP"
_STATE = struct.Struct(
    ">QBBHIIIqB47s16s32x"
)  # generation, state, twin, entries, chunks, end, tail, opened, camera, boot
_TWIN = 9  # where the twin flag stands in it
_ENTRY = struct.Struct(">16s16s96sBBBBHHqqq16s16x")
MAX_ENTRIES = 255
_KEY_ROW = [("file", f"V{KEY_LENGTH}"), ("more", f"V{KEY_ROOM - KEY_LENGTH}")]
_ENTRY_ROW = np.dtype(
    [
        ("clip", "V16"), ("visit", "V16"), ("key", _KEY_ROW), ("key_length", "u1"), ("wrapping", "u1"),
        ("live", "u1"), ("kind", "u1"), ("holds", ">u2"), ("-", "V2"), ("created", ">i8"), ("deadline", ">i8"),
        ("minimum", ">i8"), ("policy", "V16"), ("--", "V16"),
    ]
)  # fmt: skip


class RegionState(enum.IntEnum):
    """EMPTY holds no footage, never or no more (overwritten); OPEN is written by the running process; CLOSED never
    changes until it is reused or overwritten.
    """

    EMPTY = 0
    OPEN = 1
    CLOSED = 2


class Wrapping(enum.IntEnum):
    """Under what a clip's key lies in its entry. Only FILE is used so far; the others have their room."""

    FILE = 0
    TPM = 1
    RECORD_ONLY = 2


class ClipKind(enum.IntEnum):
    """What a clip is: a visit; the empty scene that presence needs after a restart; the narrower rest of a visit that
    was copied for a hold; the papers of a hold, which show nothing.
    """

    VISIT = 0
    SCENE = 1
    COPY = 2
    MANIFEST = 3


_WRAPPINGS = {int(each): each for each in Wrapping}  # found much quicker here than by calling the class
_KINDS = {int(each): each for each in ClipKind}


@dataclass(frozen=True, slots=True)
class ClipHeader:
    """What is decided when a clip begins. Instants are ns since 1970 UTC.

    Attributes:
        visit: 16-byte id of the visit.
        deadline: not readable after. minimum: not erased before.
        policy: up to 16 bytes that stand for the policy version (the beginning of its hash).
    """

    visit: bytes
    kind: ClipKind = ClipKind.VISIT
    deadline: int = NEVER
    minimum: int = 0
    policy: bytes = b""


@dataclass(slots=True)
class Entry:
    """One clip's key and what may be done with it. Instants are ns since 1970 UTC.

    Attributes:
        key: 32 bytes; empty once destroyed, when all else is zero too.
        deadline: not readable after. minimum: not erased before.
        policy: first 16 bytes of the hash of the policy under which it was filmed.
        holds: how many holds keep it.
    """

    clip: bytes = bytes(16)
    visit: bytes = bytes(16)
    key: bytes = field(default=b"", repr=False)
    wrapping: Wrapping = Wrapping.FILE
    kind: ClipKind = ClipKind.VISIT
    created: int = 0
    deadline: int = 0
    minimum: int = 0
    policy: bytes = bytes(16)
    holds: int = 0

    @property
    def live(self) -> bool:
        return bool(self.key)


@dataclass(slots=True)
class Page:
    """The state of one region.

    Attributes:
        generation: counts the openings of all regions of the volume; 0 where never opened.
        twin: the other slot says the same.
        chunks: chunks and records that count; end: bytes of the region up to behind the last of them.
        tail: bytes at the end with the copies of the clip records and the footer; 0 where closed by recovery.
        opened: ns since 1970 UTC.
    """

    region: int
    generation: int = 0
    state: RegionState = RegionState.EMPTY
    twin: bool = False
    chunks: int = 0
    end: int = 0
    tail: int = 0
    opened: int = 0
    camera: str = ""
    boot: bytes = bytes(16)
    entries: list[Entry] = field(default_factory=list)

    @property
    def live(self) -> bool:
        return any(entry.live for entry in self.entries)

    @property
    def held(self) -> bool:
        return any(entry.holds for entry in self.entries)


def capacity(page_size: int) -> int:
    """How many clips fit into a page."""
    return min(MAX_ENTRIES, (page_size - _HEAD.size - TAG - _STATE.size) // _ENTRY.size)


def pack_page(page: Page, sequence: int, page_size: int, cipher: AESGCM, volume: bytes, nonce: bytes) -> bytes:
    """One slot."""
    parts = [
        _STATE.pack(
            page.generation,
            page.state,
            page.twin,
            len(page.entries),
            page.chunks,
            page.end,
            page.tail,
            page.opened,
            len(page.camera.encode()),
            page.camera.encode(),
            page.boot,
        )
    ]
    for entry in page.entries:
        parts.append(  # noqa: PERF401  # a comprehension of this length cannot be read
            _ENTRY.pack(
                entry.clip,
                entry.visit,
                entry.key,
                len(entry.key),
                entry.wrapping,
                entry.live,
                entry.kind,
                entry.holds,
                0,
                entry.created,
                entry.deadline,
                entry.minimum,
                entry.policy,
            )
        )
    plain = b"".join(parts).ljust(page_size - _HEAD.size - TAG, b"\x00")
    return seal_slot(plain, page.region, sequence, cipher, volume, nonce)


def seal_slot(plain: bytes, region: int, sequence: int, cipher: AESGCM, volume: bytes, nonce: bytes) -> bytes:
    """One slot with this plain text, whatever it says."""
    head = _HEAD.pack(_MAGIC, FORMAT, region, sequence, nonce)
    return head + cipher.encrypt(nonce, plain, volume + head)


def open_slot(raw: Bytes, cipher: AESGCM, volume: bytes) -> bytes | None:
    """The plain text of a slot; None where it does not authenticate."""
    head = bytes(raw[: _HEAD.size])
    try:
        return cipher.decrypt(head[-12:], raw[_HEAD.size :], volume + head)
    except InvalidTag:
        return None


def with_twin(plain: bytes, twin: bool) -> bytes:
    """The plain text of a slot, saying whether the other slot says the same."""
    return plain[:_TWIN] + bytes([twin]) + plain[_TWIN + 1 :]


def rows_of(page_size: int) -> np.dtype[np.void]:
    """How numpy sees the plain text of a slot, to take in many at once: the same fields as ``page_of``."""
    entries = (_ENTRY_ROW, (capacity(page_size),))
    return np.dtype(
        {
            "names": ["generation", "state", "twin", "opened", "camera_length", "camera", "entries"],
            "formats": [">u8", "u1", "u1", ">i8", "u1", "V47", entries],
            "offsets": [0, 8, _TWIN, 24, 32, 33, _STATE.size],
            "itemsize": page_size - _HEAD.size - TAG,
        }
    )


def slot_sequence(raw: Bytes, region: int) -> int:
    """The sequence a slot claims, before it is authenticated; -1 where it is no slot of this page."""
    magic, version, page, sequence, _ = _HEAD.unpack_from(raw)
    return int(sequence) if (magic, version, page) == (_MAGIC, FORMAT, region) else -1


def slot_sequences(raw: Bytes, page_size: int, first: int) -> list[list[int]]:
    """``slot_sequence`` of both slots of each page, of pages one behind the other from number ``first`` on."""
    rest = f"V{page_size - 20}"
    head = [("magic", "S4"), ("format", "u1"), ("-", "V3"), ("page", ">u4"), ("sequence", ">u8"), ("--", rest)]
    heads = np.frombuffer(raw, np.dtype(head)).reshape(-1, 2)
    pages = np.arange(first, first + len(heads))[:, np.newaxis]
    right = (heads["magic"] == _MAGIC) & (heads["format"] == FORMAT) & (heads["page"] == pages)
    claims: list[list[int]] = np.where(right, heads["sequence"].astype(np.int64), -1).tolist()
    return claims


def unpack_page(raw: bytes, region: int, cipher: AESGCM, volume: bytes) -> Page | None:
    """The page in a slot; None where it does not authenticate."""
    plain = open_slot(raw, cipher, volume)
    return None if plain is None else page_of(plain, region)


def page_of(plain: bytes, region: int) -> Page:
    """The page with this plain text."""
    generation, state, twin, count, chunks, end, tail, opened, length, camera, boot = _STATE.unpack_from(plain)
    entries = [_entry(fields) for fields in _ENTRY.iter_unpack(plain[_STATE.size : _STATE.size + count * _ENTRY.size])]
    name = camera[:length].decode()
    return Page(region, generation, RegionState(state), bool(twin), chunks, end, tail, opened, name, boot, entries)


def _entry(fields: tuple[bytes, bytes, bytes, int, int, int, int, int, int, int, int, int, bytes]) -> Entry:
    clip, visit, key, length, wrapping, _, kind, holds, _, created, deadline, minimum, policy = fields
    kept = key[:length]
    return Entry(clip, visit, kept, _WRAPPINGS[wrapping], _KINDS[kind], created, deadline, minimum, policy, holds)
