"""How roles are called here: by the words of the rule in force where it has its own, else by ours."""

from __future__ import annotations

from mihariban.office.base.acting import ROLE_NAMES
from mihariban.office.base.text import T
from mihariban.office.people.models import NOMINEE

DESIGNATED: dict[str, T] = {
    "operator": T("取扱者", "operator"),
    "vendor": ROLE_NAMES["vendor"],
    "auditor": ROLE_NAMES["auditor"],
    "it": ROLE_NAMES["it"],
    NOMINEE: T("職務代理の指名", "nominated deputy"),
}
"""What somebody can be designated for."""

SELECTIONS: dict[str, T] = {
    "by_post": T("職による", "by post"),
    "pre_nominated": T("あらかじめ指名", "nominated beforehand"),
    "senior_of_section": T("課の上席の職員", "senior of the section"),
}

STATES: dict[str, T] = {
    "waiting": T("開始前", "not begun"),
    "acting": T("代理中", "acting"),
    "ended": T("終了", "ended"),
    "ended_early": T("途中で終了", "ended early"),
}


def role_name(role: str) -> T:
    """The name of any role, in words."""
    ours: dict[str, T] = dict(ROLE_NAMES.items())
    known: dict[str, T] = {**ours, "manager": T("管理者", "manager"), "deputy": T("職務代理者", "acting deputy")}
    return DESIGNATED.get(role) or known.get(role, T(role, role))
