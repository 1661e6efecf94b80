"""A short video of a room that somebody enters and leaves, made with x264: small, quick, the same every time."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

SIZE = (192, 108)
FPS = 5
CANARY = b"CANARY-IN-SEI-0123456789abcdef"


def room_video(
    path: Path, spans: list[tuple[float, float]], seconds: float, *, group_s: float = 2.0, canary: bool = False
) -> Path:
    """Write a video of ``seconds`` in which somebody stands in the middle in each span (from, to)."""
    rng = np.random.default_rng(7)
    room = rng.integers(90, 170, (SIZE[1] // 4, SIZE[0] // 4)).astype(np.float32).repeat(4, 0).repeat(4, 1)
    room = (room + np.roll(room, 3, 0) + np.roll(room, 3, 1)) / 3
    person = rng.integers(10, 80, (20, 10)).astype(np.float32).repeat(4, 0).repeat(4, 1)
    options = {"preset": "ultrafast", "tune": "zerolatency", "crf": "20", "g": str(round(group_s * FPS)), "bf": "0"}
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.options = {**options, "sc_threshold": "0"}
        for number in range(round(seconds * FPS)):
            picture = room + rng.normal(0, 1.5, room.shape)
            _stand(picture, person, number / FPS, spans)
            frame = av.VideoFrame.from_ndarray(np.clip(picture, 0, 255).astype(np.uint8), format="gray")
            frame = frame.reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    if canary:
        _with_canary(path)
    return path


def _stand(
    picture: NDArray[np.floating], person: NDArray[np.float32], t: float, spans: list[tuple[float, float]]
) -> None:
    for begin, end in spans:
        if begin <= t < end:
            walk = max(0.0, 1 - (t - begin) / 1.0, 1 - (end - t) / 1.0)
            left = round((SIZE[0] - person.shape[1]) / 2 * (1 - walk) - person.shape[1] * walk)
            top = SIZE[1] - person.shape[0] + round(np.sin(t))
            visible = picture[top : top + person.shape[0], max(0, left) : left + person.shape[1]]
            visible[:] = person[: visible.shape[0], person.shape[1] - visible.shape[1] :]


def _with_canary(path: Path) -> None:
    """Put an SEI message (ISO/IEC 14496-10 D.1.6, user data unregistered) with the canary before each key frame."""
    temporary = path.with_suffix(".canary.mp4")
    payload = bytes(16) + CANARY
    nal = b"\x06\x05" + bytes([len(payload)]) + payload + b"\x80"
    with av.open(str(path)) as source, av.open(str(temporary), "w") as target:
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        for raw in source.demux(stream):
            if raw.dts is None:
                continue
            data = len(nal).to_bytes(4, "big") + nal + bytes(raw) if raw.is_keyframe else bytes(raw)
            packet = av.Packet(data)
            packet.pts, packet.dts, packet.duration = raw.pts, raw.dts, raw.duration
            packet.time_base, packet.is_keyframe, packet.stream = raw.time_base, raw.is_keyframe, copy
            target.mux(packet)
    temporary.replace(path)
