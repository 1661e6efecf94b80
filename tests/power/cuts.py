"""Cuts, and what is left after each.

Counted as acknowledged is what was said before the cut began. A machine without power says nothing more, but under a
forced shutdown the process lives on for some milliseconds, and a sync that is under way at that moment may come back
without an error for what ext4 then no longer writes. Such late words are counted apart (``late``).
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from mihariban.base.errors import MiharibanError
from mihariban.ledger.tiles import publish
from mihariban.ledger.verify import verify
from mihariban.volume import Volume
from mihariban.volume.check import check_volume
from tests.ledger.books import served, unmatched
from tests.power.disk import LOGFLUSH, MIB, NOLOGFLUSH, LoopDisk
from tests.power.life import CAMERAS, CHUNK_S, REGIONS, content, make, open_book

ROOT = Path(__file__).parent.parent.parent
DISK = 96 * MIB


@dataclass
class Said:
    """What lives have said so far. Clips by hexadecimal id."""

    begun: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    handed: dict[str, int] = field(default_factory=dict)
    durable: dict[str, int] = field(default_factory=dict)
    entries: set[int] = field(default_factory=set)
    published: int = 0
    codes: set[str] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)

    late: list[int] = field(default_factory=list)

    def hear(self, line: str, cut: int) -> None:
        """Take a line; ``cut`` is when the power went (monotonic ns)."""
        at, kind, *words = line.split()
        if kind == "b":
            self.begun[words[0]] = (words[1], int(words[2]), int(words[3]))
        elif kind == "a":
            self.handed[words[0]] = int(words[1])
        elif kind in "dep" and int(at) >= cut:
            self.late += [int(words[0])] if kind == "e" else []
        elif kind == "d":
            self.durable[words[0]] = int(words[1])
        elif kind == "e":
            self.entries.add(int(words[0]))
        elif kind == "p":
            self.published = int(words[0])
        else:
            {"x": self.codes, "X": self.foreign}[kind].add(words[0])

    def forget(self, clip: str) -> None:
        """The clip has been overwritten in order."""
        for known in (self.begun, self.handed, self.durable):
            known.pop(clip, None)


@dataclass
class Found:
    """What all cuts together have shown. ``seconds`` of video lost, at each cut, of one camera at most."""

    cuts: int = 0
    chunks: int = 0
    entries: int = 0
    lost_chunks: int = 0
    lost_entries: int = 0
    late: int = 0
    seconds: list[float] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)

    @property
    def lost(self) -> int:
        """Acknowledged chunks and entries that are not there any more."""
        return self.lost_chunks + self.lost_entries


def run(folder: Path, count: int, seed: int, *, synced: bool = True) -> Found:
    """Cut the power ``count`` times under a recorder that goes on from what it finds.

    Args:
        folder: for the disk's image.
        seed: of moments and contents.
        synced: False for the control, whose every life begins with an empty disk, and which ends at its first loss.
    """
    rng, found = random.Random(seed), Found()
    while found.cuts < count:
        rounds = count if synced else 1
        with LoopDisk(folder, DISK) as disk:
            said = Said()
            make(disk.path)
            for _ in range(rounds):
                _one(disk, said, rng, found, synced=synced)
        if found.lost and not synced:
            break
    return found


def _one(disk: LoopDisk, said: Said, rng: random.Random, found: Found, *, synced: bool) -> None:
    before = len(said.entries), sum(said.durable.values())
    fresh = _live_and_die(disk, said, rng, synced=synced)
    disk.unmount()
    disk.mount()
    found.cuts += 1
    found.chunks += sum(said.durable.values()) - before[1]
    found.entries += len(said.entries) - before[0]
    found.codes |= said.codes
    found.findings += [f"a foreign error: {name}" for name in said.foreign]
    try:
        _judge_ring(disk.path / "ring", said, fresh, found)
        _judge_ledger(disk.path, said, found)
    except MiharibanError as error:  # nothing of it can be opened: all is lost
        found.findings.append(str(error))
        found.lost_chunks += sum(said.durable.values())


def _live_and_die(disk: LoopDisk, said: Said, rng: random.Random, *, synced: bool) -> list[str]:
    """A life until the cut, which comes after a random number of lines; returns the clips it began."""
    command = [sys.executable, "-m", "tests.power.life", str(disk.path), str(rng.randrange(1 << 30))]
    command += [] if synced else ["unsynced"]
    known = set(said.begun)
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, cwd=ROOT) as life,
    ):
        assert life.stdout is not None
        lines = []
        for _ in range(rng.randrange(2, 240)):
            lines.append(life.stdout.readline())
            if not lines[-1]:
                errors.seek(0)
                raise AssertionError("a life ended by itself: " + errors.read().decode())
        at = time.monotonic_ns()
        disk.cut(rng.choice((NOLOGFLUSH, NOLOGFLUSH, LOGFLUSH)))
        try:
            life.wait(rng.choice((0.001, 0.03)))  # now and then it lives to see the disk fail
        except subprocess.TimeoutExpired:
            life.kill()
        lines += life.stdout.readlines()
    for line in lines:
        if line.endswith(b"\n"):  # one that the kill has cut off says nothing
            said.hear(line.decode(), at)
    return [clip for clip in said.begun if clip not in known]


def _judge_ring(folder: Path, said: Said, fresh: list[str], found: Found) -> None:
    volume = Volume.open(folder)
    present = {info.clip.hex() for info in volume.clips()}
    behind = dict.fromkeys(CAMERAS, 0)
    for clip in [*said.begun]:
        here = _whole(volume, clip, found) if clip in present else 0
        if clip not in present and _overwritten(volume, clip, said):
            said.forget(clip)
            continue
        found.lost_chunks += max(0, said.durable.get(clip, 0) - here)
        if clip in fresh:
            behind[said.begun[clip][0]] += max(0, said.handed.get(clip, 0) - here)
        said.durable[clip] = said.handed[clip] = here  # what recovery found may not be lost later either
    # And the chunk that the camera was just filling, which no disk has seen.
    found.seconds.append((max(behind.values()) + 1) * CHUNK_S)
    found.findings += [str(each) for each in check_volume(volume, deep=True)]
    volume.close()


def _whole(volume: Volume, clip: str, found: Found) -> int:
    """How many chunks of the clip are there, each as it was written."""
    id_ = bytes.fromhex(clip)
    chunks = [chunk.data for chunk in volume.read(id_)]
    if chunks != [content(id_, number) for number in range(len(chunks))]:
        found.findings.append("other content than was written")
    return len(chunks)


def _overwritten(volume: Volume, clip: str, said: Said) -> bool:
    """Its region came round again in the ring's order: not before all others but those that were open."""
    _, region, generation = said.begun[clip]
    page = volume.keys.load(region)
    return page is not None and page.generation - generation >= REGIONS - 2 * len(CAMERAS)


def _judge_ledger(folder: Path, said: Said, found: Found) -> None:
    book, connection = open_book(folder)
    size = book.store.size()
    found.lost_entries += sum(seq >= size for seq in said.entries)
    found.late += sum(seq >= size for seq in said.late)
    said.late.clear()
    said.entries = set(range(size))  # what recovery found may not be lost later either
    with tempfile.TemporaryDirectory() as aside:
        found.lost_entries += max(0, said.published - served(folder / "ledger", Path(aside) / "copy"))
    publish(book, folder / "ledger")
    verify(folder / "ledger", contents=True)
    found.findings += unmatched(book)
    connection.close()
