"""From the address in a site file to a source."""

from __future__ import annotations

from pathlib import Path

from mihariban.base.clock import Clock
from mihariban.policy import Credentials as Login
from mihariban.policy import Limits
from mihariban.recorder.errors import SourceAddressInvalid
from mihariban.recorder.sources.base import Source
from mihariban.recorder.sources.credentials import Credentials, has_userinfo, scrub
from mihariban.recorder.sources.file import FileSource
from mihariban.recorder.sources.rtsp import RtspLimits, RtspSource


def make_source(
    address: str,
    *,
    clock: Clock,
    credentials: Login | None = None,
    limits: Limits | None = None,
    starts_at: int = 0,
    real_time: bool = False,
) -> Source:
    """The source behind an address: ``rtsp://…``, ``v4l2:/dev/…``, ``demo:[script]``, or the path of a video file.

    Args:
        starts_at: wall ns of the first picture, for files and the drawn scene.
        real_time: files and the drawn scene no faster than filmed.

    Raises:
        SourceAddressInvalid: a login in the address, or an address nothing here understands.
    """
    if has_userinfo(address):
        raise SourceAddressInvalid(source=scrub(address), why="user and password belong into recorder/secrets.toml")
    limits = limits or Limits()
    scheme, _, rest = address.partition(":")
    if scheme == "rtsp":
        login = None if credentials is None else Credentials(credentials.user, credentials.password)
        times = RtspLimits(open_s=limits.connect_s, stall_s=limits.stall_s)
        return RtspSource(address, credentials=login, clock=clock, limits=times)
    if scheme == "demo":
        from mihariban.recorder.sources.demo import DemoSource

        return DemoSource(script=rest or "day", starts_at=starts_at, clock=clock, real_time=real_time)
    if scheme == "v4l2":
        from mihariban.recorder.sources.v4l2 import V4l2Source

        return V4l2Source(rest, clock=clock)
    if scheme == "file":
        return FileSource(Path(address.removeprefix("file://")), starts_at=starts_at, clock=clock, real_time=real_time)
    if "://" in address:
        raise SourceAddressInvalid(source=scrub(address), why=f"nothing here understands {scheme}://")
    return FileSource(Path(address), starts_at=starts_at, clock=clock, real_time=real_time)
