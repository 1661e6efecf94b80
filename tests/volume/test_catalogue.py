"""The clips of an open volume, asked in all ways, against a plain list of them."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mihariban.volume.catalogue import Catalogue, ClipInfo
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


def _fill(catalogue: Catalogue, infos: list[ClipInfo]) -> None:
    """As at opening: rows made elsewhere, all at once."""
    scratch = Catalogue()
    for info in infos:
        catalogue.camera(info.camera)
        scratch.camera(info.camera)
    scratch.put(infos)
    rows, notes = scratch._rows[: scratch._count].copy(), scratch._notes
    rows["used"], rows["fresh"] = False, False
    catalogue.fill([rows[:2], rows[2:]], notes)


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
    _fill(catalogue, first)
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
    assert catalogue.sums(lambda rows: rows["holds"] == 0)[0] == sum(not info.holds for info in every)
    assert catalogue.oldest() == min((info.start for info in every if info.start), default=None)
    assert [catalogue.get(info.clip) for info in every] == every


def test_order_stays_right_while_many_clips_come_in_change_and_go() -> None:
    """More than wait unsorted: rows are sorted anew, places that were given up are used again."""
    rng = random.Random(1)
    catalogue, known = Catalogue(), dict[bytes, ClipInfo]()
    for number in range(1500):
        clip = rng.choice(list(known)) if known and number % 3 == 0 else rng.randbytes(16)
        start = rng.randrange(1, 400)
        info = ClipInfo(
            clip, bytes(16), "front", ClipKind.VISIT, rng.randrange(40), 0, 0, 0, 0, bytes(16), 0, start, start + 3, 3,
            4096, 10, 1, 1, final=True,
        )  # fmt: skip
        catalogue.put([info])
        known[clip] = info
        if number % 4 == 0:
            gone = rng.choice(list(known))
            catalogue.remove(gone)
            del known[gone]
        if number % 100 == 0:
            shown = [each for each in known.values() if each.end > 100 and each.start < 200]
            assert catalogue.find("front", 100, 200) == _by_time(shown)
    assert catalogue.find() == _by_time(list(known.values()))
    for region in range(40):
        assert len(catalogue.of_region(region)) == sum(each.region == region for each in known.values())
