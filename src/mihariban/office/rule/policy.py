"""Who may change the rule (article 12)."""

from __future__ import annotations

from mihariban.office.base.acting import Acting
from mihariban.office.base.policy import Policy, Refused, Verdict, by_role
from mihariban.office.base.text import T
from mihariban.office.rule.models import RuleVersion

_DECIDED = T(
    "この版はもう決まりました。一覧で今の状態を確かめてください。",
    "This version was decided already. See its state in the list.",
)
_LATE = T(
    "施行日を過ぎたので決定できません。施行日を改めて申し出てください。",
    "Its date of force has passed. Propose it again with another date.",
)


class RulePolicy(Policy):
    """The rule."""

    def may_see(self, acting: Acting) -> Verdict:
        """Read the rule and its versions."""
        return by_role(acting, "manager", "deputy", "operator", "auditor", "it", "vendor", "system")

    def may_adopt(self, acting: Acting) -> Verdict:
        """Register the rule that was laid at set-up."""
        return by_role(acting, "manager", "deputy", "it", "system")

    def may_propose(self, acting: Acting) -> Verdict:
        """Propose another version."""
        return by_role(acting, "manager", "deputy", "operator", "it")

    def may_decide(self, acting: Acting, version: RuleVersion) -> Verdict:
        """Refuse a proposed version."""
        return Refused(_DECIDED) if version.state != "proposed" else by_role(acting, "manager", "deputy")

    def may_approve(self, acting: Acting, version: RuleVersion) -> Verdict:
        """Approve a proposed version whose date has not passed."""
        late = version.effective_from is None or version.effective_from < acting.day
        return Refused(_LATE) if version.state == "proposed" and late else self.may_decide(acting, version)

    def may_retract(self, acting: Acting, version: RuleVersion) -> Verdict:
        """Take a proposal back."""
        return Refused(_DECIDED) if version.state != "proposed" else self.may_propose(acting)


RULES = RulePolicy()
