"""The real footage and six variants of it, made once and kept: each is the same six visits, filmed otherwise."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, NamedTuple

import av
import numpy as np
from numpy.typing import NDArray

_DURATION_S: Final = 139.4
_GRAIN_LEVELS: Final = 6.0  # standard deviation
_RECIPE: Final = "1"  # in the name of every kept file: another number makes all of them anew

Picture = NDArray[np.uint8]  # yuv420p as PyAV lays it out: luma above, the two chroma planes below
Change = Callable[[Picture, int, int], Picture]  # picture, its height, its number
Span = tuple[float, float]


class Variant(NamedTuple):
    """One way to film the same six visits.

    Attributes:
        rate: pictures per second.
        group_s: seconds between key frames.
        bit_rate: bits per second; 0 leaves it to the picture.
        change: what is done to each picture; None leaves it.
        backwards: time runs backwards.
    """

    rate: int = 10
    group_s: float = 1.0
    bit_rate: int = 0
    change: Change | None = None
    backwards: bool = False


def _mirror(picture: Picture, height: int, _number: int) -> Picture:
    """Left becomes right; each chroma row of the layout holds two rows of the picture side by side."""
    chroma = picture[height:].reshape(-1, picture.shape[1] // 2)[:, ::-1]
    return np.vstack((picture[:height, ::-1], chroma.reshape(-1, picture.shape[1])))


def _brightness(factor: float) -> Change:
    def change(picture: Picture, height: int, _number: int) -> Picture:
        luma = np.clip(picture[:height].astype(np.float32) * factor, 0, 255).astype(np.uint8)
        return np.vstack((luma, picture[height:]))

    return change


def _grain(picture: Picture, height: int, number: int) -> Picture:
    noise = np.random.default_rng(number).normal(0, _GRAIN_LEVELS, (height, picture.shape[1])).astype(np.float32)
    luma = np.clip(picture[:height] + noise, 0, 255).astype(np.uint8)
    return np.vstack((luma, picture[height:]))


VARIANTS: Final[dict[str, Variant | None]] = {
    "original": None,
    "mirrored": Variant(change=_mirror),
    "reversed": Variant(backwards=True),
    "grain": Variant(rate=15, group_s=2.0, bit_rate=3_000_000, change=_grain),
    "long-groups": Variant(group_s=4.0),
    "dark": Variant(change=_brightness(0.6)),
    "bright": Variant(change=_brightness(1.4)),
}


def footage_folder() -> Path:
    """Where the real footage lies: ``MIHARIBAN_FOOTAGE``, else beside the repository."""
    beside = Path(__file__).resolve().parents[4] / "shared" / "footage"
    return Path(os.environ.get("MIHARIBAN_FOOTAGE", beside))


def truth_of(name: str, folder: Path | None = None) -> list[Span]:
    """Enter and leave of the six visits in a variant, seconds from its start."""
    with ((folder or footage_folder()) / "one-by-one.truth.csv").open(encoding="utf-8") as file:
        spans = [(float(row["enter_s"]), float(row["leave_s"])) for row in csv.DictReader(file)]
    variant = VARIANTS[name]
    if variant is not None and variant.backwards:
        return [(_DURATION_S - leave, _DURATION_S - enter) for enter, leave in reversed(spans)]
    return spans


def variant_file(name: str, folder: Path | None = None, cache: Path | None = None) -> Path:
    """The video file of a variant, made on first use.

    Raises:
        FileNotFoundError: there is no real footage.
    """
    source = (folder or footage_folder()) / "one-by-one.mp4"
    if not source.exists():
        raise FileNotFoundError(source)
    variant = VARIANTS[name]
    if variant is None:
        return source
    cache = cache or Path(tempfile.gettempdir()) / f"mihariban-footage-{os.getuid()}"
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = cache / f"{name}-{_RECIPE}.mp4"
    if not made.exists():
        partial = cache / f"{name}-{os.getpid()}.partial.mp4"
        _make(source, partial, variant)
        partial.replace(made)  # several test processes may make it at once: the last one wins, all are alike
    return made


def _make(source: Path, target: Path, variant: Variant) -> None:
    with av.open(str(source)) as reader, av.open(str(target), "w") as writer:
        stream = reader.streams.video[0]
        output: Any = writer.add_stream("libx264", rate=variant.rate, options=_options(variant))
        output.width, output.height, output.pix_fmt = stream.width, stream.height, "yuv420p"
        output.codec_context.thread_count = 1
        for number, picture in enumerate(_pictures(reader.decode(stream), variant)):
            changed = variant.change(picture, stream.height, number) if variant.change else picture
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(changed), "yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, variant.rate)
            writer.mux(output.encode(frame))
        writer.mux(output.encode(None))


def _options(variant: Variant) -> dict[str, str]:
    group = str(round(variant.group_s * variant.rate))
    options = {"preset": "veryfast", "g": group, "keyint_min": group, "sc_threshold": "0", "bf": "0"}
    if not variant.bit_rate:
        return options | {"crf": "23"}
    rate = str(variant.bit_rate)
    return options | {"b": rate, "maxrate": rate, "bufsize": rate}


def _pictures(frames: Iterator[Any], variant: Variant) -> Iterator[Picture]:
    """Pictures at the variant's rate; the footage has ten a second."""
    if variant.backwards:
        # The whole clip decoded is 700 MB; the luma and chroma of one in memory at a time are not enough to turn it
        # round, so it is kept compressed by numpy's own means: in one array on disk.
        with tempfile.TemporaryFile() as file:
            size = 0
            for frame in frames:
                data = frame.to_ndarray()
                file.write(data.tobytes())
                shape, size = data.shape, size + 1
            for number in range(size - 1, -1, -1):
                file.seek(number * shape[0] * shape[1])
                yield np.frombuffer(file.read(shape[0] * shape[1]), dtype=np.uint8).reshape(shape)
        return
    number = 0
    for index, frame in enumerate(frames):
        data = frame.to_ndarray()
        while number * 10 < (index + 1) * variant.rate:
            yield data
            number += 1
