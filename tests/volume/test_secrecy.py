"""Nothing readable lies on the disk, and a killed process loses nothing that was committed."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

from mihariban.base.clock import SECOND, TurnedClock
from mihariban.volume import Chunk, ClipHeader, CodecConfig, Sample, Volume, check_volume
from tests.volume.support import START, make, record

CANARY = {
    "data": b"\x00\x00\x00\x01canary-in-a-sample",
    "notes": b"canary-of-notes-",
    "visit": b"canary-visit-id-",
    "config": b"canary-extradata",
    "camera": b"canary-cameras-1",
    "boot": b"canary-time-qual",
}


def _everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "root.key")


def test_no_plain_text_reaches_any_file(tmp_path: Path) -> None:
    """16-byte canaries in data, notes, ids, codec configuration, names: in no file; an unencrypted write is found."""
    clock = TurnedClock(START)
    volume = make(tmp_path, clock)
    config = CodecConfig("h264", 64, 48, (1, 1000), CANARY["config"], "annexb")
    keys, ids = [], []
    for lap in range(25):
        writer = volume.begin_clip(CANARY["camera"].decode(), ClipHeader(CANARY["visit"], policy=CANARY["config"]))
        keys.append(writer.inner.entry.key)
        ids.append(writer.clip)
        data = CANARY["data"] * 900
        sample = Sample(len(data), lap, lap, 1, True)
        notes = {"reason": CANARY["notes"].decode()}
        for _ in range(2):
            part = Chunk(0, clock.wall(), 1, "boot", CANARY["boot"].decode(), config, (sample,), data, notes)
            writer.append(part)
            volume.commit()
            clock.turn(SECOND)
        writer.close(notes=notes)
    volume.commit()
    while_open = _everything(tmp_path)
    volume.close()
    found = while_open + _everything(tmp_path)
    for name, canary in CANARY.items():
        assert canary[-16:] not in found, name
    root = (tmp_path / "root.key").read_bytes()
    assert root not in found
    assert not [key for key in keys if key in found]
    assert not [each for each in ids if each in found]
    (tmp_path / "control").write_bytes(b"before" + CANARY["data"] + b"behind")
    assert CANARY["data"][-16:] in _everything(tmp_path)


CHILD = """
    import random, sys
    from pathlib import Path
    from tests.volume.support import START, chunk
    from mihariban.base.clock import TurnedClock, SECOND
    from mihariban.volume import ClipHeader, Volume
    folder, seed = Path(sys.argv[1]), int(sys.argv[2])
    clock = TurnedClock(START + seed * 10_000 * SECOND)
    volume = Volume.open(folder, clock=clock)
    rng = random.Random(seed)
    print("ready", flush=True)
    while True:
        writer = volume.begin_clip(f"c{rng.randrange(2)}", ClipHeader(bytes(16)))
        for number in range(rng.randrange(1, 6)):
            if not writer.append(chunk(clock, number, writer.clip * rng.randrange(1, 2000))):
                break
            volume.commit()
            print(writer.clip.hex(), writer.durable, flush=True)
            clock.turn(SECOND)
        writer.close()
"""


def test_kill_at_any_moment_loses_nothing_committed(tmp_path: Path) -> None:
    """Fifteen times kill -9 of a recording process: every acknowledged chunk that was not overwritten is there, and clean."""
    folder = tmp_path / "volume"
    make(folder, TurnedClock(START)).close()
    rng = random.Random(11)
    for turn in range(15):
        command = [sys.executable, "-c", textwrap.dedent(CHILD), str(folder), str(turn + 1)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as child:
            assert child.stdout is not None
            while child.stdout.readline().strip() != "ready":
                assert child.poll() is None
            lines = [child.stdout.readline() for _ in range(rng.randrange(1, 25))]
            child.send_signal(signal.SIGKILL)
            lines += child.stdout.readlines()
        acknowledged = {}
        for line in lines:
            words = line.split()
            if len(words) == 2 and line.endswith("\n"):
                acknowledged[bytes.fromhex(words[0])] = int(words[1])
        volume = Volume.open(folder, clock=TurnedClock(START + (turn + 2) * 10_000 * SECOND))
        present = {info.clip for info in volume.clips()}
        oldest = min(present)
        for clip, count in acknowledged.items():
            assert clip in present or clip < oldest or count == 0
            if clip in present:
                parts = list(volume.read(clip))
                assert len(parts) >= count
                assert all(part.data == clip * (len(part.data) // 16) for part in parts)
        assert [each for each in check_volume(volume, deep=True) if each.code != "not-in-place"] == []
        record(volume, TurnedClock(START + (turn + 2) * 10_000 * SECOND))
        volume.close()
