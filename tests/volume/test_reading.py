"""Reading out of many regions: the same bytes in place, and no key outlives its clip."""

from __future__ import annotations

from pathlib import Path

import pytest

from mihariban.base.clock import TurnedClock
from mihariban.volume import ClipUnknown
from mihariban.volume.page import Page
from tests.volume.support import START, make, record


def test_clips_in_many_regions_are_read_under_their_own_keys_until_they_are_destroyed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More regions than key pages are kept for; a page is loaded once, and anew after one was written."""
    clock = TurnedClock(START)
    volume = make(tmp_path, clock, regions=16)
    clips = [record(volume, clock, f"camera{number}") for number in range(10)]
    assert len({volume.clip(clip).region for clip in clips}) == 10
    loaded: list[int] = []
    load = volume.keys.load

    def noted(region: int) -> Page | None:
        loaded.append(region)
        return load(region)

    monkeypatch.setattr(volume.keys, "load", noted)
    for clip in [*clips, *clips]:
        whole = list(volume.read(clip))
        assert [chunk.data for chunk in whole] == [data[at:] for _, data, at in volume.read_in_place(clip)]
        assert [chunk.data for chunk in whole] == [bytes([number]) * 9000 for number in range(3)]
    volume.destroy(clips[3])
    for reading in (volume.read, volume.read_in_place):
        with pytest.raises(ClipUnknown):
            list(reading(clips[3]))
    assert len(list(volume.read(clips[4]))) == 3
    loaded.clear()
    for _ in range(3):
        list(volume.read(clips[4]))
    assert loaded == []
    volume.close()
