"""The thread that listens to all recorders while the office runs."""

from __future__ import annotations

import threading

import structlog
from django.db import close_old_connections, connections

from mihariban.office.base.clock import clock
from mihariban.office.sites.listen import listen
from mihariban.office.sites.models import RecorderUnit

EVERY_S = 5.0
_log = structlog.get_logger(__name__)


class Listener:
    """Listens every few seconds, one recorder after the other. Use as a context manager.

    Attributes:
        passes, failures: counted; a failure is an error that is not ours.
    """

    def __init__(self, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.run, name="listener", daemon=True)
        self.passes = self.failures = 0

    def __enter__(self) -> Listener:
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
                for recorder in RecorderUnit.objects.select_related("site"):
                    if not self._stop.is_set():
                        listen(recorder)
            except Exception as error:  # noqa: BLE001  # the supervisor: logged, counted, begun anew
                self.failures += 1
                _log.exception("the listener failed", kind=type(error).__name__)
            self.passes += 1
            clock().wait(self._stop, self._every_s)
        connections.close_all()
