"""The root in the non-volatile memory of a TPM 2.0, two indices of it, through tpm2-tools.

Each index holds one root with the number of its generation and a checksum, so that an index that was not written to its
end counts as empty. Nothing secret is ever an argument of a program or a file: roots go through pipes, the
authorisation value is read by the tool from its own file.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mihariban.volume.errors import (
    RootHomeUnusable,
    TpmAuthRefused,
    TpmIndexMissing,
    TpmRefused,
    TpmSilent,
    TpmToolsMissing,
)
from mihariban.volume.home import HOME, Secrets
from mihariban.volume.root import ROOT_LENGTH

AUTH = "tpm.auth"
INDICES = (0x1500016, 0x1500017)
"""NV indices of the owner's range (TCG registry of reserved handles: 0x01400000 to 0x01BFFFFF) used unless told."""

SLOT = 64
_MAGIC = b"MHTR"
_DEVICE = "device:/dev/tpmrm0"
_CODE = re.compile(r"\((0x[0-9A-Fa-f]+)\)")
_DEFINED, _UNWRITTEN, _NO_HANDLE = 0x14C, 0x14A, 0x18B  # TPM_RC_NV_DEFINED, NV_UNINITIALIZED, HANDLE of the 1st handle
_AUTH_FAILED = {0x98E, 0x9A2, 0x921}  # TPM_RC_AUTH_FAIL and BAD_AUTH of the 1st session, LOCKOUT
_DISCRETE = {"IFX", "STM", "NTC", "ATML", "NSM", "BRCM", "SMSC", "SNS", "NTZ", "WEC", "SMSN"}
"""Makers of TPM chips (TCG vendor ids). Firmware inside a processor keeps its memory in a flash that cannot be seen."""


class Nv(Protocol):
    """The memory of a TPM, as far as the root needs it."""

    def read(self, index: int) -> bytes:
        """What an index holds; empty where it was never written."""

    def write(self, index: int, data: bytes) -> None:
        """Write an index; durable when it returns."""

    def define(self, index: int) -> None:
        """Make an index of ``SLOT`` bytes; nothing happens where it is there already."""

    def maker(self) -> str:
        """The maker's id as the TPM tells it."""


@dataclass(frozen=True, slots=True)
class Tpm2Tools:
    """A TPM behind the programs of tpm2-tools.

    Attributes:
        auth: file with the authorisation value of the indices, 0600.
        tcti: which TPM, as ``TPM2TOOLS_TCTI`` names it; empty for that variable, and without it the machine's own.
        owner_auth: file with the owner's authorisation value, only needed to define; None where the owner has none.
        seconds: how long each program may take.
    """

    auth: Path
    tcti: str = ""
    owner_auth: Path | None = None
    seconds: float = 20.0

    def read(self, index: int) -> bytes:
        arguments = ["-C", hex(index), "-P", f"file:{self.auth}", "-s", str(SLOT), hex(index)]
        try:
            return self._run("tpm2_nvread", arguments, index)
        except _Unwritten:
            return b""

    def write(self, index: int, data: bytes) -> None:
        self._run("tpm2_nvwrite", ["-C", hex(index), "-P", f"file:{self.auth}", "-i", "-", hex(index)], index, data)

    def define(self, index: int) -> None:
        owner = ["-P", f"file:{self.owner_auth}"] if self.owner_auth else []
        attributes = "authread|authwrite|no_da"  # a long random value needs no protection against guessing
        try:
            self._run(
                "tpm2_nvdefine",
                ["-C", "o", *owner, "-s", str(SLOT), "-a", attributes, "-p", f"file:{self.auth}", hex(index)],
                index,
            )
        except _Defined:
            self.read(index)  # it must be ours

    def maker(self) -> str:
        text = self._run("tpm2_getcap", ["properties-fixed"], 0).decode("ascii", "replace")
        found = re.search(r"TPM2_PT_MANUFACTURER:\s+raw: (0x[0-9A-Fa-f]+)", text)
        raw = int(found.group(1), 16).to_bytes(4, "big") if found else b""
        return raw.strip(b"\x00 ").decode("ascii", "replace")

    def _run(self, tool: str, arguments: Sequence[str], index: int, data: bytes = b"") -> bytes:
        tcti = self.tcti or os.environ.get("TPM2TOOLS_TCTI", "") or _DEVICE
        environment = {**os.environ, "TPM2TOOLS_TCTI": tcti, "LC_ALL": "C"}
        try:
            done = subprocess.run(  # noqa: S603  # a list of arguments, none of them from outside
                [tool, *arguments], input=data, capture_output=True, timeout=self.seconds, env=environment, check=False
            )
        except FileNotFoundError as error:
            raise TpmToolsMissing(tool=tool) from error
        except subprocess.TimeoutExpired as error:
            raise TpmSilent(tcti=tcti, why=f"{self.seconds:g} s") from error
        if done.returncode != 0:
            self._refuse(tool, tcti, index, done.stderr.decode("utf-8", "replace"))
        return done.stdout

    def _refuse(self, tool: str, tcti: str, index: int, said: str) -> None:
        """Turn what a tool says into an error.

        Raises:
            TpmIndexMissing, TpmAuthRefused, TpmSilent, TpmRefused.
        """
        codes = {int(code, 16) for code in _CODE.findall(said)}
        if _UNWRITTEN in codes:
            raise _Unwritten
        if _DEFINED in codes:
            raise _Defined
        if _NO_HANDLE in codes:
            raise TpmIndexMissing(index=hex(index))
        if codes & _AUTH_FAILED:
            raise TpmAuthRefused(index=hex(index), auth=self.auth)
        last = (said.strip().splitlines() or ["no message"])[-1]
        if "tcti" in said.lower():
            raise TpmSilent(tcti=tcti, why=last)
        raise TpmRefused(tool=tool, why=" ".join([*sorted(hex(code) for code in codes), last]))


