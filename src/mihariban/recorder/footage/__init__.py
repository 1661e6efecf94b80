"""Footage out of the ring, in memory: which seconds, as HLS, and as one file.

Nothing here asks who may see it: the deed that calls has verified the grant and entered it before a range is selected.
No picture touches a disk on the way.
"""

from mihariban.recorder.footage.extract import Extract, ExtractFacts, extract
from mihariban.recorder.footage.playlist import master_playlist, media_playlist
from mihariban.recorder.footage.range import Hole, Range, Segment
from mihariban.recorder.footage.segment import InitReply, SegmentReply, init_segment, media_segment
from mihariban.recorder.footage.select import select

__all__ = [
    "Extract",
    "ExtractFacts",
    "Hole",
    "InitReply",
    "Range",
    "Segment",
    "SegmentReply",
    "extract",
    "init_segment",
    "master_playlist",
    "media_playlist",
    "media_segment",
    "select",
]
