"""One picture for setting a camera up, under its own entry."""

from __future__ import annotations

import io

import av
import pytest

from mihariban.base.clock import HOUR
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.ledger.tags import Tag
from mihariban.recorder.actions.take_still import take_still
from mihariban.recorder.contract.orders import StillOrder
from mihariban.recorder.decision import Decision
from mihariban.recorder.errors import NoPictureNow
from tests.support.office import DECIDED, OPENING, OfficeSite
from tests.support.video import SIZE


def _order(site: OfficeSite) -> Decision[StillOrder]:
    return site.decided(StillOrder, site.office.order_still(DECIDED, "cam1"))


def test_a_still_is_one_picture_and_is_entered(site: OfficeSite) -> None:
    """A JPEG of the camera's size; nothing of it is kept in the folder."""
    site.film(OPENING + HOUR, seconds=6)
    data = take_still(site.recorder, _order(site))
    with av.open(io.BytesIO(data)) as container:
        (frame,) = list(container.decode(video=0))
        assert (frame.width, frame.height) == SIZE
    intent, done = site.entries(Tag.FOOTAGE_STILL_TAKE)
    assert (intent["outcome"], done["outcome"]) == ("intent", "done")
    assert (done["object"]["camera"], done["object"]["bytes"]) == ("cam1", len(data))
    assert (done["actor"]["role"], done["case"]) == ("manager", "市窓 7")
    assert not [path for path in site.folder.path.rglob("*") if path.is_file() and data[:64] in path.read_bytes()]


def test_a_camera_without_a_picture_gives_none(site: OfficeSite) -> None:
    """Said with its name; nothing was done, nothing is entered."""
    with pytest.raises(NoPictureNow, match="cam1"):
        take_still(site.recorder, _order(site))
    assert site.entries(Tag.FOOTAGE_STILL_TAKE) == []


def test_without_an_entry_no_picture_is_taken(site: OfficeSite) -> None:
    """Like all footage."""
    site.film(OPENING + HOUR, seconds=6)
    order = _order(site)
    with site.unwritable(), pytest.raises(LedgerUnwritable):
        take_still(site.recorder, order)


def test_a_picture_that_cannot_be_decoded_is_entered_as_failed(
    site: OfficeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The intent has its outcome."""
    site.film(OPENING + HOUR, seconds=6)
    monkeypatch.setattr("mihariban.recorder.actions.take_still.pictures", lambda _packets: iter(()))
    with pytest.raises(NoPictureNow):
        take_still(site.recorder, _order(site))
    assert site.outcomes(Tag.FOOTAGE_STILL_TAKE) == ["intent", "failed"]
