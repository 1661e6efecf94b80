"""The playlist: as RFC 8216 wants it, and as a player that is not ours takes it from a web server."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from mihariban.base.clock import SECOND
from mihariban.recorder.footage import (
    Range,
    init_segment,
    master_playlist,
    media_playlist,
    media_segment,
)
from mihariban.recorder.footage.playlist import TRANSCODED
from tests.recorder.footage.scenes import OFFSET, START, Ring, coded, near, ring_of

PLAYER = shutil.which("ffprobe")


def test_the_list_tells_times_and_holes(tmp_path: Path) -> None:
    """Word for word."""
    for ring in ring_of(tmp_path / "r", coded(seconds=16, gop=30), (2, 8), (12, 15)):
        assert media_playlist(ring.select(1, 20)).splitlines() == [
            "#EXTM3U",
            "#EXT-X-VERSION:7",
            "#EXT-X-TARGETDURATION:6",
            "#EXT-X-MEDIA-SEQUENCE:0",
            "#EXT-X-PLAYLIST-TYPE:VOD",
            "#EXT-X-INDEPENDENT-SEGMENTS",
            '#EXT-X-MAP:URI="init-0.mp4"',
            "#EXT-X-PROGRAM-DATE-TIME:2026-11-22T00:00:02.000Z",
            "#EXTINF:4.000000,",
            "seg-00000.m4s",
            "#EXTINF:1.999630,",
            "seg-00001.m4s",
            '#EXT-X-DATERANGE:ID="hole-0",CLASS="mihariban.hole",START-DATE="2026-11-22T00:00:08.000Z",'
            'DURATION=4.000370,X-REASON="no_visit"',
            "#EXT-X-DISCONTINUITY",
            "#EXT-X-PROGRAM-DATE-TIME:2026-11-22T00:00:12.000Z",
            "#EXTINF:2.999630,",
            "seg-00002.m4s",
            '#EXT-X-DATERANGE:ID="hole-1",CLASS="mihariban.hole",START-DATE="2026-11-22T00:00:15.000Z",'
            'DURATION=5.000000,X-REASON="no_visit"',
            "#EXT-X-ENDLIST",
        ]


def test_another_coding_has_an_initialisation_of_its_own(tmp_path: Path) -> None:
    """After a discontinuity; the variant names both codecs, or H.264 alone where they are coded anew."""
    ring = Ring(tmp_path / "r")
    ring.visit(coded("h264", seconds=8), 0, 6)
    ring.visit(coded("hevc", seconds=16), 6, 14)
    found = ring.select(0, 14)
    listed = media_playlist(found)
    assert listed.count("#EXT-X-MAP") == 2
    assert listed.index("#EXT-X-DISCONTINUITY") < listed.index('URI="init-1.mp4"')
    assert 'CODECS="avc1.42c00a,hvc1.1.6.L30.90"' in master_playlist(found)
    anew = ring.select(0, 14, transcode=True)
    assert TRANSCODED in media_playlist(anew)
    assert TRANSCODED not in listed
    assert "hvc1" not in master_playlist(anew)
    ring.close()


@contextmanager
def _served(ring: Ring, found: Range) -> Iterator[str]:
    """A web server on this machine that makes playlist, initialisations and segments as they are asked for."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.lstrip("/")
            if name == "media.m3u8":
                body = media_playlist(found).encode()
            elif name.startswith("init-"):
                body = init_segment(found, int(name[5:-4])).data
            else:
                body = media_segment(ring.volume, found, int(name[4:-4])).data
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/media.m3u8"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.skipif(PLAYER is None, reason="FFPROBE MISSING: the playlist is NOT tried with a player that is not ours")
@pytest.mark.parametrize(("codec", "framing", "bframes", "anew"), [
    ("h264", "annexb", 0, False),
    ("h264", "length", 2, False),
    ("hevc", "annexb", 0, False),
    ("hevc", "annexb", 2, True),
])  # fmt: skip
def test_a_player_shows_it_from_a_web_server(
    tmp_path: Path, codec: str, framing: str, bframes: int, anew: bool
) -> None:
    """Every picture at its moment, the hole as a jump; nothing outside the range arrives, no complaint."""
    packets = coded(codec, seconds=24, framing=framing, bframes=bframes, gop=30)
    for ring in ring_of(tmp_path / "r", packets, (2, 10), (14, 22)):
        found = ring.select(3, 22, transcode=anew)
        with _served(ring, found) as address:
            command = [PLAYER or "", "-v", "warning", "-show_entries", "frame=pts_time", "-of", "json", address]
            done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        assert done.stderr == b""
        times = [float(frame["pts_time"]) for frame in json.loads(done.stdout)["frames"]]
        walls = [START + OFFSET + 4 * SECOND + round((time - times[0]) * SECOND) for time in times]
        assert near(walls, ring.expected(3, 22, (2, 10), (14, 22)))
