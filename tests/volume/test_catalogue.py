"""The clips of an open volume, asked in all ways, against a plain list of them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mihariban.volume.catalogue import HOLDS, Catalogue, ClipInfo, clip_row
from mihariban.volume.page import ClipKind, Entry

small = st.integers(0, 12)


@st.composite
def _infos(draw: st.DrawFn) -> ClipInfo:
    number, start = draw(small), draw(small)
    return ClipInfo(
        bytes([number]) * 16, bytes(16), draw(st.sampled_from(["front", "back"])), draw(st.sampled_from(list(ClipKind))),
        number // 4, number % 4, 0, draw(small), draw(small), bytes(16), draw(st.integers(0, 1)), start,
        start and start + draw(st.integers(1, 5)), 5, 4096, 10, 1, draw(st.integers(0, 1)), draw(st.booleans()),
        draw(st.sampled_from([{}, {"a": 1}])),
    )  # fmt: skip


def _by_time(infos: list[ClipInfo]) -> list[ClipInfo]:
    return sorted(infos, key=lambda info: (info.start, info.clip))


@given(
    st.lists(_infos(), max_size=8),
    st.lists(_infos(), max_size=12),
    st.lists(_infos(), max_size=4),
    st.lists(small, max_size=3),
    st.integers(0, 3),
    small,
    small,
)
def test_every_question_has_the_answer_of_a_plain_list(
    first: list[ClipInfo],
    later: list[ClipInfo],
    amended: list[ClipInfo],
    gone: list[int],
    region: int,
    low: int,
    high: int,
) -> None:
    """However clips came in, changed and went."""
    catalogue = Catalogue()
    catalogue.fill(map(clip_row, first))
    catalogue.put(later)
    known = {info.clip: info for info in (*first, *later)}
    for info in amended:
        entry = Entry(info.clip, deadline=info.deadline, minimum=info.minimum, holds=info.holds)
        catalogue.amend(entry)
        if info.clip in known:
            changed = replace(known[info.clip], deadline=info.deadline, minimum=info.minimum, holds=info.holds)
            known[info.clip] = changed
    for number in gone:
        catalogue.remove(bytes([number]) * 16)
        known.pop(bytes([number]) * 16, None)
    catalogue.remove_region(region)
    every = [info for info in known.values() if info.region != region]

    shown = [info for info in every if info.chunks and info.end > low and info.start < high]
    assert catalogue.find(None, low, high) == _by_time([i for i in shown if i.kind is not ClipKind.MANIFEST])
    assert catalogue.find("front", low, high, ClipKind.COPY) == _by_time(
        [i for i in shown if i.camera == "front" and i.kind is ClipKind.COPY]
    )
    assert catalogue.find(kind=ClipKind.MANIFEST) == _by_time(
        [i for i in every if i.chunks and i.kind is ClipKind.MANIFEST]
    )
    past = [i for i in every if i.deadline <= low and i.minimum <= low and not i.holds and i.final]
    assert catalogue.expired(low, 2) == sorted(past, key=lambda info: (info.deadline, info.clip))[:2]
    counted = sorted((i for i in every if i.holds or i.kind >= ClipKind.COPY), key=lambda i: (i.region, i.slot))
    assert catalogue.counted() == counted
    for number in range(4):
        assert catalogue.of_region(number) == sorted((i for i in every if i.region == number), key=lambda i: i.slot)
    assert catalogue.sums(lambda row: row[HOLDS] == 0)[0] == sum(not info.holds for info in every)
    assert catalogue.oldest() == min((info.start for info in every if info.start), default=None)
    assert [catalogue.get(info.clip) for info in every] == every
