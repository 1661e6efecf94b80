"""A site with two kiosks under Saga's rule, and faults in every state."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.faults.actions.close_fault import confirm_fault, repair_fault, restore_fault
from mihariban.office.faults.actions.open_fault import open_fault
from mihariban.office.faults.models import Fault
from mihariban.office.sites.models import CameraUnit, Kiosk, RecorderUnit, Site

SAGA = Path(__file__).parents[3] / "policies" / "saga-kiosk-2016.toml"
Someone = Callable[..., Acting]
Made = Callable[..., Fault]


@pytest.fixture(autouse=True)
def saga(office: Path) -> Iterator[None]:
    """The rule in DIR/policy.toml."""
    path = office.parent / "policy.toml"
    shutil.copy(SAGA, path)
    yield
    path.unlink()


@pytest.fixture
def kiosk(office: Path) -> Kiosk:
    """The second machine of the site, with its camera; the first one beside it."""
    site = Site.objects.create(id="honchosha", name="本庁舎", policy_site="honchosha-1f")
    Kiosk.objects.create(id="k1", site=site, name="1号機", place="本庁舎1階")
    made = Kiosk.objects.create(id="k2", site=site, name="2号機", place="本庁舎1階")
    recorder = RecorderUnit.objects.create(id="rec1", site=site)
    CameraUnit.objects.create(recorder=recorder, camera="cam1", kiosk=made)
    return made


@pytest.fixture
def in_state(kiosk: Kiosk, someone: Someone) -> Made:
    """``in_state("repaired", kind="paper", stop=True)``: a fault that came so far."""
    manager = someone("manager", name="例 一郎")

    def make(state: str = "open", *, kind: str = "paper", stop: bool = False, what: str = "紙づまり") -> Fault:
        fault = open_fault(kiosk, kind=kind, what=what, stop=stop, acting=manager)
        if state in ("repaired", "restored", "confirmed"):
            repair_fault(fault, at=now(), cause="摩耗", repair="部品交換", acting=manager, stamp=fault.stamp)
        if state in ("restored", "confirmed"):
            restore_fault(fault, test="試し印刷", acting=manager, stamp=fault.stamp)
        if state == "confirmed":
            confirm_fault(fault, acting=manager, stamp=fault.stamp)
        return fault

    return make
