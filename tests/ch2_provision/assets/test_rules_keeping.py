"""Keepers, titles, doubles, books: both sides of each line."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models import Card, LedgerTotal
from baozhang.ch2_provision.assets.rules import doubles
from baozhang.kernel import scope
from baozhang.kernel.record import keep
from tests import factories

from .conftest import found, keep_all, new_card

D = dt.date
DAY = D(2026, 3, 4)


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, True),
        ({"custodian": "甲"}, False),
        ({"user": "乙"}, False),
        ({"use_state": "scrapped"}, False),
        ({"name": "宗地", "category": "land"}, False),
        ({"acquired": D(2026, 3, 4)}, True),
    ],
)
def test_somebody_answers_for_each_thing(card, values, wrong):
    card(**values)
    assert bool(found("no_custodian", DAY)) == wrong
    assert found("no_custodian", D(2022, 10, 31)) == []


TITLE = "沪（2023）云字不动产权第000123号"
CAR = {"name": "轿车", "class_code": "A02030501", "edition": "2022", "plate": "沪A12345", "custodian": "甲"}


@pytest.mark.parametrize(
    ("holder", "wrong"),
    [
        ("云间区机关事务管理局", False),
        (" 云间区机关事务管理局 ", False),
        ("江海市云间区机关事务管理局", False),
        ("云间区教育局", True),
        ("本单位", True),
        ("江海市机关事务管理局", True),
        ("", False),
    ],
)
def test_a_title_is_held_by_the_same_level_authority(card, holder, wrong):
    card(**CAR, holder=holder)
    judged = found("title_holder", DAY)
    assert bool(judged) == wrong
    if wrong:
        assert judged[0].verdict.facts["应为"] == "云间区机关事务管理局"


@pytest.mark.parametrize(
    "values", [{"title_form": "none"}, {"title_form": "open"}, {"use_state": "transferred"}, {"acquisition": "leased"}]
)
def test_without_a_title_there_is_no_holder_to_judge(card, values):
    card(**CAR, holder="云间区教育局", **values)
    assert found("title_holder", DAY) == []


def test_a_desk_has_no_title(card):
    card(name="办公桌", holder="云间区教育局")
    assert found("title_holder", DAY) == []


def test_former_names_of_the_authority_count(card):
    authority = Organization._base_manager.get(competence="authority")
    authority.name = "云间区机关事务管理中心"
    with scope.everything("test") as by:
        keep(authority, by=by)
    card(**CAR, holder="云间区机关事务管理局")
    assert found("title_holder", DAY) == []
    factories.organ(
        "云间区机关管理局", authority.jurisdiction, state="merged", ended=D(2020, 1, 1), successor=authority
    )
    card(**{**CAR, "plate": "沪A12346"}, holder="云间区机关管理局")
    assert found("title_holder", DAY) == []


def test_a_town_may_hold_its_own(card, town):
    card(**CAR, organ=town, holder="澄溪镇人民政府")
    card(**{**CAR, "plate": "沪A12347"}, organ=town, holder="云间区机关事务管理局")
    assert found("title_holder", DAY) == []
    card(**{**CAR, "plate": "沪A12348"}, organ=town, holder="某某公司")
    assert len(found("title_holder", DAY)) == 1


def test_the_same_vin_twice(card, agency, neighbour):
    first = card(**CAR, vin="LSVAA49J132047371")
    second = card(**{**CAR, "plate": "沪A99999"}, vin="LSVAA49J132047371")
    (judged,) = found("possible_duplicate", DAY)
    assert judged.subject == second and judged.key == "vin"
    assert first.number in judged.verdict.sentence
    third = card(**{**CAR, "plate": "沪A99998"}, vin="LSVAA49J132047371", organ=neighbour)
    judged = found("possible_duplicate", DAY)
    assert [one.subject for one in judged] == [second, third]
    # Another agency's numbers are not told.
    assert first.number not in judged[1].verdict.sentence and "其他单位 2 张卡片" in judged[1].verdict.sentence


@pytest.mark.parametrize(
    ("first", "second", "wrong"),
    [
        ({"serial": "SN-0001"}, {"serial": "SN-0001"}, True),
        ({"serial": "SN-0001"}, {"serial": "SN-0002"}, False),
        ({"serial": "无"}, {"serial": "无"}, False),
        ({"serial": "12"}, {"serial": "12"}, False),
        ({"serial": ""}, {"serial": ""}, False),  # like things of one purchase are no doubles
        ({"serial": "SN-0001"}, {"serial": "SN-0001", "use_state": "scrapped"}, False),
        ({"serial": "SN-0001"}, {"serial": "SN-0001", "name": "打印机"}, False),
        ({"certificate": TITLE, "name": "办公楼"}, {"certificate": TITLE, "name": "车库"}, False),
        ({"certificate": TITLE, "name": "办公楼"}, {"certificate": TITLE, "name": "办公楼"}, True),
    ],
)
def test_signs_of_the_same_thing(card, first, second, wrong):
    card(**first)
    card(**second)
    assert bool(found("possible_duplicate", DAY)) == wrong


@pytest.mark.parametrize("few", [doubles.FEW, 1])  # as many shared numbers as are looked for one by one, and more
def test_the_same_number_is_a_double_in_two_agencies_only_with_the_same_thing(card, neighbour, monkeypatch, few):
    monkeypatch.setattr(doubles, "FEW", few)
    card(number="TY2023000001")
    card(number="TY2023000001", organ=neighbour, name="办公桌")
    assert found("possible_duplicate", DAY) == []
    card(number="TY2023000002")
    card(number="TY2023000002", organ=neighbour)
    assert [one.key for one in found("possible_duplicate", DAY)] == ["number"]


def test_cards_and_books_that_agree_are_left_alone(agency):
    keep_all([new_card(organ=agency, number=str(i), value="7200") for i in range(3)])
    factories.save(LedgerTotal(organ=agency, day=D(2025, 12, 31), category="equipment", quantity=Decimal(3),
                               value=Decimal("21600"), depreciated=Decimal("10800")))  # fmt: skip
    assert found("ledger_difference", DAY) == []
    assert found("ledger_difference", D(2025, 12, 30)) == []


@pytest.mark.parametrize(
    ("book", "words"),
    [
        ({"value": "21600.01"}, "相差 0.01 元"),
        ({"value": "14400"}, "相差 -7,200.00 元"),
        ({"quantity": "2"}, "数量账面 2、卡片 3"),
        ({"depreciated": "10900"}, "累计折旧"),
        ({"depreciated": "10800.30"}, ""),  # within what rounding each month adds up to
        ({"quantity": None, "depreciated": None}, ""),
    ],
)
def test_cards_and_books_that_differ(agency, book, words):
    keep_all([new_card(organ=agency, number=str(i), value="7200") for i in range(3)])
    values = {"quantity": "3", "value": "21600", "depreciated": "10800", **book}
    amounts = {name: None if value is None else Decimal(value) for name, value in values.items()}
    factories.save(LedgerTotal(organ=agency, day=D(2025, 12, 31), category="equipment", **amounts))
    judged = found("ledger_difference", DAY)
    assert [words in one.verdict.sentence for one in judged] == ([True] if words else [])


def test_a_category_in_the_books_without_any_card(agency):
    factories.save(
        LedgerTotal(organ=agency, day=D(2025, 12, 31), category="vehicle", quantity=Decimal(1), value=Decimal(100))
    )
    (judged,) = found("ledger_difference", DAY)
    assert judged.verdict.amount == 100


def test_only_the_latest_books_are_judged(agency):
    keep_all([new_card(organ=agency, number="1", value="7200")])
    factories.save(LedgerTotal(organ=agency, day=D(2024, 12, 31), category="equipment", value=Decimal(1)))
    factories.save(LedgerTotal(organ=agency, day=D(2025, 12, 31), category="equipment", value=Decimal(7200)))
    assert found("ledger_difference", DAY) == []
    assert len(found("ledger_difference", D(2025, 6, 30))) == 1


def test_what_the_rules_saw_can_be_kept_and_seen_again(card, agency):
    from baozhang.law.explain import rebuild, seen

    card(**CAR, holder="云间区教育局", vin="LSVAA49J132047371")
    card(**{**CAR, "plate": "沪A99999"}, holder="云间区教育局", vin="LSVAA49J132047371")
    for name in ("title_holder", "possible_duplicate"):
        judged = found(name, DAY)[-1]
        again = rebuild(Card, judged.pk, 1, seen(judged.subject))
        said = judged.rule.look(again, _Case())
        said = said[0] if isinstance(said, list) else said
        assert said.sentence == judged.verdict.sentence


class _Case:
    """A case for rules that read no figure."""

    day = DAY
