"""Who may do what with people, posts, designations, deputies and accounts."""

from __future__ import annotations

from datetime import date

from mihariban.base.errors import MiharibanError
from mihariban.office.base.acting import ROLE_NAMES, Acting, Role
from mihariban.office.base.dates import now, today
from mihariban.office.base.policy import Allowed, Policy, Refused, Verdict, by_role
from mihariban.office.base.text import T
from mihariban.office.people.deputies import candidates, rule_roles
from mihariban.office.people.models import (
    NOMINEE,
    Activation,
    Designation,
    Holding,
    LoginReset,
    Person,
    Post,
    User,
    in_force,
)
from mihariban.office.people.names import DESIGNATED
from mihariban.office.people.setup import is_signed

_KEEPERS: tuple[Role, ...] = ("manager", "deputy", "it", "system")


class PersonPolicy(Policy):
    """People and posts."""

    def may_see(self, acting: Acting) -> Verdict:
        """See who works here and who holds which role."""
        return by_role(acting, "manager", "deputy", "operator", "auditor", "it")

    def may_enter(self, acting: Acting) -> Verdict:
        """Enter somebody."""
        return by_role(acting, *_KEEPERS)

    def may_change(self, acting: Acting, person: Person) -> Verdict:  # all alike
        """Mend a name or section."""
        return by_role(acting, *_KEEPERS)

    def may_set_post(self, acting: Acting, post: Post | None = None) -> Verdict:  # all alike
        """Make a post or mend its name, and say whether it manages."""
        return by_role(acting, "manager", "deputy") if _has_manager() else by_role(acting, *_KEEPERS)

    def may_appoint(self, acting: Acting, post: Post, person: Person) -> Verdict:
        """Enter that ``person`` holds ``post``: the city appoints, the office writes it down."""
        if post.manages and _is_vendor(person, today()) and not _contractor_may_manage():
            return Refused(
                T(
                    "規則では、保守業者の人は管理者になれません。市の職員を選んでください。",
                    "By the rule somebody of a vendor cannot be the manager. Choose an official of the city.",
                )
            )
        if post.manages and _has_manager():
            return by_role(acting, "manager", "deputy")
        return by_role(acting, *_KEEPERS)

    def may_leave(self, acting: Acting, holding: Holding) -> Verdict:
        """Enter the last day of somebody in a post."""
        if holding.void:
            return Refused(_VOID)
        return by_role(acting, *_KEEPERS)


class DesignationPolicy(Policy):
    """Designations (article 7(2)): the manager's, with a few that IT staff keeps."""

    def may_designate(self, acting: Acting, person: Person, role: str) -> Verdict:
        """Designate ``person`` for ``role``."""
        if role not in DESIGNATED:
            return Refused(
                T(
                    "この役割は指定では決まりません。管理者は職、職務代理は開始の記録によります。",
                    "This role is not given by designation: the manager has a post, a deputy an activation.",
                )
            )
        refused = _contracted(person, role)
        return by_role(acting, *_designators(role)) if refused is None else refused

    def may_dismiss(self, acting: Acting, designation: Designation) -> Verdict:
        """End a designation."""
        if designation.void:
            return Refused(_VOID)
        return by_role(acting, *_designators(designation.role))

    def may_correct(self, acting: Acting, row: Holding | Designation) -> Verdict:  # all alike
        """Mend history, with a reason; the old value stays visible."""
        return by_role(acting, "manager", "deputy")


class DeputyPolicy(Policy):
    """Acting for the manager."""

    def may_activate(self, acting: Acting, person: Person, day: date | None = None) -> Verdict:
        """Start an activation of ``person``: the manager does, or, where the manager cannot, the deputy in person."""
        if person.pk not in {each.person.pk for each in candidates(day or today())}:
            return Refused(
                T(
                    "この人は規則の定める職務代理者ではありません。職務代理のページの候補から選んでください。",
                    "The rule does not name this person as deputy. Choose from the candidates on the deputies' page.",
                )
            )
        if not User.objects.filter(person=person, is_active=True).exists():
            return Refused(
                T(
                    "この人には使えるアカウントがありません。先にアカウントを作ってください。",
                    "This person has no account in use. Make one first.",
                )
            )
        if "manager" in acting.roles:
            return Allowed("manager")
        if acting.user is not None and acting.user.is_active and acting.user.person_id == person.pk:
            return Allowed("deputy")
        return Refused(
            T(
                "職務代理を始められるのは、管理者か、代理する本人だけです。どちらかに頼んでください。",
                "Only the manager, or the deputy in person, may start this. Ask one of them.",
            )
        )

    def may_end(self, acting: Acting, activation: Activation) -> Verdict:
        """End an activation before its time: the manager, or who acts."""
        if activation.state(now()) in ("ended", "ended_early"):
            return Refused(T("この職務代理はもう終わっています。", "This activation has ended already."))
        if "manager" in acting.roles:
            return Allowed("manager")
        if acting.user is not None and acting.user.is_active and acting.user.person_id == activation.person_id:
            return Allowed("deputy")
        return by_role(acting, "manager", "deputy")


