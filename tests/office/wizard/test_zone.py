"""Where users stand: a picture that is shown once, a zone that is written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from mihariban.base.clock import MINUTE, SECOND, TurnedClock
from mihariban.ledger.entry import read_leaf
from mihariban.office.base.acting import Acting
from mihariban.office.base.errors import ChangedMeanwhile
from mihariban.office.base.ledger import ledger
from mihariban.office.sites.models import CameraUnit, RecorderUnit, Site
from mihariban.office.trust import trust
from mihariban.office.wizard import actions
from mihariban.office.wizard.errors import ZoneUnsound
from mihariban.office.wizard.once import MOST, Once
from mihariban.office.wizard.site_file import checked_polygon, read_site_file
from mihariban.policy import load_site
from mihariban.recorder.api.serve import serve
from mihariban.recorder.contract.errors import RecorderUnavailable
from tests.recorder.api.doors import CAMERA, RECORDER, SITE, SmallRecorder

SQUARE = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)]
POSTED = {"camera": "cam1", "x": ["20", "80", "80", "20"], "y": ["20", "20", "80", "80.5"]}


@pytest.fixture
def staff(someone: Callable[..., Acting], client: Client) -> Acting:
    """IT staff, logged in."""
    acting = someone("it")
    client.force_login(acting.user)  # type: ignore[arg-type]  # an account of a test
    return acting


@pytest.fixture
def camera(office: Path, office_clock: TurnedClock, tmp_path: Path) -> Iterator[CameraUnit]:
    """A camera of a recorder that answers at a real socket."""
    recorder = SmallRecorder(tmp_path / "recorder", office_clock)
    trust(tmp_path / "recorder", office, site=SITE, recorder=RECORDER)
    site = Site.objects.create(pk=SITE)
    socket = tmp_path / "recorder" / "recorder.sock"
    unit = RecorderUnit.objects.create(pk=RECORDER, site=site, socket=str(socket))
    row = CameraUnit.objects.create(camera=CAMERA, recorder=unit)
    with serve(recorder, socket=socket):
        yield row
    recorder.close()


def test_a_still_is_entered_shown_once_and_kept_nowhere(
    staff: Acting, camera: CameraUnit, client: Client, office: Path
) -> None:
    """A signed order in the office's ledger; no byte of it in session, database or folder."""
    address = client.post(
        "/wizard/zone/take/", {"camera": CAMERA, "reason": "設置", "document": "市窓 3"}, secure=True
    )["Location"]
    picture = f"/wizard/still/{address.partition('still=')[2]}"
    size = ledger().store.size()
    last = read_leaf(ledger().store.leaves(size - 1, size)[0])
    assert (last["tag"], last["case"], last["object"]["camera"]) == ("footage:still:take", "市窓 3", CAMERA)
    first = client.get(picture, secure=True)
    assert (first.content, first["Cache-Control"]) == (b"\xff\xd8picture\xff\xd9", "no-store")
    assert client.get(picture, secure=True).status_code == 404
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM django_session")
        assert not any("picture" in row[0] for row in cursor.fetchall())
    assert not any(b"\xff\xd8picture" in path.read_bytes() for path in office.parent.rglob("*") if path.is_file())


def test_a_picture_is_its_owners_for_two_minutes(office_clock: TurnedClock) -> None:
    """Neither somebody else's nor later; and there are never many."""
    once = Once()
    word = once.put(1, b"x")
    assert once.take(2, word) is None
    office_clock.turn(2 * MINUTE - SECOND)
    assert once.take(1, word) == b"x"
    word = once.put(1, b"x")
    office_clock.turn(2 * MINUTE)
    assert once.take(1, word) is None
    words = [once.put(1, bytes([number])) for number in range(MOST + 1)]
    assert [once.take(1, word) is None for word in words] == [True, *[False] * MOST]


def test_where_no_recorder_answers_the_page_says_so_and_nothing_is_ordered(
    staff: Acting, office: Path, client: Client, tmp_path: Path, camera: CameraUnit
) -> None:
    """No entry for an order that nobody got."""
    RecorderUnit.objects.update(socket=str(tmp_path / "none.sock"))
    size = ledger().store.size()
    with pytest.raises(RecorderUnavailable):
        actions.take_still(CameraUnit.objects.get(), reason="設置", document="1", acting=staff)
    posted = {"camera": CAMERA, "reason": "設置", "document": "市窓 3"}
    page = client.post("/wizard/zone/take/", posted, secure=True, follow=True)
    assert "none.sock" in page.content.decode() and page.status_code == 409
    assert ledger().store.size() == size


