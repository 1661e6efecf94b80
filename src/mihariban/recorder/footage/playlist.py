"""A range as HLS playlists (RFC 8216, fragmented MP4). Names are relative; times are UTC."""

from __future__ import annotations

import math

from mihariban.base.clock import SECOND, iso
from mihariban.recorder.footage.cut import LONGEST
from mihariban.recorder.footage.range import Hole, Range
from mihariban.recorder.footage.samples import codec_of, sample_entry
from mihariban.recorder.footage.segment import recoder

TRANSCODED = "#MIHARIBAN-TRANSCODED: H.264; what is shown is not what was stored"


def media_playlist(range_: Range) -> str:
    """The list of segments, with holes as discontinuities that carry their reason.

    Raises:
        NothingToShow: the range is empty; its holes say why.
    """
    range_.require()
    target = math.ceil(max(segment.end - segment.start for segment in range_.segments) / SECOND)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{max(target, LONGEST // SECOND)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{'EVENT' if range_.live else 'VOD'}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    if range_.transcoded:
        lines.append(TRANSCODED)
    lines += _segments(range_)
    if not range_.live:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _segments(range_: Range) -> list[str]:
    lines: list[str] = []
    holes = list(enumerate(range_.holes))
    config: int | None = None
    stopped = 0
    for segment in range_.segments:
        while holes and holes[0][1].start <= segment.start:
            lines.append(_hole(*holes.pop(0)))
        broken = segment.fresh or segment.start != stopped
        if broken and config is not None:
            lines.append("#EXT-X-DISCONTINUITY")
        if config != segment.config:
            config = segment.config
            lines.append(f'#EXT-X-MAP:URI="init-{config}.mp4"')
        if broken:
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_moment(segment.start)}")
        lines += [f"#EXTINF:{segment.seconds:.6f},", segment.name]
        stopped = segment.end
    return lines + [_hole(*hole) for hole in holes]


def _hole(number: int, hole: Hole) -> str:
    """A date range (RFC 8216, 4.3.2.7) with the reason as an attribute of our own."""
    seconds = (hole.end - hole.start) / SECOND
    return (
        f'#EXT-X-DATERANGE:ID="hole-{number}",CLASS="mihariban.hole",START-DATE="{_moment(hole.start)}",'
        f'DURATION={seconds:.6f},X-REASON="{_quoted(hole.reason)}"'
    )


def _quoted(text: str) -> str:
    return "".join(character for character in text if character not in '"\r\n')


def _moment(wall: int) -> str:
    """UTC with milliseconds."""
    return iso(wall).replace("+00:00", "Z")


def master_playlist(range_: Range, name: str = "media.m3u8") -> str:
    """A playlist of one variant that tells the codecs, so that a browser can say beforehand whether it plays them.

    Raises:
        NothingToShow, CodecNotPlayable.
    """
    range_.require()
    codecs = sorted({_codec(range_, number) for number in {segment.config for segment in range_.segments}})
    first = range_.configs[range_.segments[0].config]
    facts = f'BANDWIDTH=8000000,CODECS="{",".join(codecs)}",RESOLUTION={first.width}x{first.height}'
    return f"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-STREAM-INF:{facts}\n{name}\n"


def _codec(range_: Range, number: int) -> str:
    """The codec as RFC 6381 and ISO/IEC 14496-15 annex E spell it."""
    config = recoder(range_, number).config if range_.transcoded else range_.configs[number]
    record = sample_entry(config, range_.camera).record
    if codec_of(config) == "h264":
        return f"avc1.{record[1:4].hex()}"
    flags = int(f"{int.from_bytes(record[2:6], 'big'):032b}"[::-1], 2)
    space = ("", "A", "B", "C")[record[1] >> 6]
    tier = "H" if record[1] & 0x20 else "L"
    constraints = record[6:12].rstrip(b"\x00")
    tail = "".join(f".{byte:x}" for byte in constraints)
    return f"hvc1.{space}{record[1] & 31}.{flags:x}.{tier}{record[12]}{tail}"
