"""The root in a TPM: a real software TPM behind tpm2-tools, killed between any two steps; and what can be wrong."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mihariban.base.clock import TurnedClock
from mihariban.base.errors import UsageError
from mihariban.volume import Volume, VolumeSpec, check_volume
from mihariban.volume.errors import (
    RootHomeUnusable,
    TpmAuthRefused,
    TpmIndexMissing,
    TpmRefused,
    TpmSilent,
    TpmToolsMissing,
    VolumeMissing,
)
from mihariban.volume.home import MovingRoot
from mihariban.volume.move import move_root_to_file, move_root_to_tpm
from mihariban.volume.rotate import level_after_rotation, level_of, rotate, rotate_into
from mihariban.volume.simulated import SimulatedMachine
from mihariban.volume.storage import Folder
from mihariban.volume.tpm import INDICES, SLOT, Nv, Tpm2Tools, TpmRoot
from tests.volume.support import START, make, record

needs_swtpm = pytest.mark.skipif(
    not shutil.which("swtpm") or not shutil.which("tpm2_nvread"),
    reason="swtpm or tpm2-tools is not installed (tools/apt-tests.txt): the root in a TPM is not tried",
)


class SoftwareTpm:
    """swtpm on a socket, its state in a folder. It can be killed and started again like a machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.socket = folder / "s"
        self.tcti = f"swtpm:path={self.socket}"

    def start(self) -> None:
        for name in ("s", "s.ctrl"):
            (self._folder / name).unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [
                "swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self._folder}",
                "--server", f"type=unixio,path={self.socket}",
                "--ctrl", f"type=unixio,path={self.socket}.ctrl", "--flags", "not-need-init,startup-clear",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(500):
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(self.socket))
                return
            assert self._process.poll() is None
            time.sleep(0.01)  # another process starts; there is no clock to turn
        raise AssertionError("swtpm does not start")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        self.kill()
        self.start()


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock(START)


@pytest.fixture
def tpm(tmp_path: Path) -> Iterator[SoftwareTpm]:
    folder = tmp_path / "t"
    folder.mkdir()
    found = SoftwareTpm(folder)
    found.start()
    yield found
    found.kill()


@pytest.fixture
def site(tmp_path: Path, clock: TurnedClock) -> tuple[Path, list[bytes]]:
    """A volume with two clips; a third was destroyed."""
    folder = tmp_path / "volume"
    volume = make(folder, clock)
    clips = [record(volume, clock, chunks=2) for _ in range(3)]
    volume.destroy(clips.pop())
    volume.close()
    return folder, clips


def _sound(folder: Path, clips: list[bytes], clock: TurnedClock) -> None:
    volume = Volume.open(folder, clock=clock)
    assert [len(list(volume.read(clip))) for clip in clips] == [2] * len(clips)
    found = {each.code for each in check_volume(volume, deep=True, exposed=Folder(folder).secret_exposed())}
    assert found <= {"not-in-place", "rotation-resumed"}
    volume.close()


@needs_swtpm
def test_a_root_moves_into_the_tpm_and_is_renewed_there(
    site: tuple[Path, list[bytes]], tpm: SoftwareTpm, clock: TurnedClock
) -> None:
    """root.key is gone, its bytes in no file; readers and writers find the TPM by the note; E3 is never said."""
    folder, clips = site
    before = (folder / "root.key").read_bytes()
    rotation = move_root_to_tpm(folder, tcti=tpm.tcti, clock=clock)
    assert (rotation.generation, rotation.pages, rotation.lost, rotation.resumed) == (1, 8, 0, False)
    assert {path.name for path in folder.iterdir()} >= {"root.home", "tpm.auth"}
    assert not (folder / "root.key").exists()
    assert before not in b"".join(path.read_bytes() for path in folder.iterdir())
    assert stat.S_IMODE((folder / "tpm.auth").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "root.home").stat().st_mode) == 0o600
    tpm.restart()
    _sound(folder, clips, clock)
    volume, reader = Volume.open(folder, clock=clock), Volume.read_only(folder, clock=clock)
    assert rotate(volume).generation == 2
    assert [len(list(reader.read(clip))) for clip in clips] == [2, 2]
    assert (level_after_rotation(volume), level_after_rotation(volume, restarted=True)) == ("E2", "E2")
    assert level_of(volume, 1) == "E2"
    assert level_of(volume, 2) == volume.erasure_level()
    reader.close()
    volume.close()
    tpm.restart()
    _sound(folder, clips, clock)
    with pytest.raises(UsageError):
        move_root_to_tpm(folder, tcti=tpm.tcti, clock=clock)


