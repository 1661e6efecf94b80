"""Who may do what with signs and what the public is told."""

from __future__ import annotations

from mihariban.office.base.acting import Acting
from mihariban.office.base.policy import Policy, Refused, Verdict, by_role
from mihariban.office.base.text import T
from mihariban.office.notices.models import Sign

_REMOVED = T("この表示はもう外してあります。", "This sign has been taken down already.")


class NoticePolicy(Policy):
    """Signs."""

    def may_see(self, acting: Acting) -> Verdict:
        """See signs and their register, and print them."""
        return by_role(acting, "manager", "deputy", "operator", "it", "auditor")

    def may_hang(self, acting: Acting) -> Verdict:
        """Enter a sign that hangs from now on."""
        return by_role(acting, "manager", "deputy", "operator")

    def may_check(self, acting: Acting, sign: Sign) -> Verdict:
        """Enter that one has looked at a sign."""
        return Refused(_REMOVED) if sign.removed is not None else by_role(acting, "manager", "deputy", "operator")

    def may_remove(self, acting: Acting, sign: Sign) -> Verdict:
        """Enter that a sign was taken down."""
        return Refused(_REMOVED) if sign.removed is not None else by_role(acting, "manager", "deputy")

    def may_change_contact(self, acting: Acting) -> Verdict:
        """Change what the public is told of whom to ask."""
        return by_role(acting, "manager", "deputy")


NOTICES = NoticePolicy()
