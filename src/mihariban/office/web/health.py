"""Whether the office can do its work, for monitoring: one word, no login, no facts."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from mihariban.base.clock import MINUTE, SECOND, Clock
from mihariban.base.errors import MiharibanError
from mihariban.office.base.clock import clock
from mihariban.office.base.dates import now
from mihariban.office.base.ledger import book

ANSWER_FOR = 5 * SECOND
"""Whoever asks more often than this (ns) gets the same answer: asking takes the writer's lock for a moment."""
HEARD_WITHIN = 10 * MINUTE
"""A recorder that was not even tried for so long (ns): whoever listens to it has stopped."""
LEAST_FREE = 64 << 20
"""Bytes on the disk of the office's folder."""

_lock = threading.Lock()
_last: tuple[Clock, int, list[str]] | None = None


def faults() -> list[str]:
    """What is wrong now: ``database``, ``ledger``, ``disk``, ``recorder``; empty when all is well."""
    global _last  # noqa: PLW0603  # one answer for the process
    with _lock:
        watch = clock()
        at = watch.monotonic()
        if _last is None or _last[0] is not watch or at - _last[1] >= ANSWER_FOR:
            _last = (watch, at, look())
        return _last[2]


def look() -> list[str]:
    """What is wrong, looked at anew."""
    checks = {"database": _database, "ledger": _ledger, "disk": _disk, "recorder": _recorders}
    return [name for name, good in checks.items() if not _tried(good)]


def _tried(good: Callable[[], bool]) -> bool:
    try:
        return good()
    except (MiharibanError, DatabaseError, OSError):
        return False


def _database() -> bool:
    """A row is written and taken back."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO ledger_intent VALUES (-1)")
        transaction.set_rollback(True)
    return True


def _ledger() -> bool:
    """Its key is there, and what was signed last is still in the table."""
    kept = book().ledger.store.checkpoints()
    for _, note in kept[-1:]:
        book().ledger.check_continues(note)
    return (Path(settings.OFFICE_FOLDER) / "ledger.key").exists()


def _disk() -> bool:
    return shutil.disk_usage(settings.OFFICE_FOLDER).free >= LEAST_FREE


def _recorders() -> bool:
    """Each answers, and somebody listens to it. A recorder that was never asked is being set up."""
    from mihariban.office.sites.models import SeenStatus

    oldest = now().timestamp() - HEARD_WITHIN / SECOND
    return all(row.reachable and row.tried.timestamp() >= oldest for row in SeenStatus.objects.all())
