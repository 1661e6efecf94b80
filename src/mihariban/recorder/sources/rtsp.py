"""A network camera (RTSP 1.0, RFC 2326, over TCP; H.264 by RFC 6184, H.265 by RFC 7798)."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import av
import av.error
import av.logging
from av.container import InputContainer
from av.packet import Packet as AvPacket
from av.video.stream import VideoStream

from mihariban.base.clock import SECOND, Clock
from mihariban.base.errors import SourceError
from mihariban.recorder.errors import (
    SourceAddressInvalid,
    SourceLoginRefused,
    SourceLost,
    SourceStalled,
    SourceUnreachable,
    SourceUnreadable,
)
from mihariban.recorder.packet import Packet
from mihariban.recorder.sources.container import config_of, usual_interval, video_stream
from mihariban.recorder.sources.credentials import Credentials, has_userinfo, scrub
from mihariban.recorder.sources.live import LiveStream
from mihariban.recorder.sources.sender_report import SenderReports
from mihariban.recorder.sources.timeline import Instant, TimeLimits

_PORT = 554
_UNREACHABLE = frozenset(
    {
        errno.ECONNREFUSED,
        errno.EHOSTUNREACH,
        errno.ENETUNREACH,
        errno.EHOSTDOWN,
        errno.ENETDOWN,
        errno.ETIMEDOUT,
        errno.ECONNRESET,
        errno.EPIPE,
        errno.EIO,  # also what libavformat makes of a name that cannot be resolved
    }
)


@dataclass(frozen=True, slots=True)
class RtspLimits:
    """How long a camera is waited for.

    Attributes:
        open_s: seconds for connecting and describing the stream, each.
        stall_s: seconds without a picture after which the camera counts as lost.
        analyze_s: seconds libavformat may look at the stream before the first packet; parameter sets are read from
            the stream itself, so little is needed.
        key_wait_s: seconds to wait for a first key frame.
        time: how far the clocks are trusted.
    """

    open_s: float = 5.0
    stall_s: float = 5.0
    analyze_s: float = 0.5
    key_wait_s: float = 30.0
    time: TimeLimits = field(default_factory=TimeLimits)


class _Connection:
    """An open stream. Wraps libav's container, whose own ``repr`` would show the password."""

    def __init__(self, name: str, container: InputContainer) -> None:
        self._name = name
        self.container = container

    def __repr__(self) -> str:
        return f"<connection to {self._name}>"

    def close(self) -> None:
        self.container.close()


class RtspSource:
    """Packets of a network camera, as they come. Audio is not even set up.

    Args:
        url: ``rtsp://host[:port]/path`` without a login.
        credentials: basic or digest login, whichever the camera asks for.
        clock: gives arrival times.
        limits: see there.

    Raises:
        SourceAddressInvalid: the address carries a login, has no host, or the login cannot be sent.
    """

    live = True

    def __init__(
        self, url: str, *, credentials: Credentials | None = None, clock: Clock, limits: RtspLimits | None = None
    ) -> None:
        self.name = scrub(url)
        self._credentials = credentials
        self._clock = clock
        self._limits = limits or RtspLimits()
        why = _unusable(url, credentials)
        if why:
            raise SourceAddressInvalid(source=self.name, why=why)
        self._parts = urlsplit(url)

    def __repr__(self) -> str:
        return f"RtspSource({self.name!r})"

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        """One connection's packets in decoding order, until ``stop`` is set.

        Raises:
            SourceError: whatever ended the connection; a live stream never just ends.
        """
        with closing(self._open()) as connection:
            stream = video_stream(connection.container, self.name)
            live = LiveStream(
                self.name,
                config_of(stream),
                usual_interval(stream),
                self._limits.time,
                int(self._limits.key_wait_s * SECOND),
            )
            packets = connection.container.demux(stream)
            reports = SenderReports()
            failure: SourceError | None = None
            before: Instant | None = None
            while failure is None and not stop.is_set():
                raw, failure = self._next(packets)
                now = Instant.read(self._clock)
                if raw is not None:
                    # libavformat hands an access unit out when the next one begins to arrive; so the first sign of
                    # this one was when the one before was handed out.
                    yield from live.take(bytes(raw), raw.pts, raw.dts, before or now, reports.ahead(raw, before, now))
                before = now
            yield from live.drain()
        if failure is not None:
            raise failure

    def _open(self) -> _Connection:
        # libav's log lines carry the whole address; PyAV keeps them off unless somebody turned them on.
        av.logging.set_level(None)
        began = self._clock.monotonic()
        try:
            return _Connection(
                self.name,
                av.open(
                    self._address(),
                    options={
                        "rtsp_transport": "tcp",
                        "allowed_media_types": "video",
                        "analyzeduration": str(int(self._limits.analyze_s * 1_000_000)),
                        "fpsprobesize": "0",
                        "timeout": str(int(max(self._limits.open_s, self._limits.stall_s) * 1_000_000)),
                    },
                    timeout=(self._limits.open_s, self._limits.stall_s),
                ),
            )
        except (av.error.FFmpegError, OSError) as error:
            failure = self._opening_failed(error, (self._clock.monotonic() - began) / SECOND)
        # Raised out here, without a cause: libav's own error holds the address with the login.
        raise failure

    def _next(
        self, packets: Iterator[AvPacket[VideoStream]]
    ) -> tuple[AvPacket[VideoStream] | None, SourceError | None]:
        try:
            raw = next(packets, None)
        except (av.error.FFmpegError, OSError) as error:
            return None, self._reading_failed(error)
        if raw is None or raw.size == 0:
            return None, SourceLost(source=self.name, why="the camera ended the stream")
        return raw, None

    def _opening_failed(self, error: Exception, waited_s: float) -> SourceError:
        if isinstance(error, (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError)):
            return SourceLoginRefused(source=self.name)
        # Interrupted in the middle of an answer, libavformat calls the answer invalid.
        if isinstance(error, av.error.ExitError) or waited_s >= self._limits.open_s:
            return SourceUnreachable(source=self.name, why=f"no answer within {self._limits.open_s:g} s")
        number = getattr(error, "errno", None)
        if number in _UNREACHABLE:
            return SourceUnreachable(source=self.name, why=os.strerror(number))
        return SourceUnreadable(source=self.name, why=self._words(error))

    def _reading_failed(self, error: Exception) -> SourceError:
        if isinstance(error, av.error.ExitError) or getattr(error, "errno", None) == errno.ETIMEDOUT:
            return SourceStalled(source=self.name, seconds=f"{self._limits.stall_s:g}")
        return SourceLost(source=self.name, why=self._words(error))

    def _words(self, error: Exception) -> str:
        words = str(getattr(error, "strerror", None) or type(error).__name__)
        return self._credentials.scrub(words) if self._credentials else scrub(words)

    def _address(self) -> str:
        if self._credentials is None:
            return urlunsplit(self._parts)
        return urlunsplit(self._parts._replace(netloc=f"{self._credentials.userinfo()}@{self._parts.netloc}"))

    def answers(self, timeout_s: float) -> bool:
        """Somebody listens at the camera's port. Costs one TCP handshake; asks for nothing."""
        try:
            with socket.create_connection((self._parts.hostname or "", self._parts.port or _PORT), timeout_s):
                return True
        except OSError:
            return False


def _unusable(url: str, credentials: Credentials | None) -> str | None:
    if has_userinfo(url):
        return "user and password do not belong into the address but into the site's secrets"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return str(error)
    if parts.scheme != "rtsp" or not parts.hostname or port == 0:
        return "write rtsp://host/path"
    return credentials.usable() if credentials else None
