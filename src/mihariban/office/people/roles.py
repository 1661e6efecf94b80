"""Who holds which role: now, on any past day, and who decides as manager at a moment.

``roles_of`` is what permissions rest on; ``who_held`` and ``acting_manager`` are for pages and auditors.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, cast

from django.db.models import F, Q
from django.utils import timezone

from mihariban.office.base.acting import Role
from mihariban.office.base.dates import era_text, now, today
from mihariban.office.base.text import T
from mihariban.office.people.models import NOMINEE, Activation, Designation, Holding, Person, User, acting_at, in_force
from mihariban.office.people.names import SELECTIONS

ROLES: tuple[Role, ...] = ("manager", "deputy", "operator", "vendor", "auditor", "it")


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody held.

    Args:
        person, role: who, what.
        since, until: days or moments; ``until`` None where it goes on.
        basis: what gave the role, in words: the post, the designation, or the activation with its reason.
        document: number of the paper.
        source: the row.
    """

    person: Person
    role: Role
    since: date | datetime
    until: date | datetime | None
    basis: T
    document: str
    source: Holding | Designation | Activation


@dataclass(frozen=True, slots=True)
class ActingManager:
    """Who decides as manager. ``person`` None: nobody holds the post and no deputy was activated."""

    person: Person | None
    role: Literal["manager", "deputy", "nobody"]
    reason: T
    since: date | datetime | None = None
    until: date | datetime | None = None
    activation: Activation | None = None


def roles_of(user: User, at: date | datetime | None = None) -> frozenset[Role]:
    """The roles that the owner of an account holds: by designation, the manager's by post, the deputy's inside an
    activation.

    Args:
        at: a moment; a day means now where it is today, else any moment of it; now where it is not given.
    """
    if not user.is_active or user.person_id is None:
        return frozenset()
    moment, day = _moment_and_day(at)
    mine = Q(person_id=user.person_id)
    found = set(
        Designation.objects.filter(in_force(day), mine)
        .exclude(role__in=("manager", "deputy", "system", NOMINEE))
        .values_list("role", flat=True)
    )
    if Holding.objects.filter(in_force(day), mine, post__manages=True).exists():
        found.add("manager")
    acting = acting_at(moment) if moment else _acting_on(day)
    if Activation.objects.filter(acting, mine).exists():
        found.add("deputy")
    return frozenset(cast("set[Role]", found))


def who_held(role: Role, day: date) -> list[Held]:
    """Everybody who held ``role`` on ``day`` (the office's zone), for the whole day or a part of it."""
    if role == "manager":
        rows = Holding.objects.filter(in_force(day), post__manages=True).select_related("person", "post")
        return [
            Held(row.person, role, row.first, row.last, _by_post(row), row.document, row)
            for row in rows.order_by("first", "pk")
        ]
    if role == "deputy":
        acts = Activation.objects.filter(_acting_on(day)).select_related("person").order_by("begins")
        return [
            Held(each.person, role, each.begins, each.until, _by_activation(each), each.document, each) for each in acts
        ]
    told = Designation.objects.filter(in_force(day), role=role).select_related("person").order_by("first", "pk")
    return [Held(each.person, role, each.first, each.last, _by_designation(each), each.document, each) for each in told]


def acting_manager(moment: datetime | None = None) -> ActingManager:
    """Who decides as manager at ``moment`` (now where it is not given): the activated deputy, else the holder of the
    manager's post. Two queries, however long the history."""
    moment = moment or now()
    act = Activation.objects.filter(acting_at(moment)).select_related("person").order_by("begins").first()
    if act is not None:
        return ActingManager(act.person, "deputy", _by_activation(act), act.begins, act.until, act)
    day = timezone.localtime(moment, timezone.get_default_timezone()).date()
    held = Holding.objects.filter(in_force(day), post__manages=True).select_related("person", "post").first()
    if held is not None:
        return ActingManager(held.person, "manager", _by_post(held), held.first, held.last)
    return ActingManager(
        None,
        "nobody",
        T(
            "管理者の職についている人がなく、職務代理も始まっていません。",
            "Nobody holds the manager's post, and no deputy was activated.",
        ),
    )


def _moment_and_day(at: date | datetime | None) -> tuple[datetime | None, date]:
    if at is None or (not isinstance(at, datetime) and at == today()):
        at = now()
    if isinstance(at, datetime):
        return at, timezone.localtime(at, timezone.get_default_timezone()).date()
    return None, at


def bounds(day: date) -> tuple[datetime, datetime]:
    """First moment of a day in the office's zone, and of the next."""
    zone = timezone.get_default_timezone()
    begin, end = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    return begin, end


def _acting_on(day: date) -> Q:
    begin, end = bounds(day)
    whole_or_cut = Q(ended__isnull=True) | Q(ended__gt=begin) & Q(ended__gt=F("begins"))
    return Q(begins__lt=end, ends__gt=begin) & whole_or_cut


def _by_post(row: Holding) -> T:
    return T("職による（{post}）", "by post ({post})").format(post=row.post.name)


def _by_designation(row: Designation) -> T:
    if not row.document:
        return T("指定による", "by designation")
    return T("指定による（{document}）", "by designation ({document})").format(document=row.document)


def _by_activation(row: Activation) -> T:
    how = SELECTIONS.get(row.selection, T(row.selection, row.selection))
    return T("職務代理（{how}）。理由：{reason}", "acting for the manager ({how}). Reason: {reason}").format(
        how=how, reason=row.reason
    )


def span_text(held: Held) -> str:
    """The span of a role as a page shows it."""
    end = era_text(held.until) if held.until else str(T("現在まで", "until now"))
    return f"{era_text(held.since)} – {end}"
