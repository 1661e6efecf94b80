"""Who may change days and hours (article 4, paragraph 2)."""

from __future__ import annotations

from mihariban.office.base.acting import Acting
from mihariban.office.base.policy import Policy, Refused, Verdict, by_role
from mihariban.office.base.text import T
from mihariban.office.days.models import CalendarChange

_DECIDED = T(
    "この変更はもう決まりました。一覧で今の状態を確かめてください。",
    "This change was decided already. See its state in the list.",
)
_PAST = T(
    "過ぎた日は変えられません。今日からの日を選んでください。",
    "Days gone by cannot be changed. Choose days from today on.",
)


class DayPolicy(Policy):
    """Days and hours."""

    def may_see(self, acting: Acting) -> Verdict:
        """See the calendar and its changes."""
        return by_role(acting, "manager", "deputy", "operator", "auditor", "it", "vendor", "system")

    def may_propose(self, acting: Acting) -> Verdict:
        """Ask for a change."""
        return by_role(acting, "manager", "deputy", "operator")

    def may_put(self, acting: Acting) -> Verdict:
        """Decide a change without anybody having asked for it."""
        return by_role(acting, "manager", "deputy")

    def may_decide(self, acting: Acting, change: CalendarChange) -> Verdict:
        """Approve or refuse a proposed change."""
        return Refused(_DECIDED) if change.state != "proposed" else by_role(acting, "manager", "deputy")

    def may_approve(self, acting: Acting, change: CalendarChange) -> Verdict:
        """Approve a proposed change whose days have not begun to pass."""
        if change.state == "proposed" and change.first_day < acting.day:
            return Refused(_PAST)
        return self.may_decide(acting, change)

    def may_withdraw(self, acting: Acting, change: CalendarChange) -> Verdict:
        """Take back a wish, or a decision whose last day has not passed."""
        if change.state == "proposed":
            return by_role(acting, "manager", "deputy", "operator")
        if change.state != "approved":
            return Refused(_DECIDED)
        return Refused(_PAST) if change.last_day < acting.day else by_role(acting, "manager", "deputy")


DAYS = DayPolicy()
