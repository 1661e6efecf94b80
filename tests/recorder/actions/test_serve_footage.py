"""Pictures under a grant: only those granted, and entered before they leave."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from hashlib import sha256

import av
import pytest

from mihariban.base.clock import SECOND
from mihariban.ledger.entry import from_moment
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.ledger.tags import Tag
from mihariban.recorder.actions import serve_footage
from mihariban.recorder.contract.errors import NoSuchThing
from mihariban.recorder.footage.boxes import TIMESCALE
from mihariban.recorder.footage.errors import NothingToShow, SegmentUnknown
from mihariban.recorder.footage.range import Range
from mihariban.recorder.footage.samples import LEAD
from mihariban.recorder.sessions import OpenGrant
from mihariban.recorder.sources import nal
from mihariban.recorder.visit import Visit
from mihariban.volume import Chunk, ClipHeader, ClipKind, CodecConfig, Sample
from tests.support.clips import access_units
from tests.support.office import CAMERA, OPENING, PERIOD, OfficeSite, after

FRAME = SECOND // 5


def _names(text: str, pattern: str) -> list[str]:
    return re.findall(pattern, text)


def _walls(site: OfficeSite, session: OpenGrant) -> list[int]:
    """Moments of all pictures that come out of the playlist's segments, decoded by the library."""
    text = serve_footage.playlist(site.recorder, session)
    (init,) = _names(text, r'URI="(init-\d+\.mp4)"')
    data = serve_footage.segment(site.recorder, session, init)
    data += b"".join(serve_footage.segment(site.recorder, session, name) for name in _names(text, r"seg-\d+\.m4s"))
    return [_found(session).origin + offset for offset in _offsets(data)]


def _offsets(data: bytes) -> list[int]:
    """After the origin of the range, to the millisecond."""
    with av.open(io.BytesIO(data)) as container:
        times = [(frame.time or 0) - LEAD / TIMESCALE for frame in container.decode(video=0)]
        return [round(time * 1000) * 1_000_000 for time in times]


def _found(session: OpenGrant) -> Range:
    assert session.range is not None
    return session.range


@pytest.mark.parametrize(
    ("first", "last"), [(10, 18), (10.1, 17.9), (11.9, 12.3), (0, 56), (18, 33), (9.99, 10.01), (19, 26)]
)
def test_no_picture_outside_the_grant_is_served(site: OfficeSite, first: float, last: float) -> None:
    """From the first key frame in the range to its last picture, by decoding what comes out."""
    session = site.open_grant(site.grant(first, last))
    walls = _walls(site, session)
    assert walls
    assert min(walls) >= after(first)
    assert max(walls) < after(last)
    shown = {
        after(number / 5)
        for number in range(56 * 5)
        if any(row.recorded_from <= after(number / 5) < (row.recorded_to or 0) for row in site.visits)
    }
    wanted = {wall for wall in shown if after(first) <= wall < after(last)}
    assert set(walls) <= wanted
    missing = wanted - set(walls)
    keys = {row.recorded_from for row in site.visits} | {after(first)}
    assert all(any(0 <= wall - key < 2 * SECOND for key in keys) for wall in missing)  # before the first key frame


def test_seconds_are_entered_before_they_leave(site: OfficeSite) -> None:
    """First and last picture of each segment, and how many; who decided stands beside them."""
    session = site.open_grant(site.grant(10, 18))
    data = serve_footage.segment(site.recorder, session, "seg-00000.m4s")
    init = serve_footage.segment(site.recorder, session, "init-0.mp4")
    (entry,) = site.entries(Tag.FOOTAGE_SECONDS_SERVE)
    walls = [_found(session).origin + offset for offset in _offsets(init + data)]
    facts = entry["object"]
    assert from_moment(facts["from"]) == pytest.approx(min(walls), abs=1000)
    assert from_moment(facts["to"]) == pytest.approx(max(walls), abs=1000)
    assert (facts["frames"], facts["transcoded"]) == (len(walls), 0)
    assert facts["accepted"] == session.intent
    assert (entry["actor"]["role"], entry["case"]) == ("manager", "市窓 7")


