"""The format on the disk, pinned: a volume made by this format must be readable by every later version."""

from __future__ import annotations

import hashlib
import lzma
import os
import random
from pathlib import Path

from mihariban.base.clock import SECOND, TurnedClock
from mihariban.volume import ClipHeader, ClipKind, Volume, VolumeSpec, check_volume
from tests.volume.support import START, chunk

GOLDEN = Path(__file__).parent / "golden-1.xz"
FILES = ("ring.vol", "keys.tab", "root.key")
SHA256 = "e7e5a811e45ce43478459dd83ce76ef1108a3ba8ecdc2d50c75616465985984e"


def _write(folder: Path) -> None:
    """Two visits, a scene, a held clip, a destroyed one; everything random from one seed."""
    clock = TurnedClock(START)
    spec = VolumeSpec(8192 + 4 * (32 << 10), 32 << 10, 0.25, "hall", "r1", page_size=1024)
    volume = Volume.create(folder, spec, clock=clock, random=random.Random(2016).randbytes)
    volume._random = os.urandom  # what the index draws is no part of the format
    clips = []
    for number, kind in enumerate((ClipKind.VISIT, ClipKind.SCENE, ClipKind.VISIT)):
        header = ClipHeader(bytes([number]) * 16, kind, START + 5000 * SECOND, START + 50 * SECOND, b"policy")
        writer = volume.begin_clip("front", header)
        for part in range(2):
            assert writer.append(chunk(clock, part, bytes([65 + number]) * 700, {"part": part}))
            clock.turn(SECOND)
        writer.close(notes={"reason": "left"})
        volume.commit()
        clips.append(writer.clip)
    volume.hold(clips[0])
    volume.destroy(clips[2], before_minimum=True)
    volume.close()


def _bytes(folder: Path) -> bytes:
    return b"".join((folder / name).read_bytes() for name in FILES)


def test_the_format_is_what_it_was(tmp_path: Path) -> None:
    """The same script with the same randomness gives the same bytes; another hash is another format version.

    It changed once within format 1: flag 16 of a chunk's row, which readers of before pass over and whose absence says
    nothing. The checked-in volume is of before.
    """
    _write(tmp_path)
    assert hashlib.sha256(_placeless(tmp_path)).hexdigest() == SHA256


def _placeless(folder: Path) -> bytes:
    """Without the superblocks: they tell where the file lies on this disk."""
    return _bytes(folder)[8192:]


def test_an_old_volume_can_be_read(tmp_path: Path) -> None:
    """The checked-in volume of format 1 opens, on another disk than it was made on, and gives its footage."""
    raw = lzma.decompress(GOLDEN.read_bytes())
    ring, keys = 8192 + 4 * (32 << 10), 4096 + 4 * 2 * 1024
    for name, part in zip(FILES, (raw[:ring], raw[ring : ring + keys], raw[ring + keys :]), strict=True):
        (tmp_path / name).write_bytes(part)
    (tmp_path / "root.key").chmod(0o600)
    volume = Volume.open(tmp_path, clock=TurnedClock(START + 100 * SECOND), site="hall")
    infos = volume.clips()
    assert [(info.kind, info.holds, info.notes) for info in infos] == [
        (ClipKind.VISIT, 1, {"reason": "left"}),
        (ClipKind.SCENE, 0, {"reason": "left"}),
    ]
    assert [[part.data for part in volume.read(info.clip)] for info in infos] == [[b"A" * 700] * 2, [b"B" * 700] * 2]
    found = {each.code for each in check_volume(volume, deep=True)}
    assert found - {"volume-moved", "not-in-place"} == {"hold-count"}  # made before holds had papers
    volume.close()
