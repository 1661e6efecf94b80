"""The thread that holds the keys against the clock, whether or not a recorder answers, and writes to the manager."""

from __future__ import annotations

import threading

import structlog
from django.db import close_old_connections, connections

from mihariban.base.errors import MiharibanError
from mihariban.office.base.acting import system
from mihariban.office.base.clock import clock
from mihariban.office.keyledger.actions.mail_overdue import mail_overdue
from mihariban.office.keyledger.actions.mail_resets import mail_resets
from mihariban.office.keyledger.actions.watch_keys import watch_keys

EVERY_S = 60.0
_log = structlog.get_logger(__name__)


class Reminder:
    """Looks every minute. Use as a context manager.

    Attributes:
        passes, failures: counted; a failure is an error that is not ours.
    """

    def __init__(self, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.run, name="reminder", daemon=True)
        self.passes = self.failures = 0

    def __enter__(self) -> Reminder:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=30)

    def run(self) -> None:
        """Until the end of the ``with``."""
        while not self._stop.is_set():
            try:
                close_old_connections()
                remind()
            except MiharibanError as error:
                _log.warning("keys not watched", code=error.code)
            except Exception as error:  # noqa: BLE001  # the supervisor: logged, counted, begun anew
                self.failures += 1
                _log.exception("the reminder failed", kind=type(error).__name__)
            self.passes += 1
            clock().wait(self._stop, self._every_s)
        connections.close_all()


def remind() -> None:
    """One look."""
    watch_keys(acting=system())
    mail_overdue(acting=system())
    mail_resets(acting=system())
