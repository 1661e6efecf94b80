"""Who may act for the manager, in the order of the rule (article 5(3))."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from mihariban.office.base.acting import Acting
from mihariban.office.base.rule import policy_on
from mihariban.office.base.text import T
from mihariban.office.people.models import NOMINEE, Designation, Holding, Person, in_force
from mihariban.office.people.names import SELECTIONS
from mihariban.policy.sections.roles import Deputy, Roles


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom the rule names. ``selection``: by which of its ways; ``trigger``: when, in its words."""

    person: Person
    selection: str
    trigger: str

    @property
    def how(self) -> T:
        """The way in words."""
        return SELECTIONS[self.selection]


def rule_roles(day: date) -> Roles:
    """What the rule says of roles on ``day``.

    Raises:
        InputError: there is no rule, or none in force.
    """
    return policy_on(day).policy.roles


def candidates(day: date) -> list[Candidate]:
    """Who may be activated on ``day``, in the rule's order. The manager is not among them."""
    managers: set[int] = set(
        Holding.objects.filter(in_force(day), post__manages=True).values_list("person_id", flat=True)
    )
    found: dict[int, Candidate] = {}
    for deputy in rule_roles(day).deputies:
        for person in _chosen(deputy, day, managers):
            found.setdefault(person.pk, Candidate(person, deputy.selection, deputy.trigger_ja))
    return list(found.values())


def may_be_activated(acting: Acting) -> bool:
    """Whether who acts is one of them."""
    person = acting.user.person_id if acting.user is not None else None
    return person is not None and person in {each.person.pk for each in candidates(acting.day)}


def _chosen(deputy: Deputy, day: date, managers: set[int]) -> list[Person]:
    others = in_force(day) & ~Q(person_id__in=managers)
    if deputy.selection == "pre_nominated":
        named = Designation.objects.filter(others, role=NOMINEE).select_related("person")
        return [each.person for each in named.order_by("first", "pk")]
    held = Holding.objects.filter(others, post__manages=False).select_related("person", "post")
    rows = list(held.order_by("post__rank", "first", "pk"))
    if deputy.selection == "by_post":
        return [each.person for each in rows if each.post.deputises or each.post.name == deputy.post_ja]
    return [each.person for each in rows if each.post.rank == rows[0].post.rank]