def test_without_an_entry_no_segment_leaves(site: OfficeSite) -> None:
    """The book fails in the middle of viewing: the next segment is refused, and counted as not served."""
    session = site.open_grant(site.grant(10, 18))
    serve_footage.segment(site.recorder, session, "seg-00000.m4s")
    served = set(session.served)
    with site.unwritable(), pytest.raises(LedgerUnwritable):
        serve_footage.segment(site.recorder, session, "seg-00001.m4s")
    assert (session.served, session.segments) == (served, 1)
    assert len(site.entries(Tag.FOOTAGE_SECONDS_SERVE)) == 1
    assert serve_footage.segment(site.recorder, session, "seg-00001.m4s")


@pytest.mark.parametrize("name", ["seg-00099.m4s", "init-7.mp4", "../site.toml", "seg-x.m4s", "index.m3u8", ""])
def test_what_the_playlist_does_not_name_is_not_there(site: OfficeSite, name: str) -> None:
    """No path, no number beyond the last."""
    session = site.open_grant(site.grant(10, 18))
    with pytest.raises((NoSuchThing, SegmentUnknown)):
        serve_footage.segment(site.recorder, session, name)
    assert site.entries(Tag.FOOTAGE_SECONDS_SERVE) == []


def test_holes_carry_their_reason(site: OfficeSite) -> None:
    """Between the visitors: nobody was there; in the playlist as in words."""
    session = site.open_grant(site.grant(0, 56))
    text = serve_footage.playlist(site.recorder, session)
    assert text.count('X-REASON="no_visit"') == 3
    assert "#EXT-X-DISCONTINUITY" in text
    assert "#EXT-X-PROGRAM-DATE-TIME:2026-11-24T01:00:06.000Z" in text


def test_a_span_without_footage_is_said(site: OfficeSite) -> None:
    """With the reason, not an empty list."""
    session = site.open_grant(site.grant(24, 26, purpose="extract"))
    with pytest.raises(NothingToShow, match="no_visit"):
        serve_footage.playlist(site.recorder, session)
    with pytest.raises(NothingToShow):
        serve_footage.extract(site.recorder, session, exact=False)
    assert site.entries(Tag.FOOTAGE_EXTRACT_MAKE) == []


