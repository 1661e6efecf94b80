"""A site with two kiosks under Saga's rule, on an open day: Tuesday 24 November 2026, 08:00 in Japan, open 08:30–19:00."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mihariban.base.clock import DAY, MINUTE, TurnedClock
from mihariban.office.base.acting import Acting
from mihariban.office.checks.actions.fill_sheet import Answer
from mihariban.office.sites.models import CameraUnit, Kiosk, RecorderUnit, Site

SAGA = Path(__file__).parents[3] / "policies" / "saga-kiosk-2016.toml"
Someone = Callable[..., Acting]
ITEMS = ("power", "certificate_paper", "receipt_paper", "toner", "change_float", "host_link", "camera", "other")
Answers = Callable[..., dict[str, Answer]]


@pytest.fixture(autouse=True)
def saga(office: Path, office_clock: TurnedClock) -> Iterator[Path]:
    """The rule in DIR/policy.toml, and the clock on an open day before opening."""
    path = office.parent / "policy.toml"
    shutil.copy(SAGA, path)
    office_clock.turn(DAY - 30 * MINUTE)
    yield path
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
def fine() -> Answers:
    """``fine(toner="空")``: all is ok but what is named, which is not ok with that remark."""

    def make(**failed: str) -> dict[str, Answer]:
        return {item: Answer("not_ok", failed[item]) if item in failed else Answer("ok") for item in ITEMS}

    return make
