"""Counts, copies and papers of the holds made to agree after a power cut; the papers decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mihariban.volume.manifest import Papers, all_papers
from mihariban.volume.page import ClipKind

if TYPE_CHECKING:
    from mihariban.volume.volume import Volume


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Something the papers of the holds do not explain, or the other way round.

    Attributes:
        what: "count": other holds are counted than there are. "orphan": a copy of no hold. "unfinished": papers a power
            cut left. "damaged": papers the disk has lost; nothing is taken down while there are any. "lost": a clip a
            hold names is not there.
        was, ought: how many holds are counted, and how many there are.
    """

    what: Literal["count", "orphan", "unfinished", "damaged", "lost"]
    clip: bytes
    was: int = 0
    ought: int = 0


def discrepancies(volume: Volume) -> list[Discrepancy]:
    """Where counts, copies and papers do not agree. Nothing is changed."""
    with volume.ring.holding, volume.lock:
        return list(_discrepancies(volume, all_papers(volume)))


def _discrepancies(volume: Volume, papers: list[Papers]) -> Iterator[Discrepancy]:
    wanted = Counter(clip for each in papers for clip in each.named)
    for each in papers:
        if each.facts is None:
            yield Discrepancy("damaged" if each.damaged else "unfinished", each.info.clip, each.info.holds)
    counted = volume.catalogue.counted()
    known = {info.clip: info for info in counted}
    for clip in wanted:
        if clip not in known and (info := volume.catalogue.get(clip)) is not None:
            known[clip] = info
        if clip not in known:
            yield Discrepancy("lost", clip, 0, wanted[clip])
    for info in known.values():
        ought = 1 if info.kind is ClipKind.MANIFEST else wanted[info.clip]
        if info.kind is ClipKind.COPY and not ought:
            yield Discrepancy("orphan", info.clip, info.holds)
        elif info.holds != ought:
            yield Discrepancy("count", info.clip, info.holds, ought)


def reconcile(volume: Volume) -> list[Discrepancy]:
    """Once at every start, before anything is recorded: make counts and copies agree with the papers. Idempotent.

    Where papers are damaged nothing is taken down and no copy destroyed: which clips they named is not known. What is
    lost stays reported.

    Returns:
        What was found; all but "damaged" and "lost" has been put right.
    """
    with volume.ring.holding, volume.lock:
        found = discrepancies(volume)
        careful = any(each.what == "damaged" for each in found)
        right = [each for each in found if not careful or each.ought > each.was]
        volume.count_holds({each.clip: each.ought for each in right if each.what == "count"})
        gone = [volume.catalogue.get(each.clip) for each in right if each.what in ("orphan", "unfinished")]
        volume.destroy_unheld([info for info in gone if info is not None])
        volume.ring.leave_unheld()
        volume.commit()
        return found
