"""Who may see today's screen."""

from __future__ import annotations

from mihariban.office.base.acting import Acting
from mihariban.office.base.policy import Policy, Verdict, by_role


class TodayPolicy(Policy):
    """The screen shows no picture and no name of a user: whoever works with the kiosks may see it."""

    def may_see(self, acting: Acting) -> Verdict:
        """See it."""
        return by_role(acting, "manager", "deputy", "operator", "it", "auditor", "vendor")


TODAY = TodayPolicy()
