"""A camera's own clock, asked with ONVIF's GetSystemDateAndTime (ONVIF Core 8.3.5), which needs no login.

RTCP sender reports tell it too (``sources.sender_report``); ``clock_judge`` puts the two together. Where a camera does
not tell its time the state is unknown, never fine. Footage is dated by the recorder's clock in any case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from xml.parsers import expat

import httpx

from mihariban.base.clock import SECOND, Clock, from_datetime
from mihariban.recorder.health.errors import CameraClockUnknown

LONGEST_ANSWER: Final = 64 << 10  # bytes; a real one has two thousand
_DEEPEST: Final = 32
_WAIT_S: Final = 5.0
_QUESTION: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
    '<GetSystemDateAndTime xmlns="http://www.onvif.org/ver10/device/wsdl"/>'
    "</s:Body></s:Envelope>"
)
_HEADERS: Final = {
    "Content-Type": "application/soap+xml; charset=utf-8; "
    'action="http://www.onvif.org/ver10/device/wsdl/GetSystemDateAndTime"'
}
_FIELDS: Final = ("Year", "Month", "Day", "Hour", "Minute", "Second")


@dataclass(frozen=True, slots=True)
class CameraTime:
    """What a camera said.

    Attributes:
        wall: its time, ns since 1970 UTC, whole seconds.
        deviation_s: against the middle of question and answer on our clock; positive where it is ahead.
    """

    wall: int
    deviation_s: float


def ask_time(camera: str, address: str, clock: Clock, client: httpx.Client) -> CameraTime:
    """Ask a camera for its time.

    Args:
        camera: its name, for the error.
        address: of its ONVIF device service.

    Raises:
        CameraClockUnknown: it cannot be reached, says no, or says what cannot be understood.
    """
    before = clock.wall()
    try:
        with client.stream("POST", address, content=_QUESTION, headers=_HEADERS, timeout=_WAIT_S) as response:
            answer = _bounded(response)
            status = response.status_code
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise CameraClockUnknown(camera=camera, why=type(error).__name__) from error
    middle = (before + clock.wall()) // 2
    if status != httpx.codes.OK:
        raise CameraClockUnknown(camera=camera, why=f"HTTP {status}")
    try:
        told = parse_time(answer)
    except ValueError as error:
        raise CameraClockUnknown(camera=camera, why=str(error)) from error
    # it tells whole seconds: half of one is added, so that the error is half a second at most either way
    return CameraTime(told, (told + SECOND // 2 - middle) / SECOND)


def _bounded(response: httpx.Response) -> bytes:
    answer = b""
    for part in response.iter_bytes():
        answer += part
        if len(answer) > LONGEST_ANSWER:
            raise ValueError("the answer is too long")
    return answer


def parse_time(answer: bytes) -> int:
    """The UTC time in an answer, ns since 1970.

    Raises:
        ValueError: not XML, a document type (where attacks with entities begin), or no UTC time in it.
    """
    fields = _utc_fields(answer)
    missing = [name for name in _FIELDS if name not in fields]
    if missing:
        raise ValueError(f"no UTC time ({', '.join(missing)} missing)")
    if not all(fields[name].isascii() and fields[name].isdigit() and len(fields[name]) <= 4 for name in _FIELDS):
        raise ValueError("a time that is no number")
    year, month, day, hour, minute, second = (int(fields[name]) for name in _FIELDS)
    return from_datetime(datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC))


def _utc_fields(answer: bytes) -> dict[str, str]:
    path: list[str] = []
    fields: dict[str, str] = {}

    def start(name: str, _: object) -> None:
        if len(path) >= _DEEPEST:
            raise ValueError("nested too deeply")
        path.append(name.rpartition(":")[2])

    def end(_: str) -> None:
        path.pop()

    def text(data: str) -> None:
        if "UTCDateTime" in path and path[-1] in _FIELDS:
            fields[path[-1]] = (fields.get(path[-1], "") + data).strip()

    def doctype(*_: object) -> None:
        raise ValueError("a document type")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, doctype
    try:
        parser.Parse(answer, True)
    except expat.ExpatError as error:
        raise ValueError("not XML") from error
    return fields
