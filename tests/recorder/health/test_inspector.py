"""Each fault of a camera is found within a minute and over when it is over; people, light and clean pictures are none."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from mihariban.base.clock import SECOND
from mihariban.recorder.health.memory import CameraMemory
from mihariban.recorder.packet import Packet, StreamConfig
from mihariban.recorder.presence import PresenceSettings, Watcher, Zone
from mihariban.recorder.presence.arrays import shrink
from mihariban.recorder.sources.demo import DEMO_ZONE, DemoSource
from tests.recorder.health.rig import START, Rig, blurred, filmed, hall
from tests.scenes.case import encoder_for
from tests.scenes.plan import SMOKE, cases

_BESIDE = Path(__file__).parents[4] / "shared" / "footage"
FOOTAGE = Path(os.environ.get("MIHARIBAN_FOOTAGE", _BESIDE)) / "one-by-one.mp4"
HALL = hall()
Fault = Callable[[NDArray[np.float32], int], NDArray[np.uint8]]


def _other(_: object, number: int) -> NDArray[np.uint8]:
    return filmed(hall(99), number)


FAULTS: dict[str, tuple[str, Fault]] = {
    "a dark cloth": ("camera_covered", lambda p, n: filmed(np.full_like(p, 45), n)),
    "a hand": ("camera_covered", lambda p, n: filmed(np.full_like(p, 150) + np.linspace(0, 30 + n % 5, p.shape[1]), n)),
    "no light at all": ("camera_dark", lambda p, n: filmed(np.full_like(p, 16), n)),
    "knocked a little": ("camera_moved", lambda p, n: filmed(np.roll(p, (5, 8), (0, 1)), n)),
    "turned by a quarter": ("camera_moved", lambda p, n: filmed(np.roll(p, (60, 140), (0, 1)), n)),
    "out of focus": ("camera_defocused", lambda p, n: filmed(blurred(p, 2.5), n)),
    "one and the same picture": ("camera_frozen", lambda p, n: filmed(p, 7)),
    "another place": ("camera_replaced", _other),
    "upside down": ("camera_replaced", lambda p, n: filmed(p[::-1, ::-1], n)),
}


@pytest.mark.parametrize("pace", [2.0, 8.0], ids=["small stream", "large stream"])
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_within_a_minute_and_ends(name: str, pace: float) -> None:
    """With figures; nothing else is found, and it ends when the view is back. Eight seconds are the longest look."""
    kind, fault = FAULTS[name]
    rig = Rig(pace=pace)
    for number in range(30):
        rig.show(filmed(HALL, number))
    assert rig.kinds == []
    began = rig.now
    for number in range(round(100 / pace)):
        rig.show(fault(HALL, 1000 + number))
    assert rig.kinds == [kind]
    assert rig.told[0][1] - began <= 60
    assert rig.begun[0].figures
    assert rig.ended == []
    for number in range(round(60 / pace)):
        rig.show(filmed(HALL, 2000 + number))
    assert [finding.kind.value for finding in rig.ended] == [kind]
    assert rig.health.current() == ()


_LONGER = ("lights_absence", "lights_presence", "exposure", "handover", "clock", "flicker")
"""Conditions whose six visits of the tuning split are shown too: minutes in which "frozen" could be believed."""


@pytest.mark.parametrize("split", ["smoke", "tuning"])
def test_no_finding_in_any_labelled_scene(split: str) -> None:
    """Lamps, sunrise, exposure, flicker, noise, screens, hand-overs and people who fill the picture."""
    for condition in SMOKE if split == "smoke" else _LONGER:
        if condition == "left_behind":  # twelve minutes of an ordinary hall: nothing in it is new
            continue
        case = replace(next(cases(split, (condition,))), fps=1)  # type: ignore[arg-type]  # one of the splits
        rig = Rig(pace=1.0)
        for part in range(len(case.parts) or 1):
            for _, picture in case.frames(part):
                rig.show(picture[: case.size[1]].copy())
        assert rig.kinds == [], condition


def _decoded(path: Path, every: int) -> Iterator[NDArray[np.uint8]]:
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number % every == 0:
                yield frame.to_ndarray(format="gray")


@pytest.mark.footage
@pytest.mark.skipif(not FOOTAGE.is_file(), reason="THE REAL FOOTAGE IS NOT JUDGED: set MIHARIBAN_FOOTAGE to its folder")
@pytest.mark.parametrize("gain", [1.0, 0.6, 1.4])
def test_no_finding_in_the_real_footage(gain: float) -> None:
    """Six people at a table, twice through, as filmed, darker and brighter."""
    rig = Rig(pace=1.0)
    for _ in range(2):
        for picture in _decoded(FOOTAGE, 10):
            rig.show(np.clip(picture * np.float32(gain), 0, 255).astype(np.uint8))
    assert rig.kinds == []


def test_the_drawn_camera_is_found_covered_through_the_watcher() -> None:
    """From packets, with the pictures that presence decodes and none beside; before and after nothing is found."""
    rig = Rig()
    watcher = Watcher(PresenceSettings(), Zone((DEMO_ZONE,)))
    rig.camera._occupied = lambda: watcher.occupied
    watcher.on_picture = rig.camera.picture
    source = DemoSource(starts_at=START, fps=2, covered=(40, 90))
    for packet in source.packets(threading.Event()):
        rig.clock.turn_to(packet.wall)
        watcher.feed(packet)
        rig.camera.packet(packet.config)
        if packet.key:
            rig.tick()
        if rig.now > 125:
            break
    assert rig.kinds == ["camera_covered"]
    assert rig.told[0][1] <= 40 + 60
    assert abs((rig.begun[0].began - START) / SECOND - 40) <= 10
    assert [finding.kind.value for finding in rig.ended] == ["camera_covered"]
    assert 90 <= ((rig.ended[0].ended or 0) - START) / SECOND <= 110


def test_a_person_who_fills_nine_tenths_of_the_picture_covers_nothing() -> None:
    """In a flat coat, for two minutes, swaying by a pixel or two."""
    rig = Rig(pace=4.0)
    for number in range(15):
        rig.show(filmed(HALL, number))
    for number in range(30):
        picture = HALL.copy()
        left = 30 + round(3 * np.sin(number))
        picture[30:, left : left + 515] = 70
        picture[30:90, left + 200 : left + 300] = 170  # a face
        rig.show(filmed(picture, 100 + number))
    assert rig.kinds == []


def test_a_clean_stream_is_never_called_frozen() -> None:
    """Identical pictures without any noise ever: the camera cannot be judged, and that is no finding."""
    rig = Rig()
    for _ in range(200):
        rig.show(filmed(HALL, 0, grain=0))
    assert rig.kinds == []


def test_a_frozen_picture_under_a_running_clock_is_found() -> None:
    """The camera's own overlay goes on while its sensor hangs."""
    rig = Rig()
    for number in range(30):
        rig.show(filmed(HALL, number))
    still = filmed(HALL, 5)
    for number in range(30):
        picture = still.copy()
        picture[4:24, 4:180] = np.random.default_rng(number).integers(16, 235, (20, 176))
        rig.show(picture)
    assert rig.kinds == ["camera_frozen"]


