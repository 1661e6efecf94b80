"""``mihariban volume``: the encrypted ring of a site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from mihariban.cli._common import FOLDER, JSON, bar, console, print_json

if TYPE_CHECKING:
    from mihariban.recorder.site_folder import SiteFolder
    from mihariban.volume import VolumeStat
    from mihariban.volume.rotate import Rotation


@click.group()
def command() -> None:
    """The encrypted ring: check it, see how full it is, read all of it anew, renew its root key."""


@command.command()
@FOLDER
@JSON
@click.option("--deep", is_flag=True, help="Authenticate every stored chunk too. Shows no picture.")
def check(directory: Path, as_json: bool, deep: bool) -> int:
    """Test every invariant of the volume; exit status 1 where something was found. Works beside a running recorder."""
    from mihariban.base.text import language_of
    from mihariban.recorder.site_folder import SiteFolder
    from mihariban.volume import Volume, check_volume
    from mihariban.volume.storage import Folder

    folder = SiteFolder(directory)
    folder.require()
    volume = Volume.read_only(folder.recorder, site=folder.load_site().site.id)
    try:
        found = check_volume(volume, deep=deep, exposed=Folder(folder.recorder).secret_exposed())
        clips = len(volume.clips())
    finally:
        volume.close()
    if as_json:
        print_json({"clips": clips, "deep": deep, "findings": [each.as_json() for each in found]})
    else:
        for each in found:
            print(f"{each.code}: {each.text(language_of())}")
        print(f"{clips} clips checked{' deeply' if deep else ''}, {len(found)} findings")
    return 1 if found else 0


@command.command()
@FOLDER
@JSON
def stat(directory: Path, as_json: bool) -> None:
    """How full the ring is, what is held, and when the oldest footage will be overwritten at this week's rate."""
    from mihariban.recorder.site_folder import SiteFolder
    from mihariban.volume import Volume

    folder = SiteFolder(directory)
    folder.require()
    volume = Volume.read_only(folder.recorder)
    try:
        figures = volume.stat()
        if figures.oldest is not None and figures.week_bytes == 0:
            figures = volume.stat(max(clip.end for clip in volume.clips()))
    finally:
        volume.close()
    if as_json:
        print_json({**figures.as_json(), "forecast": forecast(folder, figures)})
        return
    from mihariban.cli._tables import stat_table

    console().print(stat_table(figures, folder.load_site().zone))
    print(forecast(folder, figures))


@command.command()
@FOLDER
@JSON
def scrub(directory: Path, as_json: bool) -> int:
    """Authenticate every stored chunk once; exit status 1 on damage. Works beside a running recorder."""
    from mihariban.base.clock import SystemClock
    from mihariban.base.text import language_of
    from mihariban.recorder.site_folder import SiteFolder
    from mihariban.volume import Volume
    from mihariban.volume.finding import finding
    from mihariban.volume.scrub import Scrubber, ScrubReport

    folder = SiteFolder(directory)
    folder.require()
    volume = Volume.read_only(folder.recorder, site=folder.load_site().site.id)
    total = ScrubReport()
    try:
        scrubber = Scrubber(volume, SystemClock())
        with bar() as shown:
            task = shown.add_task("scrub", total=sum(clip.stored for clip in volume.clips()))
            while not total.ended:
                total += scrubber.step(_STEP)
                shown.update(task, completed=total.stored)
    finally:
        volume.close()
    found = [*total.findings, *(finding("chunk-damaged", **each.facts) for each in total.damaged)]
    if as_json:
        print_json({"chunks": total.chunks, "bytes": total.stored, "findings": [each.as_json() for each in found]})
    else:
        for each in found:
            print(f"{each.code}: {each.text(language_of())}")
        print(f"{total.chunks} chunks ({total.stored:,} bytes) read, {len(found)} findings")
    return 1 if found else 0


