"""What the page of a fault shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.base.kept import typed_in
from mihariban.office.base.text import T
from mihariban.office.faults import words
from mihariban.office.faults.deeds import DEEDS, DISK_DEEDS, Deed, initial, may_disk
from mihariban.office.faults.forms import DeedForm
from mihariban.office.faults.gaps import HeardGap, heard_gaps
from mihariban.office.faults.models import Fault, Step, TakenDisk
from mihariban.office.faults.needs import tasks
from mihariban.office.faults.policy import FAULTS


@dataclass(frozen=True, slots=True)
class Offer:
    """A deed that may be done now, with its form. ``opened``: the form is shown unfolded, because it was refused."""

    name: str
    deed: Deed
    form: DeedForm
    opened: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A step as it is shown."""

    step: Step
    sort: T
    text: str


def record_page(acting: Acting, fault: Fault, bound: tuple[str, DeedForm] | None = None) -> dict[str, Any]:
    """Facts of the page.

    Args:
        bound: name of a deed whose form was refused, and the form.
    """
    places: dict[str, list[Offer]] = {}
    for name, deed in DEEDS.items():
        if deed.may(acting, fault):
            places.setdefault(deed.place, []).append(_offer(name, deed, fault, bound))
    offered = [offer.name for each in places.values() for offer in each]
    refused = bound[1] if bound and bound[0] not in offered else None
    return {
        **sheet_page(fault),
        "offers": places,
        "tasks": tasks(fault),
        "refused": refused,
        "typed": typed_in(refused) if refused else [],
        "heard": _not_linked(fault) if FAULTS.may_link_gap(acting, fault) else [],
        "disks": [(disk, words.DISKS[disk.state], _disk_deeds(acting, disk)) for disk in fault.disks.all()],
    }


def sheet_page(fault: Fault) -> dict[str, Any]:
    """Facts of the record itself, for screen and print."""
    return {
        "fault": fault,
        "kind": words.KINDS[fault.kind],
        "source": words.SOURCES[fault.source],
        "state": words.STATES[fault.state],
        "state_tag": words.STATE_TAGS[fault.state],
        "lines": [Line(step, words.STEPS[step.sort], _told(step)) for step in fault.steps.all()],
        "disk_lines": [(disk, words.DISKS[disk.state]) for disk in fault.disks.all()],
        "printed": now(),
    }


def _offer(name: str, deed: Deed, fault: Fault, bound: tuple[str, DeedForm] | None) -> Offer:
    if bound is not None and bound[0] == name:
        return Offer(name, deed, bound[1], opened=True)
    form = deed.form(fault=fault, initial=initial(name, fault), auto_id=f"id_{name}_%s")
    return Offer(name, deed, form, opened=False)


def _told(step: Step) -> str:
    """A step of telling begins with how."""
    if step.sort != "told":
        return step.text
    how, _, where = step.text.partition(" ")
    return f"{words.TELLING.get(how, how)} {where}".strip()


def _not_linked(fault: Fault) -> list[HeardGap]:
    known = {(row.recorder, row.gap, row.ended) for row in fault.gaps.all()}
    heard = heard_gaps(fault, fault.restored_at or now())
    return [gap for gap in heard if (gap.recorder, gap.gap, gap.ended) not in known]


def _disk_deeds(acting: Acting, disk: TakenDisk) -> list[tuple[str, T]]:
    return [(name, text) for name, (text, _) in DISK_DEEDS.items() if may_disk(name, acting, disk)]
