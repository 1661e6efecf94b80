# a mistake and what would be right are read side by side
from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihariban.base.units import GIB, MIB
from mihariban.policy import dump_site, load_site
from mihariban.policy.errors import SiteInvalid, SiteSyntax, SiteUnreadable
from mihariban.policy.site import Site

TEXT = """[site]
id = "saga-honchosha"
name = "佐賀市役所 本庁舎1階"
policy_site = "honchosha-1f"
time_zone = "Asia/Tokyo"

[recorder]
id = "r1"

[recorder.volume]
size = "1GiB"
region_size = "16MiB"
hold_share = 0.2
expected_kbit_s = 3000

[[camera]]
id = "cam1"
kiosk = "k2"
source = "rtsp://192.0.2.10:554/stream1"
substream = "rtsp://192.0.2.10:554/stream2"
credentials = "cam1"
zones = [[[0.2, 0.1], [0.8, 0.1], [0.8, 0.9], [0.2, 0.9]]]
ignore = [[[0, 0], [0.3, 0], [0.3, 0.05]]]

[camera.limits]
stall_s = 4.0

[camera.presence]
start_delay_s = 2.0

[[camera]]
id = "cam2"
source = "v4l2:/dev/video0"
"""


def write(folder: Path, text: str = TEXT) -> Path:
    path = folder / "site.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_site_is_read_from_its_file_or_folder(tmp_path: Path) -> None:
    """With defaults for what it leaves out."""
    site = load_site(write(tmp_path))
    assert load_site(tmp_path) == site
    assert (site.recorder.volume.size_bytes, site.recorder.volume.region_bytes) == (GIB, 16 * MIB)
    first, second = site.camera
    assert (first.limits.stall_s, first.limits.backoff_max_s, first.presence.start_delay_s) == (4.0, 30.0, 2.0)
    assert first.zones[0][0] == (0.2, 0.1)
    assert (second.zones, second.ignore, second.credentials) == ((), (), None)
    assert site.zone.key == "Asia/Tokyo"


def test_what_is_dumped_is_read_again(tmp_path: Path) -> None:
    """Every table, and the defaults of a bare site."""
    site = load_site(write(tmp_path))
    assert load_site(write(tmp_path, dump_site(site))) == site
    bare = Site.model_validate({"site": {"id": "s"}, "recorder": {"id": "r"}})
    assert load_site(write(tmp_path, dump_site(bare))) == bare


@given(name=st.text(max_size=30), path=st.text(min_size=1, max_size=20).map(lambda text: "/v/" + text))
def test_any_name_survives_a_dump(tmp_path_factory: pytest.TempPathFactory, name: str, path: str) -> None:
    """Quotes, backslashes, control letters."""
    facts = {
        "site": {"id": "s", "name": name},
        "recorder": {"id": "r"},
        "camera": ({"id": "c", "source": path},),
    }
    site = Site.model_validate(facts)
    file = write(tmp_path_factory.mktemp("site"), dump_site(site))
    assert load_site(file) == site


