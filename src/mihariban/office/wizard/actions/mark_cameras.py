"""Step 5: where the cameras hang on the plan, and where they look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.sites.models import CameraUnit
from mihariban.office.wizard.errors import ZoneUnsound
from mihariban.office.wizard.models import CameraMark, FloorPlan
from mihariban.office.wizard.policy import WIZARD
from mihariban.office.wizard.steps import finished


@dataclass(frozen=True, slots=True)
class Mark:
    """A camera on the plan: fractions of width and height, degrees clockwise from the top."""

    camera: CameraUnit
    x: float
    y: float
    direction: float


def mark_cameras(plan: FloorPlan, marks: Sequence[Mark], *, acting: Acting) -> None:
    """Store them.

    Raises:
        NotAllowed: the policy refuses.
        ZoneUnsound: a mark lies outside of the plan.
    """
    with action(acting, WIZARD.may_do(acting)) as act:
        for mark in marks:
            if not (0 <= mark.x <= 1 and 0 <= mark.y <= 1 and 0 <= mark.direction <= 360):
                raise ZoneUnsound(
                    why_ja="位置は0から100、向きは0から360の数にしてください。",
                    why_en="Places lie between 0 and 100 percent, directions between 0 and 360 degrees.",
                )
            place = {"x": mark.x, "y": mark.y, "direction": mark.direction % 360}
            CameraMark.objects.update_or_create(plan=plan, camera=mark.camera, defaults=place)
        finished("plan", acting)
        act.enter(Draft(Tag.SETUP_STEP_FINISH, {"step": "plan", "plan": plan.sha256, "cameras": len(marks)}))
