"""The policy: one rule of one city as data."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import model_validator

from mihariban.policy.doc import Identifier, Section, doc, refuse
from mihariban.policy.sections.basis import (
    Article,
    LegalFrame,
    Provenance,
    Purpose,
    RuleSite,
    Service,
    Terms,
)
from mihariban.policy.sections.capture import Capture
from mihariban.policy.sections.disclosure import Disclosure
from mihariban.policy.sections.duties import Audit, DailyCheck, Fault, Register, Training
from mihariban.policy.sections.handling import Storage, Viewing
from mihariban.policy.sections.notice import Complaints, Consultation, Notice, Reporting, Text
from mihariban.policy.sections.operation import Operation
from mihariban.policy.sections.retention import Erasure, Retention
from mihariban.policy.sections.roles import Roles
from mihariban.policy.source import Source

Instrument = Literal["条例", "規則", "規程", "訓令", "要綱", "要領", "要項", "基準", "ガイドライン"]


class Policy(Section):
    """A rule, with the origin of every value. Times of day are local to the site."""

    format: Literal[1] = doc(1, "このファイル形式の版。", "Version of this file format.")
    id: Identifier = doc(..., "規則の識別名。版が変わっても同じ。", "Id of the rule; the same in all its versions.")
    version: int = doc(1, "規則の版。", "Version of the rule.", ge=1)
    excerpt: bool = doc(
        False,
        "抜粋か。抜粋では実際の設置を始められない。",
        "Whether this is an excerpt; an excerpt starts no live site.",
    )
    title_ja: str = doc(..., "題名。", "Title of the rule.")
    title_en: str | None = doc(None, "題名（英語）。", "Title in English.")
    body_ja: str = doc(..., "定めた団体。", "The body that set the rule.")
    body_en: str | None = doc(None, "定めた団体（英語）。", "The body in English.")
    instrument: Instrument = doc(..., "規則の種類。", "Kind of instrument.")
    number_ja: str | None = doc(None, "告示・訓令などの番号。", "Its number.")
    effective_from: date | None = doc(None, "施行の日。", "First day in force.", live=True)
    effective_to: date | None = doc(None, "効力の最後の日。", "Last day in force; none where open.")
    applies_to_existing: Literal["keep", "shorten", "replace"] = doc(
        "keep",
        "前の版で撮影した映像の保存期間。前の版のまま、短くなるときだけ新しい版、常に新しい版。",
        "Footage filmed under an earlier version: keeps that version's period, takes this one's where it ends sooner, "
        "or always takes this one's.",
    )
    parents_ja: tuple[str, ...] = doc((), "上位の条例・規則。", "Instruments above this one.")
    provenance: Provenance = doc(..., "このファイルの元。", "What this file was written from.")
    legal_frame: tuple[LegalFrame, ...] = doc(
        (), "根拠となる法令（期間ごと）。", "The law behind the rule, dated.", live=True
    )
    terms: Terms = doc(Terms(), "用語。", "The city's own nouns.", live=True)
    purpose: Purpose = doc(Purpose(), "目的。", "Purpose.")
    roles: Roles = doc(Roles(), "役割。", "Roles.")
    sites: tuple[RuleSite, ...] = doc((), "設置場所。", "Sites.", live=True)
    service: Service = doc(Service(), "証明書の交付。", "The kiosk's service.")
    operation: Operation = doc(Operation(), "稼働日と稼働時間。", "Operating days and hours.")
    capture: Capture = doc(Capture(), "撮影。", "Filming.")
    retention: Retention = doc(Retention(), "保存。", "Keeping.")
    erasure: Erasure = doc(Erasure(), "消去。", "Erasing.")
    storage: Storage = doc(Storage(), "記録装置と鍵の保管。", "Recorder and key.")
    viewing: Viewing = doc(Viewing(), "閲覧。", "Viewing.")
    disclosure: Disclosure = doc(Disclosure(), "提供。", "Provision.")
    notice: Notice = doc(Notice(), "表示。", "The sign.")
    complaints: Complaints = doc(Complaints(), "苦情。", "Complaints.")
    reporting: Reporting = doc(Reporting(), "報告と公表。", "Reports and publication.")
    daily_check: DailyCheck = doc(DailyCheck(), "日々の点検。", "The daily check.")
    fault: Fault = doc(Fault(), "故障。", "Faults.")
    training: Training = doc(Training(), "研修。", "Training.")
    audit: Audit = doc(Audit(), "監査。", "Audit.")
    registers: tuple[Register, ...] = doc((), "帳簿。", "Registers.", live=True)
    consultation: Consultation | None = doc(None, "諮問書。", "The consultation paper.")
    texts: tuple[Text, ...] = doc((), "この団体だけの文。", "Texts of this city alone.")
    article: tuple[Article, ...] = doc((), "条文。", "The articles, word for word.")
    source: tuple[Source, ...] = doc(..., "値ごとの根拠。", "Where each value comes from.", min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.effective_from and self.effective_to and self.effective_to < self.effective_from:
            raise refuse(
                field="effective_to",
                ja=f"効力の最後の日 {self.effective_to} が施行の日 {self.effective_from} より前です。",
                en=f"The last day {self.effective_to} is before the first day {self.effective_from}.",
                do_ja="どちらかの日付を直します",
                do_en="correct one of the dates",
            )
        self._check_sites()
        return self

    def _check_sites(self) -> None:
        if not self.sites:
            return
        known = [site.id for site in self.sites]
        for field, ids in (
            ("operation.sites", [site.id for site in self.operation.sites]),
            ("retention.sites", [site.id for site in self.retention.sites]),
        ):
            for number, name in enumerate(ids):
                if name not in known:
                    raise refuse(
                        field=field,
                        ja=f"{number + 1} 番目の「{name}」は設置場所にありません。",
                        en=f'Number {number + 1}, "{name}", is not among the sites.',
                        do_ja=f"sites の id のどれかにします: {', '.join(known)}",
                        do_en=f"use an id of sites: {', '.join(known)}",
                    )

    def sources_of(self, path: str) -> tuple[Source, ...]:
        """The sources that speak most closely of the value at ``path``."""
        best = -1
        found: list[Source] = []
        for source in self.source:
            for field in source.fields:
                if path != field and not path.startswith(field + "."):
                    continue
                if len(field) > best:
                    best, found = len(field), [source]
                elif len(field) == best:
                    found.append(source)
        return tuple(found)

    def law_on(self, day: date) -> LegalFrame | None:
        """The law behind the rule on ``day``."""
        for frame in self.legal_frame:
            if frame.effective_from <= day and (frame.effective_to is None or day <= frame.effective_to):
                return frame
        return None

    def in_force(self, day: date) -> bool:
        """Whether the rule is in force on ``day``. An excerpt whose dates were not read counts as in force."""
        started = self.effective_from is None or self.effective_from <= day
        return started and (self.effective_to is None or day <= self.effective_to)
