"""Who may do what with people and accounts."""

from __future__ import annotations

from mihariban.office.base.acting import Acting
from mihariban.office.base.policy import Policy, Refused, Verdict, by_role
from mihariban.office.base.text import T
from mihariban.office.people.models import Person, User


class AccountPolicy(Policy):
    """Accounts."""

    def may_create(self, acting: Acting, person: Person) -> Verdict:
        """Give ``person`` an account."""
        if User.objects.filter(person=person).exists():
            return Refused(
                T(
                    "この人にはもうアカウントがあります。そのアカウントを使ってください。",
                    "This person has an account already. Use that one.",
                )
            )
        return by_role(acting, "manager", "deputy", "it", "system")


ACCOUNTS = AccountPolicy()
