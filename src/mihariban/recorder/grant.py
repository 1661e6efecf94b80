"""Grants: what footage may leave the recorder, for what, until when. Everything that was not granted is refused."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from mihariban.ledger.checkpoint import Checkpoint
from mihariban.ledger.entry import from_moment, moment
from mihariban.recorder.contract.errors import GrantExpired, GrantWidened
from mihariban.recorder.contract.keys import PartyKeys
from mihariban.recorder.contract.orders import GrantOrder, Purpose
from mihariban.recorder.decision import Decision, Trust, verify_order


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant that was verified. Instants are wall ns; ``start`` up to and without ``end``."""

    decision: Decision[GrantOrder]
    id: str
    camera: str
    start: int
    end: int
    until: int
    purpose: Purpose

    def require(self, purpose: Purpose, start: int | None = None, end: int | None = None) -> None:
        """Make sure that this may be done under the grant.

        Raises:
            GrantWidened: another purpose, or beyond its range.
        """
        if purpose != self.purpose:
            raise GrantWidened(grant=self.id, granted=self.purpose, asked=purpose)
        if (start is not None and start < self.start) or (end is not None and end > self.end):
            granted = f"{moment(self.start)} – {moment(self.end)}"
            raise GrantWidened(grant=self.id, granted=granted, asked="more")

    def require_time(self, now: int) -> None:
        """Make sure that the grant has not expired.

        Raises:
            GrantExpired: it has.
        """
        if now >= self.until:
            raise GrantExpired(grant=self.id, until=moment(self.until))


def verify_grant(
    document: bytes,
    *,
    office_keys: PartyKeys,
    site: str,
    recorder: str,
    cameras: Collection[str],
    now: int,
    last_seen: Checkpoint | None,
) -> Grant:
    """The grant in ``document``, after everything about it was verified. Whether it was used before: ``check_fresh``.

    Raises:
        GrantExpired: its time is over; and what ``verify_order`` raises.
    """
    trust = Trust(office_keys, site, recorder, cameras, now, last_seen)
    return open_grant(verify_order(document, GrantOrder, trust), now)


def open_grant(decision: Decision[GrantOrder], now: int) -> Grant:
    """The grant of a verified order.

    Raises:
        GrantExpired: its time is over.
    """
    order = decision.order
    grant = Grant(
        decision,
        order.id,
        order.camera,
        from_moment(order.start),
        from_moment(order.end),
        from_moment(order.until),
        order.purpose,
    )
    grant.require_time(now)
    return grant
