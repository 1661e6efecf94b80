"""One picture for setting a camera up, under its entry; given out and never kept."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import av

from mihariban.ledger.tags import Tag
from mihariban.recorder.actions.decided import draft_of
from mihariban.recorder.contract.orders import StillOrder
from mihariban.recorder.decision import Decision
from mihariban.recorder.errors import NoPictureNow
from mihariban.recorder.playback import pictures

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder

QUALITY = 4
"""Quantiser of the JPEG: the zone must be seen well, no more."""


def take_still(recorder: Recorder, decision: Decision[StillOrder]) -> bytes:
    """The newest picture of a camera as JPEG.

    Raises:
        NoPictureNow: the camera shows nothing now.
        LedgerUnwritable: no picture was taken.
    """
    camera = decision.order.camera
    channel = recorder.channels.get(camera)
    packets = channel.pipeline.newest_group() if channel else []
    if not packets:
        raise NoPictureNow(camera=camera)
    draft = draft_of(recorder, decision, Tag.FOOTAGE_STILL_TAKE, {"camera": camera})
    with recorder.control.ledger.deed(draft) as deed:
        shown = list(pictures(packets))
        if not shown:
            raise NoPictureNow(camera=camera)
        data = _jpeg(av.VideoFrame.from_ndarray(shown[-1][1], format="rgb24"))
        deed.add(bytes=len(data))
    return data


def _jpeg(frame: av.VideoFrame) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="image2pipe") as container:
        stream = container.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "yuvj420p"
        stream.codec_context.qmin = stream.codec_context.qmax = QUALITY
        for packet in stream.encode(frame):
            container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return out.getvalue()
