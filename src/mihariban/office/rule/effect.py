"""What a version of the rule would do to the footage there is: the recorders are asked for their visits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

from mihariban.base.clock import from_datetime, to_datetime
from mihariban.base.errors import MiharibanError
from mihariban.office.sites.call import client_of
from mihariban.office.sites.models import RecorderUnit
from mihariban.policy import LoadedPolicy, PolicyBook
from mihariban.policy.errors import NoPolicyInForce
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.contract.facts import VisitItem

KEPT = ("kept", "held", "recording")
SHOWN = 50


@dataclass(frozen=True, slots=True)
class VisitEffect:
    """A visit whose deadline would change. ``before``, ``after``: None where no clock would count.

    Attributes:
        at_once: its footage would go as soon as the version is in force.
        held: a hold keeps it meanwhile.
    """

    camera: str
    recorded_to: datetime
    seconds: float
    before: datetime | None
    after: datetime | None
    at_once: bool
    held: bool

    @property
    def sooner(self) -> bool:
        """Whether it would go before its time."""
        return self.after is not None and (self.before is None or self.after < self.before)


@dataclass(frozen=True, slots=True)
class Effect:
    """What would happen to the footage of a recorder. ``failure``: code of why it could not be asked."""

    recorder: str
    failure: str
    kept: int
    changed: tuple[VisitEffect, ...]

    @property
    def sooner(self) -> list[VisitEffect]:
        """Visits whose footage would go before its time."""
        return [each for each in self.changed if each.sooner]

    @property
    def later(self) -> list[VisitEffect]:
        """Visits whose footage would stay longer."""
        return [each for each in self.changed if not each.sooner]

    @property
    def at_once(self) -> list[VisitEffect]:
        """Visits whose footage would go on the first day of the version."""
        return [each for each in self.changed if each.at_once and not each.held]

    @property
    def sooner_seconds(self) -> int:
        """Seconds of footage that would go before their time."""
        return round(sum(each.seconds for each in self.sooner))

    @property
    def at_once_seconds(self) -> int:
        """Seconds of footage that would go on the first day."""
        return round(sum(each.seconds for each in self.at_once))

    @property
    def first(self) -> list[VisitEffect]:
        """As many as a page shows, the oldest first."""
        return sorted(self.changed, key=lambda each: each.recorded_to)[:SHOWN]


def effects(
    proposed: LoadedPolicy, book: PolicyBook, connect: Callable[[RecorderUnit], RecorderClient] = client_of
) -> list[Effect]:
    """What a version would do, for each recorder."""
    zone = timezone.get_default_timezone()
    assert isinstance(zone, ZoneInfo)  # noqa: S101  # Django's default zone is one
    found = []
    for recorder in RecorderUnit.objects.select_related("site").order_by("id"):
        try:
            with connect(recorder) as client:
                visits = client.visits()
        except MiharibanError as error:
            found.append(Effect(recorder.id, error.code, 0, ()))
            continue
        found.append(effect_on(recorder.id, visits, proposed, book, zone, recorder.site.policy_site or None))
    return found


def effect_on(
    recorder: str,
    visits: Iterable[VisitItem],
    proposed: LoadedPolicy,
    book: PolicyBook,
    zone: ZoneInfo,
    place: str | None,
) -> Effect:
    """What a version would do to these visits, on its first day.

    Args:
        book: the versions there are, without ``proposed``.
        place: site of the rule.
    """
    day = proposed.policy.effective_from or date.min
    then = PolicyBook([*book.versions, proposed])
    kept = [each for each in visits if each.state in KEPT and each.recorded_to]
    changed = [_effect(each, book, then, day, zone, place) for each in kept]
    return Effect(recorder, "", len(kept), tuple(each for each in changed if each is not None))


def _effect(
    visit: VisitItem, book: PolicyBook, then: PolicyBook, day: date, zone: ZoneInfo, place: str | None
) -> VisitEffect | None:
    end = datetime.fromisoformat(visit.recorded_to or "")
    wall = from_datetime(end)
    try:
        filmed = _filmed_under(visit, then, wall, zone)
    except NoPolicyInForce:
        return None
    after = then.expires_at(filmed, wall, day, zone, place)
    known = filmed in {each.policy.version for each in book.versions}
    before = book.expires_at(filmed, wall, day, zone, place) if known else after
    if before == after:
        return None
    begins = from_datetime(datetime.combine(day, time(), zone))
    return VisitEffect(
        visit.camera,
        end,
        visit.seconds,
        _moment(before, zone),
        _moment(after, zone),
        after is not None and after <= begins,
        visit.held_until is not None,
    )


def _filmed_under(visit: VisitItem, book: PolicyBook, wall: int, zone: ZoneInfo) -> int:
    named = [each for each in book.versions if visit.policy and each.sha256.startswith(visit.policy)]
    return (named[0] if named else book.filmed_under(wall, zone)).policy.version


def _moment(wall: int | None, zone: ZoneInfo) -> datetime | None:
    return None if wall is None else to_datetime(wall, zone)
