"""``mihariban volume check``: every invariant of docs/design/volume.md that can be seen from the files."""

from __future__ import annotations

from collections.abc import Iterator

from mihariban.base.ids import id_text
from mihariban.volume.errors import ChunkDamaged
from mihariban.volume.finding import Finding, finding
from mihariban.volume.page import Page, RegionState
from mihariban.volume.reconciling import discrepancies
from mihariban.volume.volume import Volume


def check_volume(volume: Volume, *, deep: bool = False, exposed: bool = False) -> list[Finding]:
    """Test an open volume.

    Args:
        deep: authenticate every chunk too; reads all footage, shows none.
        exposed: others than the owner may read root.key.
    """
    found = list(volume.findings)
    if exposed:
        found.append(finding("root-key-exposed"))
    if not volume.superblock.in_place:
        found.append(finding("not-in-place"))
    found += _pages(volume)
    held, share = volume.ring.table.held_regions(), volume.superblock.hold_regions
    if held > share:
        found.append(finding("holds-over-share", held=held, share=share))
    found += _holds(volume)
    if deep:
        found += _chunks(volume)
    return found


_HOLD_CODES = {
    "count": "hold-count",
    "orphan": "hold-copy-orphan",
    "unfinished": "hold-unfinished",
    "damaged": "hold-damaged",
    "lost": "hold-clip-lost",
}


def _holds(volume: Volume) -> Iterator[Finding]:
    """What the papers of the holds do not explain. Not judged beside a recorder, which may just be placing one."""
    if volume.recording_elsewhere:
        return
    for each in discrepancies(volume):
        yield finding(_HOLD_CODES[each.what], clip=id_text(each.clip), was=each.was, ought=each.ought)


def _pages(volume: Volume) -> Iterator[Finding]:
    generations: dict[int, int] = {}
    clips: set[bytes] = set()
    for region in range(volume.shape.regions):
        slots = volume.keys.slots(region)
        if None in slots:  # a running recorder may be writing just this slot
            slots = volume.keys.slots(region)
        present = [page for page in slots if page is not None]
        if not present:
            continue  # already among the findings of opening
        if len(present) == 1:
            yield finding("key-page-single", region=region)
        elif _differ(*present):
            yield finding("key-pages-differ", region=region)
        page = max(present, key=lambda each: each.generation)
        if page.state is RegionState.EMPTY or _moved_on(volume, page):
            continue
        other = generations.setdefault(page.generation, region)
        if other != region:
            yield finding("generation-twice", region=region, other=other, generation=page.generation)
        yield from _region(volume, page, clips)


def _moved_on(volume: Volume, page: Page) -> bool:
    """A running recorder has changed the region since the volume was opened for reading: not to be judged now."""
    table = volume.ring.table
    live = sum(entry.live for entry in page.entries)
    known = (int(table.generation[page.region]), int(table.state[page.region]), int(table.live[page.region]))
    return known != (page.generation, page.state, live)


def _differ(one: Page, two: Page) -> bool:
    """Only a region that is open may have an older page beside the newer."""
    if RegionState.OPEN in (one.state, two.state):
        return False
    return [entry.clip for entry in one.entries] != [entry.clip for entry in two.entries]


def _region(volume: Volume, page: Page, clips: set[bytes]) -> Iterator[Finding]:
    if page.state is RegionState.OPEN and not volume.recording:
        yield finding("region-open", region=page.region)
    if not page.live:
        return
    if not volume.reader.header_valid(page):
        yield finding("header-damaged", region=page.region)
        return
    tables = volume.reader.records(page)
    if page.state is RegionState.CLOSED and page.tail and tables is None:
        yield finding("footer-damaged", region=page.region)
    for slot, entry in enumerate(page.entries):
        if not entry.live:
            continue
        if entry.clip in clips:
            yield finding("clip-twice", clip=id_text(entry.clip))
        clips.add(entry.clip)
        info = volume.catalogue.get(entry.clip)
        table = (tables or {}).get(slot)
        if table is not None and (info is None or (info.stored, info.samples) != (table.stored, table.samples)):
            yield finding("record-differs", clip=id_text(entry.clip), region=page.region)


def _chunks(volume: Volume) -> Iterator[Finding]:
    for info in volume.clips():
        if info.deadline <= volume.clock.wall() and not info.held:
            continue
        damaged: list[ChunkDamaged] = []
        for _ in volume.read(info.clip, damaged):
            pass
        for error in damaged:
            yield finding("chunk-damaged", **error.facts)
