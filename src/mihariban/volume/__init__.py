"""The encrypted ring: one pre-written file of fixed regions, and the table of the clips' keys."""

from mihariban.volume.catalogue import ClipInfo
from mihariban.volume.check import check_volume
from mihariban.volume.chunk import Chunk, CodecConfig, Sample
from mihariban.volume.create import VolumeSpec, create_volume
from mihariban.volume.errors import (
    ChunkDamaged,
    ClipRefused,
    ClipUnknown,
    HoldShareFull,
    VolumeFull,
    VolumeIoError,
)
from mihariban.volume.finding import Finding
from mihariban.volume.page import ClipHeader, ClipKind
from mihariban.volume.stat import VolumeStat
from mihariban.volume.table import ChunkInfo
from mihariban.volume.volume import ClipWriter, Volume

__all__ = [
    "Chunk",
    "ChunkDamaged",
    "ChunkInfo",
    "ClipHeader",
    "ClipInfo",
    "ClipKind",
    "ClipRefused",
    "ClipUnknown",
    "ClipWriter",
    "CodecConfig",
    "Finding",
    "HoldShareFull",
    "Sample",
    "Volume",
    "VolumeFull",
    "VolumeIoError",
    "VolumeSpec",
    "VolumeStat",
    "check_volume",
    "create_volume",
]