class _Unwritten(Exception):
    """The index holds nothing yet."""


class _Defined(Exception):
    """The index is there already."""


class TpmRoot:
    """The root in two indices of a TPM: the higher of two generations is the next root.

    Args:
        nv: the TPM's memory.
        indices: both indices; they must be defined.
    """

    kind = "tpm"

    def __init__(self, nv: Nv, indices: tuple[int, int] = INDICES) -> None:
        self._nv = nv
        self._indices = indices

    def read(self) -> Secrets:
        held = self._held()
        roots = [secret for _, _, secret in held]
        return Secrets(roots[0] if roots else None, roots[1] if len(roots) > 1 else None)

    def stage(self, secret: bytes) -> None:
        held = self._held()
        generation, taken = (held[-1][0], held[-1][1]) if held else (0, self._indices[1])
        free = self._indices[0] if taken == self._indices[1] else self._indices[1]
        self._write(free, _pack(generation + 1, secret))

    def promote(self) -> None:
        held = self._held()
        if len(held) > 1:
            self._write(held[0][1], bytes(SLOT))

    def destroy(self) -> None:
        for index in self._indices:
            self._write(index, bytes(SLOT))

    def hardware(self) -> bool:
        return self._nv.maker() in _DISCRETE

    def define(self) -> None:
        """Make both indices; needs the owner's authorisation."""
        for index in self._indices:
            self._nv.define(index)

    def _held(self) -> list[tuple[int, int, bytes]]:
        """(generation, index, root) of the indices that hold one, the older first."""
        found = [(_unpack(self._nv.read(index)), index) for index in self._indices]
        return sorted((held[0], index, held[1]) for held, index in found if held is not None)

    def _write(self, index: int, data: bytes) -> None:
        self._nv.write(index, data)
        if self._nv.read(index) != data:
            raise TpmRefused(tool="tpm2_nvwrite", why=f"{hex(index)}: read back differs")


def _pack(generation: int, secret: bytes) -> bytes:
    body = _MAGIC + generation.to_bytes(8, "big") + secret
    return body + hashlib.sha256(body).digest()[: SLOT - len(body)]


def _unpack(raw: bytes) -> tuple[int, bytes] | None:
    body = raw[: 12 + ROOT_LENGTH]
    if len(raw) != SLOT or raw[:4] != _MAGIC or hashlib.sha256(body).digest()[: SLOT - len(body)] != raw[len(body) :]:
        return None
    return int.from_bytes(raw[4:12], "big"), body[12:]


def open_tpm(folder: Path, note: dict[str, object]) -> TpmRoot:
    """The root's home as the note in ``folder`` describes it: ``indices``, ``auth`` (file), ``tcti``.

    Raises:
        RootHomeUnusable: the note cannot be understood.
    """
    try:
        first, second = [int(str(index), 16) for index in note["indices"]]  # type: ignore[attr-defined]  # JSON
    except (KeyError, TypeError, ValueError) as error:
        raise RootHomeUnusable(path=folder / HOME, why="indices") from error
    auth = folder / str(note.get("auth", AUTH))
    if not auth.is_file():
        raise RootHomeUnusable(path=folder / HOME, why=f"{auth} is missing")
    return TpmRoot(Tpm2Tools(auth, str(note.get("tcti", ""))), (first, second))
