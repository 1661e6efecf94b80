"""Individual numbers are refused however they are written; what looks personal is asked about."""

from __future__ import annotations

import pytest

from mihariban.office.base.text import T
from mihariban.office.found.errors import IndividualNumberRefused, LooksPersonal
from mihariban.office.found.guard import doubt, guard, is_individual_number, numbers_in

GOOD = "123456789018"
"""Worked out by hand from the ordinance: 1*6+2*5+3*4+4*3+5*2+6*7+7*6+8*5+9*4+0*3+1*2 = 212; 212 % 11 = 3; 11 - 3 = 8."""
WHAT = T("備考", "The remark")


def test_the_check_digit_is_the_ordinances() -> None:
    """One of the ten last digits fits; a remainder of 0 or 1 gives 0."""
    assert is_individual_number(GOOD)
    assert [n for n in range(10) if is_individual_number(GOOD[:11] + str(n))] == [8]
    assert is_individual_number("000000000000"), "remainder 0"
    # the last but one digit weighs 2, the one before 3: 2*3 + 3*2 = 12, remainder 1
    assert is_individual_number("000000000230")


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "１２３４５６７８９０１８",
        "番号1234 5678 9018です",
        "1234-5678-9018",
        "1234　5678　9018",
        "1234ー5678ー9018",
        "1234\u200b5678\u200b9018",
        "1234 - 5678 - 9018",
        "①1234 5678 9018",
    ],
)
def test_an_individual_number_is_refused_whatever_the_clerk_says(text: str) -> None:
    """Full width, in groups, with invisible letters between."""
    with pytest.raises(IndividualNumberRefused) as refused:
        guard({WHAT: text}, sure=True)
    assert GOOD not in str(refused.value) and GOOD not in str(refused.value.facts), "the error does not repeat it"


@pytest.mark.parametrize("text", ["2026-11-23 08:30", "090-1234-5678", "1 通", "1234567890123", "", "0952-24-3151"])
def test_other_numbers_pass(text: str) -> None:
    """Dates, telephones, longer runs."""
    guard({WHAT: text}, sure=False)
    assert numbers_in(text) == []


@pytest.mark.parametrize("text", ["123456789012", "氏名 見本", "氏　名：", "住所", "生年月日", "見本 太郎 様", "本籍"])
def test_what_looks_personal_is_asked_about(text: str) -> None:
    """And let through where the clerk has looked."""
    assert doubt(text) is not None
    with pytest.raises(LooksPersonal):
        guard({WHAT: text}, sure=False)
    guard({WHAT: text}, sure=True)


@pytest.mark.parametrize("text", ["住民票の写し 1 通", "様子を見る", "領収書用紙", "多様な用紙"])
def test_usual_words_are_not_doubted(text: str) -> None:
    """A clerk is not asked about every remark."""
    assert doubt(text) is None
