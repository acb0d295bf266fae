"""Depreciation of one card on many days, by hand-counted vectors; totals in SQL agree with the sum over cards."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries import holding
from baozhang.ch2_provision.assets.queries.depreciation import depreciation, figure_of

from .conftest import keep_all, new_card

pytestmark = pytest.mark.django_db  # the figures in force may have been issued
D = dt.date
DAY = D(2026, 3, 4)


def on(card: Card, day: dt.date):
    """The depreciation of a card that need not be kept."""
    if not card.life_group:
        card.organ_id = None
        card.derive()
    return depreciation(card, day, figure_of(day, "CN"))


@pytest.mark.parametrize(
    ("day", "months", "accumulated"),
    [
        (D(2022, 12, 31), 0, "0.00"),
        (D(2023, 1, 9), 1, "100.00"),  # the month of acquisition counts as a whole
        (D(2023, 1, 31), 1, "100.00"),
        (D(2023, 2, 1), 2, "200.00"),
        (D(2023, 12, 31), 12, "1200.00"),
        (D(2024, 2, 29), 14, "1400.00"),
        (D(2028, 11, 30), 71, "7100.00"),
        (D(2028, 12, 1), 72, "7200.00"),
        (D(2029, 1, 1), 72, "7200.00"),
        (D(2050, 1, 1), 72, "7200.00"),
    ],
)
def test_a_desktop_loses_a_seventy_second_a_month(day, months, accumulated):
    found = on(new_card(value="7200"), day)
    assert (found.months, found.accumulated, found.net) == (months, Decimal(accumulated), 7200 - Decimal(accumulated))
    assert found.life == 72 and found.reading.value == 6


def test_the_share_is_rounded_once_not_every_month():
    found = on(new_card(value="5000"), D(2023, 12, 31))
    assert found.monthly == Decimal("69.44")
    assert found.accumulated == Decimal("833.33")


def test_the_cards_own_life_outranks_the_standard():
    found = on(new_card(value="6000", life_months=60), D(2023, 12, 31))
    assert (found.accumulated, found.reading) == (Decimal("1200.00"), None)


def test_a_residual_rate_of_the_card_is_kept_back():
    card = new_card(value="10000", life_months=60, residual_rate="5")
    assert on(card, D(2023, 12, 31)).accumulated == Decimal("1900.00")
    assert on(card, D(2040, 1, 1)).net == Decimal("500.00")


@pytest.mark.parametrize(
    ("day", "accumulated"),
    [(D(2024, 5, 31), "1700.00"), (D(2024, 6, 1), "1700.00"), (D(2024, 6, 20), "1700.00"), (D(2026, 1, 1), "1700.00")],
)
def test_the_month_of_disposal_does_not_count(day, accumulated):
    card = new_card(value="7200", disposal="scrapping", disposed=D(2024, 6, 15))
    assert on(card, day).accumulated == Decimal(accumulated)
    assert on(card, day).gone == (day >= D(2024, 6, 15))


def test_a_card_disposed_of_in_its_first_month_loses_nothing():
    card = new_card(value="7200", disposal="transfer", disposed=D(2023, 1, 20))
    assert on(card, D(2023, 1, 31)).accumulated == 0


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "青铜器", "class_code": "A03010000", "edition": "2022"}, "文物"),
        ({"name": "工具书", "class_code": "A04010000", "edition": "2022"}, "图书"),
        ({"name": "景观植物", "class_code": "A06010000", "edition": "2022"}, "动植物"),
        ({"name": "办公楼用地", "class_code": "A01010000", "edition": "2010"}, "土地"),
        ({"name": "台式计算机", "value_type": "nominal", "value": "1"}, "名义金额"),
        ({"method": "none"}, "不计提"),
        ({"depreciation_state": "off"}, "不计提"),
    ],
)
def test_what_is_not_depreciated_says_so(values, words):
    found = on(new_card(**values), DAY)
    assert found.accumulated == 0 and found.net == found.value
    assert words in found.says


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"acquired": None}, "日期"),
        ({"name": "专门仪表车间", "class_code": "", "acquired": D(2020, 1, 1)}, "折旧年限"),
        ({"name": "综合楼", "class_code": "A01010100", "edition": "2022"}, "建筑结构"),
        ({"method": "work"}, "工作量法"),
    ],
)
def test_what_cannot_be_told_is_not_guessed(values, words):
    found = on(new_card(**values), DAY)
    assert found.accumulated is None and found.net is None
    assert words in found.says


def test_a_houses_life_follows_its_structure():
    lives = {}
    for structure in ("钢筋混凝土", "砖混", "简易"):
        card = new_card(name="综合楼", class_code="A01010100", edition="2022", structure=structure, value="6000000")
        lives[structure] = on(card, DAY).life
    assert lives == {"钢筋混凝土": 600, "砖混": 360, "简易": 96}


@pytest.mark.parametrize(
    ("day", "accumulated"),
    [
        (D(2023, 12, 31), "1000.00"),  # the day of the opening itself
        (D(2023, 6, 30), "500.00"),  # before it the opening is spread evenly back
        (D(2022, 12, 31), "0.00"),
        (D(2024, 1, 1), "1103.33"),  # 6200 over the 60 months left
        (D(2024, 12, 31), "2240.00"),
        (D(2028, 12, 31), "7200.00"),
        (D(2035, 1, 1), "7200.00"),
    ],
)
def test_what_the_ledger_brings_is_an_opening_balance(day, accumulated):
    card = new_card(value="7200", depreciated="1000", depreciated_on=D(2023, 12, 31))
    assert on(card, day).accumulated == Decimal(accumulated)


def test_an_opening_after_the_end_of_life_is_made_up_in_the_next_month():
    card = new_card(value="7200", acquired=D(2010, 1, 1), depreciated="7000", depreciated_on=D(2023, 12, 31))
    assert on(card, D(2023, 12, 31)).accumulated == 7000
    assert on(card, D(2024, 1, 1)).accumulated == 7200


def test_the_opening_is_dated_when_the_card_is_kept(card):
    kept = card(depreciated="1000")
    assert kept.depreciated_on == DAY
    again = card(number="B", depreciated=None)
    assert again.depreciated_on is None


def test_the_explanation_has_formula_and_numbers():
    found = on(new_card(value="7200"), D(2023, 3, 31))
    assert "÷ 折旧年限" in found.formula
    assert found.filled == "7,200.00 × (1 − 0%) × 3 ÷ 72 = 300.00"
    assert "财会〔2017〕4号" in found.says


def _mixed(agency):
    base = {"organ": agency, "acquired": D(2021, 5, 9)}
    return [
        new_card(**base, number="1", value="7200.55"),
        new_card(**base, number="2", value="9999.99", residual_rate="5"),
        new_card(**base, number="3", value="3333.33", depreciated="1111.11", depreciated_on=D(2023, 8, 31)),
        new_card(**base, number="4", value="5000", depreciated="4000", depreciated_on=D(2026, 2, 28)),
        new_card(
            **base, number="5", name="办公椅", class_code="A05010301", edition="2022", quantity="12", value="8999.97"
        ),
        new_card(**base, number="6", name="文物", class_code="A03010000", edition="2022", value="100000"),
        new_card(**base, number="7", name="综合楼", class_code="A01010100", edition="2022", value="1000000"),
        new_card(
            **base,
            number="8",
            name="综合楼",
            class_code="A01010100",
            edition="2022",
            structure="砖混",
            value="999999.99",
        ),
        new_card(**base, number="9", value="4800", disposal="scrapping", disposed=D(2024, 3, 31)),
        new_card(**base, number="10", value="4800", use_state="scrapped"),
        new_card(**base, number="11", value="4800", value_type="nominal"),
        new_card(**base, number="12", value="4800", method="work", depreciated="800", depreciated_on=D(2022, 1, 31)),
        new_card(organ=agency, number="13", value="2500", acquired=None, in_use_from=D(2022, 2, 2)),
        new_card(**base, number="14", value="600", life_months=7),
    ]


@pytest.mark.parametrize(
    "day", [D(2021, 5, 8), D(2021, 5, 9), D(2022, 7, 1), D(2023, 8, 31), D(2024, 3, 15), D(2024, 3, 31), DAY]
)
def test_totals_in_sql_are_the_sums_over_cards(agency, day):
    keep_all(_mixed(agency))
    expected: dict[str, list] = {}
    for one in Card._base_manager.filter(holding.held_on(day)):
        found = depreciation(one, day, figure_of(day, "CN"))
        total = expected.setdefault(one.category, [0, Decimal(0), Decimal(0), Decimal(0), 0])
        total[0] += 1
        total[1] += one.quantity
        total[2] += one.value
        total[3] += found.accumulated or 0
        total[4] += found.accumulated is None
    got = holding.totals(day, [agency.pk])
    slack = Decimal("0.005") * 14  # the sum is rounded once, the cards each
    assert {category for _organ, category in got} == set(expected)
    for (_organ, category), total in got.items():
        count, quantity, value, lost, unknown = expected[category]
        assert (total.cards, total.quantity, total.value, total.open_cards) == (count, quantity, value, unknown), (
            category
        )
        assert abs(total.depreciated - lost) <= slack, (category, total.depreciated, lost)


def test_totals_ask_as_much_for_many_agencies_as_for_one(agency, neighbour):
    keep_all([new_card(organ=agency, number="1"), new_card(organ=neighbour, number="1")])
    counts = []
    for organs in ([agency.pk], [agency.pk, neighbour.pk], None):
        with CaptureQueriesContext(connection) as asked:
            assert len(holding.totals(DAY, organs)) == len(organs or (1, 2))
        counts.append(sum("assets_card" in query["sql"] for query in asked.captured_queries))
    assert counts == [2, 2, 2]  # one for what is depreciated plainly, one for all else
