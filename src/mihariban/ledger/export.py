"""Ledgers that leave the house: an export with everything an outsider needs, and cosigning a folder on a laptop."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from importlib import resources
from pathlib import Path
from typing import Any

from mihariban.base.clock import SECOND
from mihariban.base.files import sync_directory, write_private
from mihariban.ledger.cosignature import cosign
from mihariban.ledger.keys import PublicKey, Signer
from mihariban.ledger.ledger import Ledger
from mihariban.ledger.note import Note, Signature
from mihariban.ledger.tiles import CHECKPOINT, COSIGNED, KEYS, alone, publish
from mihariban.ledger.verify import Verdict, read_keys, verify

SCRIPT = "verify_ledger.py"

_README = """\
台帳の写し / Copy of a ledger

検証 / Verify:   python3 verify_ledger.py . --key KEY
KEY は紙で受け取った鍵です。この中の鍵だけでは、書き換えられていないとは言えません。
KEY is the key you were given on paper. The one in this folder proves little by itself.
前回の checkpoint を持ち帰っていれば --old FILE を付けてください。
If you kept the checkpoint of your last visit, add --old FILE.
全件を 1 行ずつ読む / Read all entries:   python3 verify_ledger.py . --print
"""


def export(ledger: Ledger[Any], folder: Path, cosigners: Iterable[PublicKey] = ()) -> Note:
    """Write a whole ledger into a new folder: entries, tiles, checkpoint, cosignatures, keys, and the verifier.

    Raises:
        FileExistsError: the folder exists.
    """
    folder.mkdir(parents=True)
    note = publish(ledger, folder, cosigners)
    add_verifier(folder)
    return note


def add_verifier(folder: Path) -> None:
    """Lay the stand-alone verifier and a leaflet into a folder."""
    script = resources.files("mihariban.ledger").joinpath(SCRIPT).read_bytes()
    for name, data in ((SCRIPT, script), ("README.txt", _README.encode())):
        (folder / name).write_bytes(data)
    sync_directory(folder)


class FolderMemory:
    """What an auditor's laptop has cosigned: one file a ledger, named by the log's key.

    Args:
        folder: made where it does not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def last(self, key: PublicKey) -> bytes | None:
        """The checkpoint last cosigned for the ledger of ``key``."""
        path = self._path(key)
        return path.read_bytes() if path.exists() else None

    def put(self, key: PublicKey, note: bytes) -> None:
        """Remember; durable on return."""
        self._folder.mkdir(parents=True, exist_ok=True)
        write_private(self._path(key), note)

    def _path(self, key: PublicKey) -> Path:
        return self._folder / f"{key.key_id.hex()}-{key.public.hex()}"


def cosign_folder(
    folder: Path, signer: Signer, memory: FolderMemory, wall: Callable[[], int], *, key: PublicKey | None = None
) -> tuple[Verdict, Signature]:
    """Verify a folder whole, make sure it continues what was cosigned last, cosign it, and leave the line there.

    Raises:
        what ``verify`` raises; LedgerForked where it does not continue the last checkpoint: nothing is signed.
    """
    log, _ = read_keys(folder)
    last = memory.last(log)
    verdict = verify(folder, key=key, old=[] if last is None else [last])
    signature = cosign(verdict.note.text, signer, wall() // SECOND)
    note = verdict.note.with_signatures([signature]).encode()
    memory.put(log, note)
    leave(folder, signer.public, note)
    return verdict, signature


def leave(folder: Path, cosigner: PublicKey, note: bytes) -> None:
    """Put a cosigned checkpoint into a folder. The key is listed first: a crash between leaves a finding, no loss.

    Raises:
        LedgerBusy: somebody else is writing into the folder.
    """
    with alone(folder):
        _leave(folder, cosigner, note)


def _leave(folder: Path, cosigner: PublicKey, note: bytes) -> None:
    line = f"cosigner {cosigner.text()}\n"
    keys = (folder / KEYS).read_text(encoding="utf-8")
    (folder / COSIGNED).mkdir(exist_ok=True)
    if line not in keys.splitlines(keepends=True):
        _write(folder / KEYS, (keys + line).encode())
    _write(folder / COSIGNED / cosigner.key_id.hex(), note)
    _write(folder / CHECKPOINT, note)


def _write(path: Path, data: bytes) -> None:
    aside = path.with_name(".new")
    with aside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync_directory(path.parent)
