"""What a camera's health remembers survives, and damaged bytes are refused."""

from __future__ import annotations

import numpy as np
import pytest

from mihariban.recorder.health.errors import ViewUnreadable
from mihariban.recorder.health.memory import CameraMemory
from mihariban.recorder.health.view import View, edges
from mihariban.recorder.presence.arrays import shrink
from tests.recorder.health.rig import filmed, hall


def _memory() -> CameraMemory:
    field = edges(shrink(filmed(hall(), 0), 3))
    sharp = np.array([0.5, np.nan, 2.0], dtype=np.float32)
    return CameraMemory(field, sharp, 8, 1.25, 12, ("h264", 576, 324))


def test_it_comes_back_as_it_was() -> None:
    """The view within a step of its eight bits, the rest exactly."""
    memory = _memory()
    found = CameraMemory.from_bytes(memory.to_bytes())
    assert memory.view is not None and found.view is not None
    assert np.abs(found.view - memory.view).max() < 0.01
    assert View(found.view).likeness(memory.view).same == 1.0
    np.testing.assert_array_equal(found.sharp, memory.sharp)
    assert (found.sharp_count, found.grain, found.lively, found.stream) == (8, 1.25, 12, ("h264", 576, 324))
    assert CameraMemory.from_bytes(CameraMemory().to_bytes()) == CameraMemory()


def test_any_damage_is_noticed() -> None:
    """A flipped byte, a cut, something else."""
    good = _memory().to_bytes()
    for place in range(0, len(good), 97):
        bad = bytearray(good)
        bad[place] ^= 1
        with pytest.raises(ViewUnreadable):
            CameraMemory.from_bytes(bytes(bad))
    for bad_bytes in (b"", good[:40], good[:-1], b"JFIF" * 20):
        with pytest.raises(ViewUnreadable):
            CameraMemory.from_bytes(bad_bytes)
