"""Visits with the state of their footage."""

from __future__ import annotations

import pytest

from mihariban.base.clock import SECOND
from mihariban.recorder.control import VisitRow
from mihariban.recorder.visit_list import visit_states
from mihariban.volume import ClipInfo, ClipKind

NOW = 1000 * SECOND


def _row(**facts: object) -> VisitRow:
    base: dict[str, object] = {
        "id": b"v" * 16, "camera": "cam1", "policy": "p", "started": 100 * SECOND, "ended": 120 * SECOND,
        "recorded_from": 97 * SECOND, "recorded_to": 123 * SECOND, "reason": "r", "score": 1.0, "end_reason": "e",
        "end_score": 0.0, "handovers": [], "left_behind": [], "expires": 2000 * SECOND, "erased": None,
    }  # fmt: skip
    return VisitRow(**{**base, **facts})  # type: ignore[arg-type]  # facts of any column


def _clip(**facts: object) -> ClipInfo:
    base: dict[str, object] = {
        "clip": b"c" * 16, "visit": b"v" * 16, "camera": "cam1", "kind": ClipKind.VISIT, "region": 0, "slot": 0,
        "created": 0, "deadline": 2000 * SECOND, "minimum": 0, "policy": b"", "holds": 0, "start": 96 * SECOND,
        "end": 125 * SECOND, "duration": 29 * SECOND, "stored": 8192, "media": 8000, "samples": 290, "chunks": 29,
        "final": True,
    }  # fmt: skip
    return ClipInfo(**{**base, **facts})  # type: ignore[arg-type]  # the same


@pytest.mark.parametrize(
    ("row", "clips", "state"),
    [
        ({}, [{}], "kept"),
        ({"recorded_to": None, "ended": None}, [{}], "recording"),
        ({}, [{"holds": 1}], "held"),
        ({}, [{"deadline": NOW}], "expired"),
        ({}, [{"deadline": NOW, "holds": 1}], "held"),
        ({"erased": NOW}, [], "erased"),
        ({"expires": NOW}, [], "erased"),
        ({}, [], "lost"),
        ({"expires": None}, [], "lost"),
    ],
)
def test_a_visit_says_what_is_left_of_it(row: dict[str, object], clips: list[dict[str, object]], state: str) -> None:
    """From the book and the ring together; footage gone before its time is lost, not erased."""
    (found,) = visit_states([_row(**row)], [_clip(**clip) for clip in clips], NOW)
    assert found.state == state


def test_only_what_may_be_shown_counts() -> None:
    """Lead-in and what was stored after the end are no part of it."""
    (found,) = visit_states([_row()], [_clip()], NOW)
    assert found.seconds == 26
    assert (found.parts[0].start, found.parts[0].end) == (97 * SECOND, 123 * SECOND)


def test_clips_of_others_do_not_count() -> None:
    """Each clip belongs to one visit."""
    (found,) = visit_states([_row()], [_clip(), _clip(visit=b"w" * 16, clip=b"d" * 16)], NOW)
    assert (len(found.parts), found.bytes) == (1, 8192)
