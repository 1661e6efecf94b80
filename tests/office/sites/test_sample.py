"""Weeks of visits for the demo: as a city hall has them, and never taken for what a recorder told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mihariban.office.reports.figures import Period, figures_of
from mihariban.office.sites.models import CameraUnit, Kiosk, QueuedHour, RecorderUnit, SeenFinding, SeenVisit, Site
from mihariban.office.sites.sample import make_visits
from mihariban.office.sites.visits import keep_visits
from tests.support.sites import SAGA

FIRST, LAST = date(2026, 10, 12), date(2026, 11, 22)


@pytest.fixture
def site(office: Path) -> Iterator[Site]:
    """Two kiosks at one recorder, under Saga's rule."""
    path = office.parent / "policy.toml"
    shutil.copy(SAGA, path)
    row = Site.objects.create(pk="s", policy_site="honchosha-1f")
    unit = RecorderUnit.objects.create(pk="r", site=row, socket="/nowhere")
    for number in (1, 2):
        kiosk = Kiosk.objects.create(pk=f"k{number}", site=row, name=f"{number}号機")
        CameraUnit.objects.create(camera=f"cam{number}", recorder=unit, kiosk=kiosk)
    yield row
    path.unlink()


def test_visits_as_a_city_hall_has_them(site: Site) -> None:
    """Within the hours alone, more before noon, a queue now and then, the first kiosk busier; the same each time."""
    count = make_visits(site, FIRST, LAST)
    both = figures_of(Period(FIRST, LAST))
    first, second = (figures_of(Period(FIRST, LAST), kiosk) for kiosk in Kiosk.objects.order_by("pk"))
    assert both.total == count == first.total + second.total > 2000
    assert first.total > second.total > 0
    assert 5 <= both.share <= 40
    hours = {hour: visits for hour, visits, _ in both.by_hour()}
    assert min(hours) == 8 and max(hours) <= 19 and hours[10] > hours[15]
    assert not SeenVisit.objects.filter(day=date(2026, 11, 3)).exists()  # a public holiday
    assert not SeenVisit.objects.filter(day=date(2026, 11, 14)).exists()  # a Saturday
    SeenVisit.objects.all().delete()
    QueuedHour.objects.all().delete()
    assert make_visits(site, FIRST, LAST) == count


def test_samples_are_no_words_of_a_recorder(site: Site) -> None:
    """Marked; without moments; the recorder does not list them, and nobody misses them."""
    make_visits(site, date(2026, 11, 16), date(2026, 11, 16))
    assert set(SeenVisit.objects.values_list("state", "visit", "started")) == {("sample", None, None)}
    from mihariban.office.base.dates import now

    keep_visits(RecorderUnit.objects.get(), [], now())
    assert not SeenFinding.objects.exists()
