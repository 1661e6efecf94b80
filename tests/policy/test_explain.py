from __future__ import annotations

from datetime import date

import pytest

from mihariban.policy import explain, load_policy
from mihariban.policy.era import both_dates, era_date
from tests.policy.rules import POLICIES, SAGA


def test_the_rule_in_japanese() -> None:
    """Dates in both counts, clauses, our readings marked, the sums of the period."""
    text = explain(SAGA, "ja")
    for words in (
        "平成28年1月22日（2016-01-22）",
        "月、水、木、金 08:30-17:15（第4条第1項、諮問書5(3)）",
        "年末年始: 12-29〜01-03 ※",
        "管理者: 市民生活課長（第5条第2項）",
        "5,760 時間 ÷ 24 = 240 日（暦）",
        "1,920 時間 ÷ 8 = 240 日（開庁日、約1年）",
        "容量の 3 倍",
        "最大 1,800 時間",
        "256 日もつので、期間が先に来る",
        "音声: しない ※",
        "複写の禁止、不要になれば返却（第11条第2項）",
    ):
        assert words in text, words
    assert "不明" not in text


def test_the_rule_in_english() -> None:
    """The same facts in English."""
    text = explain(SAGA, "en")
    for words in (
        "Open: Tue 08:30-19:00 (第4条第1項, 諮問書5(3))",
        "Year-end: 12-29 to 01-03 ※",
        "5,760 h / 24 = 240 calendar days",
        "at most 1,800 h against 1,920 h",
        "after 1,920 / 52.5 x 7 = 256 days, so the clock comes first",
        "Sound: never ※",
        "A returned medium is erased by: an irrecoverable method",
    ):
        assert words in text, words


def test_every_reading_of_ours_is_listed_in_both_languages() -> None:
    """With its reason."""
    for source in SAGA.source:
        if source.reading == "ours":
            assert source.note_ja
            assert source.note_ja in explain(SAGA, "ja")
            assert source.note_en
            assert source.note_en in explain(SAGA, "en")


@pytest.mark.parametrize("path", sorted(POLICIES.glob("*.toml")), ids=lambda path: path.stem)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_city_can_be_explained(path: str, language: str) -> None:
    """An excerpt says so, names what is unknown, and shows no value for it."""
    policy = load_policy(path).policy  # type: ignore[arg-type]
    text = explain(policy, language)  # type: ignore[arg-type]
    assert policy.title_ja in text
    if policy.excerpt:
        assert ("抜粋" if language == "ja" else "An excerpt") in text
        assert ("（不明。" if language == "ja" else "(unknown") in text


def test_periods_in_words() -> None:
    """About, at most, in principle, the next day, the minimum."""
    texts = {
        "kyotanabe-fire-2018": "記録した日の翌日からおおむね7日",
        "oi-2023": "30日以内",
        "aisho-2008": "原則として2週間",
        "atsugi-toilet": "必要最小限の期間（実行: 不明）",
    }
    for name, words in texts.items():
        assert words in explain(load_policy(POLICIES / f"{name}.toml").policy, "ja")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2022, 5, 13), "令和4年5月13日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1926, 12, 24), "西暦1926年12月24日"),
    ],
)
def test_era_years(day: date, words: str) -> None:
    """The first year is 元年; the era changes on its day."""
    assert era_date(day) == words
    assert both_dates(day) == f"{words}（{day.isoformat()}）"