@needs_swtpm
def test_a_root_comes_back_into_a_file(site: tuple[Path, list[bytes]], tpm: SoftwareTpm, clock: TurnedClock) -> None:
    """Before the machine is given away: the TPM holds nothing any more, and is not asked any more."""
    folder, clips = site
    move_root_to_tpm(folder, tcti=tpm.tcti, clock=clock)
    assert move_root_to_file(folder, clock=clock).generation == 2
    held = Tpm2Tools(folder / "tpm.auth", tpm.tcti)
    assert [held.read(index) for index in INDICES] == [bytes(SLOT)] * 2
    tpm.kill()
    _sound(folder, clips, clock)
    assert stat.S_IMODE((folder / "root.key").stat().st_mode) == 0o600
    with pytest.raises(UsageError):
        move_root_to_file(folder, clock=clock)


class DyingNv:
    """Passes on to a real TPM and kills it after some of its operations."""

    def __init__(self, tpm: SoftwareTpm, auth: Path, operations: int) -> None:
        self._tpm, self._left = tpm, operations
        self._tools = Tpm2Tools(auth, tpm.tcti, seconds=5)

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            self._tpm.kill()

    def read(self, index: int) -> bytes:
        self._count()
        return self._tools.read(index)

    def write(self, index: int, data: bytes) -> None:
        self._count()
        self._tools.write(index, data)

    def define(self, index: int) -> None:
        self._tools.define(index)

    def maker(self) -> str:
        return self._tools.maker()


@needs_swtpm
@pytest.mark.parametrize("moving", [False, True])
def test_the_tpm_dies_between_any_two_steps(
    site: tuple[Path, list[bytes]], tpm: SoftwareTpm, clock: TurnedClock, *, moving: bool
) -> None:
    """It is killed before its nth operation of a renewal; started again nothing is lost, and the renewal ends."""
    folder, clips = site
    note: dict[str, object] = {"kind": "tpm", "indices": [hex(index) for index in INDICES], "auth": "tpm.auth"}
    note["tcti"] = tpm.tcti
    move_root_to_tpm(folder, tcti=tpm.tcti, clock=clock)
    deaths = 0
    for operations in range(40):
        if moving:
            move_root_to_file(folder, clock=clock)
        volume = Volume.open(folder, clock=clock)
        home = TpmRoot(DyingNv(tpm, folder / "tpm.auth", operations))
        try:
            if moving:
                rotate_into(volume, MovingRoot(Folder(folder), volume.roots.home, home, note))
            else:
                rotate_into(volume, home)
        except TpmSilent:
            deaths += 1
            assert [len(list(volume.read(clip))) for clip in clips] == [2, 2], "the living volume does not read"
        else:
            volume.close()
            break
        volume.close()
        tpm.restart()
        _sound(folder, clips, clock)
        with contextlib.suppress(UsageError):
            move_root_to_tpm(folder, tcti=tpm.tcti, clock=clock)
    assert deaths >= 8
    _sound(folder, clips, clock)
    assert len(TpmRoot(Tpm2Tools(folder / "tpm.auth", tpm.tcti)).read().all()) == 1


