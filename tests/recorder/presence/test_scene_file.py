"""A scene memory as bytes: the same afterwards, and refused where it is damaged."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihariban.recorder.presence.errors import SceneUnreadable
from mihariban.recorder.presence.scene import SceneMemory
from tests.recorder.presence.drawing import Run, every, room


def learned() -> SceneMemory:
    """What a minute of an empty room leaves."""
    return Run(noise=3).film(lambda _t: room(), every(0, 10)).memory


def test_what_was_packed_comes_back() -> None:
    """Pictures to a thirty-second of a level, noise to a half-precision number."""
    memory = learned()
    again = SceneMemory.from_bytes(memory.to_bytes())
    assert len(again.references) == len(memory.references) == 1
    before, after = memory.references[0], again.references[0]
    np.testing.assert_allclose(after.print.picture, before.print.picture, atol=1 / 32)
    np.testing.assert_allclose(after.noise, before.noise, rtol=2e-3, atol=1e-3)
    assert (after.seen, after.sure) == (before.seen, before.sure)
    assert again.shape == memory.shape
    assert not again.changed


def test_an_empty_memory_comes_back_empty() -> None:
    """A recorder stopped before it saw anything."""
    assert SceneMemory.from_bytes(SceneMemory().to_bytes()).references == []


PACKED = learned().to_bytes()


@given(st.integers(0, len(PACKED) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed(at: int, other: int) -> None:
    """Anywhere in the file."""
    damaged = bytearray(PACKED)
    damaged[at] ^= other
    with pytest.raises(SceneUnreadable):
        SceneMemory.from_bytes(bytes(damaged))


@pytest.mark.parametrize("length", [0, 5, 40, len(PACKED) - 1])
def test_a_cut_file_is_noticed(length: int) -> None:
    """An interrupted write."""
    with pytest.raises(SceneUnreadable):
        SceneMemory.from_bytes(PACKED[:length])


@pytest.mark.parametrize(
    "body",
    [
        b"MHSC\x02\x00\x00\x00\x00\x00",
        b"XXXX\x01\x00\x00\x00\x00\x00",
        b"MHSC\x01\x01\x00\x02\x00\x02",
        b"MHSC\x01\x01\x00\x20\x00\x20",
    ],
)
def test_a_sound_file_of_another_kind_is_refused(body: bytes) -> None:
    """A later version, another format, a picture too small, entries that are missing."""
    with pytest.raises(SceneUnreadable):
        SceneMemory.from_bytes(body + hashlib.sha256(body).digest())
