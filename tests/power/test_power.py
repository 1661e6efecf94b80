"""Forced shutdowns of a real file system under a recorder at work.

Not covered: a disk that acknowledges a sync and keeps the data in a cache that it loses (no loop device does), other
file systems than ext4, and hours of work between cuts.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.power.cuts import run
from tests.power.disk import missing

_MISSING = missing()
pytestmark = pytest.mark.skipif(bool(_MISSING), reason=_MISSING)
CUTS = 12


def test_a_cut_takes_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """Ring and ledger on one disk: chunks and entries that were acknowledged are there as they were written, the
    volume's check finds nothing, the ledger verifies, and of video at most two seconds are lost."""
    found = run(tmp_path, CUTS, seed=7)
    assert (found.lost_chunks, found.lost_entries, found.findings) == (0, 0, [])
    assert found.cuts == CUTS
    assert found.chunks > CUTS and found.entries > CUTS  # else the lives did no work
    assert max(found.seconds) <= 2
    assert found.codes <= {"MH212", "MH402", "MH413"}  # what a life sees of its end are errors of ours that fit


def test_without_syncs_a_cut_takes_what_was_acknowledged(tmp_path: Path) -> None:
    """The control: were it to pass, the cuts above would show nothing."""
    found = run(tmp_path, 5, seed=8, synced=False)
    assert found.lost_chunks > 0
    assert found.lost_entries > 0
