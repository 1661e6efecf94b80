"""The root of the ring gets another home: a TPM, or a file again. A renewal, entered like one."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from mihariban.base.clock import Clock
from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.recorder.control import Control
from mihariban.recorder.site_folder import SiteFolder
from mihariban.volume import Volume
from mihariban.volume.move import move_root_to_file, move_root_to_tpm
from mihariban.volume.rotate import Progress, Rotation

Home = Literal["tpm", "file"]


def move_root(
    folder: SiteFolder,
    home: Home,
    *,
    clock: Clock,
    tcti: str = "",
    owner_auth: Path | None = None,
    progress: Progress | None = None,
) -> Rotation:
    """Move the root of a site whose recorder does not run.

    Args:
        tcti: which TPM; empty for the environment's or the machine's own.
        owner_auth: file with the authorisation value of the TPM's owner.

    Raises:
        NotASite, VolumeInUse, UsageError, LedgerUnwritable and the TPM's errors; the next opening ends what was begun.
    """
    folder.require()
    control = Control(folder.control, clock=clock)
    try:
        facts: dict[str, Json] = {"generation": _generation(folder) + 1, "home": home}
        with control.ledger.deed(Draft(Tag.KEY_ROOT_ROTATE, facts)) as deed:
            if home == "tpm":
                done = move_root_to_tpm(
                    folder.recorder, tcti=tcti, owner_auth=owner_auth, clock=clock, progress=progress
                )
            else:
                done = move_root_to_file(folder.recorder, clock=clock, progress=progress)
            deed.add(generation=done.generation, pages=done.pages, lost=done.lost)
        control.remember("root", {"at": clock.wall(), "renewed": clock.wall()})
    finally:
        control.close()
    return done


def _generation(folder: SiteFolder) -> int:
    volume = Volume.read_only(folder.recorder)
    try:
        return volume.roots.generation
    finally:
        volume.close()
