"""Step 4: where users stand before a camera, into site.toml. The recorder reads it when it starts."""

from __future__ import annotations

from mihariban.ledger.commitment import actor
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.base.policy import Allowed
from mihariban.office.wizard.policy import WIZARD
from mihariban.office.wizard.site_file import SiteFile, checked_polygon, with_zone, write_site


def change_zone(found: SiteFile, camera: str, corners: list[tuple[float, float]], *, acting: Acting) -> None:
    """Write the zone of ``camera``. The file is outside of the database, so this is a deed: its intent is durable
    before the file is touched, its outcome entered after.

    Args:
        found: the file as the form showed it.
        corners: fractions of the picture.

    Raises:
        NotAllowed: the policy refuses.
        ZoneUnsound: the corners make no zone.
        NotThere: no such camera.
        ChangedMeanwhile: somebody edited the file.
        OSError: the file cannot be written; entered as failed.
    """
    verdict = WIZARD.may_do(acting)
    if not isinstance(verdict, Allowed):
        raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)
    found.camera(camera)
    site = with_zone(found, camera, checked_polygon(corners))
    book = ledger()
    with book.store.transaction() as db:
        who = book.keep_text(db, acting.name)
    told = " ".join(f"{x:.4f},{y:.4f}" for x, y in corners)
    facts = {"camera": camera, "zone": told, "before": found.digest}
    with book.deed(Draft(Tag.SITE_ZONE_CHANGE, facts, actor=dict(actor(verdict.role, who)))):
        write_site(found, site)
