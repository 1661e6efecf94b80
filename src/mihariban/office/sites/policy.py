"""Who may see and change what the office knows of the equipment."""

from __future__ import annotations

from mihariban.office.base.acting import Acting
from mihariban.office.base.policy import Policy, Refused, Verdict, by_role
from mihariban.office.base.text import T
from mihariban.office.sites import alarms
from mihariban.office.sites.models import Kiosk, SeenFinding

STAYING = (alarms.LEDGER_FORKED,)
"""Alarms that no good news ends: a person must look, and say what was found."""


class SitePolicy(Policy):
    """Equipment."""

    def may_see(self, acting: Acting) -> Verdict:
        """See equipment, alarms and what recorders told."""
        return by_role(acting, "manager", "deputy", "operator", "it", "auditor", "vendor")

    def may_see_events(self, acting: Acting) -> Verdict:
        """See the entries of the recorders' ledgers."""
        return by_role(acting, "manager", "deputy", "auditor", "it")

    def may_register(self, acting: Acting) -> Verdict:
        """Enter equipment, or change what is known of it."""
        return by_role(acting, "manager", "deputy", "it", "system")

    def may_change_kiosk(self, acting: Acting, kiosk: Kiosk) -> Verdict:  # any kiosk
        """Give a kiosk another name or place."""
        return by_role(acting, "manager", "deputy", "it")

    def may_close(self, acting: Acting, finding: SeenFinding) -> Verdict:
        """Close an alarm that does not end by itself."""
        if finding.until is not None:
            return Refused(T("この異常はもう終わっています。", "This alarm is over already."))
        if finding.code not in STAYING:
            return Refused(
                T(
                    "この異常は、直れば自動で終わります。閉じる必要はありません。",
                    "This alarm ends by itself once all is well. It need not be closed.",
                )
            )
        return by_role(acting, "manager", "deputy", "auditor")


SITES = SitePolicy()
