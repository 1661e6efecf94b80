"""Who may do what with a check sheet, and in which state of its day."""

from __future__ import annotations

from mihariban.office.base.acting import Acting, Role
from mihariban.office.base.policy import Policy, Refused, Verdict, by_role
from mihariban.office.base.text import T
from mihariban.office.checks.day import CheckDay
from mihariban.office.checks.models import CheckSheet


def _not(ja: str, en: str) -> Refused:
    return Refused(T(ja, en))


class CheckPolicy(Policy):
    """Check sheets. Before it is signed a sheet is a draft; after that it is corrected, never changed."""

    def may_see(self, acting: Acting) -> Verdict:
        """Read sheets and the month."""
        return by_role(acting, "operator", "manager", "deputy", "it", "auditor")

    def may_fill(self, acting: Acting, day: CheckDay) -> Verdict:
        """Fill in and sign. On the day itself, until the kiosk closes: a check afterwards would check nothing."""
        refused = _WHY_NOT.get(day.state)
        if refused is not None:
            return refused
        return by_role(acting, *_checkers(day))

    def may_correct(self, acting: Acting, sheet: CheckSheet) -> Verdict:
        """Correct a line of a signed sheet; of a confirmed one the manager alone."""
        if sheet.signed_at is None:
            return _not(
                "まだ署名されていません。点検表にそのまま書いてください。", "Not signed yet: write on the sheet itself."
            )
        if sheet.confirmed_at is not None:
            return by_role(acting, "manager", "deputy")
        return by_role(acting, "operator", "manager", "deputy")

    def may_confirm(self, acting: Acting, sheet: CheckSheet) -> Verdict:
        """Confirm a signed sheet (article 6)."""
        if sheet.signed_at is None:
            return _not("まだ署名されていません。", "It is not signed yet.")
        if sheet.confirmed_at is not None:
            return _not("もう確認されています。", "It is confirmed already.")
        return by_role(acting, "manager", "deputy")

    def may_explain(self, acting: Acting, day: CheckDay) -> Verdict:
        """Write why a day was not checked."""
        if day.state != "missing":
            return _not(
                "点検のない日ではありません。理由は、点検されないまま閉まった日に書きます。",
                "This day is not without a check. A reason is written once it closed unchecked.",
            )
        return by_role(acting, "manager", "deputy")


_WHY_NOT: dict[str, Refused] = {
    "closed": _not("この日は休止日です。点検はいりません。", "The kiosk is closed on this day: no check."),
    "none": _not("この日の要綱に点検項目がありません。", "The rule of this day names no items to check."),
    "coming": _not(
        "まだこの日になっていません。当日に点検してください。", "This day is to come. Check on the day itself."
    ),
    "missing": _not(
        "この日は点検のないまま閉まりました。管理者が理由を書きます。",
        "The day ended without a check. The manager writes why.",
    ),
    "explained": _not("この日は点検がなく、理由が書かれています。", "There was no check, and the reason is written."),
    "signed": _not("署名済みです。直すときは訂正してください。", "It is signed. Correct it where it is wrong."),
    "confirmed": _not("確認済みです。直すときは訂正してください。", "It is confirmed. Correct it where it is wrong."),
}
_OURS: dict[str, Role] = {"manager": "manager", "operator": "operator"}


def _checkers(day: CheckDay) -> tuple[Role, ...]:
    """Whom the rule names; the manager and an acting deputy may stand in. A role of the rule that the office does not
    know is carried out by operators."""
    first = _OURS.get(day.rule.by, "operator")
    return tuple(dict.fromkeys((first, "manager", "deputy")))


CHECKS = CheckPolicy()
