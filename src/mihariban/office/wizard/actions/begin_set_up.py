"""Make the first account: of the IT staff who sets the office up, known by the code that lies on the server."""

from __future__ import annotations

from pathlib import Path

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import system
from mihariban.office.base.action import action
from mihariban.office.base.dates import today
from mihariban.office.base.errors import NotAllowed
from mihariban.office.people.actions import create_account, designate, enter_person
from mihariban.office.people.models import User
from mihariban.office.wizard.code import forget_code, is_right
from mihariban.office.wizard.policy import WIZARD


def begin_set_up(folder: Path, *, code: str, name: str, username: str, password: str) -> User:
    """The account of ``name`` as IT staff. The code is used up.

    Raises:
        NotAllowed: there is an account already, or the code is another.
    """
    if not is_right(folder, code):
        raise NotAllowed(why_ja="初期設定の番号が違います。", why_en="The set-up code is wrong.")
    acting = system()
    with action(acting, WIZARD.may_begin()) as act:
        person = enter_person(name, acting=acting)
        user = create_account(person, username=username, password=password, acting=acting)
        designate(person, "it", first=today(), acting=acting)
        act.enter(Draft(Tag.SETUP_STEP_FINISH, {"step": "begin", "person": act.commit(name)}))
    forget_code(folder)
    return user
