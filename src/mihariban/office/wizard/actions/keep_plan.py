"""Step 5: keep a floor plan."""

from __future__ import annotations

from pathlib import Path

from mihariban.base.files import write_private
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.sites.models import Site
from mihariban.office.wizard.models import FloorPlan
from mihariban.office.wizard.pictures import Picture
from mihariban.office.wizard.policy import WIZARD

PLANS = "plans"


def plan_path(folder: Path, sha256: str) -> Path:
    """Where a plan lies in DIR/office."""
    return folder / PLANS / f"{sha256}.png"


def keep_plan(site: Site, picture: Picture, *, folder: Path, acting: Acting) -> FloorPlan:
    """The plan of ``site`` from now on; earlier ones stay. The file is named by its content and written before the
    row: a row never points to nothing.

    Raises:
        NotAllowed: the policy refuses.
    """
    with action(acting, WIZARD.may_do(acting)) as act:
        path = plan_path(folder, picture.sha256)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_private(path, picture.png)
        by = acting.user.person if acting.user else None
        size = {"width": picture.width, "height": picture.height}
        row = FloorPlan.objects.create(site=site, sha256=picture.sha256, at=now(), by=by, **size)
        act.enter(Draft(Tag.SITE_PLAN_KEEP, {"site": site.pk, "sha256": picture.sha256, **size}))
    return row
