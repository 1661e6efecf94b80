"""The recorder reads site.toml when it starts: what is changed there later is not in force, and that is said.

A time zone is not taken up while it runs: open visits, the hours of the day and texts that list a day were begun in
the old one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mihariban.base.clock import MINUTE
from mihariban.base.errors import MiharibanError
from mihariban.policy import Site
from mihariban.recorder.health.kinds import FindingKind

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder

PERIOD = MINUTE


def watch_site(recorder: Recorder, _wall: int) -> None:
    """Compare the file with what the recorder goes by."""
    figures: dict[str, int | str]
    try:
        waiting = _changed(recorder.site, recorder.folder.load_site())
        figures = {"parts": ", ".join(waiting)}
    except MiharibanError as error:  # a restart would be refused with it
        waiting, figures = ["unreadable"], {"code": error.code}
    recorder.health.observe(FindingKind.SITE_CHANGED, recorder.folder.site.name, bool(waiting), figures)


def _changed(old: Site, new: Site) -> list[str]:
    here, there = (each.site.model_copy(update={"time_zone": ""}) for each in (old, new))
    pairs = {
        "time_zone": (old.site.time_zone, new.site.time_zone),
        "site": (here, there),
        "recorder": (old.recorder, new.recorder),
        "camera": (old.camera, new.camera),
    }
    return [part for part, (before, after) in pairs.items() if before != after]