@pytest.mark.parametrize("exact", [False, True])
def test_an_extract_holds_the_range_and_nothing_else(site: OfficeSite, exact: bool) -> None:
    """Its outcome tells the digest of what left, so that the file can be recognised."""
    session = site.open_grant(site.grant(11.1, 17.9, purpose="extract"))
    data = b"".join(serve_footage.extract(site.recorder, session, exact=exact))
    with av.open(io.BytesIO(data)) as container:
        frames = [frame.time or 0.0 for frame in container.decode(video=0)]
    intent, done = site.entries(Tag.FOOTAGE_EXTRACT_MAKE)
    assert (intent["outcome"], done["outcome"]) == ("intent", "done")
    facts = done["object"]
    assert facts["sha256"] == sha256(data).hexdigest()
    assert (facts["frames"], facts["bytes"], facts["exact"]) == (len(frames), len(data), int(exact))
    first, last = from_moment(facts["first"]), from_moment(facts["last"])
    assert first >= after(11.1)
    assert last < after(17.9)
    assert len(frames) == round((last - first) / FRAME) + 1
    assert (first - after(11.1) < FRAME) is exact
    assert after(17.9) - last <= FRAME
    assert session.served == set(range(first // SECOND, last // SECOND + 1))


def test_an_extract_that_is_broken_off_is_entered(site: OfficeSite) -> None:
    """The caller hung up: what had left until then."""
    session = site.open_grant(site.grant(8, 22, purpose="extract"))
    pieces = serve_footage.extract(site.recorder, session, exact=False)
    got = next(pieces) + next(pieces)
    _hang_up(pieces)
    done = site.entries(Tag.FOOTAGE_EXTRACT_MAKE)[-1]
    assert (done["outcome"], done["object"]["error"]) == ("failed", "broken off")
    assert done["object"]["sha256"] == sha256(got).hexdigest()
    assert session.served


def _hang_up(pieces: Iterator[bytes]) -> None:
    pieces.close()  # type: ignore[attr-defined]  # a generator, which the door closes too


def test_without_an_entry_no_extract_begins(site: OfficeSite) -> None:
    """Its own intent comes first."""
    session = site.open_grant(site.grant(8, 22, purpose="extract"))
    with site.unwritable(), pytest.raises(LedgerUnwritable):
        serve_footage.extract(site.recorder, session, exact=False)
    assert session.served == set()


def test_an_outcome_that_cannot_be_entered_is_unknown_after_the_next_start(site: OfficeSite) -> None:
    """The book failed while the extract left."""
    session = site.open_grant(site.grant(8, 22, purpose="extract"))
    pieces = serve_footage.extract(site.recorder, session, exact=False)
    next(pieces)
    with site.unwritable():
        assert list(pieces)
    assert site.outcomes(Tag.FOOTAGE_EXTRACT_MAKE) == ["intent"]
    site.restart()
    assert site.outcomes(Tag.FOOTAGE_EXTRACT_MAKE) == ["intent", "unknown"]


def test_names_keep_their_meaning_while_a_grant_is_open(site: OfficeSite) -> None:
    """Found once: new footage in the range does not move the segments."""
    session = site.open_grant(site.grant(0, 300))
    before = serve_footage.playlist(site.recorder, session)
    site.film(OPENING + 120 * SECOND, seconds=30)
    assert serve_footage.playlist(site.recorder, session) == before


def _store_hevc(site: OfficeSite, at: int) -> None:
    """Eight seconds of H.265 as a camera would send them, as one visit."""
    units = access_units("hevc", 120, fps=15, gop=15)
    control, volume = site.recorder.control, site.recorder.volume
    visit = Visit(at.to_bytes(16, "big"), CAMERA, site.visits[0].policy, at, at, "stayed", 0.5)
    control.open_visit(visit)
    header = ClipHeader(visit.id, ClipKind.VISIT, at + PERIOD, at + PERIOD)
    writer = volume.begin_clip(CAMERA, header)
    sets = [
        unit
        for unit in nal.units(units[0][0], "annexb", 4)
        if nal.is_parameter_set(nal.unit_type(unit, "hevc"), "hevc")
    ]
    config = CodecConfig("hevc", 160, 96, (1, 15), b"".join(b"\0\0\0\1" + unit for unit in sets), "annexb")
    for begin in range(0, len(units), 15):
        part = units[begin : begin + 15]
        samples = tuple(
            Sample(len(data), pts, dts, 1, number == 0, False) for number, (data, pts, dts) in enumerate(part)
        )
        wall = at + part[0][1] * SECOND // 15
        chunk = Chunk(
            0, wall, wall, "b", "unknown", config if begin == 0 else None, samples, b"".join(d for d, _, _ in part)
        )
        assert writer.append(chunk)
    writer.close()
    volume.commit()
    visit.ended = visit.recorded_to = at + 8 * SECOND
    control.close_visit(visit, at + PERIOD)


def test_h265_is_coded_anew_for_viewing_and_marked(site: OfficeSite) -> None:
    """In the playlist and in each entry; an extract keeps what was stored."""
    at = after(120)
    _store_hevc(site, at)
    site.clock.turn_to(at + 60 * SECOND)
    session = site.open_grant(site.grant(122, 126))
    text = serve_footage.playlist(site.recorder, session)
    assert "TRANSCODED" in text
    walls = _walls(site, session)
    assert min(walls) >= after(122)
    assert max(walls) < after(126)
    assert len(walls) == 60
    init = serve_footage.segment(site.recorder, session, "init-0.mp4")
    with av.open(io.BytesIO(init + serve_footage.segment(site.recorder, session, "seg-00000.m4s"))) as container:
        assert container.streams.video[0].codec_context.name == "h264"
    assert {entry["object"]["transcoded"] for entry in site.entries(Tag.FOOTAGE_SECONDS_SERVE)} == {1}
    extract = site.open_grant(site.grant(122, 126, purpose="extract"))
    data = b"".join(serve_footage.extract(site.recorder, extract, exact=False))
    with av.open(io.BytesIO(data)) as container:
        assert container.streams.video[0].codec_context.name == "hevc"
        assert len(list(container.decode(video=0))) == 60
    assert site.entries(Tag.FOOTAGE_EXTRACT_MAKE)[-1]["object"]["transcoded"] == 0
