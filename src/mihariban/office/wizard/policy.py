"""Who may set the office up."""

from __future__ import annotations

from mihariban.office.base.acting import Acting
from mihariban.office.base.policy import Allowed, Policy, Refused, Verdict, by_role
from mihariban.office.base.text import T
from mihariban.office.people.setup import is_signed, is_untouched


class WizardPolicy(Policy):
    """The wizard."""

    def may_begin(self) -> Verdict:
        """Make the first account, with the code that lies on the server: only while there is none."""
        if is_untouched():
            return Allowed("system")
        return Refused(
            T(
                "初期設定はもう始まっています。ログインして続けてください。",
                "The set-up has begun already. Log in and go on.",
            )
        )

    def may_see(self, acting: Acting) -> Verdict:
        """See how far it came."""
        return by_role(acting, "manager", "deputy", "it", "auditor")

    def may_do(self, acting: Acting) -> Verdict:
        """Do a step: IT staff always; the manager until it is signed."""
        if is_signed() and "it" not in acting.roles:
            return Refused(
                T(
                    "初期設定は署名されて終わりました。変えるときは情報システム担当者に頼んでください。",
                    "The set-up was signed and is finished. Ask the IT staff to change it.",
                )
            )
        return by_role(acting, "manager", "deputy", "it")

    def may_sign(self, acting: Acting, missing: list[T]) -> Verdict:
        """Sign the summary: who decides as manager, once every step is finished or skipped."""
        if missing:
            ja, en = "、".join(each.ja for each in missing), ", ".join(each.en for each in missing)
            return Refused(
                T(
                    f"まだ終わっていない段階があります（{ja}）。終えるか、とばしてから署名してください。",
                    f"Steps are not finished yet ({en}). Finish or skip them, then sign.",
                )
            )
        return by_role(acting, "manager", "deputy")


WIZARD = WizardPolicy()
