"""Enter a site with its recorder, cameras and kiosks, as ``site.toml`` describes them."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.sites.models import CameraUnit, Kiosk, RecorderUnit, Site
from mihariban.office.sites.policy import SITES
from mihariban.policy import Site as SiteFile


def register_site(described: SiteFile, *, acting: Acting, socket: str = "", address: str = "") -> Site:
    """Enter what the file describes; what is known already is brought up to it.

    Args:
        described: the site file.
        socket, address: how its recorder is called.

    Raises:
        NotAllowed: the policy refuses.
    """
    with action(acting, SITES.may_register(acting)) as act:
        place = described.site
        site, _ = Site.objects.update_or_create(
            id=place.id, defaults={"name": place.name, "policy_site": place.policy_site or ""}
        )
        recorder, _ = RecorderUnit.objects.update_or_create(
            id=described.recorder.id, defaults={"site": site, "socket": socket, "address": address}
        )
        for camera in described.camera:
            kiosk = _kiosk(site, camera.kiosk or f"{site.id}-kiosk")
            CameraUnit.objects.update_or_create(recorder=recorder, camera=camera.id, defaults={"kiosk": kiosk})
        facts: dict[str, str | int] = {"site": site.id, "recorder": recorder.id, "cameras": len(described.camera)}
        act.enter(Draft(Tag.SITE_EQUIPMENT_REGISTER, facts))
    return site


def _kiosk(site: Site, kiosk: str) -> Kiosk:
    return Kiosk.objects.get_or_create(id=kiosk, defaults={"site": site, "name": kiosk})[0]
