"""The whole rule in plain Japanese or English. Our own readings carry ※, what was not read carries （不明）."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from mihariban.base.text import Language
from mihariban.policy.era import both_dates
from mihariban.policy.explain_period import period_text, sums
from mihariban.policy.explain_words import DAYS_EN, DAYS_JA, HEADINGS, PHRASES
from mihariban.policy.hours import Table, table_of
from mihariban.policy.rule import Policy
from mihariban.policy.sections.operation import HoursRow


def explain(policy: Policy, language: Language = "ja") -> str:
    """The rule for a person who has not read it.

    Args:
        language: the language of our words; posts and quotations stay in the city's.
    """
    return _Explainer(policy, language).text()


class _Explainer:
    """Collects lines; knows the marks."""

    def __init__(self, policy: Policy, language: Language) -> None:
        self._policy = policy
        self._ja = language == "ja"
        self._language = language
        self._lines: list[str] = []
        self._unknown = [field for source in policy.source if source.reading == "unknown" for field in source.fields]

    def text(self) -> str:
        self._head()
        for part in (
            self._people,
            self._hours,
            self._filming,
            self._keeping,
            self._looking,
            self._giving,
            self._public,
            self._duties,
            self._readings,
        ):
            part()
        return "\n".join(self._lines) + "\n"

    # words

    def _say(self, key: str, **facts: object) -> str:
        ja, en = PHRASES[key]
        return (ja if self._ja else en).format(**facts)

    def _heading(self, key: str) -> None:
        ja, en = HEADINGS[key]
        self._lines += ["", f"■ {ja}" if self._ja else f"## {en}"]

    def _mark(self, path: str) -> str:
        """※ where the value is our reading; clauses of the city otherwise."""
        sources = self._policy.sources_of(path)
        if any(source.reading == "ours" for source in sources):
            return " ※"
        clauses = [source.article for source in sources if source.article]
        if not clauses:
            return ""
        return f"（{'、'.join(clauses)}）" if self._ja else f" ({', '.join(clauses)})"

    def _is_unknown(self, path: str) -> bool:
        return any(path == field or path.startswith(field + ".") for field in self._unknown)

    def _line(self, label: str, value: object, path: str) -> None:
        """One fact: label, value, mark. Nothing where the rule says nothing."""
        name = self._say(label)
        if self._is_unknown(path):
            self._lines.append(f"・{name}: {self._say('unknown')}" if self._ja else f"- {name}: {self._say('unknown')}")
        elif value not in (None, "", ()):
            bullet = "・" if self._ja else "- "
            self._lines.append(f"{bullet}{name}: {self._value(value)}{self._mark(path)}")

    def _value(self, value: object) -> str:
        if isinstance(value, bool):
            return self._say("yes" if value else "no")
        if isinstance(value, date):
            return both_dates(value) if self._ja else value.isoformat()
        if isinstance(value, tuple):
            return ("、" if self._ja else ", ").join(self._value(item) for item in value)
        text = str(value)
        return self._say(text) if text in PHRASES else text

    def _join(self, values: Iterable[str]) -> str:
        return ("、" if self._ja else ", ").join(values)

    # parts

    def _head(self) -> None:
        policy = self._policy
        title = policy.title_ja if self._ja or policy.title_en is None else f"{policy.title_ja} — {policy.title_en}"
        body = policy.body_ja if self._ja else (policy.body_en or policy.body_ja)
        self._lines += [title, self._say("version", body=body, id=policy.id, version=policy.version)]
        if policy.excerpt:
            self._lines.append(self._say("excerpt"))
        self._lines.append(policy.provenance.read_ja if self._ja else policy.provenance.read_en)
        self._lines.append(self._say("marks"))
        self._heading("basis")
        self._line("effective_from", policy.effective_from, "effective_from")
        self._line("effective_to", policy.effective_to, "effective_to")
        for frame in policy.legal_frame:
            span = self._value(frame.effective_from) + self._say("from_to")
            span += self._value(frame.effective_to) if frame.effective_to else ""
            law = frame.law_ja if self._ja else (frame.law_en or frame.law_ja)
            self._line("law", f"{law} [{span}]", "legal_frame")
        if not policy.legal_frame:
            self._line("law", None, "legal_frame")
        self._line("purpose", policy.purpose.statements_ja, "purpose.statements_ja")

    def _people(self) -> None:
        roles = self._policy.roles
        self._heading("people")
        self._line("installer", roles.installer_ja, "roles.installer_ja")
        self._line("chief_manager", roles.chief_manager and roles.chief_manager.post_ja, "roles.chief_manager")
        self._line("manager", roles.manager and roles.manager.post_ja, "roles.manager")
        deputies = tuple(f"{deputy.post_ja}（{deputy.trigger_ja}）" for deputy in roles.deputies)
        self._line("deputy", deputies, "roles.deputies")
        self._line("operators", f"{roles.operators.min_count}+", "roles.operators.min_count")
        self._line("contractors", roles.contractors.allowed, "roles.contractors.allowed")

    def _hours(self) -> None:
        policy = self._policy
        self._heading("hours")
        if self._is_unknown("operation.kiosk_hours") and not policy.operation.sites:
            self._line("hours", None, "operation.kiosk_hours")
        else:
            named = {site.id: site.name_ja for site in policy.sites}
            names: list[str | None] = [site.id for site in policy.operation.sites] or [None]
            for name in names:
                if name is not None:
                    self._lines.append(f"[{named.get(name, name)}]")
                self._table(table_of(policy, name))
        self._line("changes_by", policy.operation.changes_by_ja, "operation.changes_by_ja")
        self._line("adhoc_closures_by", policy.operation.adhoc_closures_by_ja, "operation.adhoc_closures_by_ja")
        self._line("camera_hours", policy.operation.camera_hours, "operation.camera_hours")

    def _table(self, table: Table) -> None:
        for row in table.kiosk_hours:
            self._line("hours", self._row(row), "operation.kiosk_hours")
        names = DAYS_JA if self._ja else DAYS_EN
        self._line("closed", self._join(names[day] for day in table.closed), "operation.closed")
        if table.year_end:
            span = f"{table.year_end.first}{self._say('from_to')}{table.year_end.last}"
            self._line("year_end", span, "operation.year_end")
        if "HOLIDAY" in table.classes():
            self._line("substitutes", table.substitutes_are_holidays, "operation.substitutes_are_holidays")
            if {"SUN"} & table.classes():
                first = "weekday_first" if "SUN" in table.holiday_gives_way_to else "holiday_first"
                self._line("holiday_sunday", first, "operation.holiday_gives_way_to")
        self._line("calendar", table.follow_calendar_ja, "operation.follow_calendar_ja")

    def _row(self, row: HoursRow) -> str:
        names = DAYS_JA if self._ja else DAYS_EN
        return f"{self._join(names[day] for day in row.days)} {row.open}-{row.close}"

    def _filming(self) -> None:
        capture = self._policy.capture
        self._heading("filming")
        for name in (
            "mode",
            "trigger_ja",
            "presence_start_delay_s",
            "pre_roll_s",
            "post_roll_s",
            "audio",
            "processing",
            "face_recognition",
            "join_with_transactions",
            "last_admission_before_close_s",
            "max_kiosk_session_s",
            "capture_grace_after_close_s",
        ):
            self._line(name, getattr(capture, name), f"capture.{name}")

    def _keeping(self) -> None:
        policy, keep, erase = self._policy, self._policy.retention, self._policy.erasure
        self._heading("keeping")
        number = "retention.unit" if keep.unit == "minimum_necessary" else "retention.amount"
        self._line("period", period_text(policy, self._language), number)
        self._line("basis", keep.basis, "retention.basis")
        self._line("also_minimum", keep.is_also_minimum, "retention.is_also_minimum")
        self._line("capacity", keep.capacity_note_ja, "retention.capacity_note_ja")
        calculation = sums(policy, self._language)
        if calculation:
            self._lines.append(self._say("sums"))
            self._lines += [f"  {line}" for line in calculation]
        self._line("pressure", keep.on_capacity_pressure, "retention.on_capacity_pressure")
        if keep.extension.allowed:
            self._line("extension", keep.extension.reasons_ja or True, "retention.extension.allowed")
            self._line("review_days", keep.extension.review_days, "retention.extension.review_days")
        self._line("erasure", erase.recorder_method, "erasure.recorder_method")
        self._line("lag", erase.max_lag_after_expiry_h, "erasure.max_lag_after_expiry_h")
        self._line("shrinks", erase.visit_shrinks_after_days, "erasure.visit_shrinks_after_days")
        self._line("recorder_place", self._policy.storage.recorder_place_ja, "storage.recorder_place_ja")
        self._line("key_place", self._policy.storage.key_place_ja, "storage.key_place_ja")
        self._line("key_ledger", self._policy.storage.key_ledger_ja, "storage.key_ledger_ja")

    def _looking(self) -> None:
        view = self._policy.viewing
        self._heading("viewing")
        self._line("who", view.who, "viewing.who")
        self._line("approval", view.prior_approval, "viewing.prior_approval")
        self._line("witnesses", view.witness_min, "viewing.witness_min")
        self._line("viewing_log", view.log_ja, "viewing.log_ja")
        self._line("live_monitoring", view.live_monitoring, "viewing.live_monitoring")
        self._line("live_places", view.live_places_ja, "viewing.live_places_ja")

    def _giving(self) -> None:
        give = self._policy.disclosure
        self._heading("provision")
        if self._is_unknown("disclosure.bases"):
            self._line("base", None, "disclosure.bases")
        for base in give.bases:
            title = base.title_ja if self._ja else (base.title_en or base.title_ja)
            written = self._say(f"written_{base.written}")
            off = "" if base.enabled else self._say("not_used")
            self._line("base", f"{title} [{written}]{off}", f"disclosure.bases.{base.id}")
        self._line("minimum_scope", give.minimum_scope, "disclosure.minimum_scope")
        self._line("delivery", give.delivery, "disclosure.delivery")
        self._line("conditions", give.conditions, "disclosure.conditions")
        self._line("returned", self._policy.erasure.returned_media_method, "erasure.returned_media_method")

    def _public(self) -> None:
        policy = self._policy
        self._heading("public")
        self._line("sign", policy.notice.text_ja, "notice.text_ja")
        self._line("sign_place", policy.notice.place_ja, "notice.place_ja")
        self._line("board", policy.reporting.board.name_ja, "reporting.board")
        if policy.consultation:
            paper = policy.consultation
            self._line("consultation", f"{paper.number_ja} {self._value(paper.asked_on)}", "consultation")

    def _duties(self) -> None:
        policy = self._policy
        self._heading("duties")
        titles = tuple(i.title_ja if self._ja else (i.title_en or i.title_ja) for i in policy.daily_check.items)
        self._line("daily_check", titles, "daily_check.items")
        self._line("fault", policy.fault.tell_users_at_once, "fault.tell_users_at_once")
        self._line("vendor", policy.fault.call_vendor_on_ja, "fault.call_vendor_on_ja")
        self._line("registers", tuple(register.title_ja for register in policy.registers), "registers")

    def _readings(self) -> None:
        ours = [source for source in self._policy.source if source.reading == "ours"]
        noted = [source for source in self._policy.source if source.reading != "ours" and source.note_ja]
        for heading, sources in (("ours", ours), ("notes", noted)):
            notes = [(s.note_ja if self._ja else s.note_en) or ", ".join(s.fields) for s in sources]
            if notes:
                self._heading(heading)
                self._lines += [f"・{note}" if self._ja else f"- {note}" for note in notes]
        if self._unknown:
            self._heading("unknown")
            self._lines.append(self._join(sorted(self._unknown)))
