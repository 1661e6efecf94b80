"""Both verifiers against tampering: our own, and the one file an auditor runs."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from mihariban.base.clock import SECOND
from mihariban.base.errors import MiharibanError
from mihariban.cli.main import main as cli
from mihariban.ledger import export as export_module
from mihariban.ledger.canonical import Json, encode
from mihariban.ledger.export import FolderMemory, cosign_folder
from mihariban.ledger.hashing import leaf_hash
from mihariban.ledger.keys import KeyKind, Signer
from mihariban.ledger.tiles import bundle, unbundle, write_tiles
from mihariban.ledger.tree import HashList, completed
from mihariban.ledger.verify import verify
from tests.ledger.books import ORIGIN, WALL, close, cosigned_export, fill, log_signer, new_book, script


@pytest.fixture(scope="module")
def alone() -> ModuleType:
    return script()


def _export(folder: Path, size: int, camera: str = "cam1", signer: Signer | None = None) -> Path:
    book = new_book(folder / "control.db", signer)
    fill(book, size, camera)
    cosigned_export(book, folder / "export")
    close(book)
    return folder / "export"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _export(tmp_path_factory.mktemp("small"), 5)


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _export(tmp_path_factory.mktemp("larger"), 700)


def _both(alone: ModuleType, folder: Path, *, old: Path | None = None, contents: bool = False) -> bool:
    """The verdict on which both agree."""
    try:
        verify(folder, old=[old.read_bytes()] if old else [], contents=contents)
        ours = True
    except MiharibanError:
        ours = False
    try:
        alone.examine_live(str(folder), old=[str(old)] if old else [], contents=contents)
        theirs = True
    except (alone.Bad, OSError):
        theirs = False
    assert ours == theirs, (ours, theirs)
    return ours


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in ("README.txt", "verify_ledger.py"):
            yield path


def _flips(alone: ModuleType, path: Path, folder: Path, places: list[int], change: Callable[[int], int]) -> list[int]:
    """Places of ``path`` where a changed byte went unseen."""
    whole = path.read_bytes()
    unseen = []
    for place in places:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ change(place)]) + whole[place + 1 :])
        if _both(alone, folder):
            unseen.append(place)
    path.write_bytes(whole)
    return unseen


def test_an_untouched_export_holds(alone: ModuleType, small: Path, larger: Path) -> None:
    """Both say so, also when they read every entry."""
    for folder in (small, larger):
        assert _both(alone, folder)
        assert _both(alone, folder, contents=True)


def test_every_changed_byte_is_seen(alone: ModuleType, small: Path, tmp_path: Path) -> None:
    """All positions of all files of a small ledger; the bit that is changed goes round."""
    folder = Path(shutil.copytree(small, tmp_path / "x"))
    for path in _files(folder):
        places = list(range(path.stat().st_size))
        assert _flips(alone, path, folder, places, lambda place: 1 << place % 8) == [], path
    assert _both(alone, folder)


def test_changed_bytes_of_a_larger_ledger_are_seen(alone: ModuleType, larger: Path, tmp_path: Path) -> None:
    """Sampled positions and changes, full tiles and upper levels included."""
    folder = Path(shutil.copytree(larger, tmp_path / "x"))
    chance = random.Random(6962)
    for path in _files(folder):
        places = [chance.randrange(path.stat().st_size) for _ in range(6)]
        assert _flips(alone, path, folder, places, lambda _place: chance.randrange(1, 256)) == [], path
    assert _both(alone, folder)


def _reseal(folder: Path, leaves: list[bytes]) -> None:
    """Put other entries into the only bundle of a small ledger, and hashes that fit into its tile."""
    for old in (*folder.glob("tile/entries/000.p/*"), *folder.glob("tile/0/000.p/*")):
        old.unlink()
    (folder / f"tile/entries/000.p/{len(leaves)}").write_bytes(bundle(leaves))
    (folder / f"tile/0/000.p/{len(leaves)}").write_bytes(b"".join(map(leaf_hash, leaves)))


@pytest.mark.parametrize("tampering", ["delete", "swap", "truncate", "duplicate", "renumber"])
def test_rearranged_entries_are_seen(alone: ModuleType, small: Path, tmp_path: Path, tampering: str) -> None:
    """Also where the tiles were made to fit."""
    folder = Path(shutil.copytree(small, tmp_path / "x"))
    leaves = unbundle((folder / "tile/entries/000.p/5").read_bytes())
    changed = {
        "delete": leaves[:2] + leaves[3:],
        "swap": [leaves[0], leaves[2], leaves[1], *leaves[3:]],
        "truncate": leaves[:-1],
        "duplicate": [*leaves[:3], leaves[2], *leaves[3:]],
        "renumber": [*leaves[:2], *(leaf.replace(b'_seq":3', b'_seq":2') for leaf in leaves[3:])],
    }[tampering]
    _reseal(folder, changed)
    assert not _both(alone, folder)


def test_files_in_each_others_place_are_seen(alone: ModuleType, larger: Path, tmp_path: Path) -> None:
    """Two bundles swapped with their tiles, one given twice, the last ones taken away with an older size signed: every
    file is whole in itself."""
    for number, (one, other) in enumerate((("000", "001"), ("001", "000"))):
        folder = Path(shutil.copytree(larger, tmp_path / str(number)))
        for level in ("entries", "0"):
            first, second = (folder / "tile" / level / name for name in (one, other))
            if number:
                first.write_bytes(second.read_bytes())
            else:
                first.rename(tmp_path / "aside")
                second.rename(first)
                (tmp_path / "aside").rename(second)
        assert not _both(alone, folder)
    folder = Path(shutil.copytree(larger, tmp_path / "cut"))
    for level in ("entries", "0"):
        shutil.rmtree(folder / "tile" / level / "002.p")
    assert not _both(alone, folder)


def test_a_missing_file_is_seen(alone: ModuleType, larger: Path, tmp_path: Path) -> None:
    """Whichever it is; a foreign file among the tiles too. Only the copy under cosigned/ is spare as long as the
    checkpoint itself carries the cosignature."""
    folder = Path(shutil.copytree(larger, tmp_path / "x"))
    for path in (each for each in _files(folder) if each.parent.name != "cosigned"):
        path.rename(tmp_path / "aside")
        assert not _both(alone, folder), path
        (tmp_path / "aside").rename(path)
    (folder / "tile/0/003").write_bytes(bytes(8192))
    assert not _both(alone, folder)
    (folder / "tile/0/003").rename(folder / "tile/0/notes.txt")
    assert not _both(alone, folder)


def test_a_forged_tile_is_seen(alone: ModuleType, larger: Path, tmp_path: Path) -> None:
    """The entries are right and the root is right; the tile alone lies."""
    folder = Path(shutil.copytree(larger, tmp_path / "x"))
    for name in ("tile/0/000", "tile/1/000.p/2"):
        path = folder / name
        whole = path.read_bytes()
        path.write_bytes(whole[32:] + whole[:32])
        assert not _both(alone, folder), name
        path.write_bytes(whole)


def test_a_fork_is_seen(alone: ModuleType, small: Path, tmp_path: Path) -> None:
    """Another history, properly signed with the same key, contradicts the checkpoint taken home."""
    fork = _export(tmp_path, 9, camera="cam2")
    assert _both(alone, fork)
    assert not _both(alone, fork, old=small / "checkpoint")


def test_a_rollback_is_seen(alone: ModuleType, small: Path, larger: Path) -> None:
    """A shorter ledger, whole in itself, cannot follow the longer one; the longer follows the shorter."""
    assert not _both(alone, small, old=larger / "checkpoint")
    assert _both(alone, larger, old=small / "checkpoint")


def test_a_replayed_checkpoint_is_seen(alone: ModuleType, small: Path, larger: Path, tmp_path: Path) -> None:
    """An old checkpoint over newer tiles hides the newest entries; both say so."""
    folder = Path(shutil.copytree(larger, tmp_path / "x"))
    shutil.copy(small / "checkpoint", folder / "checkpoint")
    shutil.rmtree(folder / "cosigned")
    assert not _both(alone, folder)


def test_a_cosigned_checkpoint_in_the_folder_is_held_against_it(
    alone: ModuleType, small: Path, larger: Path, tmp_path: Path
) -> None:
    """What somebody cosigned at a larger size, the folder may not take back."""
    folder = Path(shutil.copytree(small, tmp_path / "x"))
    shutil.copytree(larger / "cosigned", folder / "cosigned", dirs_exist_ok=True)
    assert not _both(alone, folder)


def test_another_key_is_seen(alone: ModuleType, tmp_path: Path) -> None:
    """A folder rewritten whole with its own key holds in itself, and fails against the key on paper."""
    forged = _export(tmp_path, 5, signer=log_signer(b"\x09" * 32))
    assert _both(alone, forged)
    with pytest.raises(MiharibanError):
        verify(forged, key=log_signer().public)
    with pytest.raises(alone.Bad):
        alone.examine(str(forged), key=log_signer().public.text())


def test_contents_find_what_hashes_cannot(alone: ModuleType, tmp_path: Path) -> None:
    """An owner who signs an entry that is not canonical, or an outcome without intent, is found."""
    for number, text in enumerate(
        (
            '{"_seq":0,"b":1.5}',
            '{"_seq":0, "b":1}',
            '{"_seq":0,"b":1}',
            '{"_seq":0,"boot":"b","clock":"unknown","intent":7,"mono":1,"object":{"camera":"c"},"outcome":"done",'
            '"t":"2026-01-01T00:00:00.000000000Z","tag":"footage:still:take","v":1}',
        )
    ):
        book = new_book(tmp_path / f"{number}.db")
        leaf = text.encode()
        with book.store.transaction():
            book.store.add_entry(0, leaf, leaf_hash(leaf), [])
        cosigned_export(book, tmp_path / str(number))
        close(book)
        assert _both(alone, tmp_path / str(number))
        assert not _both(alone, tmp_path / str(number), contents=True)


_ENTRY = {
    "_seq": 0, "boot": "b", "clock": "unknown", "mono": 1, "object": {"camera": "c"}, "outcome": "done",
    "t": "2026-01-01T00:00:00.000000000Z", "tag": "footage:still:take", "v": 1,
}  # fmt: skip
_KINDS: dict[str, list[Json]] = {
    "actor": ["x", 1, []], "basis": [1, {}], "boot": [1], "case": [1, []], "clock": [1], "extra": [1, "x"],
    "intent": ["1", -1, 99, {}], "mono": ["1", []], "note": [3, {}], "object": ["s", []], "outcome": [1],
    "t": [1, {}], "tag": [1], "v": ["1"],
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(_KINDS))
def test_a_fact_of_the_wrong_kind_is_seen_by_both(alone: ModuleType, tmp_path: Path, name: str) -> None:
    """Signed and hashed like any other; what it holds is none of our entries."""
    for number, value in enumerate([None, *_KINDS[name]]):
        leaf = encode(dict(_ENTRY) if value is None else {**_ENTRY, name: value})
        book = new_book(tmp_path / f"{number}.db")
        with book.store.transaction():
            book.store.add_entry(0, leaf, leaf_hash(leaf), [])
        cosigned_export(book, tmp_path / str(number))
        close(book)
        assert _both(alone, tmp_path / str(number), contents=True) is (value is None), value


def test_an_empty_ledger_holds(alone: ModuleType, tmp_path: Path) -> None:
    """Before the first entry there is a root too."""
    assert _both(alone, _export(tmp_path, 0))


def test_the_laptop_cosigns_what_continues_and_refuses_a_fork(
    alone: ModuleType, small: Path, larger: Path, tmp_path: Path
) -> None:
    """After the longer ledger, neither the shorter nor another of the same length is signed."""
    laptop = Signer("audit.example/laptop", KeyKind.COSIGNER, b"\x05" * 32)
    memory = FolderMemory(tmp_path / "memory")
    first = Path(shutil.copytree(small, tmp_path / "first"))
    second = Path(shutil.copytree(larger, tmp_path / "second"))
    for folder in (first, second):
        verdict, _ = cosign_folder(folder, laptop, memory, lambda: WALL)
        assert verdict.checkpoint.origin == ORIGIN
        assert verify(folder, cosigners=[laptop.public]).cosigned[laptop.public][1] == WALL // SECOND
        assert _both(alone, folder)
    for refused in (first, _export(tmp_path, 700, camera="cam2")):
        with pytest.raises(MiharibanError):
            cosign_folder(refused, laptop, memory, lambda: WALL)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_the_shipped_script_runs_by_itself(small: Path, tmp_path: Path) -> None:
    """As a process with the standard library and openssl: 0 where all holds, 1 where a byte, a signature or a
    cosignature was changed, 2 where there is nothing."""
    folder = Path(shutil.copytree(small, tmp_path / "x"))

    def run(*arguments: str) -> int:
        command = [sys.executable, "-I", "-S", str(folder / "verify_ledger.py"), *arguments]
        return subprocess.run(command, capture_output=True, check=False, env={"PATH": os.environ["PATH"]}).returncode

    key = log_signer().public.text()
    assert run(str(folder), "--key", key, "--contents", "--old", str(small / "checkpoint")) == 0
    assert run(str(tmp_path / "nowhere")) == 2
    note = (folder / "checkpoint").read_bytes()
    lines = note.split(b"\n")
    for number in (2, 4, 5):  # root, signature, cosignature
        spoilt = list(lines)
        spoilt[number] = spoilt[number][:-20] + bytes([spoilt[number][-20] ^ 3]) + spoilt[number][-19:]
        (folder / "checkpoint").write_bytes(b"\n".join(spoilt))
        assert run(str(folder)) == 1, number
    (folder / "checkpoint").write_bytes(note)
    path = folder / "tile/entries/000.p/5"
    path.write_bytes(path.read_bytes().replace(b"cam1", b"cam7", 1))
    assert run(str(folder)) == 1


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_a_large_ledger_is_hashed_by_all_processors(tmp_path: Path) -> None:
    """The result is the same: the whole holds, one changed bit far inside does not."""
    count = 4 * 64 * 256 + 17
    book = new_book(tmp_path / "control.db")
    hashes = HashList()
    with book.store.transaction():
        for seq in range(count):
            leaf = b'{"_seq":%d,"a":"%064d"}' % (seq, seq)
            hashes.append(leaf_hash(leaf))
            book.store.add_entry(seq, leaf, leaf_hash(leaf), completed(hashes, seq + 1))

    def write(name: str, data: bytes) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)

    folder = tmp_path / "large"
    write("checkpoint", book.checkpoint().encode())
    write("keys", f"log {log_signer().public.text()}\n".encode())
    write_tiles(book.store, write, 0, count)
    close(book)
    command = [sys.executable, "-I", str(Path(export_module.__file__).with_name("verify_ledger.py")), str(folder)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    path = folder / "tile/entries/200"
    whole = path.read_bytes()
    for place, said in ((len(whole) - 9, b"root"), (5, b"number")):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        done = subprocess.run(command, capture_output=True, check=False)
        assert (done.returncode, said in done.stdout) == (1, True), done.stdout


def _nowhere(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


_IN_ITS_PLACE: dict[str, Callable[[Path], None]] = {
    "a link that leads nowhere": _nowhere,
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "a device": lambda path: path.symlink_to("/dev/zero"),
}


_FILES = ("checkpoint", "keys", "tile/entries/000.p/5", "tile/0/000.p/5")
_FOLDERS = ("tile", "cosigned")
_CASES = [
    (place, kind)
    for place in (*_FILES, *_FOLDERS)
    for kind in _IN_ITS_PLACE
    if kind != "a folder" or place in _FILES[:3]  # among the other tiles an empty folder is nothing: one is missing
]


@pytest.mark.parametrize(("place", "kind"), _CASES)
def test_what_cannot_be_examined_is_neither_verified_nor_forged(
    alone: ModuleType, small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str, kind: str
) -> None:
    """Nobody hangs and nobody fails in pieces: status 2 and one sentence, by the script and by our command."""
    folder = Path(shutil.copytree(small, tmp_path / "x"))
    path = folder / place
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    _IN_ITS_PLACE[kind](path)
    script = alone.main([str(folder)])
    told = capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        cli(["ledger", "verify", str(folder)])
    ours = capsys.readouterr()
    assert (script, ended.value.code) == (2, 2), (told, ours)
    assert told.err.startswith("NOT EXAMINED: ") and told.err.count("\n") == 1 and told.out == ""
    assert ours.out.startswith("NOT EXAMINED: ") and ours.out.count("\n") == 1


def test_a_pipe_as_an_earlier_checkpoint_is_refused(
    alone: ModuleType, small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By both, at once."""
    pipe = tmp_path / "old"
    os.mkfifo(pipe)
    assert alone.main([str(small), "--old", str(pipe)]) == 2
    with pytest.raises(SystemExit) as ended:
        cli(["ledger", "verify", str(small), "--old", str(pipe)])
    assert ended.value.code == 2
    assert "Traceback" not in capsys.readouterr().err
