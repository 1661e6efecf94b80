"""A PNG with a palette: pages have few colours, and the pictures in the docs should stay small."""

from __future__ import annotations

import io
from fractions import Fraction

import av
import av.filter

COLOURS = 128


def with_palette(png: bytes) -> bytes:
    """The same picture with at most ``COLOURS`` colours, without dithering."""
    with av.open(io.BytesIO(png), "r") as read:
        frame = next(read.decode(video=0)).reformat(format="rgb24")
    frame.pts = 0
    graph = _graph(frame.width, frame.height)
    graph.push(frame)
    graph.push(None)
    made = graph.pull()
    if not isinstance(made, av.VideoFrame):
        raise TypeError("the filter gave no picture")
    codec = av.CodecContext.create("png", "w")
    codec.width, codec.height, codec.pix_fmt, codec.time_base = made.width, made.height, "pal8", Fraction(1, 1)
    codec.options = {"compression_level": "9", "pred": "none"}
    return b"".join(bytes(packet) for packet in [*codec.encode(made), *codec.encode(None)])


def _graph(width: int, height: int) -> av.filter.Graph:
    graph = av.filter.Graph()
    form = av.VideoFormat("rgb24", width, height)
    source = graph.add_buffer(width=width, height=height, format=form, time_base=Fraction(1, 1))
    split, sink = graph.add("split"), graph.add("buffersink")
    palette = graph.add("palettegen", f"max_colors={COLOURS}:stats_mode=single:reserve_transparent=0")
    use = graph.add("paletteuse", "dither=none:new=1")
    source.link_to(split)
    split.link_to(use, 0, 0)
    split.link_to(palette, 1, 0)
    palette.link_to(use, 0, 1)
    use.link_to(sink)
    graph.configure()
    return graph
