"""The versions of one rule in time, and which of them governs a recording."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, tzinfo
from itertools import pairwise

from mihariban.base.clock import to_datetime
from mihariban.policy.errors import NoPolicyInForce, PolicyVersionsConflict
from mihariban.policy.load import LoadedPolicy
from mihariban.policy.retain import expires_at


class PolicyBook:
    """Versions of one rule, ordered by the day they came into force.

    Args:
        versions: at least one, all of one id.

    Raises:
        PolicyVersionsConflict: different ids, a number given twice, or numbers that do not follow the dates.
    """

    def __init__(self, versions: Iterable[LoadedPolicy]) -> None:
        ordered = sorted(versions, key=lambda loaded: (loaded.policy.effective_from or date.min, loaded.policy.version))
        if not ordered:
            raise PolicyVersionsConflict(policy="-", why_ja="版がありません", why_en="there are no versions")
        self.id = ordered[0].policy.id
        self.versions = tuple(ordered)
        for earlier, later in pairwise(ordered):
            self._check(earlier, later)

    def in_force(self, day: date) -> LoadedPolicy:
        """The newest version in force on ``day``.

        Raises:
            NoPolicyInForce: none is.
        """
        for loaded in reversed(self.versions):
            if loaded.policy.in_force(day):
                return loaded
        raise NoPolicyInForce(policy=self.id, day=day)

    def version(self, number: int) -> LoadedPolicy:
        """The version with that number.

        Raises:
            PolicyVersionsConflict: there is none.
        """
        for loaded in self.versions:
            if loaded.policy.version == number:
                return loaded
        raise PolicyVersionsConflict(
            policy=self.id, why_ja=f"第 {number} 版がありません", why_en=f"no version {number}"
        )

    def governing(self, filmed_version: int, on_date: date) -> LoadedPolicy:
        """The version whose rules a recording follows on a day, apart from its deadline under ``shorten``.

        A recording keeps the version under which it was filmed unless a later one in force says "replace".

        Raises:
            PolicyVersionsConflict: ``filmed_version`` is not in the book.
        """
        governing = self.version(filmed_version)
        for later in self._later(filmed_version, on_date):
            if later.policy.applies_to_existing == "replace":
                governing = later
        return governing

    def expires_at(
        self, filmed_version: int, recorded_to_wall: int, on_date: date, zone: tzinfo, site_id: str | None = None
    ) -> int | None:
        """The deadline (ns) of a recording as the versions in force on a day leave it; None where no clock counts.

        Raises:
            PolicyVersionsConflict: ``filmed_version`` is not in the book.
            PolicyIncomplete: a version that governs has no number.
        """
        deadline = expires_at(self.version(filmed_version).policy, recorded_to_wall, zone, site_id)
        for later in self._later(filmed_version, on_date):
            rule = later.policy.applies_to_existing
            if rule == "keep":
                continue
            other = expires_at(later.policy, recorded_to_wall, zone, site_id)
            if rule == "replace" or deadline is None:
                deadline = other
            elif other is not None:
                deadline = min(deadline, other)
        return deadline

    def filmed_under(self, wall: int, zone: tzinfo) -> LoadedPolicy:
        """The version in force when something was filmed.

        Raises:
            NoPolicyInForce: none was.
        """
        return self.in_force(to_datetime(wall, zone).date())

    def _later(self, number: int, day: date) -> list[LoadedPolicy]:
        """Versions after ``number`` that have come into force by ``day``, in order."""
        return [
            loaded
            for loaded in self.versions
            if loaded.policy.version > number and (loaded.policy.effective_from or date.min) <= day
        ]

    def _check(self, earlier: LoadedPolicy, later: LoadedPolicy) -> None:
        one, two = earlier.policy, later.policy
        if one.id != two.id:
            raise PolicyVersionsConflict(
                policy=one.id, why_ja=f"別の規則 {two.id} が混ざっています", why_en=f"{two.id} is another rule"
            )
        if two.version <= one.version:
            raise PolicyVersionsConflict(
                policy=one.id,
                why_ja=f"第 {two.version} 版が第 {one.version} 版より後に施行されています",
                why_en=f"version {two.version} comes into force after version {one.version}",
            )
