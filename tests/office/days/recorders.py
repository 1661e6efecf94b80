"""A real recorder that the office knows, answering at its socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mihariban.base.clock import Clock
from mihariban.office.sites.models import RecorderUnit, Site
from mihariban.office.trust import trust
from mihariban.recorder.api.serve import serve
from mihariban.recorder.door import Door
from mihariban.recorder.service import Recorder
from mihariban.recorder.site_folder import SiteFolder
from tests.support.sites import make_site


@dataclass
class KnownRecorder:
    """A recorder with its row in the office."""

    unit: RecorderUnit
    folder: SiteFolder
    clock: Clock

    @contextmanager
    def answering(self) -> Iterator[Recorder]:
        """It answers meanwhile; outside it is away."""
        with Recorder(self.folder, clock=self.clock) as recorder, serve(Door(recorder), socket=Path(self.unit.socket)):
            yield recorder


def known_recorder(path: Path, office: Path, clock: Clock, *, keys: bool = True) -> KnownRecorder:
    """A new recorder in ``path``; without ``keys`` nobody laid its keys in the office."""
    folder = make_site(path, wall=clock.wall())
    if keys:
        trust(folder.recorder, office, site="test", recorder="test-r1")
    else:
        (office / "recorders" / "test.test-r1.keys").unlink(missing_ok=True)
    site = Site.objects.create(id="test", name="本庁舎", policy_site="honchosha-1f")
    unit = RecorderUnit.objects.create(id="test-r1", site=site, socket=str(folder.recorder / "recorder.sock"))
    return KnownRecorder(unit, folder, clock)
