"""Who may change what the office knows of the equipment."""

from __future__ import annotations

from mihariban.office.base.acting import Acting
from mihariban.office.base.policy import Policy, Verdict, by_role


class SitePolicy(Policy):
    """Equipment."""

    def may_register(self, acting: Acting) -> Verdict:
        """Enter equipment, or change what is known of it."""
        return by_role(acting, "manager", "deputy", "it", "system")


SITES = SitePolicy()