def test_outside_the_permitted_hours_nothing_is_judged() -> None:
    """A cover put on and taken off while closed is no finding; one found before closing lasts until opening."""
    rig = Rig()
    for number in range(20):
        rig.show(filmed(HALL, number))
    rig.permitted = lambda _: False
    for number in range(60):
        rig.show(FAULTS["a dark cloth"][1](HALL, number))
    rig.silence(100)
    assert rig.kinds == []
    rig.permitted = lambda _: True
    for number in range(30):
        rig.show(FAULTS["a dark cloth"][1](HALL, number))
    rig.permitted = lambda _: False
    for number in range(30):
        rig.show(filmed(HALL, number))
    assert rig.kinds == ["camera_covered"]
    assert rig.ended == []


@pytest.mark.parametrize("packets", [0, 50], ids=["no packets", "packets that do not decode"])
def test_no_picture_is_told_and_ends_with_the_next(packets: int) -> None:
    """With the number of packets since the last picture."""
    rig = Rig()
    rig.show(filmed(HALL, 0))
    config = StreamConfig("h264", 576, 324, Fraction(1, 1000), b"", "annexb")
    for _ in range(packets):
        rig.camera.packet(config)
    rig.silence(45)
    assert rig.kinds == ["camera_no_picture"]
    assert rig.begun[0].figures["packets"] == packets
    rig.show(filmed(HALL, 1))
    assert len(rig.ended) == 1


