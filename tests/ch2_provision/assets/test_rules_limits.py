"""Quantity, price and least years: each limit and date from both sides."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from .conftest import found, keep_all, new_card, staff

D = dt.date
DAY = D(2026, 3, 4)


def many(organ, count, name="台式计算机", mark="", **values):
    """So many equal cards of one piece each."""
    keep_all(
        [new_card(organ=organ, name=name, number=f"{name}{mark}{i}", custodian="甲", **values) for i in range(count)]
    )


def test_desktops_up_to_the_heads_are_right_one_more_is_not(agency):
    staff(agency, 5, 5)
    many(agency, 5)
    assert found("over_quantity", DAY) == []
    many(agency, 1, mark="x", value="6000", acquired=D(2024, 1, 1))
    (judged,) = found("over_quantity", DAY)
    assert judged.subject == agency and judged.key == "desktop"
    assert str(judged.verdict.sentence) == "台式计算机 在用 6 台，编制内实有人数 5 人，上限 5 台，超出 1 台"
    assert judged.verdict.amount == Decimal("6000.00")  # the newest piece, not the cheapest
    assert {reading.key for reading in judged.readings} == {"assets.quantity.desktop"}
    assert judged.verdict.remedy


def test_the_sum_is_that_of_the_newest_pieces_also_out_of_a_batch(agency):
    staff(agency, 4, 4)
    keep_all([
        new_card(organ=agency, number="old", quantity="5", value="20000", acquired=D(2019, 1, 1)),
        new_card(organ=agency, number="new", quantity="2", value="9000", acquired=D(2024, 1, 1)),
    ])  # fmt: skip
    (judged,) = found("over_quantity", DAY)
    assert judged.verdict.amount == Decimal("13000.00")  # both new ones and one of the five old


def test_only_what_is_held_on_the_day_counts(agency):
    staff(agency, 1, 1)
    many(agency, 1, acquired=D(2020, 1, 1))
    keep_all([
        new_card(organ=agency, number="later", acquired=D(2025, 6, 1)),
        new_card(organ=agency, number="gone", acquired=D(2020, 1, 1), disposal="scrapping", disposed=D(2025, 5, 31)),
        new_card(organ=agency, number="waiting", acquired=D(2020, 1, 1), use_state="disposing"),
        new_card(organ=agency, number="lost", acquired=D(2020, 1, 1), use_state="lost"),
    ])  # fmt: skip
    counts = {day: [j.verdict.facts["超出"] for j in found("over_quantity", day)] for day in
              (D(2025, 5, 30), D(2025, 5, 31), D(2025, 6, 1))}  # fmt: skip
    assert counts == {D(2025, 5, 30): [1], D(2025, 5, 31): [], D(2025, 6, 1): [1]}


def test_staff_beyond_the_establishment_does_not_raise_the_limit(agency):
    staff(agency, 3, 10)
    many(agency, 4)
    (judged,) = found("over_quantity", DAY)
    assert judged.verdict.facts["编制内实有人数"] == 3 and judged.verdict.facts["实有人数"] == 10


def test_an_agency_without_heads_is_not_judged(agency):
    many(agency, 4)
    assert found("over_quantity", DAY) == []


@pytest.mark.parametrize(("heads", "most"), [(20, 1), (21, 2), (100, 5), (101, 6), (130, 6), (131, 7)])
def test_copiers_are_stepped(agency, heads, most):
    staff(agency, heads, heads)
    many(agency, most, name="复印机")
    assert found("over_quantity", DAY) == []
    many(agency, 1, name="复印机", mark="x")
    (judged,) = found("over_quantity", DAY)
    assert (judged.key, judged.verdict.facts["上限"]) == ("copier", most)


def test_printers_of_both_sizes_count_together(agency):
    staff(agency, 10, 10)
    many(agency, 7, name="A4黑白打印机")
    many(agency, 1, name="A3黑白打印机")
    assert found("over_quantity", DAY) == []  # 8 of 80 %, 1 of 15 %
    many(agency, 1, name="打印机")
    (judged,) = found("over_quantity", DAY)
    assert judged.key == "printer" and judged.verdict.facts["在用数量"] == 9
    assert "A3黑白打印机 1" in judged.verdict.facts["分项"]


def test_two_limits_may_be_broken_at_once_with_keys_of_their_own(agency):
    staff(agency, 2, 2)
    many(agency, 3)
    many(agency, 3, name="A3彩色打印机")
    judged = found("over_quantity", DAY)
    assert [one.key for one in judged] == ["desktop", "printer", "printer_a3", "printer_colour"]
    assert [reading.key for reading in judged[0].readings] == ["assets.quantity.desktop"]


def test_other_agencies_are_not_asked_when_one_is(agency, neighbour):
    for organ in (agency, neighbour):
        staff(organ, 1, 1)
        many(organ, 2)
    assert [one.subject for one in found("over_quantity", DAY, organs=[neighbour.pk])] == [neighbour]
    assert len(found("over_quantity", DAY)) == 2


@pytest.mark.parametrize(
    ("values", "over"),
    [
        ({"value": "5000"}, None),
        ({"value": "5000.01"}, "0.01"),
        ({"value": "10000", "quantity": "2"}, None),
        ({"value": "12000", "quantity": "2"}, "2000.00"),
        ({"value": "9000", "acquired": D(2022, 10, 31)}, None),  # before the regulation
        ({"value": "9000", "acquired": D(2022, 11, 1)}, "4000.00"),
        ({"value": "9000", "acquired": None}, None),
        ({"value": "9000", "acquisition": "donated"}, None),
        ({"value": "9000", "acquisition": "transferred"}, None),
        ({"value": "9000", "acquisition": "bought"}, "4000.00"),
        ({"value": "9000", "disposal": "scrapping", "disposed": D(2026, 3, 4)}, None),
        ({"value": "9000", "name": "服务器"}, None),  # no item of the standard
        ({"value": "9000", "class_code": "A02010104", "edition": "2010"}, "4000.00"),  # a desktop of the old edition
        (
            {"value": "9000", "name": "服务器", "class_code": "A02010104", "edition": "2022"},
            None,
        ),  # the same code, a server
        ({"value": "7000", "name": "笔记本电脑"}, None),
        ({"value": "7001", "name": "笔记本电脑"}, "1.00"),
    ],
)
def test_a_price_is_judged_by_the_piece_and_the_day_of_purchase(card, values, over):
    card(**values)
    judged = found("over_price", DAY)
    assert [str(one.verdict.amount) for one in judged] == ([over] if over else [])


def test_a_price_is_not_judged_before_the_purchase(card):
    card(value="9000", acquired=D(2025, 6, 1))
    assert found("over_price", D(2025, 5, 31)) == []
    (judged,) = found("over_price", D(2025, 6, 1))
    assert "单价 9,000.00 元" in judged.verdict.sentence and "上限 5,000.00 元" in judged.verdict.sentence


@pytest.mark.parametrize(
    ("band", "value", "wrong"),
    [("division", "3000", False), ("division", "3001", True), ("bureau", "4500", False), ("bureau", "4501", True),
     ("", "4500", False), ("", "4501", True)],
)  # fmt: skip
def test_furniture_is_judged_by_the_users_rank(card, band, value, wrong):
    card(name="办公桌", value=value, band=band)
    assert bool(found("over_price", DAY)) == wrong


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"acquired": D(2019, 3, 1), "disposed": D(2025, 2, 28)}, True),
        ({"acquired": D(2019, 3, 1), "disposed": D(2025, 3, 1)}, False),  # six years to the day
        ({"acquired": D(2019, 1, 1), "in_use_from": D(2019, 6, 1), "disposed": D(2025, 3, 1)}, True),  # use began later
        ({"acquired": D(2020, 1, 1), "disposed": D(2022, 10, 31)}, False),  # before the regulation
        ({"acquired": D(2020, 1, 1), "disposed": D(2022, 11, 1)}, True),
        ({"acquired": D(2023, 1, 1), "disposed": D(2025, 1, 1), "disposal": "transfer"}, False),
        ({"acquired": D(2023, 1, 1), "disposed": D(2025, 1, 1), "disposal": "loss"}, False),
        ({"acquired": D(2023, 1, 1), "disposed": D(2025, 1, 1), "disposal": "sale"}, True),
        ({"name": "文件柜", "acquired": D(2006, 1, 1), "disposed": D(2025, 12, 31)}, True),
        ({"name": "文件柜", "acquired": D(2006, 1, 1), "disposed": D(2026, 1, 1)}, False),
        ({"name": "轿车", "plate": "沪A12345", "acquired": D(2017, 5, 1), "disposed": D(2025, 4, 30)}, True),
        ({"name": "轿车", "plate": "沪A12345", "acquired": D(2017, 5, 1), "disposed": D(2025, 5, 1)}, False),
        ({"name": "显微镜", "acquired": D(2024, 1, 1), "disposed": D(2025, 1, 1)}, False),  # no least years are set
    ],
)
def test_a_disposal_before_the_least_years(card, values, wrong):
    card(**{"disposal": "scrapping", **values})
    judged = found("early_disposal", DAY)
    assert bool(judged) == wrong
    if wrong:
        assert judged[0].verdict.facts["期满日期"] and "最低使用年限" in judged[0].verdict.sentence


def test_a_disposal_to_come_is_not_judged(card):
    card(acquired=D(2023, 1, 1), disposal="scrapping", disposed=D(2026, 3, 3))
    assert found("early_disposal", D(2026, 3, 2)) == []
    assert len(found("early_disposal", D(2026, 3, 3))) == 1


@pytest.mark.parametrize(
    ("use", "name", "value", "wrong"),
    [
        ("confidential", "轿车", "120000", False),
        ("confidential", "轿车", "120000.01", True),
        ("emergency", "轿车", "180000", False),
        ("emergency", "中型客车", "250000", False),
        ("emergency", "中型客车", "250001", True),
        ("emergency", "大客车", "450001", True),
        ("enforcement", "轿车", "180000", False),  # work may need it
        ("enforcement", "轿车", "180001", True),
        ("confidential", "新能源轿车", "180000", False),
        ("confidential", "新能源轿车", "180001", True),
        ("special", "轿车", "900000", False),  # no general cap
        ("leader", "轿车", "900000", False),
        ("", "轿车", "900000", False),
    ],
)
def test_a_vehicle_is_judged_by_its_use_and_body(card, use, name, value, wrong):
    card(name=name, category="vehicle", plate="沪A12345", vehicle_use=use, value=value)
    assert bool(found("vehicle_over_price", DAY)) == wrong
    assert found("over_price", DAY) == []


def test_a_vehicle_bought_before_the_regulation_is_not_judged(card):
    car = {"name": "轿车", "plate": "沪A12345", "vehicle_use": "confidential", "value": "200000"}
    card(**car, acquired=D(2022, 10, 31))
    assert found("vehicle_over_price", DAY) == []
    card(**{**car, "plate": "沪A12346"}, acquired=D(2022, 11, 1))
    assert [str(one.verdict.amount) for one in found("vehicle_over_price", DAY)] == ["80000.00"]


def test_a_vehicle_whose_early_renewal_was_approved_is_not_disposed_of_too_early(card):
    """And its years count from its registration, as those of its renewal do."""
    gone = {"name": "轿车", "disposal": "scrapping", "disposed": D(2026, 3, 2)}
    card(number="C-1", plate="沪A12345", acquired=D(2021, 3, 1), **gone)
    card(number="C-2", plate="沪A12346", acquired=D(2021, 3, 1), early_consent="云机管〔2026〕3号 X-1", **gone)
    card(
        number="C-3",
        plate="沪A12347",
        acquired=D(2018, 2, 1),
        in_use_from=D(2018, 5, 1),
        registered=D(2018, 3, 2),
        **gone,
    )
    card(number="C-4", plate="沪A12348", acquired=D(2018, 2, 1), registered=D(2018, 3, 3), **gone)
    assert {one.verdict.facts["资产编号"] for one in found("early_disposal", DAY)} == {"C-1", "C-4"}
