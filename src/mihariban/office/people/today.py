"""Deputies who still act, designations that end, accounts and posts that want a hand, for today's screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower
from django.urls import reverse

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import day_of
from mihariban.office.base.policy import by_role
from mihariban.office.base.text import T
from mihariban.office.people.managers import day_without_manager
from mihariban.office.people.models import Activation, Designation, Holding, Post, User, acting_at, in_force
from mihariban.office.people.names import role_name
from mihariban.office.people.policy import ACCOUNTS, DEPUTIES, DESIGNATIONS, PEOPLE
from mihariban.office.people.resets import waiting
from mihariban.office.people.roles import bounds
from mihariban.office.today.tasks import Task

AHEAD = timedelta(days=14)
"""So long before its last day a designation is told, and a manager who leaves."""
SHOWN = 5
"""Lines of each kind; the rest stands in the registers."""


def tasks(acting: Acting, now: datetime) -> Iterator[Task]:
    """To each what he or she may mend."""
    day = day_of(now)
    yield from _resets(acting)
    yield from _deputies(acting, now)
    yield from _endings(acting, day)
    if PEOPLE.may_enter(acting):
        yield from _manager(day)
        yield from _posts(day)
        yield from _accounts(day, now)


def _resets(acting: Acting) -> Iterator[Task]:
    """Who can reset the manager's login can decide in the manager's name: told until the manager has confirmed it."""
    if not ACCOUNTS.may_see_resets(acting):
        return
    for each in waiting()[:SHOWN]:
        title = T("{w}さんの{k}が出し直された", "{k} of {w} was reset")
        by = each.by.name if each.by else "–"
        person = each.user.person_id
        page = "people:account-change" if by_role(acting, "manager", "deputy") and person else "people:person"
        words = (person, "confirm") if page == "people:account-change" else (person,)
        url = reverse(page, args=words) if person else reverse("people:list")
        title = title.format(w=each.user.shown_name, k=_KINDS[each.kind])
        yield Task(title, "warning", url, each.at, _BY.format(b=by))


_KINDS = {
    "password": T("パスワード", "The password"),
    "factor": T("二段階認証", "The second factor"),
}
_BY = T("行った人は{b}。本人が頼んだかを管理者が確かめます", "By {b}. The manager confirms whether it was asked for")


def _deputies(acting: Acting, now: datetime) -> Iterator[Task]:
    """An activation that lasts is told until somebody ends it: it is forgotten most on the day the manager is back."""
    for each in Activation.objects.filter(acting_at(now)).select_related("person").order_by("ends")[:SHOWN]:
        if DEPUTIES.may_end(acting, each):
            last = day_of(each.until) == day_of(now)
            title = T("{w}さんの職務代理は今日まで", "{w} acts as deputy until today") if last else _GOES_ON
            yield Task(title.format(w=each.person.name), "due", reverse("people:deputy"), each.until, _BACK)


_GOES_ON = T("{w}さんの職務代理が続いている", "{w} still acts as deputy")
_BACK = T("管理者が戻ったら終わらせます", "End it when the manager is back")


def _endings(acting: Acting, day: date) -> Iterator[Task]:
    """For who may designate again; IT staff keeps its own and vendors alone once the set-up is signed."""
    rows = Designation.objects.filter(in_force(day), last__lte=day + AHEAD).select_related("person")
    if not by_role(acting, "manager", "deputy") and not DESIGNATIONS.may_dismiss(acting, _SOMEBODY):
        if not DESIGNATIONS.may_dismiss(acting, Designation(role="vendor")):
            return
        rows = rows.filter(role__in=("it", "vendor"))
    for row in rows.order_by("last", "pk")[:SHOWN]:
        title = T("{w}さんの{r}の指定が終わる", "The designation of {w} as {r} ends")
        title = title.format(w=row.person.name, r=role_name(row.role))
        detail = T("続けるなら改めて指定します", "Designate anew where it shall go on")
        end = bounds(row.last or day)[1] - timedelta(minutes=1)
        yield Task(title, "due", reverse("people:person", args=[row.person_id]), end, detail)


_SOMEBODY = Designation(role="operator")


def _manager(day: date) -> Iterator[Task]:
    gone = day_without_manager()
    if gone is None or gone > day + AHEAD:
        return
    detail = T("管理者の職に人を置き、アカウントを作ります", "Enter who holds the manager's post, with an account")
    if gone == day:
        title = T("管理者の職の人がいない", "Nobody holds the manager's post")
        yield Task(title, "alarm", reverse("people:posts"), None, detail)
    else:
        title = T("{d} から管理者がいなくなる", "No manager from {d} on").format(d=gone.isoformat())
        yield Task(title, "warning", reverse("people:posts"), None, detail)


def _posts(day: date) -> Iterator[Task]:
    """Other posts: that of the manager is told by ``_manager``."""
    held = Holding.objects.filter(in_force(day), post=OuterRef("pk"))
    for post in Post.objects.filter(~Exists(held), manages=False).order_by("rank", "pk")[:SHOWN]:
        title = T("職「{p}」に人がいない", 'Nobody holds the post "{p}"').format(p=post.name)
        yield Task(title, "warning", reverse("people:post", args=[post.pk]))


def _accounts(day: date, now: datetime) -> Iterator[Task]:
    """Accounts whose owner can do nothing: nobody owns them, they are closed and the owner has a role all the same, or
    somebody failed to open them too often. One query for them all."""
    roles = Designation.objects.filter(in_force(day), person=OuterRef("person"))
    held = Holding.objects.filter(in_force(day), person=OuterRef("person"))
    closed = (Exists(roles) | Exists(held)) & Q(is_active=False)
    tried = _tried(now).filter(username=OuterRef("low")).order_by("-attempt_time")
    rows = User.objects.annotate(low=Lower("username")).annotate(locked=Subquery(tried.values("attempt_time")[:1]))
    found = rows.filter(closed | Q(person=None, is_active=True) | Q(locked__isnull=False)).select_related("person")
    for user in found.order_by("pk")[: 2 * SHOWN]:
        if user.locked is not None:
            yield _failed(user, user.locked, now)
        elif user.is_active:
            title = T("アカウント「{u}」に持ち主がない", 'The account "{u}" belongs to nobody')
            detail = T("情報システム担当者が止めます", "The IT staff closes it")
            yield Task(title.format(u=user.username), "warning", _of(user), None, detail)
        else:
            title = T("{w}さんのアカウントが止まっている", "The account of {w} is closed").format(w=user.shown_name)
            detail = T("使えるようにするか、役割を解きます", "Open it again, or end the role")
            yield Task(title, "warning", _of(user), None, detail)


def _tried(now: datetime) -> QuerySet[AccessAttempt]:
    """Names that are kept out now, as they were tried; some are no account."""
    found: QuerySet[AccessAttempt] = AccessAttempt.objects.filter(
        failures_since_start__gte=settings.OFFICE_CONFIG.failures,
        attempt_time__gt=now - _lasts(),
        attempt_time__lte=now,
    )
    return found


def _lasts() -> timedelta:
    return timedelta(minutes=settings.OFFICE_CONFIG.lockout_minutes)


def _failed(user: User, since: datetime, now: datetime) -> Task:
    minutes = -(-(since + _lasts() - now).total_seconds() // 60)
    title = T("「{u}」へのログインの失敗が続いた", '"{u}" failed to log in too often').format(u=user.username)
    detail = T("本人かを確かめます。{m} 分で解けます", "Ask whether it was its owner; it opens after {m} min")
    return Task(title, "warning", _of(user), since, detail.format(m=int(minutes)))


def _of(user: User) -> str:
    return reverse("people:person", args=[user.person_id]) if user.person_id else reverse("people:list")
