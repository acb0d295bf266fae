"""What follows from a card's own words, what it refuses, and what it merely doubts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from baozhang.ch2_provision.assets.actions import seed_classes
from baozhang.ch2_provision.assets.models import AssetClass, Card, LedgerTotal
from baozhang.ch2_provision.assets.queries.doubts import doubts, vin_is_valid
from baozhang.kernel import scope
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid
from tests import factories

from .conftest import new_card

D = dt.date


@pytest.mark.parametrize(
    ("values", "edition", "category", "item", "group"),
    [
        (
            {"name": "台式计算机", "class_code": "A02010105", "edition": "2022"},
            "2022",
            "equipment",
            "desktop",
            "computer",
        ),
        (
            {"name": "台式计算机", "class_code": "A02010104", "edition": "2010"},
            "2010",
            "equipment",
            "desktop",
            "computer",
        ),
        ({"name": "服务器", "class_code": "A02010104", "edition": "2022"}, "2022", "equipment", "", "computer"),
        # Without an edition the words decide, where they can.
        ({"name": "台式计算机", "class_code": "A02010104"}, "2010", "equipment", "desktop", "computer"),
        ({"name": "服务器", "class_code": "A02010104"}, "2022", "equipment", "", "computer"),
        ({"name": "某设备", "class_code": "A02010104"}, "", "equipment", "", "computer"),
        ({"name": "某机", "class_code": "2010104"}, "2010", "equipment", "desktop", "computer"),
        ({"name": "某机", "class_code": " Ａ02010105 ", "edition": "2022"}, "2022", "equipment", "desktop", "computer"),
        (
            {"name": "柜", "class_code": "A05010502", "edition": "2022"},
            "2022",
            "furniture",
            "file_cabinet",
            "furniture",
        ),
        ({"name": "书", "class_code": "A05000000", "edition": "2010"}, "2010", "book", "", "none"),
        ({"name": "轿车"}, "", "vehicle", "", "vehicle"),
        ({"name": "奥迪", "plate": "沪A12345"}, "", "vehicle", "", "vehicle"),
        ({"name": "宗地一号"}, "", "land", "", "none"),
        ({"name": "综合楼", "structure": "框架"}, "", "house", "", "building_frame"),
        ({"name": "笔记本电脑"}, "", "equipment", "laptop", "computer"),
        ({"name": "会议椅"}, "", "furniture", "meeting_chair", "furniture"),
        ({"name": "青花瓶", "category": "relic"}, "", "relic", "", "none"),
        ({"name": "奇物"}, "", "other", "", ""),
    ],
)
def test_a_card_is_placed_by_its_code_and_words(values, edition, category, item, group):
    card = new_card(**values)
    card.derive()
    assert (card.edition, card.category, card.item, card.life_group) == (edition, category, item, group)
    again = (card.edition, card.category, card.item, card.life_group, card.class_name)
    card.derive()
    assert (card.edition, card.category, card.item, card.life_group, card.class_name) == again


def test_a_known_code_brings_its_name():
    card = new_card(class_code="A02010105", edition="2022", name="联想电脑")
    card.derive()
    assert card.class_name == "台式计算机"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"value": "-1"}, "value"),
        ({"value": None}, "value"),
        ({"name": ""}, "name"),
        ({"quantity": "0"}, "quantity"),
        ({"fiscal": Decimal(-5)}, "fiscal"),
        ({"acquired": D(2026, 3, 5)}, "acquired"),
        ({"disposal": "scrapping"}, "disposed"),
        ({"disposed": D(2022, 12, 31), "disposal": "scrapping"}, "disposed"),
        ({"depreciated": "5000.01"}, "depreciated"),
        ({"life_months": 0}, "life_months"),
        ({"residual_rate": "100"}, "residual_rate"),
        ({"use_state": "flying"}, "use_state"),
    ],
)
def test_what_cannot_be_is_refused_with_field_and_remedy(card, values, field):
    with pytest.raises(Invalid) as refused:
        card(**values)
    assert [fault.field for fault in refused.value.faults] == [field]
    assert Card._base_manager.count() == 0


@pytest.mark.parametrize(
    "values",
    [
        {"acquired": D(2026, 3, 4)},
        {"booked": D(2020, 1, 1), "in_use_from": D(2020, 1, 1)},  # real ledgers err; a doubt, no refusal
        {"fiscal": Decimal(1), "non_fiscal": Decimal(1)},
        {"depreciated": "5000"},
        {"value": "0"},
        {"quantity": "0.01"},
        {"disposed": D(2023, 1, 10), "disposal": "scrapping"},
    ],
)
def test_what_may_be_is_kept(card, values):
    assert card(**values).pk


def test_a_day_of_disposal_alone_takes_its_form_from_the_state(card):
    assert card(use_state="scrapped", disposed=D(2024, 1, 1)).disposal == "scrapping"
    assert card(disposed=D(2024, 1, 1)).disposal == "other"


@pytest.mark.parametrize(
    "change",
    [
        "value = -1",
        "quantity = 0",
        "disposal = 'scrapping'",
        "disposed = '2020-01-01', disposal = 'x'",
        "depreciated = 1",
        "number = ''",
    ],
)
def test_the_database_says_it_once_more(card, change):
    card()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE assets_card SET {change}")


def test_one_number_stands_once_in_an_agency(card, neighbour):
    card(number="A1")
    card(number="A1", organ=neighbour)
    with pytest.raises(Invalid):
        card(number="A1")


def test_a_card_without_a_number_is_given_the_next(card, agency, neighbour):
    assert [card().number, card().number] == [f"{agency.code}-ZC0000001", f"{agency.code}-ZC0000002"]
    assert card(organ=neighbour).number == f"{neighbour.code}-ZC0000001"


def test_idleness_begins_when_it_is_entered_and_ends_with_use(card):
    kept = card(use_state="idle")
    assert kept.idle_since == D(2026, 3, 4)
    kept.use_state = "in_use"
    factories.save(kept)
    assert kept.idle_since is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"fiscal": Decimal(1), "non_fiscal": Decimal(1)}, "fiscal"),
        ({"booked": D(2020, 1, 1)}, "booked"),
        ({"acquired": None}, "acquired"),
        ({"class_code": "A02010104", "edition": "2022"}, "edition"),
        ({"class_code": "A02019999"}, "edition"),
        ({"name": "轿车", "plate": "沪A1"}, "plate"),
        ({"name": "轿车", "vin": "LSVAA49J132047372"}, "vin"),
        ({"name": "综合楼", "title_form": "held"}, "certificate"),
    ],
)
def test_doubts_are_told_beside_the_field(values, field):
    card = new_card(**{"class_code": "" if "name" in values else "A02010105", "edition": "", **values})
    card.derive()
    assert field in [name for name, _words in doubts(card)]


def test_a_clean_card_raises_no_doubt():
    card = new_card(
        class_code="A02010105", edition="2022", booked=D(2023, 1, 31), fiscal=Decimal(5000), non_fiscal=Decimal(0)
    )
    card.derive()
    assert list(doubts(card)) == []


@pytest.mark.parametrize(
    ("vin", "right"), [("1M8GDM9AXKP042788", True), ("1M8GDM9A1KP042788", False), ("1M8GDM9AXKP04278", False)]
)
def test_a_vin_has_a_check_digit(vin, right):
    assert vin_is_valid(vin) == right


@pytest.mark.parametrize("plate", ["沪A12345", "沪AD12345", "沪A12345D", "沪A·12345", "沪A1234警"])
def test_plates_of_every_kind_are_known(plate):
    card = new_card(name="轿车", plate=plate)
    card.derive()
    assert "plate" not in [name for name, _words in doubts(card)]


@pytest.mark.django_db
def test_classes_are_seeded_once():
    with scope.everything("seed") as by:
        assert seed_classes(by) > 80
        assert seed_classes(by) == 0
    old = AssetClass._base_manager.get(edition="2010", code="A02010104")
    new = AssetClass._base_manager.get(edition="2022", code="A02010104")
    assert (old.name, new.name) == ("台式计算机", "服务器")
    assert new.path == "A02010104" and AssetClass._base_manager.get(edition="2022", code="A02010100").path == "A020101"
    assert {row.path[:3] for row in AssetClass._base_manager.filter(category="vehicle")} == {"A02"}


def test_books_of_a_day_to_come_are_refused(agency):
    with scope.everything("test") as by, pytest.raises(Invalid):
        keep(LedgerTotal(organ=agency, day=D(2026, 3, 5), category="equipment", value=Decimal(1)), by=by)
