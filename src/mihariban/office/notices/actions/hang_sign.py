"""Enter a sign that hangs."""

from __future__ import annotations

from datetime import date

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.notices.models import Sign
from mihariban.office.notices.policy import NOTICES
from mihariban.office.sites.models import CameraUnit


def hang_sign(
    *, acting: Acting, size: str, place: str, since: date, camera: CameraUnit | None = None, photo: str = ""
) -> Sign:
    """A sign hangs since a day.

    Args:
        photo: date and place of the photograph that shows it.

    Raises:
        NotAllowed: the policy refuses.
    """
    with action(acting, NOTICES.may_hang(acting)) as act:
        sign = Sign(size=size, place=place, since=since, camera=camera, photo=photo)
        sign.save()
        facts: dict[str, str | int] = {"sign": sign.pk, "camera": camera.camera if camera else "-", "size": size}
        act.enter(Draft(Tag.NOTICE_SIGN_HANG, {**facts, "since": since.isoformat()}, note=act.commit(place)))
    return sign
