"""What a rule is: its purpose, its law, its words, its service, its sites."""

from __future__ import annotations

from datetime import date
from typing import Literal

from mihariban.policy.doc import Identifier, Section, doc


class Article(Section):
    """One article of the rule, word for word."""

    number_ja: str = doc(..., "条（例 第10条）。", "The article's number.")
    heading_ja: str = doc("", "見出し。", "Its heading.")
    text_ja: str = doc(..., "条文。", "Its text.")


class LegalFrame(Section):
    """The law behind the rule during a span of time."""

    effective_from: date = doc(..., "この法令による最初の日。", "First day.")
    effective_to: date | None = doc(None, "この法令による最後の日。", "Last day; none where open.")
    law_ja: str = doc(..., "法令。", "The law.")
    law_en: str | None = doc(None, "法令（英語）。", "The law in English.")


class Purpose(Section):
    """Why there is a camera."""

    statements_ja: tuple[str, ...] = doc((), "目的（条文のとおり）。", "Purposes in the rule's words.", live=True)
    forbidden_uses_ja: tuple[str, ...] = doc((), "禁じられた使い方。", "Uses that are forbidden.")
    staff_protection: bool = doc(
        False, "職員への不当な圧力の排除も目的とするか。", "Whether keeping undue pressure from staff is a purpose."
    )


class Terms(Section):
    """The city's own nouns, for screens and forms."""

    camera: str = doc("監視カメラ", "カメラの呼び方。", "The city's word for the camera.")
    footage: str = doc("画像データ", "映像の呼び方。", "The city's word for footage.")
    manager: str = doc("管理者", "管理者の呼び方。", "The city's word for the manager.")
    operator: str = doc("取扱者", "取扱者の呼び方。", "The city's word for the operator.")
    kiosk: str = doc("証明書等交付機", "端末の呼び方。", "The city's word for the kiosk.")
    recorder: str = doc("レコーダー", "記録装置の呼び方。", "The city's word for the recorder.")


class Kiosk(Section):
    """A kiosk of a site, as far as the rule's papers name it."""

    id: Identifier = doc(..., "端末の識別名。", "Id of the kiosk.")
    installed_on: date | None = doc(None, "設置の日（予定を含む）。", "Day of installation, planned or done.")


class CameraPlace(Section):
    """A camera of a site, as far as the rule's papers name it."""

    id: Identifier = doc(..., "カメラの識別名。", "Id of the camera.")
    position_ja: str = doc(..., "取付位置。", "Where it is mounted.")
    drawing_ja: str | None = doc(None, "平面図・配置図。", "The plan that shows it.")


class RuleSite(Section):
    """A place to which the rule applies."""

    id: Identifier = doc(..., "設置場所の識別名。", "Id of the site.")
    name_ja: str = doc(..., "設置場所。", "The place.")
    kiosks: tuple[Kiosk, ...] = doc((), "端末。", "Its kiosks.")
    cameras: tuple[CameraPlace, ...] = doc((), "カメラ。", "Its cameras.")
    location_public: bool = doc(True, "場所を公表するか。", "Whether the location is public.")


class Certificate(Section):
    """A certificate the kiosk issues."""

    id: Identifier = doc(..., "証明書の識別名。", "Id of the certificate.")
    title_ja: str = doc(..., "証明書。", "The certificate.")
    title_en: str | None = doc(None, "証明書（英語）。", "The certificate in English.")


class Fee(Section):
    """The price of a certificate during a span of time."""

    certificate: Identifier = doc(..., "証明書の識別名。", "Id of the certificate.")
    yen: int = doc(..., "手数料（円）。", "The fee in yen.", ge=0)
    effective_from: date | None = doc(None, "最初の日。", "First day.")
    effective_to: date | None = doc(None, "最後の日。", "Last day.")


class Service(Section):
    """What the kiosk does for whom."""

    certificates: tuple[Certificate, ...] = doc((), "発行する証明書。", "Certificates issued.", live=True)
    fees: tuple[Fee, ...] = doc((), "手数料の表。", "The table of fees.")
    eligible_users: Literal["any", "residents_only"] = doc("any", "使える人。", "Who may use the kiosk.")
    minimum_age: int | None = doc(None, "使える年齢の下限。", "The least age of a user.", ge=0)


class Provenance(Section):
    """What this file was written from."""

    read_ja: str = doc(..., "読んだ範囲。", "How far the papers were read.")
    read_en: str = doc(..., "読んだ範囲（英語）。", "How far the papers were read, in English.")
    address: str | None = doc(None, "公開されている原文。", "Where the rule is published.")
