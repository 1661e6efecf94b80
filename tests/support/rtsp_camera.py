#!/usr/bin/python3
"""A camera on loopback: an RTSP server that plays access units for ever, without a seam.

Runs under the system's Python because GStreamer's bindings live there. Reads one JSON line from standard input:
``{"clip": path, "codec": "h264" | "hevc", "fps": n, "port": n, "auth": "" | "basic" | "digest", "user": s,
"password": s, "audio": bool, "clock": path | ""}``. The clip is a row of access units in Annex B, each behind four bytes of length.
Where ``clock`` names a file, sender reports come every half second and tell the time that stands there: seconds to add
to the real one (``+3600``), or seconds since 1900 (``42``) as of a camera that knows no date. Read anew for each report.
Prints ``ready PORT`` and serves ``/cam`` until it is killed.
"""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstRtp", "1.0")
from gi.repository import GLib, Gst, GstApp, GstRtp, GstRtsp, GstRtspServer  # noqa: E402, F401  # GstApp gives appsrc its signals

CODECS = {
    "h264": ("h264parse", "rtph264pay", "video/x-h264,stream-format=byte-stream,alignment=au"),
    "hevc": ("h265parse", "rtph265pay", "video/x-h265,stream-format=byte-stream,alignment=au"),
}


def access_units(path: str) -> list[bytes]:
    """The clip's access units."""
    data = Path(path).read_bytes()
    units: list[bytes] = []
    at = 0
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        units.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return units


def launch_line(order: dict) -> str:
    """The pipeline in GStreamer's notation; pay1 is a tone that a recorder without permission must not ask for."""
    parser, payer, _ = CODECS[order["codec"]]
    source = "appsrc name=src is-live=true format=time do-timestamp=false block=true max-bytes=100000"
    video = f"{source} ! {parser} ! {payer} name=pay0 pt=96 config-interval=-1"
    audio = " audiotestsrc is-live=true volume=0.01 ! audio/x-raw,rate=8000 ! alawenc ! rtppcmapay name=pay1 pt=8"
    return f"( {video}{audio if order['audio'] else ''} )"


class Reports:
    """Sender reports with a clock of our choice; everything else as ever."""

    def __init__(self, clock: Path) -> None:
        self._clock = clock
        self._kept: list[object] = []

    def watch(self, media: object) -> None:
        """Wait for the part of the pipeline that makes the reports."""
        pipeline = media.get_element().get_parent()
        pipeline.connect("element-added", self._added)
        self._kept.append(pipeline)

    def _added(self, _pipeline: object, element: object) -> None:
        if element.get_factory().get_name() == "rtpbin":
            element.connect("pad-added", self._begun)

    def _begun(self, rtpbin: object, pad: object) -> None:
        if pad.get_name().startswith("send_rtcp_src_"):
            session = rtpbin.emit("get-internal-session", int(pad.get_name().rpartition("_")[2]))
            session.set_property("rtcp-min-interval", Gst.SECOND // 2)
            session.connect("on-sending-rtcp", self._report)
            self._kept.append(session)

    def _report(self, _session: object, buffer: object, _early: bool) -> bool:
        rtcp, packet = GstRtp.RTCPBuffer(), GstRtp.RTCPPacket()
        GstRtp.RTCPBuffer.map(buffer, Gst.MapFlags.READ | Gst.MapFlags.WRITE, rtcp)
        if rtcp.get_first_packet(packet) and packet.get_type() == GstRtp.RTCPType.SR:
            ssrc, ntp, *rest = packet.sr_get_sender_info()
            word = self._clock.read_text()
            packet.sr_set_sender_info(ssrc, (ntp if word[0] in "+-" else 0) + int(float(word) * 2**32), *rest)
        rtcp.unmap()
        return False


class Camera(GstRtspServer.RTSPMediaFactory):
    """One mount point that feeds the access units at their rate."""

    def __init__(self, order: dict) -> None:
        super().__init__()
        self._units = access_units(order["clip"])
        self._step = Gst.SECOND // order["fps"]
        self._caps = f"{CODECS[order['codec']][2]},framerate={order['fps']}/1"
        self.set_launch(launch_line(order))
        self.set_shared(True)
        self.set_latency(0)
        self._reports = Reports(Path(order["clock"])) if order["clock"] else None

    def do_configure(self, media: object) -> None:
        if self._reports is not None:
            self._reports.watch(media)
        source = media.get_element().get_child_by_name("src")
        source.set_property("caps", Gst.Caps.from_string(self._caps))
        sent = [0]

        def push(element: object, _length: int) -> None:
            buffer = Gst.Buffer.new_wrapped(self._units[sent[0] % len(self._units)])
            buffer.pts = buffer.dts = sent[0] * self._step
            buffer.duration = self._step
            sent[0] += 1
            element.emit("push-buffer", buffer)

        source.connect("need-data", push)


def demand_login(server: object, factory: object, order: dict) -> None:
    """Let nobody in without the user's name and password (RFC 7616, RFC 7617)."""
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    if order["auth"] == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(order["user"], order["password"], token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(order["user"], order["password"]), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(permissions)


def main() -> None:
    order = json.loads(sys.stdin.readline())
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(order["port"]))
    factory = Camera(order)
    server.get_mount_points().add_factory("/cam", factory)
    if order["auth"]:
        demand_login(server, factory, order)
    if not server.attach(None):
        sys.exit("the port is taken")
    print("ready", server.get_bound_port(), flush=True)
    GLib.MainLoop().run()


main()
