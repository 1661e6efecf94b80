"""Who does what: manager, deputies, operators, contractors."""

from __future__ import annotations

from typing import Literal

from mihariban.policy.doc import Section, doc

Role = Literal["chief_manager", "manager", "handling_supervisor", "assistant", "operator"]


class Post(Section):
    """A post that carries a role."""

    post_ja: str = doc(
        ..., "その役割を担う職（条文のとおり）。", "The post that carries the role, in the rule's words."
    )
    may_be_contractor: bool = doc(False, "受託者がこの役割を担えるか。", "Whether a contractor may carry this role.")


class Deputy(Section):
    """Who acts for the manager, in order."""

    post_ja: str = doc(..., "職務を代理する職。", "The post that acts for the manager.")
    trigger_ja: str = doc("", "代理する場合（条文のとおり）。", "When the deputy acts, in the rule's words.")
    selection: Literal["by_post", "pre_nominated", "senior_of_section"] = doc(
        "by_post",
        "代理者の決め方。職による、あらかじめ指名、課の上席の職員。",
        "How the deputy is chosen: by post, nominated beforehand, the senior official of the section.",
    )


class Operators(Section):
    """Those who handle the kiosk, the camera and the key under the manager's orders."""

    designation: Literal["by_manager", "by_section", "by_form"] = doc(
        "by_manager",
        "取扱者の指定の方法。管理者が指定、課の職員、様式による指名。",
        "How operators are named: by the manager, as staff of a section, by a form.",
    )
    form_ja: str | None = doc(None, "指名に使う様式。", "The form by which operators are named.")
    min_count: int = doc(1, "置くべき最少の人数。", "The least number of operators.", ge=0)
    act_only_on_instruction: bool = doc(
        False,
        "管理者の指示があるときだけ操作できるか。",
        "Whether operators may act only on the manager's instruction.",
    )
    sections_ja: tuple[str, ...] = doc((), "取扱者の属する課。", "Sections to which operators belong.")


class Contractors(Section):
    """Firms that work for the city."""

    allowed: Literal["none", "maintenance_only", "operation", "full"] = doc(
        "none",
        "委託できる範囲。なし、保守だけ、運用の一部、管理まで。",
        "What may be contracted out: nothing, maintenance, part of the operation, management itself.",
    )
    bound_by_policy: bool = doc(True, "受託者にもこの規則を守らせるか。", "Whether contractors are bound by this rule.")
    note_ja: str | None = doc(None, "委託についての定め。", "What the rule says about contracting out.")


class Roles(Section):
    """Roles and their posts."""

    installer_ja: str | None = doc(None, "設置者。", "The installing authority.")
    chief_manager: Post | None = doc(None, "総括・統括する管理責任者。", "The chief manager above the manager.")
    manager: Post | None = doc(None, "管理者。", "The manager who decides.", live=True)
    handling_supervisor: Post | None = doc(
        None, "取扱責任者（管理者と取扱者の間）。", "The handling supervisor, between manager and operators."
    )
    assistants_ja: tuple[str, ...] = doc((), "管理補助者。", "Assistant managers.")
    manager_duties_ja: tuple[str, ...] = doc((), "管理者の職務。", "The manager's duties.")
    deputies: tuple[Deputy, ...] = doc((), "職務代理者（順に）。", "Deputies, in order.", live=True)
    operators: Operators = doc(Operators(), "取扱者。", "The operators.", live=True)
    image_controller_ja: str | None = doc(
        None,
        "画像管理者（機器の維持管理者と別の者である場合）。",
        "Who controls the footage where another body keeps the equipment.",
    )
    equipment_keeper_ja: str | None = doc(
        None, "機器維持管理者。", "Who keeps the equipment where the footage is another's."
    )
    contractors: Contractors = doc(Contractors(), "委託。", "Contracting out.", live=True)
    confidentiality_after_leaving: bool = doc(
        False,
        "職を退いた後も秘密を守る義務を定めているか。",
        "Whether the rule binds people to secrecy after they leave.",
    )
    supervise_handlers: bool = doc(
        False,
        "取扱者の指導・監督を定めているか。",
        "Whether the rule tells the manager to instruct and supervise handlers.",
    )
    scope: Literal["per_rule", "per_site", "per_camera"] = doc(
        "per_rule",
        "管理者を置く単位。規則に一人、場所ごと、カメラごと。",
        "What a manager is appointed for: the rule, each site, each camera.",
    )
