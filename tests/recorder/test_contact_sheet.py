"""Contact sheets: PNG that others read, every picture in its place, captions under them."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest

from mihariban.recorder.contact_sheet import contact_sheet, png


def _read(data: bytes):
    with av.open(io.BytesIO(data), format="png_pipe") as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


def _plain(colour):
    return np.full((90, 160, 3), colour, np.uint8)


def test_another_decoder_reads_the_same_pixels():
    picture = np.random.default_rng(3).integers(0, 256, (17, 23, 3), dtype=np.uint8)
    assert np.array_equal(_read(png(picture)), picture)


def test_pictures_stand_in_rows_in_their_order():
    colours = [(200, 20, 20), (20, 200, 20), (20, 20, 200)]
    sheet = _read(contact_sheet([(_plain(colour), str(number)) for number, colour in enumerate(colours)], columns=2))
    places = {}
    for number, colour in enumerate(colours):
        ys, xs = np.nonzero((sheet == colour).all(axis=2))
        assert ys.size == 45 * 80
        places[number] = (ys.min(), xs.min())
    assert places[0][0] == places[1][0] < places[2][0]
    assert places[0][1] == places[2][1] < places[1][1]


def test_each_caption_is_written_and_differs():
    def ink(words: str):
        sheet = _read(contact_sheet([(_plain((200, 20, 20)), words)], columns=1))
        return (sheet < 60).all(axis=2)

    assert ink("1 09:30").sum() > 50
    assert not np.array_equal(ink("1 09:30"), ink("2 09:30"))
    assert not ink("").any()


def test_no_visits_still_make_a_sheet():
    assert _read(contact_sheet([], columns=3)).min() > 200


def test_a_sheet_without_a_column_is_refused():
    with pytest.raises(ValueError, match="column"):
        contact_sheet([], columns=0)