@command.command()
@FOLDER
@JSON
def rotate(directory: Path, as_json: bool) -> None:
    """Renew the root key, so that destroyed keys are gone from old images of the key table too. Not while recording."""
    from mihariban.base.clock import SystemClock
    from mihariban.base.ntp import quality
    from mihariban.recorder.keeping.renew_root import renew_root
    from mihariban.recorder.service import Recorder
    from mihariban.recorder.site_folder import SiteFolder
    from mihariban.volume.rotate import level_after_rotation

    clock = SystemClock()
    with Recorder(SiteFolder(directory), clock=clock, time_quality=quality) as recorder, bar() as shown:
        task = shown.add_task("rotate", total=None)
        told = lambda done, count: shown.update(task, completed=done, total=count)  # noqa: E731  # rich's own signature
        rotation = renew_root(recorder, clock.wall(), told)
        level = level_after_rotation(recorder.volume, restarted=True)  # this process ends now
    _tell_root(rotation, level, as_json=as_json)


@command.command()
@FOLDER
@JSON
@click.option("--to", "home", required=True, type=click.Choice(["tpm", "file"]), help="Where the root shall live.")
@click.option("--tcti", default="", help="Which TPM, as TPM2TOOLS_TCTI names it [that variable, else the machine's].")
@click.option("--owner-auth", type=click.Path(path_type=Path), help="File with the TPM owner's authorisation value.")
def root(directory: Path, as_json: bool, home: Literal["tpm", "file"], tcti: str, owner_auth: Path | None) -> None:
    """Move the root key into a TPM 2.0, or back into a file. A renewal of the root; not while recording."""
    from mihariban.base.clock import SystemClock
    from mihariban.recorder.actions.move_root import move_root
    from mihariban.recorder.site_folder import SiteFolder

    done = move_root(SiteFolder(directory), home, clock=SystemClock(), tcti=tcti, owner_auth=owner_auth)
    _tell_root(done, "E2 or better" if home == "tpm" else "E2", as_json=as_json)


def _tell_root(rotation: Rotation, level: str, *, as_json: bool) -> None:
    from dataclasses import asdict

    if as_json:
        print_json({**asdict(rotation), "erasure_level": level})
    else:
        print(
            f"root {rotation.generation} is in force: {rotation.pages} key pages in {rotation.seconds:.1f} s, "
            f"{rotation.lost} that cannot be read; what was destroyed before is at {level}"
        )


_STEP = 32 << 20


def forecast(folder: SiteFolder, figures: VolumeStat) -> str:
    """The sentence that tells whether the rule's period is reached at this week's rate."""
    from mihariban.base.clock import HOUR, to_datetime
    from mihariban.base.text import language_of
    from mihariban.policy import expires_at

    site, version = folder.load_site(), folder.load_book().versions[-1]
    ja = language_of() == "ja"
    if figures.overwritten_at is None or figures.lifetime_hours is None:
        return (
            "見通しはまだ分かりません（録画が一日分たまると出ます）。"
            if ja
            else "Not known yet: a forecast needs a day of recording."
        )
    start = figures.oldest or 0
    deadline = expires_at(version.policy, start, site.zone, site.site.policy_site)
    date = f"{to_datetime(figures.overwritten_at, site.zone):%Y-%m-%d}"
    lives = round(figures.lifetime_hours)
    if deadline is None:
        return (
            f"この一週間の割合では、最も古い映像は {date} に上書きされ、映像は約 {lives:,} 時間残ります。"
            if ja
            else f"At this week's rate the oldest will be overwritten on {date}; footage lives {lives:,} h."
        )
    needed = (deadline - start) // HOUR
    reached = figures.lifetime_hours >= needed
    if ja:
        word = "に足ります" if reached else "に足りません"
        return (
            f"この一週間の割合では、最も古い映像は {date} に上書きされ、映像は約 {lives:,} 時間残ります。"
            f"保存期間 {needed:,} 時間{word}。"
        )
    word = "is" if reached else "is NOT"
    return (
        f"At this week's rate the oldest will be overwritten on {date}; footage lives {lives:,} h: "
        f"{needed:,} h {word} reached."
    )
