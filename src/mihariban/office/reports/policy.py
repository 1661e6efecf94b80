"""Who may see figures and the page of all registers. Each register asks its own policy besides."""

from __future__ import annotations

from mihariban.office.base.acting import Acting
from mihariban.office.base.policy import Policy, Verdict, by_role


class ReportPolicy(Policy):
    """Figures show nobody, but they are the section's."""

    def may_see(self, acting: Acting) -> Verdict:
        """The two pages."""
        return by_role(acting, "manager", "deputy", "operator", "auditor", "it")

    def may_export(self, acting: Acting) -> Verdict:
        """Figures as a file."""
        return self.may_see(acting)


REPORTS = ReportPolicy()
"""What may be done with reports."""
