"""Signs and contact for the demo."""

from __future__ import annotations

from datetime import date, timedelta

from mihariban.office.base.acting import Acting
from mihariban.office.notices.actions.change_contact import change_contact
from mihariban.office.notices.actions.check_sign import check_sign
from mihariban.office.notices.actions.hang_sign import hang_sign
from mihariban.office.notices.contact import contact
from mihariban.office.notices.models import Sign
from mihariban.office.sites.models import CameraUnit, Site


def make_sample(acting: Acting, site: Site, today: date) -> list[Sign]:
    """A contact, a sticker at each camera of ``site`` and a poster beside it, looked at some weeks ago.

    Args:
        acting: a manager.
        today: the demo's day; the signs hang since a quarter of a year before.

    Raises:
        NotAllowed: ``acting`` is no manager.
    """
    told = {
        "section": contact().section or "市民生活課",
        "section_en": "Citizens' Section",
        "phone": "000-0000-0000",
        "post_en": "Head of the Citizens' Section",
        "purpose_en": "To prevent certificates from being obtained by misuse of My Number Cards",
        "place_en": "City hall, ground floor",
    }
    change_contact(told, acting=acting, stamp=contact().stamp)
    since, paper = today - timedelta(days=90), "見本の写真、課内ファイル「表示」"
    made = [
        hang_sign(acting=acting, size="sticker", place="カメラ本体", since=since, camera=camera, photo=paper)
        for camera in CameraUnit.objects.filter(recorder__site=site).order_by("pk")
    ]
    made.append(hang_sign(acting=acting, size="a4", place="交付機の右の壁", since=since, photo=paper))
    check_sign(made[0], acting=acting, state="good", note="", stamp=made[0].stamp)
    return made
