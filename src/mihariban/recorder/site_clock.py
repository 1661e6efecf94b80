"""The clock of a site. Live cameras run on the machine's. Where every camera is a file or the drawn scene, recorder and
office share one that begins at the site's last opening: DIR/site-clock.toml says how far it is from the machine's.

Who runs holds a shared lock on DIR. Only who finds nobody else there may move the clock, and forward alone: a ledger's
time never runs back, and a part that is begun anew finds the clock where the others have it.
"""

from __future__ import annotations

import fcntl
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mihariban.base.clock import Clock, SiteClock, SystemClock, iso
from mihariban.base.files import write_private
from mihariban.policy import PolicyBook, Site, load_policy
from mihariban.recorder.control import Control
from mihariban.recorder.errors import SiteClockUnusable
from mihariban.recorder.record import is_live, last_opening
from mihariban.recorder.site_folder import SiteFolder
from mihariban.recorder.site_hours import SiteHours

FILE = "site-clock.toml"
_HEAD = """\
# カメラの映像が実物ではない（demo: や動画ファイルの）サイトの時計です。録画装置と窓口が共に使います。
# The clock of a site without live cameras, shared by recorder and office.
"""


def runs_on_real_time(site: Site) -> bool:
    """Whether the site's time is the machine's: it has a live camera, or none."""
    return not site.camera or any(is_live(camera.source) for camera in site.camera)


@contextmanager
def running_clock(path: Path, real: Clock | None = None) -> Iterator[Clock]:
    """The clock of the site in ``path`` for a part that runs: nobody moves it while the ``with`` lasts.

    Raises:
        SiteClockUnusable: its file is damaged or cannot be written.
    """
    real = real or SystemClock()
    folder = SiteFolder(path)
    if not folder.site.exists() or runs_on_real_time(folder.load_site()):
        yield real
        return
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(BlockingIOError):
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _move(folder, real)
        fcntl.flock(fd, fcntl.LOCK_SH)  # waits while somebody is moving it
        yield site_clock(path, real)
    finally:
        os.close(fd)


def site_clock(path: Path, real: Clock | None = None) -> Clock:
    """The clock of the site in ``path`` as it stands, for who only looks.

    Raises:
        SiteClockUnusable: its file is damaged.
    """
    real = real or SystemClock()
    folder = SiteFolder(path)
    if not folder.site.exists() or runs_on_real_time(folder.load_site()):
        return real
    offset = _offset(path / FILE)
    return real if offset is None else SiteClock(real, real.wall() + offset)


def new_site_clock(site: Site, policy_file: Path, real: Clock) -> Clock:
    """The clock under which a new site is made: at its last opening where its cameras are not live."""
    if runs_on_real_time(site):
        return real
    hours = SiteHours(PolicyBook([load_policy(policy_file)]), (), site.zone, site.site.policy_site)
    opening = hours.last_opening(real.wall())
    return real if opening is None else SiteClock(real, opening)


def keep_clock(path: Path, clock: Clock, real: Clock | None = None) -> None:
    """Let the parts of the site in ``path`` go on from ``clock``; nothing for a site on the machine's time.

    Raises:
        SiteClockUnusable: the file cannot be written.
    """
    folder = SiteFolder(path)
    if not runs_on_real_time(folder.load_site()):
        _write(folder, clock.wall(), real or SystemClock())


def told(path: Path, clock: Clock) -> str:
    """A sentence on the clock; empty where it is the machine's."""
    folder = SiteFolder(path)
    if not folder.site.exists() or runs_on_real_time(site := folder.load_site()):
        return ""
    at = iso(clock.wall(), site.zone)[:19].replace("T", " ")
    return f"no live camera: the site's own clock stands at {at} ({path / FILE}), not the machine's time"


def _move(folder: SiteFolder, real: Clock) -> None:
    """Nobody runs: to the last opening where that is ahead, and never behind what was entered already."""
    offset = _offset(folder.path / FILE)
    now = None if offset is None else real.wall() + offset
    wall = max(last_opening(folder, real), _last_seen(folder), now or 0)
    if wall != now:
        _write(folder, wall, real)


def _last_seen(folder: SiteFolder) -> int:
    control = Control(folder.control, readonly=True)
    try:
        lives = control.lives()
    finally:
        control.close()
    return max(lives[-1].last_seen, lives[-1].ended or 0) if lives else 0


def _offset(file: Path) -> int | None:
    """Nanoseconds by which the site's clock is ahead of the machine's (below zero: behind)."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))["ahead_ns"]
    except FileNotFoundError:
        return None
    except (OSError, KeyError, ValueError) as error:
        raise SiteClockUnusable(file=file, why=str(error) or type(error).__name__) from error
    if not isinstance(found, int):
        raise SiteClockUnusable(file=file, why=f"ahead_ns = {found!r}")
    return found


def _write(folder: SiteFolder, wall: int, real: Clock) -> None:
    file = folder.path / FILE
    text = f"{_HEAD}ahead_ns = {wall - real.wall()}\n"
    try:
        write_private(file, text.encode())
        file.chmod(0o644)  # no secret; the parts may run under users of their own
    except OSError as error:
        raise SiteClockUnusable(file=file, why=str(error)) from error