@pytest.mark.parametrize(
    ("old", "new", "field", "right"),
    [
        ("rtsp://192.0.2.10:554/stream1", "rtsp://admin:hunter2@192.0.2.10/s", "camera[0].source", "secrets.toml"),
        ("rtsp://192.0.2.10:554/stream2", "rtsp://admin@192.0.2.10/s", "camera[0].substream", "secrets.toml"),
        ("rtsp://192.0.2.10:554/stream1", "http://192.0.2.10/s", "camera[0].source", "rtsp://"),
        ("rtsp://192.0.2.10:554/stream1", "rtsp://[::1/x", "camera[0].source", "rtsp://"),
        ('"rtsp://192.0.2.10:554/stream1"', '""', "camera[0].source", "rtsp://"),
        ("Asia/Tokyo", "Asia/Tokio", "site.time_zone", "Asia/Tokyo"),
        ('"1GiB"', '"1 gigabyte"', "recorder.volume.size", "16MiB"),
        ('"1GiB"', '"32MiB"', "recorder.volume.size", "larger"),
        ("hold_share = 0.2", "hold_share = 0.9", "recorder.volume.hold_share", "0.5"),
        ("[0.8, 0.9]", "[1.8, 0.9]", "camera[0].zones[0][2][0]", "<= 1"),
        ("zones = [[[0.2, 0.1], [0.8, 0.1], [0.8, 0.9], [0.2, 0.9]]]", "zones = [[[0.2, 0.1], [0.8, 0.1]]]", "camera[0].zones", "three corners"),
        ("stall_s = 4.0", "stal_s = 4.0", "camera[0].limits.stal_s", 'did you mean "stall_s"'),
        ("stall_s = 4.0", "backoff_first_s = 60", "camera[0].limits.backoff_max_s", "60"),
        ('id = "cam2"', 'id = "cam1"', "camera", "its own id"),
        ('id = "r1"\n', "", "recorder.id", "Id of the recorder"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_with_line_field_and_what_would_be_right(
    tmp_path: Path, old: str, new: str, field: str, right: str
) -> None:
    """As for the policy."""
    assert old in TEXT
    path = write(tmp_path, TEXT.replace(old, new, 1))
    with pytest.raises(SiteInvalid) as caught:
        load_site(path)
    problem = next(problem for problem in caught.value.problems if problem.field == field)
    assert right in problem.do_en
    assert problem.line > 0
    assert problem.ja != problem.en


def test_a_password_in_an_address_never_reaches_the_error(tmp_path: Path) -> None:
    """Neither sentence, nor the JSON, nor the exception's chain as printed; also in the field for its name."""
    import traceback

    text = TEXT.replace("rtsp://192.0.2.10:554/stream1", "rtsp://admin:hunter2@192.0.2.10/s")
    text = text.replace('credentials = "cam1"', 'credentials = "admin:hunter2"')
    with pytest.raises(SiteInvalid) as caught:
        load_site(write(tmp_path, text))
    shown = caught.value.text("ja") + caught.value.text("en") + str(caught.value.as_json())
    printed = "".join(traceback.format_exception(caught.value))
    assert "hunter2" not in shown + printed


def test_broken_and_missing_files(tmp_path: Path) -> None:
    """Their own errors."""
    with pytest.raises(SiteUnreadable):
        load_site(tmp_path / "none.toml")
    with pytest.raises(SiteSyntax):
        load_site(write(tmp_path, "[site\n"))


NOTIFY = """[site]
id = "s"

[recorder]
id = "r"

[recorder.notify]
language = "en"
mail_server = "192.0.2.25"
mail_port = 587
mail_starttls = true
mail_from = "recorder@example.lg.jp"
mail_to = ["watch@example.lg.jp"]
mail_credentials = "mail"
webhook = "https://192.0.2.30/findings"

[[camera]]
id = "cam1"
source = "demo:day"

[camera.onvif]
address = "http://192.0.2.10/onvif/device_service"
"""


def test_where_findings_are_told_survives_being_written_and_read(tmp_path: Path) -> None:
    """And the address at which a camera's clock is asked."""
    site = load_site(write(tmp_path, NOTIFY))
    assert site.recorder.notify.mail_to == ("watch@example.lg.jp",)
    assert site.camera[0].onvif.address == "http://192.0.2.10/onvif/device_service"
    assert load_site(write(tmp_path, dump_site(site))) == site


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('mail_server = "192.0.2.25"\n', ""),
        ("mail_starttls = true", "mail_starttls = false"),
        ('webhook = "https://192.0.2.30/', 'webhook = "https://user:s3cret@192.0.2.30/'),
        ('webhook = "https:', 'webhook = "file:'),
        ('["watch@example.lg.jp"]', '["watch"]'),
        ('address = "http://192', 'address = "http://admin:s3cret@192'),
    ],
)
def test_a_notice_that_cannot_be_sent_safely_is_refused(tmp_path: Path, right: str, wrong: str) -> None:
    """Half a mail server, a password in the clear, a login in an address; no password is repeated."""
    assert right in NOTIFY
    with pytest.raises(SiteInvalid) as caught:
        load_site(write(tmp_path, NOTIFY.replace(right, wrong)))
    assert "s3cret" not in str(caught.value)
