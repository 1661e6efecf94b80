"""``mihariban init`` refuses before it draws a bar and before it writes anything; what a half-made folder wants is said."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from mihariban.cli.main import main
from mihariban.recorder import site_folder as site_folder_module
from tests.support.sites import SAGA

SMALL = ("--size", "8MiB", "--region-size", "512KiB", "--allow-cow")


def _init(folder: Path, *more: str, policy: Path = SAGA) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["init", str(folder), "--policy", str(policy), *(more or SMALL)])
    return int(str(ended.value.code))


def _all(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() if path.is_file() else b"" for path in sorted(folder.rglob("*"))}


def _file(folder: Path) -> None:
    folder.write_text("a file", encoding="utf-8")


def _ring(folder: Path) -> None:
    (folder / "recorder").mkdir(parents=True)
    (folder / "recorder" / "ring.vol").write_bytes(b"\0" * 4096)


def _office(folder: Path) -> None:
    (folder / "office").mkdir(parents=True)


def _rule(folder: Path) -> None:
    folder.mkdir()
    (folder / "policy.toml").write_text("# somebody's own\n", encoding="utf-8")


def _nothing(_folder: Path) -> None:
    pass


EXCERPT = next(path for path in sorted(SAGA.parent.glob("*.toml")) if path != SAGA)


@pytest.mark.parametrize(
    ("before", "more", "policy", "status", "said"),
    [
        (_file, SMALL, SAGA, 17, "Check the path"),
        (_ring, SMALL, SAGA, 16, "recorder/ring.vol"),
        (_office, SMALL, SAGA, 16, "move the folder aside"),
        (_rule, SMALL, SAGA, 16, "policy.toml"),
        (_nothing, ("--size", "9000TB", "--allow-cow"), SAGA, 37, "Not enough room"),
        (_nothing, ("--size", "1MiB"), SAGA, 32, "mistake"),
        (_nothing, SMALL, EXCERPT, 23, "not complete"),
        (_nothing, SMALL, SAGA.parent / "nowhere.toml", 20, "Cannot read"),
    ],
    ids=["a file", "a ring alone", "an office alone", "another rule", "no room", "too small", "an excerpt", "no rule"],
)
def test_what_is_refused_leaves_everything_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], before: object, more: tuple[str, ...], policy: Path, status: int,
    said: str,
) -> None:  # fmt: skip  # one line a thing
    """With one sentence, and no bar."""
    folder = tmp_path / "site"
    assert callable(before)
    before(folder)
    found = _all(tmp_path)
    assert _init(folder, *more, policy=policy) == status
    told = capsys.readouterr()
    assert said in told.err
    assert "ring.vol   " not in told.err and "━" not in told.err
    assert told.out == ""
    assert _all(tmp_path) == found


def test_a_file_system_that_copies_on_write_is_refused_before_the_ring_is_begun(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is made, not even the folder."""
    monkeypatch.setattr("mihariban.volume.storage.copying_system", lambda _folder: "btrfs")
    assert _init(tmp_path / "site", "--size", "8MiB", "--region-size", "512KiB") == 38
    assert "━" not in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_second_init_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Over a whole site, and over one whose office was not made any more; the same rule in the folder is no hindrance."""
    folder = tmp_path / "site"
    folder.mkdir()
    shutil.copy(SAGA, folder / "policy.toml")
    assert _init(folder) == 0
    whole = _all(folder)
    assert _init(folder) == 62
    assert _all(folder) == whole
    capsys.readouterr()
    (folder / "office" / "ledger.key").unlink()
    assert _init(folder) == 16
    told = capsys.readouterr().err
    assert "site.toml, recorder/control.db, recorder/ring.vol" in told and "move the folder aside" in told


def test_an_init_that_fails_on_the_way_leaves_no_half_made_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one begins anew."""
    folder = tmp_path / "site"
    with monkeypatch.context() as patch:
        patch.setattr(site_folder_module.Control, "create", _cut)
        with pytest.raises(KeyboardInterrupt):
            site_folder_module.create_site(folder, **_small())
    assert not os.path.lexists(folder)
    assert _init(folder) == 0


def _cut(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def _small() -> dict[str, object]:
    from mihariban.base.clock import SystemClock
    from mihariban.recorder.new_site import describe_site

    site = describe_site(site_id="s", policy_file=SAGA, size="8MiB", region_size="512KiB")
    return {"policy_file": SAGA, "site": site, "clock": SystemClock(), "allow_cow": True}