class AccountPolicy(Policy):
    """Accounts."""

    def may_create(self, acting: Acting, person: Person) -> Verdict:
        """Give ``person`` an account."""
        if User.objects.filter(person=person).exists():
            return Refused(
                T(
                    "この人にはもうアカウントがあります。そのアカウントを使ってください。",
                    "This person has an account already. Use that one.",
                )
            )
        return by_role(acting, *_KEEPERS)

    def may_close(self, acting: Acting, user: User) -> Verdict:
        """Stop an account."""
        if not user.is_active:
            return Refused(T("このアカウントはもう止まっています。", "This account is closed already."))
        return by_role(acting, *_KEEPERS)

    def may_reopen(self, acting: Acting, user: User) -> Verdict:
        """Let a stopped account be used again."""
        if user.is_active:
            return Refused(T("このアカウントは使える状態です。", "This account is open."))
        return by_role(acting, *_KEEPERS)

    def may_reset(self, acting: Acting, user: User) -> Verdict:
        """Give a new password, or remove the second factor."""
        if not user.is_active:
            return Refused(
                T(
                    "このアカウントは止まっています。先に使えるようにしてください。",
                    "This account is closed. Open it again first.",
                )
            )
        return by_role(acting, *_KEEPERS)

    def may_see_resets(self, acting: Acting) -> Verdict:
        """Hear that somebody else gave a manager a new way in."""
        return by_role(acting, "manager", "deputy", "auditor")

    def may_confirm_reset(self, acting: Acting, user: User) -> Verdict:
        """Say that a reset of the manager's login was asked for: who did it never says so."""
        waiting = list(LoginReset.objects.filter(user=user, confirmed_at=None).values_list("by", flat=True))
        if not waiting:
            return Refused(T("確認を待つ出し直しはありません。", "No reset waits to be confirmed."))
        if acting.user is not None and acting.user.person_id in waiting:
            return Refused(
                T(
                    "自分が出し直したものは自分では確認できません。管理者に頼んでください。",
                    "You cannot confirm a reset of your own. Ask the manager.",
                )
            )
        return by_role(acting, "manager", "deputy")

    def may_mail_resets(self, acting: Acting) -> Verdict:
        """Write to the manager about them: the office itself."""
        return by_role(acting, "system")

    def may_link(self, acting: Acting, user: User) -> Verdict:
        """Say who its owner is at the city's single sign-on."""
        if user.pk is not None and acting.user is not None and acting.user.pk == user.pk:
            return Refused(
                T(
                    "自分のアカウントは自分では結び付けられません。別の担当者に頼んでください。",
                    "You cannot link your own account. Ask somebody else who may.",
                )
            )
        return self.may_reset(acting, user)


class SessionPolicy(Policy):
    """Coming in and going out."""

    def may_begin(self, acting: Acting, user: User) -> Verdict:
        """Come in: every account that is open. One without a role comes in too and sees nothing; the entry then names
        the system as who let it in."""
        if not user.is_active:
            return Refused(
                T(
                    "このアカウントは止められています。管理者か情報システム担当者に伝えてください。",
                    "This account is closed. Tell the manager or the IT staff.",
                )
            )
        return Allowed(_highest(acting))

    def may_end(self, acting: Acting) -> Verdict:
        """Go out: always."""
        return Allowed(_highest(acting))

    def may_refuse(self, acting: Acting) -> Verdict:
        """Enter a failure: the office itself."""
        return by_role(acting, "system")

    def may_change_credentials(self, acting: Acting, user: User) -> Verdict:
        """Change how one logs in: the owner alone."""
        if acting.user is None or acting.user.pk != user.pk or not user.is_active:
            return Refused(
                T(
                    "パスワードや認証の手段は、本人だけが変えられます。",
                    "Password and means of login are changed by their owner alone.",
                )
            )
        return Allowed(_highest(acting))


def _highest(acting: Acting) -> Role:
    return next((role for role in ROLE_NAMES if role in acting.roles), "system")


PEOPLE = PersonPolicy()
DESIGNATIONS = DesignationPolicy()
DEPUTIES = DeputyPolicy()
ACCOUNTS = AccountPolicy()
SESSIONS = SessionPolicy()

_VOID = T("この記録は取り消されています。", "This record is void.")


def _designators(role: str) -> tuple[Role, ...]:
    """Operators and auditors are the manager's; until the manager signed the set-up, IT staff enters them too."""
    if role in ("it", "vendor") or not is_signed():
        return _KEEPERS
    return ("manager", "deputy", "system")


def _is_vendor(person: Person, day: date) -> bool:
    return Designation.objects.filter(in_force(day), person=person, role="vendor").exists()


def _has_manager() -> bool:
    """Whether the set-up is signed and somebody manages: from then on IT staff cannot make themselves manager. Where
    nobody does, somebody must be able to write down whom the city has appointed."""
    return is_signed() and Holding.objects.filter(in_force(today()), post__manages=True).exists()


def _contractor_may_manage() -> bool:
    try:
        post = rule_roles(today()).manager
    except MiharibanError:  # no rule yet: the narrower reading
        return False
    return post is not None and post.may_be_contractor


def _contracted_out() -> str:
    """What the rule lets be contracted out; maintenance where there is no rule yet."""
    try:
        return rule_roles(today()).contractors.allowed
    except MiharibanError:
        return "maintenance_only"


def _contracted(person: Person, role: str) -> Refused | None:
    """What the rule does not let contractors do."""
    if role == "vendor" and _contracted_out() == "none":
        return Refused(
            T(
                "規則は委託を認めていません。業者の指定が必要なときは、先に規則を改めてください。",
                "The rule does not allow contracting out. Amend the rule first where a vendor is needed.",
            )
        )
    if role not in ("operator", NOMINEE) or not _is_vendor(person, today()):
        return None
    if _contracted_out() in ("operation", "full"):
        return None
    return Refused(
        T(
            "規則では、保守業者の人は取扱者や職務代理になれません。市の職員を選んでください。",
            "By the rule somebody of a vendor cannot be operator or deputy. Choose an official of the city.",
        )
    )
