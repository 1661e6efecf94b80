"""The folder of a site: DIR/policy.toml, DIR/site.toml, DIR/recorder/. What is where, and how a new one is made."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mihariban.base.clock import Clock
from mihariban.base.files import is_there
from mihariban.base.ids import Random
from mihariban.base.units import GIB
from mihariban.policy import (
    LoadedPolicy,
    PolicyBook,
    Site,
    dump_site,
    load_policy,
    load_site,
    needed_bytes,
    require_complete,
)
from mihariban.recorder.control import Control
from mihariban.recorder.errors import BookMissing, NotASite
from mihariban.recorder.new_folder import require_new
from mihariban.volume import Volume, VolumeSpec
from mihariban.volume.create import require_room
from mihariban.volume.storage import Folder

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SiteFolder:
    """Paths of a site's folder."""

    path: Path

    @property
    def policy(self) -> Path:
        return self.path / "policy.toml"

    @property
    def other_versions(self) -> Path:
        """Earlier and later versions of the rule, one file each."""
        return self.path / "policies"

    @property
    def site(self) -> Path:
        return self.path / "site.toml"

    @property
    def recorder(self) -> Path:
        return self.path / "recorder"

    @property
    def control(self) -> Path:
        return self.recorder / "control.db"

    @property
    def ledger(self) -> Path:
        """Tiles and checkpoint of the recorder's ledger, derived from control.db."""
        return self.recorder / "ledger"

    @property
    def secrets(self) -> Path:
        return self.recorder / "secrets.toml"

    def require(self) -> None:
        """Make sure that a whole site is here.

        Raises:
            NotASite: with the first part that is missing. BookMissing: all but the book is here.
        """
        self.require_papers()
        if not is_there(self.control):
            if is_there(self.recorder / "ring.vol"):
                raise BookMissing(path=self.control, folder=self.path)
            require_part(self.path, "recorder/control.db")

    def require_papers(self) -> None:
        """Make sure that rule and equipment are here; the book may be lost.

        Raises:
            NotASite: with the first part that is missing.
        """
        for part in (self.policy, self.site):
            require_part(self.path, part.name)

    def load_site(self) -> Site:
        """The equipment."""
        return load_site(self.site)

    def load_book(self) -> PolicyBook:
        """All versions of the rule."""
        paths = [self.policy]
        if self.other_versions.is_dir():
            paths += sorted(self.other_versions.glob("*.toml"))
        return PolicyBook([load_policy(path) for path in paths])


def require_part(folder: Path, part: str) -> None:
    """Make sure that a part of a site is there and may be looked at; ``.`` for the folder itself.

    Raises:
        NotASite: with what the system says of it.
    """
    missing = folder if part == "." else part
    try:
        found = (folder / part).stat()
    except OSError as error:
        raise NotASite(folder=folder, missing=missing, why=error.strerror) from error
    if part == "." and not stat.S_ISDIR(found.st_mode):
        raise NotASite(folder=folder, missing=missing, why=os.strerror(errno.ENOTDIR))


def volume_size(site: Site, policy: LoadedPolicy) -> int:
    """Bytes of the ring: as the site says, else enough for the retention of all cameras at their bit rate."""
    volume = site.recorder.volume
    if volume.size_bytes is not None:
        return volume.size_bytes
    needed = needed_bytes(policy.policy, site)
    return GIB if needed is None else needed


def create_site(
    path: Path,
    *,
    policy_file: Path,
    site: Site,
    clock: Clock,
    random: Random = os.urandom,
    progress: Progress | None = None,
    allow_cow: bool = False,
) -> SiteFolder:
    """Make a new site: folder, rule, equipment, pre-written ring, keys and book.

    Nothing that exists is overwritten; what refuses does so before ``progress`` is told anything and before anything
    is written. Where something fails later, what was made is taken away again.

    Raises:
        PolicyIncomplete: the rule is an excerpt or leaves something unknown that decides.
        SiteExists, SiteHalfMade, SiteNotMade: there is a site already, a part of one, or none can be made there.
        StorageError: no room, or a file system that copies on write.
    """
    folder = SiteFolder(path)
    loaded = load_policy(policy_file)
    require_complete(loaded.policy)
    require_new(path, loaded.text)
    volume = site.recorder.volume
    spec = VolumeSpec(
        size=volume_size(site, loaded),
        region_size=volume.region_bytes,
        hold_share=volume.hold_share,
        site=site.site.id,
        recorder=site.recorder.id,
    )
    require_room(Folder(folder.recorder), spec, allow_cow=allow_cow)
    folder.recorder.mkdir(parents=True, mode=0o700)
    try:
        Volume.create(folder.recorder, spec, random=random, clock=clock, progress=progress, allow_cow=allow_cow).close()
        control = Control.create(
            folder.control, site=site.site.id, recorder=site.recorder.id, wall=clock.wall(), clock=clock
        )
        control.close()
        folder.policy.write_text(loaded.text, encoding="utf-8")
        folder.site.write_text(dump_site(site), encoding="utf-8")
    except BaseException:
        shutil.rmtree(folder.recorder, ignore_errors=True)
        with suppress(OSError):  # where it held something before
            path.rmdir()
        raise
    return folder
