"""Who may do what with things found."""

from __future__ import annotations

from mihariban.office.base.acting import Acting
from mihariban.office.base.policy import Policy, Refused, Verdict, by_role
from mihariban.office.base.text import T
from mihariban.office.found.models import Thing
from mihariban.office.found.words import SPOILT

_GONE = T(
    "もう保管していません。内容の訂正は管理者が行います。",
    "It is no longer kept. The manager corrects what was written.",
)


class FoundPolicy(Policy):
    """Things left and papers gone wrong. They leave once, and not each in every way."""

    def may_see(self, acting: Acting) -> Verdict:
        """Read the register."""
        return by_role(acting, "manager", "deputy", "operator", "auditor")

    def may_enter(self, acting: Acting) -> Verdict:
        """Enter something that was found."""
        return by_role(acting, "operator", "manager", "deputy")

    def may_correct(self, acting: Acting, thing: Thing) -> Verdict:
        """Correct an entry: operators while the thing is kept."""
        if thing.forgotten_at is not None:
            return Refused(T("文はもう消されています。", "Its texts are erased already."))
        if thing.state != "kept":
            return by_role(acting, "manager", "deputy")
        return by_role(acting, "operator", "manager", "deputy")

    def may_return(self, acting: Acting, thing: Thing) -> Verdict:
        """Give it back."""
        if thing.kind in SPOILT:
            return Refused(
                T(
                    "印刷の不良・紙詰まりの紙は渡しません。廃棄してください。",
                    "Misprinted or jammed paper is not handed out. Destroy it.",
                )
            )
        return self._leaves(acting, thing)

    def may_destroy(self, acting: Acting, thing: Thing) -> Verdict:
        """Destroy it: paper only."""
        if thing.kind in ("card", "change", "other"):
            return Refused(
                T(
                    "カード・釣銭・忘れ物は廃棄できません。返却するか、警察に届けてください。",
                    "Cards, money and belongings are not destroyed. Return them or hand them to the police.",
                )
            )
        return self._leaves(acting, thing)

    def may_hand(self, acting: Acting, thing: Thing) -> Verdict:
        """Hand it to the police as lost property."""
        if thing.kind in SPOILT:
            return Refused(
                T(
                    "印刷の不良・紙詰まりの紙は遺失物ではありません。廃棄してください。",
                    "Misprinted or jammed paper is no lost property. Destroy it.",
                )
            )
        return self._leaves(acting, thing)

    def may_set(self, acting: Acting) -> Verdict:
        """Say how long texts stay and how many witnesses a destruction needs."""
        return by_role(acting, "manager", "deputy")

    def may_forget(self, acting: Acting) -> Verdict:
        """Erase texts whose time is over."""
        return by_role(acting, "system", "manager", "deputy")

    def _leaves(self, acting: Acting, thing: Thing) -> Verdict:
        if thing.state != "kept":
            return Refused(_GONE)
        return by_role(acting, "operator", "manager", "deputy")


FOUND = FoundPolicy()
"""What may be done with things found."""
