"""How long footage is kept, and how it goes."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from mihariban.policy.doc import Identifier, Section, doc, refuse
from mihariban.policy.sections.roles import Role

Unit = Literal["hour", "day", "week", "month", "year", "minimum_necessary"]
CountedUnit = Literal["hour", "day", "week", "month", "year"]
LONGEST: dict[str, int] = {"hour": 876_000, "day": 36_500, "week": 5_200, "month": 1_200, "year": 100}
"""A hundred years in each unit: beyond it a number is a slip of the pen."""

Start = Literal["recorded_at", "next_day"]
Qualifier = Literal["exact", "about", "at_most", "in_principle"]


class Extension(Section):
    """Keeping longer than the period."""

    allowed: bool = doc(False, "保存期間を延長できるか。", "Whether keeping longer is allowed.")
    reasons_ja: tuple[str, ...] = doc((), "延長できる場合。", "When it is allowed.")
    approver: Role = doc("manager", "延長を決める者。", "Who decides.")
    max_days: int | None = doc(None, "延長の上限（日）。", "The most days a period may be extended by.", gt=0)
    review_days: int | None = doc(
        None, "延長を続けるか見直すまでの日数。", "Days after which an extension must be looked at again.", gt=0
    )
    scope: Literal["clip", "whole_recorder"] = doc(
        "clip", "延長の単位。録画ごと、記録装置全体。", "What is kept longer: clips, or the whole recorder."
    )


class SiteRetention(Section):
    """A period of its own for one site."""

    id: Identifier = doc(..., "設置場所の識別名。", "Id of the site.")
    amount: int = doc(..., "保存期間の数。", "The number of units.", gt=0)
    unit: CountedUnit = doc(..., "保存期間の単位。", "The unit.")
    reason_ja: str = doc(..., "別の期間とする理由。", "Why this site differs.")


class Retention(Section):
    """The period of keeping."""

    basis: Literal["wall_clock", "footage_hours", "capacity"] = doc(
        "wall_clock",
        "数え方。暦の経過時間、録画した時間の合計、容量だけ。",
        "What is counted: elapsed time, hours of footage, or only the capacity of the recorder.",
        live=True,
    )
    amount: int | None = doc(None, "保存期間の数。", "The number of units.", live=True, gt=0)
    unit: Unit = doc(
        "hour",
        "保存期間の単位。minimum_necessary は「必要最小限の期間」。",
        'The unit; minimum_necessary where the rule says "the minimum necessary period".',
        live=True,
    )
    start: Start = doc(
        "recorded_at",
        "起算。記録した時から、または翌日から。",
        "Start of the count: the moment of recording, or the next day.",
        live=True,
    )
    qualifier: Qualifier = doc(
        "exact",
        "期間の言い方。ちょうど、おおむね、以内、原則として。",
        "How the period is said: exactly, about, at most, in principle.",
        live=True,
    )
    is_also_minimum: bool = doc(
        False,
        "満了前に消してはならないか（「保存する」）。",
        "Whether footage must still exist until the period ends.",
        live=True,
    )
    own_amount: int | None = doc(
        None,
        "「必要最小限」を実行する数（当方の読み）。",
        'The number by which "minimum necessary" is carried out.',
        gt=0,
    )
    own_unit: CountedUnit = doc("day", "own_amount の単位。", "The unit of own_amount.")
    capacity_hint_hours: int | None = doc(
        None, "文書が述べる記録容量（録画時間）。", "The capacity named in the papers, in hours of footage.", gt=0
    )
    capacity_note_ja: str | None = doc(None, "容量についての文言。", "What the papers say of the capacity.")
    on_capacity_pressure: Literal["overwrite_oldest", "alarm_then_overwrite_oldest", "stop"] = doc(
        "alarm_then_overwrite_oldest",
        "満了前に容量が尽きたとき。古い順に上書き、警報の後に上書き、停止。",
        "What happens where the recorder is full before the period ends.",
        live=True,
    )
    extension: Extension = doc(Extension(), "保存期間の延長。", "Keeping longer.", live=True)
    sites_may_differ: bool = doc(
        False,
        "特別の理由で場所ごとに期間を変えられるか。",
        "Whether a site may have its own period for a special reason.",
    )
    sites: tuple[SiteRetention, ...] = doc((), "場所ごとの保存期間。", "Periods of sites that differ.")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.unit == "minimum_necessary" and self.amount is not None:
            raise refuse(
                field="amount",
                ja="「必要最小限の期間」には数がありません。",
                en='"The minimum necessary period" has no number.',
                do_ja="amount を消し、実行する期間を own_amount と own_unit に書きます",
                do_en="remove amount; give the period to carry out as own_amount and own_unit",
            )
        periods = (
            ("amount", self.amount, self.unit),
            ("own_amount", self.own_amount, self.own_unit),
            *(("sites", site.amount, site.unit) for site in self.sites),
        )
        for field, amount, unit in periods:
            if amount is not None and amount > LONGEST.get(unit, amount):
                raise refuse(
                    field=field,
                    ja=f"{amount} {unit} は百年を超えます。",
                    en=f"{amount} {unit}(s) is more than a hundred years.",
                    do_ja="数か単位を直します",
                    do_en="correct the number or the unit",
                )
        if self.sites and not self.sites_may_differ:
            raise refuse(
                field="sites",
                ja="場所ごとの期間がありますが、それを許す定めがありません。",
                en="Sites have their own periods, but the rule does not allow it.",
                do_ja="規則が許すなら sites_may_differ = true とします",
                do_en="set sites_may_differ = true where the rule allows it",
            )
        return self


class Erasure(Section):
    """How footage and media are erased."""

    recorder_method: Literal["overwrite_by_new_recording", "secure_overwrite", "crypto_erase", "destroy"] = doc(
        "overwrite_by_new_recording",
        "記録装置での消去の方法。",
        "How footage in the recorder is erased.",
        live=True,
    )
    lazy_allowed: bool = doc(
        False,
        "新しい録画が来るまで満了した領域を残してよいか。",
        "Whether an expired area may wait until new footage comes.",
        live=True,
    )
    max_lag_after_expiry_h: int | None = doc(
        None,
        "満了から領域の上書きまでの最長時間。鍵の廃棄はこれを待たない。",
        "The longest time in hours from expiry to overwriting; destroying the key does not wait for it.",
        live=True,
        ge=0,
    )
    visit_shrinks_after_days: int = doc(
        0,
        "映像の消去後、利用の記録を日付・時・秒数だけに縮めるまでの日数。",
        "Days after erasure when a visit's record shrinks to date, hour and seconds.",
        live=True,
        ge=0,
    )
    returned_media_method: Literal["irrecoverable", "overwrite", "destroy"] = doc(
        "irrecoverable", "返却された媒体の消去の方法。", "How a returned medium is erased.", live=True
    )
    media_disposal_ja: str | None = doc(None, "媒体の廃棄の方法。", "How a medium is disposed of.")
    certificate_of_erasure: bool = doc(False, "消去の記録を残すか。", "Whether an erasure is put on record.", live=True)
    two_person: bool = doc(False, "消去に二人以上を要するか。", "Whether an erasure takes two people.")
