"""``mihariban status``: is everything watched, and what is wrong?"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mihariban.base.errors import UsageError
from mihariban.cli._common import FOLDER, JSON, console, print_json

if TYPE_CHECKING:
    from mihariban.base.text import Language
    from mihariban.recorder.site_status import SiteStatus


@click.command()
@FOLDER
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Account for a day, YYYY-MM-DD, hour by hour.")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Draw the day into this file.")
@JSON
def command(directory: Path, day: datetime | None, svg: Path | None, as_json: bool) -> int:
    """State of a site: cameras, findings, volume; exit status 1 where something is wrong. Shows no picture.

    Works beside a running recorder. With --day: what was watched, and what is missing, why.
    """
    from mihariban.recorder.site_status import site_status

    if day is not None or svg is not None:
        return _day(directory, None if day is None else day.date(), svg, as_json)
    status = site_status(directory)
    if as_json:
        print_json(status.as_json())
    else:
        _tell(directory, status)
    return 1 if status.wrong else 0


def _tell(directory: Path, status: SiteStatus) -> None:
    from rich.table import Table

    from mihariban.base.clock import to_datetime
    from mihariban.base.text import language_of
    from mihariban.cli.volume import forecast
    from mihariban.recorder.site_folder import SiteFolder

    language = language_of()
    ja = language == "ja"
    place, moment = status.site.site, to_datetime(status.now, status.site.zone)
    print(f"{place.name or place.id} ({status.site.recorder.id})  {moment:%Y-%m-%d %H:%M:%S}")
    print(_running(status, language))
    table = Table(box=None, show_header=False, pad_edge=False)
    for camera in status.cameras:
        table.add_row(camera.camera, camera.words(language))
    console().print(table)
    if status.volume is not None:
        print(forecast(SiteFolder(directory), status.volume))
    if status.volume_error is not None:
        print(f"{status.volume_error.code}: {status.volume_error.text(language)}")
    if status.ledger_size is not None:
        print(f"台帳 {status.ledger_size:,} 件" if ja else f"{status.ledger_size:,} ledger entries")
    _tell_findings(status, language)


def _running(status: SiteStatus, language: Language) -> str:
    from mihariban.base.clock import to_datetime

    if status.running:
        return "録画機は動いています。" if language == "ja" else "The recorder is running."
    if status.last_seen is None:
        return "録画機はまだ動いたことがありません。" if language == "ja" else "The recorder has never run."
    seen = f"{to_datetime(status.last_seen, status.site.zone):%Y-%m-%d %H:%M:%S}"
    return (
        f"録画機は止まっています（最後の動作 {seen}）。"
        if language == "ja"
        else f"The recorder is not running (last seen {seen})."
    )


def _tell_findings(status: SiteStatus, language: Language) -> None:
    from mihariban.base.clock import to_datetime

    ja = language == "ja"
    for finding in status.findings:
        mark = "!!" if finding.severity == "alarm" else "! "
        began = f"{to_datetime(finding.began, status.site.zone):%m-%d %H:%M}"
        print(f"{mark} {finding.text(language)} [{began}{'から' if ja else ' on'}]")
        print(f"   {finding.advice(language)}")
    for kind in status.unknown:
        print(f"!! {kind}")
    if not status.wrong:
        print("異常はありません。" if ja else "Nothing is wrong.")


def _day(directory: Path, day: date | None, svg: Path | None, as_json: bool) -> int:
    from mihariban.base.text import language_of
    from mihariban.recorder.day_drawing import CameraDay, day_bar, day_svg, legend, sums
    from mihariban.recorder.site_status import day_of, site_status

    language = language_of()
    status = site_status(directory)
    zone, place = status.site.zone, status.site.site
    found = day_of(directory, day or status.cameras[0].today.date) if status.cameras else []
    if svg is not None and found:
        drawn = day_svg([CameraDay(*each) for each in found], zone, place.name or place.id, language)
        try:
            svg.write_text(drawn, encoding="utf-8")
        except OSError as error:
            raise UsageError(
                what=f"cannot write {svg} ({error.strerror}); name a file in a folder that exists"
            ) from None
    if as_json:
        print_json([{"camera": camera, **account.as_json(zone)} for camera, account in found])
    else:
        for camera, account in found:
            print(f"{camera}  {account.date.isoformat()}")
            print(f"0 {day_bar(account)} 24")
            print(f"  {sums(account, language)}")
        print(legend(language))
    return 1 if any(account.seconds("gap") for _, account in found) else 0
