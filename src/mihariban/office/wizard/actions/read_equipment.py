"""Step 3, where the recorder is on this machine: take over what site.toml says."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.sites.actions.register_site import register_site
from mihariban.office.sites.models import Site
from mihariban.office.wizard.policy import WIZARD
from mihariban.office.wizard.site_file import SiteFile


def read_equipment(found: SiteFile, *, acting: Acting) -> Site:
    """Site, recorder, cameras and kiosks of the file.

    Raises:
        NotAllowed: the policy refuses.
    """
    socket = found.path.parent / "recorder" / "recorder.sock"
    with action(acting, WIZARD.may_do(acting)) as act:
        site = register_site(found.site, acting=acting, socket=str(socket))
        act.enter(Draft(Tag.SETUP_STEP_FINISH, {"step": "equipment", "site": site.pk}))
    return site
