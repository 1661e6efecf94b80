"""Who may do what with the keys of the recorder case."""

from __future__ import annotations

from mihariban.office.base.acting import Acting
from mihariban.office.base.policy import Policy, Refused, Verdict, by_role
from mihariban.office.base.text import T
from mihariban.office.keyledger.models import Key, KeyUse, Opening

_OUT = T("この鍵はいま持ち出し中です。戻ってから行ってください。", "This key is out. Do it when it is back.")
_IN = T("この鍵はもう戻っています。一覧を開き直してください。", "This key is back already. Open the list again.")
_RETIRED = T("この鍵はもう使っていません。", "This key is no longer in use.")


class KeyPolicy(Policy):
    """Keys of the recorder case. The rule gives them to the operators (article 10(4)); a vendor never acts alone."""

    def may_see(self, acting: Acting) -> Verdict:
        """Read board, register and counts."""
        return by_role(acting, "manager", "deputy", "operator", "auditor", "it")

    def may_register(self, acting: Acting) -> Verdict:
        """Hang up a new key."""
        return by_role(acting, "manager", "deputy")

    def may_change(self, acting: Acting, key: Key) -> Verdict:
        """Say anew what a key is, or how many pieces hang on its hook."""
        if key.retired_at is not None:
            return Refused(_RETIRED)
        return by_role(acting, "manager", "deputy")

    def may_retire(self, acting: Acting, key: Key, *, out: bool) -> Verdict:
        """Take a key off the board for good."""
        if key.retired_at is not None:
            return Refused(_RETIRED)
        return Refused(_OUT) if out else by_role(acting, "manager", "deputy")

    def may_take(self, acting: Acting, key: Key, *, out: bool) -> Verdict:
        """Enter that a key goes out."""
        if key.retired_at is not None:
            return Refused(_RETIRED)
        return Refused(_OUT) if out else by_role(acting, "operator", "manager", "deputy")

    def may_bring_back(self, acting: Acting, use: KeyUse) -> Verdict:
        """Enter that it came back."""
        return Refused(_IN) if use.in_at is not None else by_role(acting, "operator", "manager", "deputy")

    def may_correct(self, acting: Acting, use: KeyUse) -> Verdict:
        """Correct a use: operators until the manager has confirmed it."""
        if use.confirmed_at is not None:
            return by_role(acting, "manager", "deputy")
        return by_role(acting, "operator", "manager", "deputy")

    def may_confirm(self, acting: Acting, use: KeyUse) -> Verdict:
        """Confirm a use that is over."""
        if use.in_at is None:
            return Refused(_OUT)
        if use.confirmed_at is not None:
            return Refused(T("この使用はもう確認されています。", "This use is confirmed already."))
        return by_role(acting, "manager", "deputy")

    def may_count(self, acting: Acting) -> Verdict:
        """Count what hangs on the board."""
        return by_role(acting, "operator", "manager", "deputy")

    def may_explain(self, acting: Acting, opening: Opening) -> Verdict:
        """Explain an opening without a key."""
        if opening.explained_at is not None:
            return Refused(T("もう説明されています。", "It is explained already."))
        return by_role(acting, "manager", "deputy")

    def may_set_limit(self, acting: Acting) -> Verdict:
        """Say how long a key may be out."""
        return by_role(acting, "manager", "deputy")

    def may_watch(self, acting: Acting) -> Verdict:
        """Hold uses against the clock and the recorder's events: nobody's hands but the system's."""
        return by_role(acting, "system")


KEYS = KeyPolicy()
"""What may be done with the keys."""
