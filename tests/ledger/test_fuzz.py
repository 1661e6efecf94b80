"""Whatever is thrown at the parsers: something read, or an error of the tree. Never another exception."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mihariban.base.clock import SECOND
from mihariban.base.errors import MiharibanError
from mihariban.ledger.canonical import decode
from mihariban.ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from mihariban.ledger.cosignature import cosign, cosigned_at
from mihariban.ledger.entry import Stamp, leaf_of, read_leaf
from mihariban.ledger.keys import Signer, parse_key
from mihariban.ledger.note import parse_note
from mihariban.ledger.sentences import sentence
from mihariban.ledger.tiles import bundle, unbundle
from mihariban.ledger.verify import read_keys
from mihariban.ledger.witness import Request, Witness, parse_request
from tests.ledger.books import DRAFT, OFFICE, ORIGIN, WALL, log_signer, script

ALONE = script()
_NOTE = Checkpoint(ORIGIN, 7, bytes(range(32))).signed(log_signer())
NOTE = _NOTE.with_signatures([cosign(_NOTE.text, OFFICE, WALL // SECOND)]).encode()
LEAF = leaf_of(DRAFT, 7, Stamp(WALL, 1, "b", "unknown"))
KEYS = f"log {log_signer().public.text()}\ncosigner {OFFICE.public.text()}\n".encode()
REQUEST = Request(3, (bytes(32), b"\xff" * 32), NOTE).encode()


def _spoilt(whole: bytes) -> st.SearchStrategy[bytes]:
    """``whole`` with a part cut out, doubled or replaced; and bytes that never were one."""

    def change(parts: tuple[int, int, bytes, bool]) -> bytes:
        start, length, new, twice = parts
        return whole[:start] + new + whole[start if twice else start + length :]

    place = st.integers(0, len(whole))
    odd = st.sampled_from(
        [b"\n", b"\n\n", b"+", b" ", b"0", b"-", b"=", b"\x00", "²٣\u3000".encode(), b"\xff", b"9" * 20]
    )
    changed = st.tuples(place, st.integers(0, 40), odd | st.binary(max_size=4), st.booleans()).map(change)
    return changed | st.binary(max_size=200) | st.just(whole)


def _quiet(read: Callable[[], object]) -> None:
    try:
        read()
    except MiharibanError as error:
        assert error.text("ja") and error.text("en")


_FUZZ = settings(max_examples=150, deadline=None)


@_FUZZ
@given(_spoilt(NOTE))
@example(NOTE)
def test_notes_and_checkpoints(data: bytes) -> None:
    """Parsed, opened and looked at for cosignatures; one that opens under the key is the one that was signed."""
    _quiet(lambda: parse_checkpoint(parse_note(data).text))
    _quiet(lambda: cosigned_at(parse_note(data), OFFICE.public))
    try:
        found, _ = open_checkpoint(data, log_signer().public)
    except MiharibanError:
        return
    assert found == Checkpoint(ORIGIN, 7, bytes(range(32)))


@_FUZZ
@given(
    st.text(max_size=60) | _spoilt(log_signer().public.text().encode()).map(lambda data: data.decode(errors="replace"))
)
def test_keys(text: str) -> None:
    """What is read is written back as it was; the stand-alone reader takes the same."""
    try:
        key = parse_key(text)
    except MiharibanError:
        with pytest.raises((ALONE.Bad, UnicodeEncodeError)):
            ALONE.read_key(text)
        return
    assert key.text() == text
    assert ALONE.read_key(text) == (key.name, key.key_id, key.kind, key.public)


@settings(_FUZZ, suppress_health_check=[HealthCheck.function_scoped_fixture])  # each example writes the file anew
@given(_spoilt(KEYS))
def test_lists_of_keys_and_secrets(tmp_path: Path, data: bytes) -> None:
    """Files that others may have written."""
    (tmp_path / "keys").write_bytes(data)
    _quiet(lambda: read_keys(tmp_path))
    _quiet(lambda: Signer.load(tmp_path / "keys"))


class _NoMemory:
    def put_seen(self, origin: str, size: int, note: bytes) -> None:
        """Forget it."""

    def seen(self, origin: str) -> None:
        """Nothing was seen."""


@_FUZZ
@given(_spoilt(REQUEST))
def test_requests_for_a_cosignature(data: bytes) -> None:
    """Parsed and judged by the cosigner."""
    witness = Witness(OFFICE, {ORIGIN: log_signer().public}, _NoMemory(), lambda: WALL)
    _quiet(lambda: witness.cosign(parse_request(data)))


@_FUZZ
@given(_spoilt(bundle([LEAF, b"", LEAF])))
def test_bundles(data: bytes) -> None:
    """What is read is written back as it was."""
    try:
        leaves = unbundle(data)
    except MiharibanError:
        return
    assert bundle(leaves) == data


@_FUZZ
@given(_spoilt(LEAF))
@example(b'{"_seq":' + b"9" * 5000 + b"}")
@example(b"[" * 100_000)
def test_entries(data: bytes) -> None:
    """Canonical JSON and entries; one that is read can be said in both languages."""
    _quiet(lambda: decode(data))
    try:
        entry = read_leaf(data)
    except MiharibanError:
        return
    assert sentence(entry, "ja") and sentence(entry, "en")