@needs_swtpm
def test_what_is_wrong_with_a_tpm_is_said(
    site: tuple[Path, list[bytes]], tpm: SoftwareTpm, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No tools, no answer, no index, wrong authorisation, an index of somebody else: each an error of its own."""
    folder, clips = site
    move_root_to_tpm(folder, clock=clock, tcti=tpm.tcti)
    auth = (folder / "tpm.auth").read_bytes()
    (folder / "tpm.auth").write_bytes(b"another")
    with pytest.raises(TpmAuthRefused, match=r"tpm\.auth") as refused:
        Volume.open(folder, clock=clock)
    assert auth.decode() not in str(refused.value)
    other = Tpm2Tools(folder / "tpm.auth", tpm.tcti)
    with pytest.raises(TpmAuthRefused):
        TpmRoot(other).define()
    (folder / "tpm.auth").write_bytes(auth)
    with pytest.raises(TpmIndexMissing, match="0x1500099"):
        Tpm2Tools(folder / "tpm.auth", tpm.tcti).read(0x1500099)
    with pytest.raises(TpmRefused, match="tpm2_nvwrite"):
        Tpm2Tools(folder / "tpm.auth", tpm.tcti).write(INDICES[0], bytes(SLOT + 1))
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(TpmToolsMissing, match="tpm2_nvread"):
        Volume.open(folder, clock=clock)
    monkeypatch.undo()
    tpm.kill()
    with pytest.raises(TpmSilent, match="swtpm:path"):
        Volume.open(folder, clock=clock)
    tpm.start()
    _sound(folder, clips, clock)


@needs_swtpm
def test_the_environment_names_the_tpm(
    site: tuple[Path, list[bytes]], tpm: SoftwareTpm, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TPM2TOOLS_TCTI, as the tools themselves know it; the maker is the one of a program."""
    folder, clips = site
    monkeypatch.setenv("TPM2TOOLS_TCTI", tpm.tcti)
    move_root_to_tpm(folder, indices=(0x1500020, 0x1500021), clock=clock)
    _sound(folder, clips, clock)
    tools = Tpm2Tools(folder / "tpm.auth")
    assert tools.maker() == "IBM"
    assert not TpmRoot(tools).hardware()


def test_a_tpm_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time limit holds."""
    tool = tmp_path / "tpm2_nvread"
    tool.write_text("#!/bin/sh\nexec sleep 60\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(TpmSilent, match=r"0\.2 s"):
        Tpm2Tools(tmp_path / "auth", "none", seconds=0.2).read(1)


@pytest.mark.parametrize(("maker", "level"), [("IFX", "E3"), ("IBM", "E2"), ("INTC", "E2"), ("AMD", "E2"), ("", "E2")])
def test_only_a_chip_and_only_after_a_restart_reaches_e3(maker: str, level: str, clock: TurnedClock) -> None:
    """A program, firmware and the unknown never do; nor does the process that knew the old root."""
    machine = SimulatedMachine()
    machine.nv.vendor = maker
    volume = Volume.create(machine, VolumeSpec(8192 + 4 * 32768, 32768, 0.25, "s", "r"), clock=clock)
    assert level_after_rotation(volume) == volume.erasure_level() == "E0"
    rotate_into(volume, MovingRoot(machine, volume.roots.home, TpmRoot(machine.nv), {"kind": "tpm"}))
    assert (level_after_rotation(volume), level_after_rotation(volume, restarted=True)) == ("E2", level)
    volume.close()
    again = Volume.open(machine, clock=clock)
    assert (level_after_rotation(again), level_of(again, 0), level_of(again, 1)) == (level, level, "E0")
    again.close()


def test_a_torn_slot_counts_as_empty() -> None:
    """Whatever part of a write reached the memory: the other root is still found, and it is not taken for two."""
    machine = SimulatedMachine()
    nv: Nv = machine.nv
    home = TpmRoot(nv)
    home.define()
    assert home.read().all() == []
    home.stage(b"a" * 32)
    home.stage(b"b" * 32)
    whole = dict(machine.nv.held)
    assert (home.read().present, home.read().next) == (b"a" * 32, b"b" * 32)
    for index, root in zip(INDICES, (b"b", b"a"), strict=True):
        for cut in range(SLOT):
            machine.nv.held = dict(whole)
            machine.nv.held[index] = whole[index][:cut] + bytes(SLOT - cut)
            assert home.read().present == root * 32 or whole[index][cut:] == bytes(SLOT - cut)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"kind": "cloud"}', '{"kind": "tpm"}', '{"kind": "tpm", "indices": ["x", "y"]}',
             '{"kind": "tpm", "indices": [1, 2, 3]}', '{"kind": "tpm", "indices": ["0x1", "0x2"]}']
)  # fmt: skip
def test_a_note_that_makes_no_sense_is_refused(text: str, site: tuple[Path, list[bytes]], clock: TurnedClock) -> None:
    """Nothing is guessed; with the note put right the volume opens."""
    folder, clips = site
    (folder / "root.home").write_text(text)
    with pytest.raises(RootHomeUnusable, match=r"root\.home"):
        Volume.open(folder, clock=clock)
    (folder / "root.home").unlink()
    _sound(folder, clips, clock)
    (folder / "root.key").unlink()
    (folder / "root.home").write_text('{"kind": "file"}')
    with pytest.raises(VolumeMissing, match=r"root\.key"):
        Volume.open(folder, clock=clock)