def test_pictures_that_come_late_are_pictures() -> None:
    """A machine that is a minute behind sees all the same: nothing is begun, and nothing flaps."""
    rig = Rig()
    for number in range(120):
        picture = filmed(HALL, number)
        rig.camera.picture(rig.clock.wall() - 60 * SECOND, shrink(picture, 3), picture, True)
        rig.silence(2)
    assert rig.kinds == []


def test_another_size_or_codec_is_a_replaced_stream() -> None:
    """Until the usual one is back."""
    rig = Rig()
    usual = StreamConfig("h264", 576, 324, Fraction(1, 1000), b"", "annexb")
    for number in range(20):
        rig.camera.packet(usual)
        rig.show(filmed(HALL, number))
    for number in range(20):
        rig.camera.packet(replace(usual, codec="hevc"))
        rig.show(filmed(HALL, number))
    assert rig.kinds == ["camera_replaced"]
    assert rig.begun[0].figures == {"stream": "hevc 576x324", "usual": "h264 576x324"}
    rig.camera.packet(usual)
    for number in range(10):
        rig.show(filmed(HALL, 100 + number))
    assert rig.health.current() == ()


def test_a_camera_moved_while_the_recorder_was_down_is_found_by_its_memory() -> None:
    """What was learned survives a restart; learning anew on purpose ends the finding."""
    before = Rig()
    for number in range(30):
        before.show(filmed(HALL, number))
    memory = CameraMemory.from_bytes(before.camera.memory.to_bytes())
    rig = Rig(options={"memory": memory})
    moved = np.roll(HALL, (12, 20), (0, 1))
    for number in range(20):
        rig.show(filmed(moved, number))
    assert rig.kinds == ["camera_moved"]
    rig.camera.learn_anew()
    for number in range(30):
        rig.show(filmed(moved, number))
    assert rig.health.current() == ()
    assert rig.kinds == ["camera_moved"]


def test_a_lens_covered_from_the_very_start_is_found() -> None:
    """Nothing to recognise is learned: that itself is told, and ends with the first view."""
    rig = Rig()
    for number in range(40):
        rig.show(FAULTS["a dark cloth"][1](HALL, number))
    assert rig.kinds == ["camera_covered"]
    for number in range(30):
        rig.show(filmed(HALL, number))
    assert rig.health.current() == ()


def test_an_ignored_place_does_not_hold_the_view() -> None:
    """A screen in the picture that goes on under a cover of everything else is not the view."""
    zone = Zone(Zone.whole().polygons, (((0.0, 0.0), (0.6, 0.0), (0.6, 1.0), (0.0, 1.0)),))
    found = {}
    for name, ignore in (("watched", None), ("ignored", zone)):
        rig = Rig(options={"ignore": ignore})
        for number in range(20):
            rig.show(filmed(HALL, number))
        for number in range(40):
            picture = HALL.copy()
            picture[:, 300:] = 60
            rig.show(filmed(picture, number))
        found[name] = rig.kinds
    assert found == {"watched": [], "ignored": ["camera_covered"]}


@pytest.mark.parametrize("options", [{"crf": "26"}, {"b": "300000"}], ids=["constant quality", "constant bit rate"])
def test_a_sensor_that_hangs_is_found_through_a_real_encoder(options: dict[str, str]) -> None:
    """The encoder goes on: with rate control it never makes the same picture twice out of one and the same."""
    rig = Rig()
    watcher = Watcher(PresenceSettings(), Zone.whole())
    watcher.on_picture = rig.camera.picture
    encoder = encoder_for((640, 360), 1, 2.0, 26)
    encoder.options = {"preset": "superfast", "tune": "zerolatency", "sc_threshold": "0", **options}
    place, config = hall(size=(640, 360)), None
    for second in range(220):
        planes = np.full((540, 640), 128, np.uint8)
        planes[:360] = filmed(place, 7 if 120 <= second < 180 else second)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, frame.time_base = second * 90_000, Fraction(1, 90_000)
        for raw in encoder.encode(frame):
            config = config or StreamConfig(
                "h264", 640, 360, Fraction(1, 90_000), bytes(encoder.extradata or b""), "annexb"
            )
            wall = START + second * SECOND
            rig.clock.turn_to(wall)
            watcher.feed(Packet(bytes(raw), raw.pts or 0, raw.dts or 0, raw.is_keyframe, wall, wall, config))
            rig.tick()
    assert rig.kinds == ["camera_frozen"]
    assert 120 <= rig.told[0][1] <= 180
    assert len(rig.ended) == 1
