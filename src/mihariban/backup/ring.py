"""The ring after a restore: a new, empty one. What was on the old one stays there, or is gone with it."""

from __future__ import annotations

import os
from pathlib import Path

from mihariban.backup.enter import enter, recorder_ledger
from mihariban.base.clock import Clock, to_datetime
from mihariban.base.ids import Random
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.recorder.site_folder import Progress, SiteFolder, volume_size
from mihariban.volume import Volume, VolumeSpec


def new_ring(
    folder: Path,
    *,
    clock: Clock,
    random: Random = os.urandom,
    progress: Progress | None = None,
    allow_cow: bool = False,
) -> None:
    """Make the ring of a restored site anew, as ``site.toml`` describes it, with a new root and a new key table.

    At its next start the recorder enters every visit of the book whose footage is not there: erased where its time was
    over, lost otherwise.

    Raises:
        NotASite: no restored site.
        VolumeExists: there is a ring, a key table or a root.
        StorageError: no room, or a file system that copies on write.
    """
    site_folder = SiteFolder(folder)
    site_folder.require()
    site = site_folder.load_site()
    wanted = site.recorder.volume
    rule = site_folder.load_book().in_force(to_datetime(clock.wall(), site.zone).date())
    spec = VolumeSpec(
        size=volume_size(site, rule),
        region_size=wanted.region_bytes,
        hold_share=wanted.hold_share,
        site=site.site.id,
        recorder=site.recorder.id,
    )
    made = Volume.create(site_folder.recorder, spec, random=random, clock=clock, progress=progress, allow_cow=allow_cow)
    name = made.superblock.volume.hex()
    made.close()
    with recorder_ledger(site_folder.recorder, clock) as ledger:
        enter(ledger, Draft(Tag.VOLUME_RING_CREATE, {"volume": name}))
