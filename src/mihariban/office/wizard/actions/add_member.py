"""Step 2: somebody with a role and an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.errors import NotThere
from mihariban.office.people.actions import appoint, create_account, designate, enter_person
from mihariban.office.people.models import Post, User
from mihariban.office.wizard.actions.set_section import REASON
from mihariban.office.wizard.policy import WIZARD
from mihariban.office.wizard.steps import finished


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody as typed. ``role``: a role to be designated for, or ``vice`` for the deputy's post."""

    name: str
    reading: str
    organisation: str
    role: str
    first: date
    last: date | None
    document: str
    username: str


def add_member(member: Member, password: str, *, acting: Acting) -> User:
    """Person, role and account; all of it or nothing.

    Raises:
        NotAllowed: the policy refuses.
        NotThere: there is no deputy's post.
        UsernameTaken, SpanUnsound: see the actions of people.
    """
    with action(acting, WIZARD.may_do(acting)) as act:
        person = enter_person(member.name, reading=member.reading, organisation=member.organisation, acting=acting)
        span = {"first": member.first, "last": member.last}
        if member.role == "vice":
            appoint(person, _vice_post(), document=member.document, reason=REASON, acting=acting, **span)  # type: ignore[arg-type]  # two dates
        else:
            designate(person, member.role, document=member.document, reason=REASON, acting=acting, **span)  # type: ignore[arg-type]  # the same
        user = create_account(person, username=member.username, password=password, must_change=True, acting=acting)
        finished("people", acting)
        act.enter(Draft(Tag.SETUP_STEP_FINISH, {"step": "people", "person": act.commit(member.name)}))
    return user


def _vice_post() -> Post:
    post = Post.objects.filter(deputises=True).order_by("rank", "pk").first()
    if post is None:
        raise NotThere(what_ja="職務代理者の職", what_en="A post that deputises")
    return post
