"""Contradictions inside a policy, and between a policy and a site: what a person should look at before going live."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import Literal

from mihariban.base.text import Language
from mihariban.base.units import size_text
from mihariban.policy import capacity
from mihariban.policy.calendar import CalendarEntry
from mihariban.policy.doc import clock_text, minutes_of
from mihariban.policy.hours import Span, merged, table_of
from mihariban.policy.locate import Locator
from mihariban.policy.rule import Policy
from mihariban.policy.sections.operation import DayClass, HoursRow
from mihariban.policy.site import Site


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at. A warning makes ``policy check`` end with 1, a note does not.

    Attributes:
        code: stable name.
        severity: warning or note.
        field: dotted path of the value it is about; ``site:`` before paths of the site file.
        ja, en: what it is and what would be right.
        line: line in the policy file, 0 where unknown.
    """

    code: str
    severity: Literal["warning", "note"]
    field: str
    ja: str
    en: str
    line: int = 0

    def at(self, locator: Locator) -> Finding:
        """The same with its line."""
        if self.field.startswith("site:"):
            return self
        return replace(self, line=locator.line(tuple(self.field.split("."))))

    def text(self, language: Language) -> str:
        """The sentence in ``language``."""
        return self.ja if language == "ja" else self.en

    def as_json(self) -> dict[str, str | int]:
        """As printed by ``--json``."""
        return asdict(self)


def findings(
    policy: Policy, site: Site | None = None, entries: Iterable[CalendarEntry] | None = None
) -> tuple[Finding, ...]:
    """Everything that contradicts itself, in the order of the file.

    Args:
        site: the equipment, where it is to be looked at too.
        entries: the site's calendar; None where it is not known.
    """
    found: list[Finding] = []
    for check in _CHECKS:
        found += check(policy)
    if site is not None:
        found += _site_names(policy, site)
        if not any(finding.code == "site-unknown" for finding in found):
            found += _ring(policy, site)
            found += _followed_calendar(policy, site, entries)
    return tuple(found)


def _excerpt(policy: Policy) -> Iterator[Finding]:
    if policy.excerpt:
        unknown = sorted(field for source in policy.source if source.reading == "unknown" for field in source.fields)
        yield Finding(
            "excerpt",
            "note",
            "excerpt",
            f"抜粋です。実際の設置は始められません。不明なもの: {', '.join(unknown) or 'なし'}",
            f"An excerpt: it starts no live site. Unknown: {', '.join(unknown) or 'nothing'}",
        )


def _unknown_in_complete(policy: Policy) -> Iterator[Finding]:
    if policy.excerpt:
        return
    for source in policy.source:
        if source.reading == "unknown":
            names = ", ".join(source.fields)
            yield Finding(
                "unknown-value",
                "warning",
                "source",
                f"不明なまま残っています: {names}。原文か決定を書き足してください。",
                f"Still unknown: {names}. Add what the rule or a decision says.",
            )


def _camera_outside_hours(policy: Policy) -> Iterator[Finding]:
    kind = policy.operation.camera_hours
    if kind == "same_as_kiosk":
        return
    names: list[str | None] = [site.id for site in policy.operation.sites] or [None]
    for name in names:
        table = table_of(policy, name)
        outside = _first_outside(table.camera_table, table.kiosk_hours) if kind == "table" else None
        if not table.kiosk_hours or (kind == "table" and outside is None):
            continue
        where = f"（{name}）" if name else ""
        detail = f": {outside[0]} {clock_text(outside[1][0])}-{clock_text(outside[1][1])}" if outside else ""
        yield Finding(
            "camera-outside-hours",
            "warning",
            "operation.camera_hours",
            f"カメラは端末の稼働時間の外も撮影します{where}{detail}。目的に要る時間かを確かめてください。",
            f"The camera also films outside the kiosk's hours{where}{detail}. Is that needed for the purpose?",
        )


