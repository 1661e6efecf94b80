"""Giving footage to others."""

from __future__ import annotations

from typing import Literal

from mihariban.policy.doc import Identifier, Section, doc
from mihariban.policy.sections.roles import Role

Condition = Literal["no_copy", "return_when_unneeded", "no_other_use", "keep_secure", "report_disposal"]


class Basis(Section):
    """One ground on which footage may be provided."""

    id: Identifier = doc(..., "根拠の識別名。", "Id of the ground.")
    title_ja: str = doc(..., "根拠。", "The ground.")
    title_en: str | None = doc(None, "根拠（英語）。", "The ground in English.")
    enabled: bool = doc(True, "この規則で使えるか。", "Whether this rule uses it.")
    written: Literal["required", "after_the_fact", "not_required"] = doc(
        "required", "書面。必要、事後でよい、不要。", "A written request: required, may follow, not required."
    )
    mandatory: bool = doc(
        False, "応じる義務があるか（令状など）。", "Whether the city has to comply, as with a warrant."
    )
    verify_callback: bool = doc(
        False, "別に調べた番号へ折り返して確かめるか。", "Whether to call back on a number looked up independently."
    )
    approver: Role = doc("manager", "決定する者。", "Who decides.")


class RefuseRule(Section):
    """A case in which provision is refused."""

    when_ja: str = doc(..., "提供しない場合。", "When footage is not provided.")
    unless_ja: str | None = doc(None, "その例外。", "The exception.")


class Disclosure(Section):
    """Grounds, scope, medium and conditions of a provision."""

    bases: tuple[Basis, ...] = doc((), "提供の根拠。", "Grounds of provision.", live=True)
    refuse_rules: tuple[RefuseRule, ...] = doc((), "提供しない場合。", "Cases of refusal.")
    minimum_scope: bool = doc(
        True, "目的を達成できる範囲に限るか。", "Whether only the narrowest sufficient part is given.", live=True
    )
    delivery: Literal["external_medium_copy", "viewing_only", "any"] = doc(
        "external_medium_copy", "渡し方。", "How footage is handed over.", live=True
    )
    conditions: tuple[Condition, ...] = doc((), "提供先に付す条件。", "Conditions put on the recipient.", live=True)
    pledge_required: bool = doc(False, "誓約書を求めるか。", "Whether the recipient signs a pledge.")
    agreement_ja: str | None = doc(None, "提供先との協定。", "An agreement with the receiving body.")
    application_form_ja: str | None = doc(None, "提供申請の様式。", "The form of application.")
    decision_form_ja: str | None = doc(None, "決定通知の様式。", "The form of decision.")
    refusal_form_ja: str | None = doc(None, "不提供決定通知の様式。", "The form of refusal.")
    revocable: bool = doc(False, "許可を後から取り消せるか。", "Whether a permission can be cancelled afterwards.")
    recipient_disposal_report: bool = doc(
        False, "提供先に廃棄の報告を求めるか。", "Whether the recipient reports the disposal."
    )
    numbering_ja: str | None = doc(
        None, "文書番号の形（{n} に番号が入る）。", "Pattern of document numbers; {n} is the number."
    )
    board_report: bool = doc(False, "提供を審議会に報告するか。", "Whether provisions are reported to the board.")
