"""From an address to a source."""

from __future__ import annotations

import pytest

from mihariban.base.clock import SECOND, TurnedClock
from mihariban.policy import Credentials, Limits
from mihariban.recorder.errors import SourceAddressInvalid
from mihariban.recorder.sources.connect import make_source
from mihariban.recorder.sources.demo import DemoSource
from mihariban.recorder.sources.file import FileSource
from mihariban.recorder.sources.rtsp import RtspSource
from mihariban.recorder.sources.v4l2 import V4l2Source

CLOCK = TurnedClock(1_700_000_000 * SECOND)


@pytest.mark.parametrize(
    ("address", "kind", "live"),
    [
        ("rtsp://192.0.2.7/stream1", RtspSource, True),
        ("rtsp://[2001:db8::7]:8554/a?b=c", RtspSource, True),
        ("v4l2:/dev/video0", V4l2Source, True),
        ("demo:", DemoSource, False),
        ("/films/a.mp4", FileSource, False),
        ("films/名前 @ b.mp4", FileSource, False),
        ("file:///films/a.mp4", FileSource, False),
    ],
)
def test_each_kind_of_address_gives_its_source(address: str, kind: type, live: bool) -> None:
    """Nothing is opened yet."""
    source = make_source(address, clock=CLOCK, credentials=Credentials("viewer", "secret"), limits=Limits())
    assert isinstance(source, kind)
    assert source.live is live
    assert "secret" not in f"{source!r} {source.name}"


@pytest.mark.parametrize(
    "address",
    [
        "rtsp://viewer:hunter2@192.0.2.7/s",
        "rtsp://viewer:hun%40ter2@192.0.2.7/s",
        "rtsp:///s",
        "rtsp://cam:99999999/s",
        "http://cam/s",
        "rtsps://cam/s",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(address: str) -> None:
    """The error names the address, never a login in it."""
    with pytest.raises(SourceAddressInvalid) as caught:
        make_source(address, clock=CLOCK)
    shown = f"{caught.value} {caught.value.text('ja')} {caught.value.as_json()} {caught.value!r}"
    assert "hunter2" not in shown
    assert "ter2" not in shown


def test_a_login_that_cannot_be_sent_is_refused() -> None:
    """Too long for libavformat: said at once, not as a wrong password later."""
    with pytest.raises(SourceAddressInvalid, match="127") as caught:
        make_source("rtsp://cam/s", clock=CLOCK, credentials=Credentials("viewer", "s3cret" * 40))
    assert "s3cret" not in str(caught.value)
