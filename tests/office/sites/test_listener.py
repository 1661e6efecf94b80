"""The thread that listens: it goes on after errors that are not ours, counts them, and ends when it is told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from mihariban.office.sites import hooks
from mihariban.office.sites.apps import SitesConfig
from mihariban.office.sites.listener import Listener
from mihariban.office.sites.models import RecorderUnit, SeenEvent
from mihariban.office.web.background import background
from mihariban.recorder.client import RecorderClient
from tests.support.office_recorder import *  # noqa: F403  # fixtures
from tests.support.office_recorder import HeardRecorder


@pytest.fixture(autouse=True)
def _no_hooks(transactional_db: None) -> Iterator[None]:
    kept = list(hooks.after_contact)
    hooks.after_contact.clear()
    yield
    hooks.after_contact[:] = kept


def test_it_listens_until_it_is_told_to_stop(heard: HeardRecorder) -> None:
    """An error that is not ours is counted; the next pass comes."""
    heard_twice, calls = threading.Event(), []

    def contact(unit: RecorderUnit, client: RecorderClient) -> None:
        calls.append(unit.pk)
        if len(calls) == 1:
            raise ZeroDivisionError
        heard_twice.set()

    hooks.after_contact.append(contact)
    with Listener(every_s=1.0) as listener:
        assert heard_twice.wait(30)
    assert listener.failures == 1
    assert SeenEvent.objects.exists()
    ended = listener.passes
    assert threading.active_count() >= 1 and not any(each.name == "listener" for each in threading.enumerate())
    assert listener.passes == ended


def test_the_office_runs_what_its_apps_name(heard: HeardRecorder) -> None:
    """And ends it with itself."""
    contacted = threading.Event()
    hooks.after_contact.append(lambda unit, client: contacted.set())
    assert SitesConfig.background == ("mihariban.office.sites.listener.Listener",)
    with background():
        assert contacted.wait(30)
    assert not any(each.name == "listener" for each in threading.enumerate())