def _first_outside(camera: tuple[HoursRow, ...], kiosk: tuple[HoursRow, ...]) -> tuple[DayClass, Span] | None:
    """The first span of the camera's table that the kiosk's does not cover."""
    for row in camera:
        span = (minutes_of(row.open), minutes_of(row.close))
        for day in row.days:
            covered = merged((minutes_of(r.open), minutes_of(r.close)) for r in kiosk if day in r.days)
            if not any(start <= span[0] and span[1] <= end for start, end in covered):
                return day, span
    return None


def _session(policy: Policy) -> Iterator[Finding]:
    capture = policy.capture
    longest = capture.max_kiosk_session_s
    if policy.operation.camera_hours != "same_as_kiosk" or longest is None:
        return
    filmed = capture.last_admission_before_close_s + capture.capture_grace_after_close_s
    if longest > filmed:
        yield Finding(
            "session-outlasts-filming",
            "warning",
            "capture.max_kiosk_session_s",
            f"閉まる直前に受け付けた利用は最長 {longest} 秒続きますが、撮影は受付の終わりから {filmed} 秒で終わります。"
            f"受付の終わりを {longest} 秒前以上にするか、利用の最長時間か撮影の猶予を改めてください。",
            f"A session admitted last may go on for {longest} s, but filming ends {filmed} s after the last admission. "
            f"Stop admitting {longest} s before closing, or change the longest session or the grace.",
        )


def _audio_sign(policy: Policy) -> Iterator[Finding]:
    if (
        policy.capture.audio != "forbidden"
        and policy.notice.text_ja is not None
        and "audio" not in policy.notice.fields
    ):
        yield Finding(
            "audio-not-on-sign",
            "warning",
            "capture.audio",
            "音声を記録しますが、表示に書かれていません。notice.fields に audio を加え、表示を改めてください。",
            "Sound is recorded, but the sign does not say so. Add audio to notice.fields and change the sign.",
        )


def _capacity_hint(policy: Policy) -> Iterator[Finding]:
    hint = policy.retention.capacity_hint_hours
    if hint is None or policy.retention.amount is None:
        return
    weekly = capacity.weekly_filming_hours(policy)
    most = capacity.most_footage_hours(policy)
    full = capacity.days_until_full(hint, policy)
    if most is None or full is None:
        return
    enough = most <= hint
    end_ja = "期間が先に来ます。" if enough else "容量が先に尽き、期間を守れません。"
    end_en = "The clock comes first." if enough else "The capacity comes first: the period cannot be kept."
    yield Finding(
        "capacity-hint",
        "note" if enough or not policy.retention.is_also_minimum else "warning",
        "retention.capacity_hint_hours",
        f"週 {float(weekly):g} 時間を休みなく撮ると、保存期間には最大 {float(most):,.0f} 時間の映像があり、"
        f"容量 {hint:,} 時間は早くて {int(full)} 日で埋まります。{end_ja}",
        f"Filming {float(weekly):g} h a week without pause makes up to {float(most):,.0f} h of footage in the period; "
        f"the capacity of {hint:,} h is full after {int(full)} days at the earliest. {end_en}",
    )


def _lazy(policy: Policy) -> Iterator[Finding]:
    if policy.erasure.lazy_allowed and policy.erasure.max_lag_after_expiry_h is None and not policy.excerpt:
        yield Finding(
            "erasure-without-limit",
            "warning",
            "erasure.lazy_allowed",
            "満了した領域がいつまでも残り得ます。erasure.max_lag_after_expiry_h を定めてください。",
            "An expired area may stay for ever. Give erasure.max_lag_after_expiry_h.",
        )


def _at_most_and_minimum(policy: Policy) -> Iterator[Finding]:
    if policy.retention.qualifier == "at_most" and policy.retention.is_also_minimum:
        yield Finding(
            "limit-and-minimum",
            "warning",
            "retention.is_also_minimum",
            "「以内」とする期間は、満了まで残す義務にはなりません。どちらかを改めてください。",
            '"At most" cannot also be the least. Change one of the two.',
        )