def test_the_zone_goes_into_the_site_file(staff: Acting, client: Client, site_file: Path) -> None:
    """As fractions; the second zone, the other camera and the rest stay; the old text lies beside; entered."""
    before, text = load_site(site_file), site_file.read_text(encoding="utf-8")
    found = read_site_file()
    assert found is not None
    actions.read_equipment(found, acting=staff)
    page = client.get("/wizard/zone/", secure=True)
    posted = {**POSTED, "digest": page.context["digest"]}
    assert client.post("/wizard/zone/", posted, secure=True)["Location"] == "/wizard/plan/"
    after = load_site(site_file)
    assert after.camera[0].zones == (((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.805)), before.camera[0].zones[1])
    assert after.camera[1] == before.camera[1] and after.recorder == before.recorder and after.site == before.site
    assert site_file.with_name("site.toml.before").read_text(encoding="utf-8") == text
    size = ledger().store.size()
    tags = [(each["tag"], each["outcome"]) for each in map(read_leaf, ledger().store.leaves(size - 3, size))]
    assert tags[:2] == [("site:zone:change", "intent"), ("site:zone:change", "done")]


def test_somebody_edited_the_file_meanwhile(staff: Acting, client: Client, site_file: Path) -> None:
    """Told, what was drawn stays, the second try goes through; the failed deed is entered as failed."""
    found = read_site_file()
    assert found is not None
    actions.read_equipment(found, acting=staff)
    digest = client.get("/wizard/zone/", secure=True).context["digest"]
    site_file.write_text(site_file.read_text(encoding="utf-8") + "\n# もう一行\n", encoding="utf-8")
    page = client.post("/wizard/zone/", {**POSTED, "digest": digest}, secure=True)
    assert page.status_code == 409 and 'value="80.5"' in page.content.decode()
    assert "もう一行" in site_file.read_text(encoding="utf-8")
    with pytest.raises(ChangedMeanwhile):
        actions.change_zone(found, "cam1", SQUARE, acting=staff)
    assert client.post("/wizard/zone/", {**POSTED, "digest": page.context["digest"]}, secure=True).status_code == 302


def test_a_disk_that_refuses_leaves_the_old_file(
    staff: Acting, client: Client, site_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sentence, the old file whole, the deed failed."""
    from mihariban.office.wizard import site_file as module

    found = read_site_file()
    assert found is not None
    actions.read_equipment(found, acting=staff)
    text = site_file.read_text(encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(module, "write_private", full)
    page = client.post("/wizard/zone/", {**POSTED, "digest": found.digest}, secure=True)
    assert page.status_code == 409 and "書けませんでした" in page.content.decode()
    assert site_file.read_text(encoding="utf-8") == text
    size = ledger().store.size()
    last = read_leaf(ledger().store.leaves(size - 1, size)[0])
    assert (last["tag"], last["outcome"]) == ("site:zone:change", "failed")


@pytest.mark.parametrize(
    "corners",
    [
        SQUARE[:2],
        [(0.1, 0.1), (0.9, 0.9), (0.9, 0.1), (0.1, 0.9)],
        [(0.1, 0.1), (0.11, 0.1), (0.1, 0.11)],
        [(0.1, 0.1), (1.1, 0.1), (0.1, 0.9)],
        [(0.1, 0.1), (float("nan"), 0.1), (0.1, 0.9)],
        [(n / 100, (n % 7) / 7) for n in range(25)],
    ],
)
def test_corners_that_make_no_zone(corners: list[tuple[float, float]]) -> None:
    """Too few, crossed, tiny, outside, no number, too many."""
    with pytest.raises(ZoneUnsound):
        checked_polygon(corners)
    assert checked_polygon(SQUARE) == tuple(SQUARE)


@pytest.mark.parametrize("x", ["x", "1e400", "-1", "", "あ" * 100_000])
def test_numbers_that_are_none(staff: Acting, client: Client, site_file: Path, x: str) -> None:
    """A sentence; the file is as it was."""
    found = read_site_file()
    assert found is not None
    actions.read_equipment(found, acting=staff)
    posted = {"camera": "cam1", "x": ["20", "80", x], "y": ["20", "20", "80"], "digest": found.digest}
    page = client.post("/wizard/zone/", posted, secure=True)
    assert page.status_code == 409 and 'role="alert"' in page.content.decode()
    assert read_site_file() == found
    assert Path(settings.OFFICE_FOLDER).parent == site_file.parent
