"""A camera that is killed, frozen and restarted again and again: does the recorder always come back?"""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.rows import Row, row
from tests.support import clips, drops, rtsp_server

COUNT = 200


def rows() -> list[Row]:
    """Two hundred forced drops of a real RTSP server."""
    why = rtsp_server.missing()
    name, target = f"{COUNT} forced drops of a real camera", "none stuck, each a gap with its cause"
    if why:
        return [row(name, f"not measured: {why}", "", target=target, met=False)]
    with tempfile.TemporaryDirectory() as folder:
        clip = clips.write_units(Path(folder) / "units.bin", "h264")
        with rtsp_server.RtspServer(clip) as server:
            found = drops.force_drops(server, COUNT)
    stuck = sum(drop.stuck for drop in found)
    without = sum(not drop.cause for drop in found)
    back = sorted(drop.back_s for drop in found)
    return [
        row(
            name,
            f"{stuck} stuck",
            f"({without} without a cause)",
            target=target,
            met=stuck == 0 and without == 0,
            **{"back after the camera is": f"median {back[len(back) // 2]:.2f} s, longest {back[-1]:.2f} s"},
        )
    ]