def _persons(policy: Policy) -> Iterator[Finding]:
    registered = any(register.id == "personal_information_file" for register in policy.registers)
    if policy.capture.join_with_transactions == "allowed" and not registered:
        yield Finding(
            "join-without-register",
            "warning",
            "capture.join_with_transactions",
            "映像と交付記録を結合すると個人情報ファイルになります。"
            "registers に personal_information_file を挙げてください。",
            "Joining footage with transactions makes a register of persons. "
            "Name personal_information_file in registers.",
        )
    if policy.capture.face_recognition == "allowed" and "purpose" not in policy.notice.fields:
        yield Finding(
            "face-recognition-unannounced",
            "warning",
            "capture.face_recognition",
            "顔認識は目的の公表が要ります。notice.fields に purpose を加えてください。",
            "Face recognition needs its purpose published. Add purpose to notice.fields.",
        )


def _monitoring(policy: Policy) -> Iterator[Finding]:
    if policy.viewing.live_monitoring == "none" and policy.viewing.live_places_ja:
        yield Finding(
            "live-places-without-leave",
            "warning",
            "viewing.live_places_ja",
            "ライブ映像の画面の場所がありますが、監視は認められていません。",
            "There are live displays, but live monitoring is not permitted.",
        )


def _law(policy: Policy) -> Iterator[Finding]:
    frames = sorted(policy.legal_frame, key=lambda frame: frame.effective_from)
    for earlier, later in pairwise(frames):
        if earlier.effective_to is None or earlier.effective_to + timedelta(days=1) != later.effective_from:
            yield Finding(
                "law-dates",
                "warning",
                "legal_frame",
                f"根拠の法令が {later.effective_from} の前で途切れるか重なっています。",
                f"The laws behind the rule leave a gap or overlap before {later.effective_from}.",
            )


_CHECKS: tuple[Callable[[Policy], Iterator[Finding]], ...] = (
    _excerpt,
    _unknown_in_complete,
    _law,
    _camera_outside_hours,
    _session,
    _audio_sign,
    _persons,
    _capacity_hint,
    _at_most_and_minimum,
    _lazy,
    _monitoring,
)


def _site_names(policy: Policy, site: Site) -> Iterator[Finding]:
    names = [place.id for place in policy.sites]
    named = site.site.policy_site
    if names and (named not in names if named else len(names) > 1):
        yield Finding(
            "site-unknown",
            "warning",
            "site:site.policy_site",
            f"規則にない設置場所です: {named or '（空）'}。規則にあるもの: {', '.join(names)}",
            f"The policy has no such site: {named or '(none)'}. It has: {', '.join(names)}",
        )


def _ring(policy: Policy, site: Site) -> Iterator[Finding]:
    hours = capacity.ring_hours(site)
    if hours is None or (policy.retention.basis == "wall_clock" and not _period_known(policy)):
        return
    most = capacity.most_footage_hours(policy, site.site.policy_site)
    if most is None or hours >= most:
        return
    full = capacity.days_until_full(hours, policy, site.site.policy_site)
    needed = size_text(capacity.needed_bytes(policy, site) or 0)
    yield Finding(
        "ring-too-small",
        "warning",
        "site:recorder.volume.size",
        f"記録領域はカメラ一台あたり {float(hours):,.1f} 時間で、休みなく撮ると {float(full or 0):.1f} 日で埋まります。"
        f"保存期間には最大 {float(most):,.0f} 時間が要ります（{needed} で足ります）。",
        f"The ring takes {float(hours):,.1f} h a camera and is full after {float(full or 0):.1f} days of filming "
        f"without pause. The period may need {float(most):,.0f} h ({needed} would do).",
    )


def _period_known(policy: Policy) -> bool:
    keep = policy.retention
    return (keep.own_amount if keep.unit == "minimum_necessary" else keep.amount) is not None


def _followed_calendar(policy: Policy, site: Site, entries: Iterable[CalendarEntry] | None) -> Iterator[Finding]:
    followed = table_of(policy, site.site.policy_site).follow_calendar_ja
    if followed is not None and entries is not None and not any(entry.kind == "closure" for entry in entries):
        yield Finding(
            "calendar-missing",
            "warning",
            "operation.follow_calendar_ja",
            f"{followed}の休館日に従いますが、休止の記録が一つもありません。",
            f"The closed days of {followed} are followed, but no closure has been entered.",
        )
