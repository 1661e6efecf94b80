"""Step 1: the section, the manager's post and person with an account, the deputy's post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.people.actions import appoint, create_account, enter_person, set_post
from mihariban.office.people.models import Post, User
from mihariban.office.people.setup import set_up
from mihariban.office.wizard.policy import WIZARD
from mihariban.office.wizard.steps import finished

REASON = "初期設定"


@dataclass(frozen=True, slots=True)
class Manager:
    """The manager to be, as typed."""

    post: str
    deputy_post: str
    name: str
    reading: str
    first: date
    document: str
    username: str
    password: str


def set_section(section: str, manager: Manager | None, *, acting: Acting) -> User | None:
    """Write the section down; with ``manager``, the posts, the person and the account too. All of it or nothing.

    Raises:
        NotAllowed: the policy refuses.
        PostTaken, UsernameTaken, SpanUnsound: see the actions of people.
    """
    with action(acting, WIZARD.may_do(acting)) as act:
        row = set_up()
        row.section = section
        row.save()
        user = _install(section, manager, acting) if manager else None
        finished("section", acting)
        act.enter(Draft(Tag.SETUP_STEP_FINISH, {"step": "section", "section": section}))
    return user


def _install(section: str, manager: Manager, acting: Acting) -> User:
    post = _post(manager.post, rank=1, acting=acting, manages=True)
    if manager.deputy_post and manager.deputy_post != manager.post:
        _post(manager.deputy_post, rank=10, acting=acting, deputises=True)
    person = enter_person(manager.name, reading=manager.reading, organisation=section, acting=acting)
    appoint(person, post, first=manager.first, document=manager.document, reason=REASON, acting=acting)
    return create_account(person, username=manager.username, password=manager.password, must_change=True, acting=acting)


def _post(name: str, *, rank: int, acting: Acting, manages: bool = False, deputises: bool = False) -> Post:
    old = Post.objects.filter(name=name).first()
    stamp = old.stamp if old else 0
    return set_post(old, name=name, rank=rank, manages=manages, deputises=deputises, stamp=stamp, acting=acting)
