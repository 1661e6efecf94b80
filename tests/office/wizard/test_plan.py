"""A floor plan: only pictures, only their pixels, and the cameras on it."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mihariban.ledger.entry import read_leaf
from mihariban.office.base.acting import Acting
from mihariban.office.base.ledger import ledger
from mihariban.office.sites.models import CameraUnit, Site
from mihariban.office.wizard import actions
from mihariban.office.wizard.errors import PictureUnusable
from mihariban.office.wizard.models import CameraMark, FloorPlan
from mihariban.office.wizard.pictures import clean_picture
from mihariban.office.wizard.site_file import read_site_file


def _picture(codec: str, width: int = 64, height: int = 48) -> bytes:
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2] = (250, 10, 10)
    form = "rgb24" if codec == "png" else "yuvj420p"
    out = io.BytesIO()
    with av.open(out, "w", format="image2pipe") as container:
        stream = container.add_stream(codec, rate=1)
        stream.width, stream.height, stream.pix_fmt = width, height, form  # type: ignore[union-attr]  # video
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
        for packet in [*stream.encode(frame), *stream.encode(None)]:  # type: ignore[arg-type,union-attr]  # video
            container.mux(packet)
    return out.getvalue()


PNG, JPEG = _picture("png"), _picture("mjpeg")


@pytest.mark.parametrize("data", [PNG, JPEG])
def test_only_the_pixels_are_kept(data: bytes) -> None:
    """What a file carries beside them is gone; the picture is the same."""
    secret = b"\xff\xe1\x00\x13Exif35.0N 139.0E!" if data is JPEG else b""
    dirty = data[:2] + secret + data[2:] if data is JPEG else data + b"GPS 35.0N 139.0E"
    made = clean_picture(dirty)
    assert (made.width, made.height) == (64, 48)
    assert b"139.0E" not in made.png and made.png.startswith(b"\x89PNG")
    with av.open(io.BytesIO(made.png), "r", format="png_pipe") as container:
        red = next(container.decode(video=0)).to_ndarray(format="rgb24")[20, 5]
    assert red[0] > 200 and red[1] < 60


def _header(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", width, height) + b"\x08\x02\0\0\0" + b"\0" * 40


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"", "PNG"),
        (b"<svg/>", "PNG"),
        (b"GIF89a" + b"\0" * 50, "PNG"),
        (PNG[:60], "壊れて"),
        (JPEG[: len(JPEG) // 4], "壊れて"),
        (b"\xff\xd8" + b"\0" * 50, "壊れて"),
        (_header(60_000, 60_000), "8000"),
        (_header(8000, 8000), "3200"),
        (_header(3, 3), "範囲外"),
        (PNG + b"\0" * 10_000_000, "10MB"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(data: bytes, word: str) -> None:
    """Told before pixels are unpacked where it is large."""
    with pytest.raises(PictureUnusable) as refused:
        clean_picture(data)
    assert word in refused.value.text("ja") and refused.value.text("en")


@pytest.fixture
def staff(someone: Callable[..., Acting], client: Client, site_file: Path) -> Acting:
    """IT staff at an office that knows two cameras."""
    acting = someone("it")
    client.force_login(acting.user)  # type: ignore[arg-type]  # an account of a test
    found = read_site_file()
    assert found is not None
    actions.read_equipment(found, acting=acting)
    return acting


def _upload(client: Client, data: bytes, name: str = "plan.png") -> int:
    return client.post("/wizard/plan/", {"file": SimpleUploadedFile(name, data)}, secure=True).status_code


def test_a_plan_with_its_cameras(staff: Acting, client: Client, office: Path) -> None:
    """Kept by its content, entered, shown to those who may; the marks are fractions and degrees."""
    assert _upload(client, JPEG) == 302
    row = FloorPlan.objects.get()
    assert (office / "plans" / f"{row.sha256}.png").stat().st_mode & 0o777 == 0o600
    assert client.get(f"/wizard/plan/{row.pk}.png", secure=True)["Content-Type"] == "image/png"
    one, two = CameraUnit.objects.order_by("camera")
    marks = {f"x_{one.pk}": "25", f"y_{one.pk}": "50", f"direction_{one.pk}": "360"}
    marks |= {f"x_{two.pk}": "0", f"y_{two.pk}": "100", f"direction_{two.pk}": "90.5"}
    assert client.post("/wizard/plan/marks/", marks, secure=True)["Location"] == "/wizard/summary/"
    found = list(CameraMark.objects.order_by("camera__camera").values_list("x", "y", "direction"))
    assert found == [(0.25, 0.5, 0.0), (0.0, 1.0, 90.5)]
    size = ledger().store.size()
    tags = [read_leaf(leaf)["tag"] for leaf in ledger().store.leaves(0, size)]
    assert "site:plan:keep" in tags
    summary = client.get("/wizard/summary/", secure=True).content.decode()
    assert "translate(16 24) rotate(0)" in summary
    wrong = {**marks, f"x_{one.pk}": "101"}
    page = client.post("/wizard/plan/marks/", wrong, secure=True)
    assert page.status_code == 422 and 'value="101"' in page.content.decode()


def test_a_pdf_is_refused_beside_the_field(staff: Acting, client: Client) -> None:
    """And no plan is stored."""
    page = client.post("/wizard/plan/", {"file": SimpleUploadedFile("plan.pdf", b"%PDF-1.7\n")}, secure=True)
    assert page.status_code == 422
    assert "m-field__error" in page.content.decode() and "PNGかJPEG" in page.content.decode()
    assert not FloorPlan.objects.exists() and Site.objects.count() == 1
