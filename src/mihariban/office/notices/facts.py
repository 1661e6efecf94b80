"""What the rule lets and makes us say in public about a camera, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from mihariban.office.base.text import T
from mihariban.office.notices.models import Contact
from mihariban.policy import Policy
from mihariban.policy.explain_period import period_text

SIGN_EN = "Security camera in operation"
_AUDIO = {
    "forbidden": T("音声は記録しません。", "Sound is not recorded."),
    "allowed_if_signed": T("録音あり", "Sound is recorded"),
    "included": T("録音あり", "Sound is recorded"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A field of a sign or of the public page. Where ``en`` is empty nobody translated it: the Japanese stands in."""

    name: str
    label: T
    ja: str
    en: str

    @property
    def text(self) -> T:
        """The value."""
        return T(self.ja, self.en or self.ja)

    @property
    def untranslated(self) -> bool:
        """Whether the English page shows Japanese."""
        return not self.en


def headline(policy: Policy) -> T:
    """The words of the sign."""
    return T(policy.notice.text_ja or "防犯カメラ作動中", SIGN_EN)


def sound(policy: Policy) -> bool:
    """Whether sound is recorded: a sign must say so."""
    return policy.capture.audio != "forbidden"


def rows(policy: Policy, contact: Contact) -> list[Row]:
    """All fields that can be said, in the order in which a sign shows them."""
    manager = policy.roles.manager
    phone = " ".join(part for part in (contact.phone, contact.mail) if part)
    purpose = "、".join(policy.purpose.statements_ja)
    found = [
        Row(
            "installer", T("設置者", "Installed by"), policy.roles.installer_ja or policy.body_ja, policy.body_en or ""
        ),
        Row("manager_title", T("管理者", "Responsible"), manager.post_ja if manager else "", contact.post_en),
        Row("purpose", T("目的", "Purpose"), purpose, contact.purpose_en),
        Row("retention", T("保存期間", "Kept for"), period_text(policy, "ja") or "", period_text(policy, "en") or ""),
        Row("audio", T("音声", "Sound"), _AUDIO[policy.capture.audio].ja, _AUDIO[policy.capture.audio].en),
        Row(
            "contact",
            T("問い合わせ先", "Contact"),
            f"{contact.section} {phone}".strip(),
            f"{contact.section_en or contact.section} {phone}".strip(),
        ),
    ]
    return [row for row in found if row.ja]


def required(policy: Policy) -> set[str]:
    """The fields that the rule puts on the sign; the one on sound is there wherever sound is recorded. The manager's
    name is never taken: posts change hands, signs stay."""
    fields = set(policy.notice.fields) - {"text"}
    if "manager_name" in fields:
        fields = (fields - {"manager_name"}) | {"manager_title"}
    return fields | ({"audio"} if sound(policy) else set())
