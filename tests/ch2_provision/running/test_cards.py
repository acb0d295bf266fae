"""Money moved onto a card is told apart from what the card pays for, and the card says what should be on it."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.test import Client

from baozhang.ch2_provision.running.models import Cost, PaymentCard
from baozhang.ch2_provision.running.queries import balances, sums
from baozhang.kernel import clock
from tests import factories
from tests.ch2_provision.running.conftest import bill, bring
from tests.ch2_provision.trips.conftest import Garage

CARD = "9000111"
# What is on each: 500 moved onto the card, 240.95 and 100 spent; the card said 10 before.
STATEMENTS = {
    "kinds": "某石化加油卡交易明细\n序号,卡号,持卡人,交易时间,交易类型,金额（元）,油品,数量（升）,单价,奖励分值,余额,地点,流水号\n"
    "1,9000111,某单位,2026-03-02 08:00:01,圈存,500.00,,0.00,0.00,0,510.00,城中加油站,1001\n"
    "2,9000111,某单位,2026-03-03 09:05:00,加油,240.95,92号汽油,30.5,7.90,24,269.05,公园路加油站,1002\n"
    "3,9000111,某单位,2026-03-04 10:00:00,加油,100.00,92号汽油,12.66,7.90,10,169.05,公园路加油站,1003\n",
    "reserve": "卡号,业务类型,交易日期,交易时刻,商品名称,升数,交易金额,卡余额,网点,流水号\n"
    "9000111,充值,2026-03-01,08:00:00,,,500,,单位网上营业厅,2000\n"
    "9000111,圈存,2026-03-02,08:00:00,,,500,510,城中加油站,2001\n"
    "9000111,消费,2026-03-03,09:05:00,92号汽油,30.5,240.95,269.05,公园路加油站,2002\n"
    "9000111,消费,2026-03-04,10:00:00,92号汽油,12.66,100,169.05,公园路加油站,2003\n",
    "columns": "日期,油卡号,摘要,充值金额,消费金额,油品名称,加油升数,卡内余额,单据编号\n"
    "2026-03-02 08:00,9000111,主卡分配,500.00,,,,510.00,3001\n"
    "2026-03-03 09:05,9000111,加油消费,0.00,240.95,92号汽油,30.5,269.05,3002\n"
    "2026-03-04 10:00,9000111,加油消费,,100.00,92号汽油,12.66,169.05,3003\n合计,,,500.00,340.95,,43.16,,\n",
    "signed": "交易时间,加油卡号,交易类型,交易金额,油品,加油量,余额,加油站,交易编号\n"
    "2026-03-02 08:00,9000111,卡充值,+500.00,,,510.00,手机充值,4001\n"
    "2026-03-03 09:05,9000111,加油,-240.95,92号汽油,30.5,269.05,公园路加油站,4002\n"
    "2026-03-04 10:00,9000111,加油,-100.00,92号汽油,12.66,169.05,公园路加油站,4003\n",
}


def _brought(garage: Garage, client: Client, text: str) -> dict[str, object]:
    client.force_login(garage.users["clerk"])
    file = io.BytesIO(text.encode())
    file.name = "card.csv"
    answer = client.post("/api/running/costs/import?commit=true", {"file": file})
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_cards_statement_comes_in_as_it_is(garage: Garage, client: Client, name: str) -> None:
    car = garage.vehicles[0]
    held = factories.kept(PaymentCard, where=garage.mine, number=CARD, vehicle=car)
    with clock.on(dt.date(2026, 3, 6)):
        assert _brought(garage, client, STATEMENTS[name])["faults"] == []
        assert _brought(garage, client, STATEMENTS[name])["new"] == 0
        rows = Cost._base_manager.filter(card=CARD)
        kinds = set(rows.values_list("kind", "vehicle"))
        assert kinds == {("topup", car.pk), ("fuel", car.pk)}
        assert set(rows.filter(kind="topup").values_list("state", "amount")) == {("matched", Decimal("500.00"))}
        spent = sums.running(dt.date(2026, 3, 1), dt.date(2026, 3, 31), [car.pk])[car.pk]
        assert (spent.total, spent.litres) == (Decimal("340.95"), Decimal("43.160"))
        stands = balances.of(CARD)
        assert (stands.came, stands.spent, stands.said, stands.difference) == (
            500,
            Decimal("340.95"),
            Decimal("169.05"),
            0,
        )
        page = client.get(f"/running/cards/{held.pk}/").content.decode()
        assert "卡上余额" in page and "169.05" in page


def test_what_a_statement_leaves_out_is_a_difference_on_the_card(garage: Garage, client: Client) -> None:
    held = factories.kept(PaymentCard, where=garage.mine, number=CARD, vehicle=garage.vehicles[0])
    lines = STATEMENTS["kinds"].splitlines(keepends=True)
    with clock.on(dt.date(2026, 3, 6)):
        _brought(garage, client, "".join(line for line in lines if not line.startswith("2,")))
        stands = balances.of(CARD)
        assert (stands.due, stands.said, stands.difference) == (
            Decimal("410.00"),
            Decimal("169.05"),
            Decimal("-240.95"),
        )
        assert "-240.95" in client.get(f"/running/cards/{held.pk}/").content.decode()


def test_a_card_of_which_no_balance_is_told_has_what_came_less_what_it_paid(garage: Garage) -> None:
    with clock.on(dt.date(2026, 3, 6)):
        bring(
            garage,
            bill(garage, "Z1", "2026-03-02 08:00", card=CARD, kind="topup", quantity=None, amount=Decimal(500)),
            bill(garage, "Z2", "2026-03-03 09:00", card=CARD),
            bill(
                garage,
                "Z3",
                "2026-03-04 09:00",
                card=CARD,
                kind="topup",
                quantity=None,
                amount=Decimal(-60),
                deal="圈提",
            ),
        )
    stands = balances.of(CARD)
    assert (stands.came, stands.spent, stands.due, stands.said, stands.difference) == (440, 240, 200, None, None)


def test_what_two_columns_and_two_meanings_say_is_refused(garage: Garage, client: Client) -> None:
    text = STATEMENTS["columns"].replace("0.00,240.95", "50.00,240.95")
    with clock.on(dt.date(2026, 3, 6)):
        answer = _brought(garage, client, text)
    assert "充值" in str(answer["faults"])


def test_fuel_bought_where_cards_are_charged_is_fuel_and_a_charged_card_charges_no_car(garage: Garage) -> None:
    with clock.on(dt.date(2026, 3, 6)):
        fuel, power = bring(
            garage,
            bill(garage, "Z1", "2026-03-02 08:00", kind="", item="92号汽油", place="充值网点加油站", deal="消费"),
            bill(garage, "Z2", "2026-03-02 09:00", kind="", item="充电卡充值", quantity=None),
        )
    assert (fuel.kind, power.kind) == ("fuel", "topup")


def test_of_money_on_a_card_no_trip_is_asked_and_no_rule_speaks(garage: Garage, client: Client) -> None:
    """The same sum moved twice at one minute, on a sealed day, without a trip."""
    from baozhang.ch2_provision.running.rules import bills

    with clock.on(dt.date(2026, 10, 9)):
        bring(
            garage,
            *(
                bill(garage, f"Z{n}", "2026-10-02 08:00", card=CARD, kind="topup", quantity=None, amount=Decimal(500))
                for n in (1, 2)
            ),
        )
        day = clock.today()
        for candidates in (bills._without_trip, bills._sealed, bills._violations):
            assert not list(candidates(day, None))
    assert set(Cost._base_manager.values_list("state", flat=True)) == {"matched"}


def test_of_a_card_that_is_paid_for_afterwards_no_balance_is_asked(garage: Garage, client: Client) -> None:
    held = factories.kept(PaymentCard, where=garage.mine, number=CARD, vehicle=garage.vehicles[0])
    with clock.on(dt.date(2026, 3, 6)):
        bring(garage, bill(garage, "Z1", "2026-03-02 08:00", card=CARD))
    client.force_login(garage.users["clerk"])
    page = client.get(f"/running/cards/{held.pk}/").content.decode()
    assert "卡上余额" in page and "相差 -240.00" not in page and "-240.00" not in page
