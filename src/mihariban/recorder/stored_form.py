"""How pictures lie in the ring: NAL units behind their lengths (ISO/IEC 14496-15), as every MP4 wants them.

A camera's stream separates them by start codes (Annex B), which can be anywhere. They are looked for once, when a
picture is stored, instead of each time footage is asked for: what leaves the recorder then is the stored bytes as they
lie. Coded pictures are not touched. Parameter sets that the configuration tells anyway are left out, as 14496-15 wants;
one that it does not tell stays where it was.
"""

from __future__ import annotations

from dataclasses import replace

from mihariban.recorder.packet import StreamConfig
from mihariban.recorder.sources import nal
from mihariban.recorder.sources.parameters import decoder_record, sets_in

LENGTH = 4


class StoredForm:
    """The form of one configuration. ``config`` describes what ``data`` returns."""

    def __init__(self, given: StreamConfig) -> None:
        self.given = given
        self.config = given
        self._told: frozenset[bytes] = frozenset()
        if given.framing == "annexb":
            self._convert(given)

    @property
    def converts(self) -> bool:
        """Data is not stored as it comes."""
        return self.config is not self.given

    def data(self, given: bytes) -> bytes:
        """An access unit as it is stored."""
        if not self.converts:
            return given
        units = [unit for unit in nal.units(given, "annexb") if unit not in self._told]
        parts = [part for unit in units for part in (len(unit).to_bytes(LENGTH, "big"), unit)]
        return b"".join(parts)

    def _convert(self, given: StreamConfig) -> None:
        codec: nal.VideoCodec = "h264" if given.codec == "h264" else "hevc"
        sets = [unit for unit in sets_in(given) if nal.is_parameter_set(nal.unit_type(unit, codec), codec)]
        try:
            record = decoder_record(sets, codec)
            nal.picture_format(next(unit for unit in sets if nal.is_sequence_set(unit, codec)), codec)
        except ValueError:  # a decoder finds its parameter sets between the pictures, or not at all
            return
        self._told = frozenset(sets)
        self.config = replace(given, extradata=record, framing="length")
