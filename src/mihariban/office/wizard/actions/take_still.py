"""Step 4: one picture of the empty scene, by a signed order that the recorder enters too; given out, never kept."""

from __future__ import annotations

from mihariban.office.base.acting import Acting
from mihariban.office.base.errors import NotAllowed
from mihariban.office.exchange import deliver
from mihariban.office.signer import Decided
from mihariban.office.sites.call import client_of, office_for
from mihariban.office.sites.models import CameraUnit
from mihariban.office.wizard.policy import WIZARD

BASIS = "第2条第2項"


def take_still(camera: CameraUnit, *, reason: str, document: str, acting: Acting) -> bytes:
    """The newest picture of a camera (JPEG), in memory alone.

    The order is the change with its entry (``signer.Office``); whether the picture was given out stands in the
    recorder's ledger.

    Raises:
        NotAllowed: the policy refuses.
        GrantMalformed: the order says something no order may.
        RecorderUnknown, RecorderUnavailable: the recorder cannot be called, or does not answer.
        MiharibanError: whatever the recorder answers, such as NoPictureNow.
    """
    verdict = WIZARD.may_do(acting)
    if not verdict:
        raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)
    office = office_for(camera.recorder)
    with client_of(camera.recorder) as client:
        client.status()  # no order where nobody is there to obey it
        order = office.order_still(Decided(verdict.role, acting.name, reason, BASIS, document), camera.camera)
        return deliver(office, order, client.still)
