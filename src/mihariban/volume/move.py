"""Moving the root of a volume into a TPM, or back into a file: a renewal whose next root has another home."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from mihariban.base.clock import Clock
from mihariban.base.errors import UsageError
from mihariban.base.files import write_private
from mihariban.base.ids import Random
from mihariban.volume.home import FileRoot, MovingRoot
from mihariban.volume.rotate import Progress, Rotation, rotate_into
from mihariban.volume.storage import Folder
from mihariban.volume.tpm import AUTH, INDICES, Tpm2Tools, TpmRoot
from mihariban.volume.volume import Volume

_AUTH_BYTES = 16  # as 32 hexadecimal digits: as long as an index that hashes with SHA-256 takes


def move_root_to_tpm(
    folder: Path,
    *,
    indices: Sequence[int] = INDICES,
    tcti: str = "",
    owner_auth: Path | None = None,
    clock: Clock | None = None,
    random: Random = os.urandom,
    progress: Progress | None = None,
) -> Rotation:
    """Give a volume a new root that lives in a TPM; the old one in its file is destroyed.

    Args:
        folder: of the volume. The authorisation value for the TPM is kept in it, in ``tpm.auth`` (0600).
        indices: two NV indices; they are defined where they are not there.
        tcti: which TPM, as ``TPM2TOOLS_TCTI`` names it; empty for that variable, else the machine's own.
        owner_auth: file with the authorisation value of the TPM's owner, where there is one.

    Raises:
        UsageError: the root is in a TPM already.
        VolumeInUse and the others of ``Volume.open``; TpmToolsMissing, TpmSilent, TpmAuthRefused, TpmRefused.
    """
    first, second = indices
    note: dict[str, object] = {"kind": "tpm", "indices": [hex(first), hex(second)], "auth": AUTH}
    if tcti:
        note["tcti"] = tcti
    volume = Volume.open(folder, clock=clock, random=random)
    try:
        if volume.roots.home.kind == "tpm":
            raise UsageError(what=f"the root of {folder} is in a TPM already")
        if not (folder / AUTH).exists():
            write_private(folder / AUTH, random(_AUTH_BYTES).hex().encode())
        home = TpmRoot(Tpm2Tools(folder / AUTH, tcti, owner_auth), (first, second))
        home.define()
        return rotate_into(volume, MovingRoot(Folder(folder), volume.roots.home, home, note), progress)
    finally:
        volume.close()


def move_root_to_file(
    folder: Path, *, clock: Clock | None = None, random: Random = os.urandom, progress: Progress | None = None
) -> Rotation:
    """Give a volume a new root in a file, before its machine is given away; the one in the TPM is destroyed.

    Raises:
        UsageError: the root is in a file already. The others as ``move_root_to_tpm``.
    """
    volume = Volume.open(folder, clock=clock, random=random)
    try:
        if volume.roots.home.kind == "file":
            raise UsageError(what=f"the root of {folder} is in a file already")
        storage = Folder(folder)
        home = MovingRoot(storage, volume.roots.home, FileRoot(storage, random), {"kind": "file"})
        return rotate_into(volume, home, progress)
    finally:
        volume.close()
