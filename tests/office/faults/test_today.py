"""What today's screen is told of faults."""

from __future__ import annotations

from collections.abc import Callable

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.faults.models import Fault
from mihariban.office.faults.today import tasks


def test_a_fault_is_told_until_the_manager_has_confirmed_it(
    in_state: Callable[..., Fault], someone: Callable[..., Acting]
) -> None:
    """An alarm while the kiosk stands still; restored, it waits for the manager; then it is over."""
    operator = someone("operator")
    stopped, running = in_state(stop=True), in_state()
    restored, _over = in_state("restored"), in_state("confirmed")
    found = {task.url: task.state for task in tasks(operator, now())}
    assert found == {
        f"/faults/{stopped.pk}/": "alarm",
        f"/faults/{running.pk}/": "warning",
        f"/faults/{restored.pk}/": "due",
    }
    assert list(tasks(Acting("見本 三郎", frozenset(), operator.day), now())) == []
