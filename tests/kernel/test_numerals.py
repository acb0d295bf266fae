"""Chinese numerals are read exactly or not at all: a wrong number in a ledger is worse than a refusal."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from baozhang.kernel.numerals import MOST, in_digits, money_said, number, numeral

BANKERS = str.maketrans("一二三四五六七八九十百千万亿零", "壹贰叁肆伍陆柒捌玖拾佰仟萬億〇")


def test_every_number_goes_there_and_back_in_both_spellings() -> None:
    chance = random.Random(4)
    some = [
        *range(1, 12_000),
        *(chance.randrange(1, MOST) for _ in range(4_000)),
        *(10**n for n in range(12)),
        MOST - 1,
    ]
    for value in some:
        assert number(numeral(value)) == value == number(numeral(value).translate(BANKERS))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("拾", 10), ("壹拾", 10), ("贰拾万", 200_000), ("壹拾万伍仟", 105_000), ("壹拾万零伍仟", 105_000), ("一万零五百", 10_500),
        ("两百", 200), ("两千零五", 2_005), ("两", 2), ("一百〇五", 105), ("一百○五", 105), ("一亿零五千", 100_005_000), ("二十一", 21),
    ],
)  # fmt: skip
def test_numbers_as_offices_write_them(text: str, value: int) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "零",
        "一万五",
        "一百二",
        "二三",
        "一千五十",
        "十五万零五千",
        "二十零五",
        "一百零",
        "十两",
        "一百两",
        "廿三",
        "百",
        "万",
        "一百十五",
        "3",
        "三三三",
    ],
)
def test_what_could_be_two_numbers_is_none(text: str) -> None:
    with pytest.raises(ValueError):
        number(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("伍仟元整", "5000"), ("人民币贰拾万元整", "200000"), ("叁仟伍佰元伍角正", "3500.50"), ("壹佰元零伍分", "100.05"), ("伍角", "0.50"),
        ("陆仟壹佰圆伍角肆分", "6100.54"), ("零元整", "0"), ("十元", "10"),
        ("贰拾万", None), ("三元五", None), ("三块", None), ("元", None), ("一万五元", None), ("5000元", None), ("伍元零角", None), ("伍仟整", None),
    ],
)  # fmt: skip
def test_sums_in_words(text: str, value: str | None) -> None:
    assert money_said(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("二〇二三年三月五日", "2023年3月5日"), ("二○二三年十二月三十一日", "2023年12月31日"), ("二O二三年三月五日", "2023年3月5日"),
        ("贰零贰叁年零叁月零伍日", "2023年3月5日"), ("贰零贰叁年零壹拾月贰拾伍日", "2023年10月25日"), ("2023年三月5日上午8:30", "2023年3月5日上午8:30"),
        ("二零二三年三月", "2023年3月"),
    ],
)  # fmt: skip
def test_days_in_words(text: str, said: str) -> None:
    assert in_digits(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "二三年三月五日",
        "二〇二三年一二月",
        "二〇二三年正月初五",
        "二〇二三年三月廿五日",
        "二〇二三年三月二五日",
        "二〇二三",
        "Ｏ二",
    ],
)
def test_days_that_nobody_can_be_sure_of_stay_as_they_are(text: str) -> None:
    assert in_digits(text) == text
