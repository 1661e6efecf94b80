"""What other apps want to hear or do when a recorder answers. An app appends in its ``AppConfig.ready``.

A function of ours must not raise: what it raises of our errors is logged and the next one is called; the recorder's
events are taken in all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mihariban.office.sites.models import RecorderUnit, SeenEvent, SeenFinding
from mihariban.recorder.client import RecorderClient

AfterContact = Callable[[RecorderUnit, RecorderClient], None]

after_contact: list[AfterContact] = []
"""Called after each pass in which the recorder answered, outside any transaction: pushes of calendar and rule that wait
are delivered here."""

events_came: list[Callable[[RecorderUnit, Sequence[SeenEvent]], None]] = []
"""Called with the entries of a page inside the transaction that takes them in: either both are kept, or neither."""

finding_began: list[Callable[[SeenFinding], None]] = []
"""Called with each finding that began, inside the transaction that keeps it."""

finding_ended: list[Callable[[SeenFinding], None]] = []
"""Called with each finding that ended, the same way."""
