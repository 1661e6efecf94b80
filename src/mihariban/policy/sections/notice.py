"""What the public is told: sign, complaints, publication, the board."""

from __future__ import annotations

from datetime import date
from typing import Literal

from mihariban.policy.doc import Identifier, Section, doc
from mihariban.policy.sections.roles import Role

SignField = Literal["text", "installer", "manager_title", "manager_name", "contact", "purpose", "retention", "audio"]


class Notice(Section):
    """The sign at the camera."""

    text_ja: str | None = doc(None, "表示の文言。", "The words of the sign.", live=True)
    fields: tuple[SignField, ...] = doc((), "表示に載せる事項。", "What the sign shows.", live=True)
    place_ja: str | None = doc(None, "表示の場所。", "Where the sign is.", live=True)
    form_ja: str | None = doc(None, "表示の様式。", "The form of the sign.")
    publicity: tuple[Literal["bulletin", "website", "board"], ...] = doc(
        (), "その他の周知。", "Other ways of making it known."
    )


class Complaints(Section):
    """Complaints about the camera."""

    required: bool = doc(False, "苦情の処理を定めているか。", "Whether the rule deals with complaints.")
    handler: Role = doc("manager", "苦情を処理する役割。", "The role that answers.")
    register_ja: str | None = doc(None, "苦情の処理簿の名。", "Name of the register of complaints.")
    reply_days: int | None = doc(None, "回答までの日数。", "Days until an answer.", gt=0)


class Periodic(Section):
    """A report made again and again."""

    title_ja: str = doc(..., "報告の名。", "Name of the report.")
    every_months: int = doc(..., "周期（月）。", "Months between reports.", gt=0)
    to_ja: str = doc(..., "報告先。", "To whom it goes.")


class Board(Section):
    """The oversight board."""

    name_ja: str | None = doc(None, "審査会・審議会の名。", "Name of the board.")
    consult_before_install: bool = doc(False, "設置前に諮問するか。", "Whether the board is asked before installing.")


class Reporting(Section):
    """Reports and publication."""

    incident_to_ja: tuple[str, ...] = doc(
        (), "事件・事故の報告先（順に）。", "To whom incidents are reported, in order."
    )
    periodic: tuple[Periodic, ...] = doc((), "定期の報告。", "Periodic reports.")
    publish_items_ja: tuple[str, ...] = doc((), "公表する事項。", "Items to be published.")
    board: Board = doc(Board(), "審査会・審議会。", "The oversight board.")
    prior_filing_ja: str | None = doc(None, "設置前の届出。", "A filing before installation.")


class Consultation(Section):
    """The consultation paper put to the board. Posts are named, never persons."""

    number_ja: str = doc(..., "文書番号。", "Document number.")
    asked_on: date = doc(..., "諮問の日。", "Date of the paper.")
    to_ja: str = doc(..., "宛先。", "Addressee.")
    issued_by_ja: str = doc(..., "諮問者の職。", "Post of the one who asks.")
    clause_ja: str = doc(..., "根拠の条項。", "The clause relied on.")
    matter_ja: str = doc(..., "諮問事項。", "The matter put to the board.")
    reasons_ja: tuple[str, ...] = doc(..., "諮問理由。", "Reasons.")
    section_ja: str = doc(..., "設置課（管理者）。", "The installing section.")
    planned_from: date = doc(..., "設置時期（予定）。", "Planned date of installation.")
    cameras: int = doc(..., "設置台数。", "Number of cameras.", ge=0)
    camera_place_ja: str = doc(..., "設置場所。", "Where the camera is.")
    recorder_place_ja: str = doc(..., "動画記録装置の場所。", "Where the recorder is.")
    recording_ja: tuple[str, ...] = doc(..., "記録方法及び保存期間。", "How recording and keeping work.")
    custody_ja: tuple[str, ...] = doc(..., "記録装置の保管。", "How the recorder is kept.")
    provision_ja: tuple[str, ...] = doc(..., "データの提供。", "How footage is provided.")
    annexes_ja: tuple[str, ...] = doc((), "別紙。", "Annexes.")


class Text(Section):
    """A sentence for forms and pages that only this city uses."""

    id: Identifier = doc(..., "文の識別名。", "Id of the text.")
    ja: str = doc(..., "文。", "The text.")
    en: str | None = doc(None, "英語の文。", "The text in English.")
