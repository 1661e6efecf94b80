"""What a camera's RTCP sender reports (RFC 3550, 6.4.1) say of its clock; libavformat hangs each on the next packet.

Only the instant of sending is used, not the mapping to RTP time that stands beside it: many cameras get that wrong.
"""

from __future__ import annotations

import struct
from typing import Final

from av.packet import Packet
from av.video.stream import VideoStream

from mihariban.base.clock import SECOND
from mihariban.recorder.sources.timeline import Instant

NTP_TO_UNIX_S: Final = 2_208_988_800
"""Seconds from 1900 to 1970."""
LONGEST_WAIT: Final = 2 * SECOND
"""A report that may have waited longer than this to be read tells nothing (ns)."""
_LAYOUT: Final = struct.Struct("=I4xQIII4x")  # AVRTCPSenderReport: source, NTP, RTP, packets, octets


def from_ntp(ntp: int) -> int:
    """An NTP timestamp of 64 bits, era 0 (to February 2036), as ns since 1970 UTC."""
    return ((ntp >> 32) - NTP_TO_UNIX_S) * SECOND + ((ntp & 0xFFFF_FFFF) * SECOND >> 32)


class SenderReports:
    """The reports of one connection."""

    def __init__(self) -> None:
        self._last = b""

    def ahead(self, packet: Packet[VideoStream], before: Instant | None, now: Instant) -> int | None:
        """How far the camera's clock is ahead of ours, ns; None where no new report came with this packet.

        Args:
            packet: as demuxed.
            before: when the packet before it was handed out: the report came in since.
            now: when this one was.
        """
        if not packet.has_sidedata("rtcp_sr"):
            return None
        report = bytes(packet.get_sidedata("rtcp_sr"))
        known, self._last = report == self._last, report
        if known or len(report) != _LAYOUT.size or before is None or now.monotonic - before.monotonic > LONGEST_WAIT:
            return None
        return from_ntp(_LAYOUT.unpack(report)[1]) - (before.wall + now.wall) // 2
