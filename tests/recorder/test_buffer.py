"""The compressed past."""

from __future__ import annotations

from mihariban.base.clock import SECOND
from mihariban.recorder.buffer import GroupBuffer
from tests.recorder.packets import packet, stream


def _filled(begin: float, end: float, span: float, group: float = 2.0) -> GroupBuffer:
    buffer = GroupBuffer(round(span * SECOND))
    for each in stream(begin, end, group=group):
        buffer.add(each)
    return buffer


def test_a_look_back_begins_at_the_key_frame_before() -> None:
    """What is asked for is always decodable."""
    found = list(_filled(100, 120, 10).since(113 * SECOND, 0))
    assert found[0].key
    assert found[0].wall == 112 * SECOND
    assert found[-1].wall == round(119.9 * SECOND)


def test_the_whole_span_stays_whatever_the_group_length() -> None:
    """A group leaves only when the next key frame is old enough."""
    for group in (0.5, 1, 4, 10):
        found = list(_filled(100, 140, 10, group).since(129 * SECOND, 0))
        assert found[0].wall <= 130 * SECOND, group
        assert found[0].wall > (130 - group - 1) * SECOND, group


def test_memory_is_bounded_where_groups_never_end() -> None:
    """A camera that hardly sends key frames may not fill the memory."""
    buffer = GroupBuffer(10 * SECOND, most_bytes=50_000)
    for each in stream(0, 600, group=20, size=1000):
        buffer.add(each)
    assert buffer.bytes <= 50_000 + 20 * 10 * 1000


def test_nothing_before_the_opening_is_given() -> None:
    """The first key frame at or after the opening minute is the first that may be stored."""
    found = list(_filled(100, 120, 15).since(108 * SECOND, not_before=round(110.5 * SECOND)))
    assert found[0].wall == 112 * SECOND


def test_no_key_frame_no_look_back() -> None:
    """Packets that cannot be decoded are not kept."""
    buffer = GroupBuffer(10 * SECOND)
    for each in stream(100.1, 101.9):
        buffer.add(each)
    assert list(buffer.since(0, 0)) == []


def test_a_cut_of_the_time_line_empties_it() -> None:
    """Old packets must not be joined to new ones."""
    buffer = _filled(100, 110, 10)
    buffer.add(packet(50, key=True, broken=True))
    assert [each.wall for each in buffer.since(0, 0)] == [50 * SECOND]


def test_the_group_before_a_packet_is_its_lead_in() -> None:
    """From its key frame up to the packet before it."""
    buffer = _filled(100, 105, 10)
    group = buffer.group_before(packet(103.5))
    assert group[0].key
    assert group[0].wall == 102 * SECOND
    assert group[-1].wall == round(103.4 * SECOND)
