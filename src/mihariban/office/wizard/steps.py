"""The steps, how far they came, and what was typed into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.base.text import T
from mihariban.office.people.setup import set_up
from mihariban.office.wizard.models import StepState, Typed

MOST = 100_000
"""Letters of one step that are kept before it is sent."""
_NEVER = ("csrfmiddlewaretoken", "stamp", "later", "keep", "more", "digest")


@dataclass(frozen=True, slots=True)
class Step:
    """A step."""

    name: str
    title: T
    may_skip: bool = False

    @property
    def address(self) -> str:
        """Its page."""
        return reverse(f"wizard:{self.name}")


STEPS = (
    Step("section", T("課と管理者", "Section and manager")),
    Step("people", T("人とアカウント", "People and accounts")),
    Step("kiosk", T("交付機", "Kiosk")),
    Step("zone", T("利用者の立つ範囲", "Where users stand"), may_skip=True),
    Step("plan", T("平面図とカメラの位置", "Floor plan and cameras"), may_skip=True),
    Step("summary", T("確認と署名", "Review and signature")),
)
BY_NAME = {step.name: step for step in STEPS}


@dataclass(frozen=True, slots=True)
class Shown:
    """A step as the list shows it. ``state``: open, typed, skipped or done."""

    step: Step
    state: str
    here: bool


def shown(here: str = "") -> list[Shown]:
    """All steps with their states."""
    states = {row.step: "skipped" if row.skipped else "done" for row in StepState.objects.all()}
    typed = set(Typed.objects.values_list("step", flat=True))
    if set_up().signed_at is not None:
        states["summary"] = "done"
    return [
        Shown(each, states.get(each.name) or ("typed" if each.name in typed else "open"), each.name == here)
        for each in STEPS
    ]


def missing() -> list[T]:
    """Steps before the signature that are neither finished nor skipped."""
    return [each.step.title for each in shown() if each.state in ("open", "typed") and each.step.name != "summary"]


def after(name: str) -> str:
    """Address of the step after this one."""
    names = [each.name for each in STEPS]
    return STEPS[min(names.index(name) + 1, len(STEPS) - 1)].address


def keep_typed(name: str, data: Mapping[str, object]) -> bool:
    """Keep what was typed, so that the step can be left; no password, and not without measure. Whether it was kept."""
    lists = dict(data.lists()) if isinstance(data, QueryDict) else {}
    values = {key: found for key, found in lists.items() if key not in _NEVER and "password" not in key}
    if sum(len(str(each)) for found in values.values() for each in found) > MOST:
        return False
    Typed.objects.update_or_create(step=name, defaults={"values": values, "at": now()})
    return True


def typed(name: str) -> dict[str, list[str]]:
    """What was typed into a step and not sent."""
    row = Typed.objects.filter(pk=name).first()
    return dict(row.values) if row else {}


def finished(name: str, acting: Acting, *, skipped: bool = False) -> None:
    """Write down, inside an action, that a step is done; what was typed is no draft any more."""
    by = acting.user.person if acting.user else None
    StepState.objects.update_or_create(step=name, defaults={"skipped": skipped, "at": now(), "by": by})
    Typed.objects.filter(pk=name).delete()
