"""Bills find vehicle and trip by themselves, once each; what finds none waits until somebody says."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
import xlsxwriter
from django.test import Client
from django.utils import translation

from baozhang.ch2_provision.running import jobs
from baozhang.ch2_provision.running.models import Cost, PaymentCard
from baozhang.ch2_provision.running.models.reading import kind_said, moment_of, plate_of
from baozhang.ch2_provision.running.views import tracks, waiting
from baozhang.ch2_provision.vehicles.actions.following import keep_up
from baozhang.ch2_provision.vehicles.models import Terminal
from baozhang.ch4_supervision.warnings.models import Finding
from baozhang.kernel import clock, scope
from baozhang.kernel.imports import ImportSession
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid
from baozhang.kernel.resource import BY_LABEL
from baozhang.kernel.sheet_columns import columns_of
from baozhang.kernel.sheets.matching import Matcher
from baozhang.kernel.sheets.reading import open_workbook
from tests import factories
from tests.ch2_provision.running.conftest import bill, bring
from tests.ch2_provision.trips.conftest import WORKDAY, Garage

NO_DATE = ("2026-02-30", "三月五日", "2026-03-05 25:10")


@pytest.mark.parametrize(
    ("said", "time", "found"),
    [
        ("2026-03-05 09:20", "", "2026-03-05 09:20"), ("2026/3/5 9:20:31", "", "2026-03-05 09:20:31"), ("20260305092031", "", "2026-03-05 09:20:31"),
        ("2026年3月5日", "", "2026-03-05"), ("2026-03-05 00:00:00", "09:20", "2026-03-05 09:20"), ("20260305", "092031", "2026-03-05 09:20:31"),
        ("2026/3/5 9:5", "", "2026-03-05 09:05"), ("2026年3月5日 9时5分", "", "2026-03-05 09:05"), ("20260305 0920", "", "2026-03-05 09:20"),
        ("2026-03-05 9:20:31.7", "", "2026-03-05 09:20:31"), ("2026-03-05 25:10", "", "2026-03-05 25:10"),
        ("2026-3-5 上午9:20", "", "2026-03-05 09:20"), ("2026年3月5日下午3点半", "", "2026-03-05 15:30"), ("二〇二六年三月五日 下午3:05", "", "2026-03-05 15:05"),
        ("2026-03-05", "下午3:05", "2026-03-05 15:05"), ("2026-3-5", "晚上12点", "2026-03-05"),
        ("2026-02-30", "", "2026-02-30"), ("三月五日", "", "三月五日"),
    ],
)  # fmt: skip
def test_times_are_read_as_suppliers_write_them(said: str, time: str, found: str) -> None:
    at, day, spelt = moment_of(said, time)
    assert (
        spelt == found
        and (day is None) == (found in NO_DATE)
        and (at is None) == (len(found) <= 10 or found in NO_DATE)
    )


def test_plates_and_kinds_are_read() -> None:
    for said in (
        "沪A·12345（公务）",
        " 沪a-12345 ",
        "沪A 12345 蓝色",
        "蓝沪A12345",
        "沪A12345_蓝",
        "黄牌 沪A12345",
        "沪A12345【蓝】",
        "沪A12345黄绿双拼",
    ):
        assert plate_of(said) == "沪A12345", said
    assert [plate_of(said) for said in ("黑A12345", "蓝黑A12345", "黑A12345黑", "沪A1234警")] == ["黑A12345"] * 3 + [
        "沪A1234警"
    ]
    assert [kind_said(words) for words in ("92号汽油", "云间充电站", "机油滤清器", "商业险", "杂项")] == [
        "fuel",
        "charge",
        "repair",
        "insurance",
        "",
    ]


def test_a_trip_is_found_by_time_with_a_little_slack(garage: Garage) -> None:
    made = garage.send(garage.ask())
    garage.drive(made, 1_000, 1_040)
    rows = [
        bill(garage, f"Y{n}", f"{WORKDAY} {at}") for n, at in enumerate(("08:05", "09:00", "11:55", "12:05", "07:55"))
    ]
    on_its_day, elsewhere = bill(garage, "D1", str(WORKDAY)), bill(garage, "D2", "2026-03-04")
    with clock.on(dt.date(2026, 3, 6)):
        found = bring(garage, *rows, on_its_day, elsewhere)
    assert [one.dispatch_id for one in found] == [made.pk, made.pk, made.pk, None, None, made.pk, None]
    assert [one.state for one in found] == ["matched"] * 3 + ["loose"] * 2 + ["matched", "loose"]


def test_a_trip_that_comes_in_later_is_found_at_night(garage: Garage) -> None:
    with clock.on(dt.date(2026, 3, 6)):
        (one,) = bring(garage, bill(garage, "Y1", f"{WORKDAY} 09:00"))
        assert one.state == "loose"
    garage.drive(garage.send(garage.ask()), 1_000, 1_040)
    with clock.on(dt.date(2026, 3, 6)):
        assert jobs.match()["matched"] == 1 and jobs.match()["matched"] == 0
    assert Cost._base_manager.get().state == "matched"


def test_the_same_bill_is_kept_once_and_in_bulk(garage: Garage, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    rows = [bill(garage, f"Y{n}", f"{WORKDAY} 09:{n:02d}") for n in range(40)]
    with clock.on(dt.date(2026, 3, 6)):
        bring(garage, *rows)
        with django_assert_max_num_queries(30):
            actor = garage("clerk")
            from baozhang.ch2_provision.running.resources.costs import Costs
            from baozhang.kernel import border, scope

            with scope.within(actor):
                kept = border.commit(
                    Costs(), [border.Row(dict(row)) for row in rows], by=actor, defaults={"organ": garage.mine}
                )
    assert (kept.new, kept.changed, kept.unchanged) == (0, 0, 40) and Cost._base_manager.count() == 40


def test_a_bill_without_a_number_gets_one_that_people_can_read_and_the_same_in_either_language(garage: Garage) -> None:
    row = {name: value for name, value in bill(garage, "", f"{WORKDAY} 09:00").items() if name != "bill"}
    with clock.on(dt.date(2026, 3, 6)):
        for language in ("en", "zh-hans"):
            with translation.override(language):
                bring(garage, dict(row))
    assert Cost._base_manager.get().bill == f"{garage.vehicles[0].plate} {WORKDAY} 09:00 加油 240.00"


def test_a_time_that_is_none_is_said_once_by_its_own_column(garage: Garage) -> None:
    with pytest.raises(Invalid) as refused:
        bring(garage, bill(garage, "Y1", "2026-11-31"))
    assert [fault.column for fault in refused.value.faults] == ["费用时间"]


def test_another_units_vehicle_is_not_mine_to_enter(garage: Garage) -> None:
    other = factories.organ("云间区卫健委")
    theirs = factories.kept(type(garage.vehicles[0]), where=other)
    with clock.on(dt.date(2026, 3, 6)), pytest.raises(Invalid) as refused:
        bring(garage, bill(garage, "Y1", f"{WORKDAY} 09:00", plate=theirs.plate))
    assert "不在您的办理范围内" in str(refused.value.faults[0].reason)


LAYOUTS = {
    "fuel": "序号,交易时间,卡号,车牌号,油品名称,加油量,单价,交易金额,加油站名称,交易流水号\n1,2026/3/5 9:05,9000111,,92号汽油,30.5,7.9,240.95,公园路加油站,88001\n",
    "toll": "车牌号码,入口收费站,出口收费站,通行时间,通行费,运营商,订单号\n{plate},云间,海间,2026-03-05 09:10:22,25,江海高速,T77\n",
    "charging": "订单编号,车牌,充电站名称,充电开始时间,充电电量,总金额\nC1,{plate},行政中心充电站,2026-03-05 12:30,22.4,31.36\n",
    "repair": "工单号,车号,送修日期,维修项目,数量,单价,承修单位\nW1,{plate},2026-03-04,机油滤清器,1,45,定点维修厂\nW1,{plate},2026-03-04,保养工时,2,90,定点维修厂\n",
    "statement": "某石化对账单\n打印日期,2026-03-06\n\n流水号,交易日期,交易时刻,号码牌,产品,升数,挂牌价,实收(元),网点\nA1,2026-03-05,09:12:05,{plate},95#汽油,40,8.3,332,人民路站\n合计,,,,,40,,332,\n",
    "road": "车牌,入站名称,入站时间,出站名称,出站时间,通行金额（元）,ETC卡编号\n{plate}_蓝,云间站,2026-03-05 09:20,海间站,2026/03/05 10:59,￥12.50,3101\n",
    "workshop": "工单编号,进厂日期,车牌号码,维修内容,数量,单价,小计,维修企业\nW9,2026年3月4日,{plate},补胎,1,50,50,某汽修厂\n",
    "violation": "违法编号,号牌号码,违法时间,违法行为,违法地点\nV1,{plate},2026-03-05 09:30,违法停车,人民路\nV2,{plate},2026-03-05 09:50,超速,环城路\n",
}


def test_files_of_eight_suppliers_come_in_as_they_are(garage: Garage, client: Client) -> None:
    car = garage.vehicles[0]
    factories.kept(PaymentCard, where=garage.mine, number="9000111", vehicle=car)
    garage.drive(garage.send(garage.ask()), 1_000, 1_040)
    client.force_login(garage.users["clerk"])
    with clock.on(dt.date(2026, 3, 6)):
        for again in (False, True):
            for name, text in LAYOUTS.items():
                file = io.BytesIO(text.format(plate=car.plate).encode())
                file.name = f"{name}.csv"
                answer = client.post("/api/running/costs/import?commit=true", {"file": file})
                assert answer.status_code == 200, (name, answer.content.decode())
                assert answer.json()["faults"] == [] and (answer.json()["new"] == 0) is again, (name, answer.json())
    rows = {(one.kind, one.item, str(one.amount), one.state) for one in Cost._base_manager.filter(vehicle=car)}
    assert rows == {
        ("fuel", "92号汽油", "240.95", "matched"), ("toll", "", "25.00", "matched"), ("charge", "", "31.36", "matched"),
        ("fuel", "95#汽油", "332.00", "matched"), ("toll", "", "12.50", "matched"), ("repair", "补胎", "50.00", "matched"),
        ("repair", "机油滤清器", "45.00", "matched"), ("repair", "保养工时", "180.00", "matched"), ("violation", "违法停车", "0.00", "matched"),
        ("violation", "超速", "0.00", "matched"),
    }  # fmt: skip
    assert Cost._base_manager.get(bill="T77").origin == "云间"
    assert Cost._base_manager.get(bill="88001").quantity == Decimal("30.5")


def test_what_waits_is_matched_or_explained_on_one_page(garage: Garage, client: Client) -> None:
    made = garage.send(garage.ask())
    garage.drive(made, 1_000, 1_040)
    with clock.on(dt.date(2026, 3, 6)):
        lost, late, odd = bring(
            garage,
            bill(garage, "Y1", f"{WORKDAY} 09:00", plate="沪A9999口"),
            bill(garage, "Y2", f"{WORKDAY} 13:00"),
            bill(garage, "Y3", f"{WORKDAY} 14:00"),
        )
        client.force_login(garage.users["clerk"])
        page = client.get("/running/waiting/").content.decode()
        assert page.count('class="run-bill"') == 3 and "沪A9999口" in page
        assert (
            client.post(
                "/running/waiting/", {"cost": lost.pk, "vehicle": garage.vehicles[0].pk, "do": "match"}
            ).status_code
            == 302
        )
        assert (
            client.post("/running/waiting/", {"cost": late.pk, "dispatch": made.pk, "do": "match"}).status_code == 302
        )
        assert client.post("/running/waiting/", {"cost": odd.pk, "note": " ", "do": "explain"}).status_code == 409
        assert (
            client.post("/running/waiting/", {"cost": odd.pk, "note": "送检途中", "do": "explain"}).status_code == 302
        )
        assert "没有待对应的费用" in client.get("/running/waiting/").content.decode()
        client.force_login(garage.users["staff"])
        assert client.get("/running/waiting/").status_code == 403
    assert sorted(Cost._base_manager.values_list("bill", "state")) == [
        ("Y1", "matched"),
        ("Y2", "matched"),
        ("Y3", "explained"),
    ]


def test_from_a_bill_and_from_what_a_rule_said_of_it_one_comes_to_the_track_of_that_day(
    garage: Garage, client: Client
) -> None:
    car = garage.vehicles[0]
    terminal = factories.kept(Terminal, where=garage.mine, plate=car.plate, phone="13800138000")
    with clock.on(dt.date(2026, 3, 6)):
        (cost,) = bring(garage, bill(garage, "Y1", f"{WORKDAY} 09:00"))
        track = f"/vehicles/map/{terminal.pk}/track/?day={WORKDAY}"
        for name, shown in (("clerk", True), ("staff", False)):
            client.force_login(garage.users[name])
            assert (track in client.get(f"/running/costs/{cost.pk}/").content.decode()) is shown
    for kind, subject, key, day in (
        ("running.cost", cost.pk, "", WORKDAY), ("vehicles.vehicle", car.pk, "2026-03-04", dt.date(2026, 3, 4)), ("vehicles.vehicle", car.pk, "", None),
        ("assets.card", car.card_id, "", None),
    ):  # fmt: skip
        about = Finding(kind=kind, subject_id=subject, key=key)
        assert tracks.where("warnings.finding", about) == (car if day else None, day)


def test_a_card_pays_for_what_cards_pay_for(garage: Garage, client: Client) -> None:
    client.force_login(garage.users["clerk"])
    offered = client.get("/running/cards/add/").context["form"]["kind"]
    words = {str(words) for value, words in offered.field.choices if value}
    assert {"加油", "充电", "通行"} <= words and not {"交通违法", "保险", "检验"} & words
    row = {"number": "1", "kind": "violation", "vehicle": str(garage.vehicles[0].pk)}
    assert client.post("/running/cards/add/", row).status_code == 422


def test_a_trip_at_dawn_is_of_its_day_in_china(garage: Garage) -> None:
    """A trip of the day before the bill, before eight: in Greenwich it would be of two days before."""
    made = garage.send(garage.ask(leave="06:30", back="07:30"))
    garage.drive(made, 1_000, 1_010, left="06:30", came="07:30")
    with clock.on(dt.date(2026, 3, 7)):
        (late,) = bring(garage, bill(garage, "Y1", f"{WORKDAY + dt.timedelta(days=1)} 13:00"))
        actor = garage("clerk")
        with scope.within(actor):
            assert [one["key"] for one in waiting._trips([late])[late.pk]] == [made.pk]


def _sheet(*rows: list[object]) -> io.BytesIO:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        page = workbook.add_worksheet("账单")
        for at, line in enumerate(rows):
            page.write_row(at, 0, line)
    file.seek(0)
    file.name = "bills.xlsx"
    return file


def test_what_a_bill_lacks_is_asked_for_in_a_column_of_its_own(garage: Garage, client: Client) -> None:
    """A car park whose name says nothing: the kind has no column in its file, so the rows that come back have a blank one."""
    client.force_login(garage.users["clerk"])
    url, plate = "/running/costs/import/", garage.vehicles[0].plate
    heads = ["车牌", "车场名称", "入场时间", "离场时间", "收了多少"]
    rows = [[plate, "医院停车场", "", "2026-03-01 09:30:00", 5], [plate, "人民医院P2", "", "2026-03-01 16:20:00", 15]]
    client.post(url, {"file": _sheet(heads, *rows)}, follow=True)
    session = ImportSession._base_manager.get()
    pairs = {f"column-{n}": name for n, name in enumerate(("plate", "place", "", "at", "amount"))}
    client.post(f"{url}{session.pk}/map/", {"sheet": "账单", "heading": "1", **pairs})
    session.refresh_from_db()
    assert (session.new, session.wrong) == (1, 1)
    with open_workbook(b"".join(client.get(f"{url}{session.pk}/wrong.xlsx")), "wrong.xlsx") as workbook:
        headings, row = (list(line) for _number, line in workbook.sheets[0].rows())
    assert headings == [*heads, "费用种类", "问题", f"原位置（导入{session.pk}）"]
    row[5] = "停车"
    client.post(url, {"file": _sheet(headings, row)}, follow=True)
    session.refresh_from_db()
    assert (session.new, session.wrong) == (2, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (["结算单号", "车牌号码", "进厂日期", "维修项目及配件", "价税合计"], ["bill", "plate", "at", "item", "amount"]),
        (
            ["结算单号", "车牌号码", "进厂日期", "名称", "数量", "金额（元）"],
            ["bill", "plate", "at", "item", "quantity", "amount"],
        ),
        (["保单号", "号牌号码", "险种", "保险起期", "保费合计"], ["bill", "plate", "item", "at", "amount"]),
        (
            ["订单编号", "电站名称", "车牌号", "充电开始时间", "充电电量(度)", "订单金额(元)"],
            ["bill", "place", "plate", "at", "quantity", "amount"],
        ),
    ],
)
def test_headings_of_suppliers_are_understood(headings: list[str], columns: list[str]) -> None:
    matched = Matcher(columns_of(BY_LABEL["running.cost"])).assign(list(enumerate(headings)))[0]
    assert [one.column for one in sorted(matched, key=lambda one: one.index)] == columns


def test_a_bill_of_a_vehicle_that_went_later_is_still_given_to_it(garage: Garage) -> None:
    """It was there on the day of the bill; of a bill after that it is not offered."""
    gone = garage.vehicles[0]
    early, late = bring(
        garage,
        bill(garage, "B1", "2026-02-24 10:00", plate="沪A0000口", kind="wash"),
        bill(garage, "B2", "2026-02-28 10:00", plate="沪A0000口", kind="wash"),
    )
    with scope.everything("test") as by:
        card = gone.card
        card.acquired = dt.date(2020, 1, 1)
        card.disposed, card.disposal, card.use_state = dt.date(2026, 2, 26), "scrapping", "scrapped"
        keep(card, by=by, moves=frozenset({"disposed", "disposal", "use_state"}))
        keep_up(by=by)
    with scope.within(garage("clerk")):
        first, second = waiting._rows([early, late])
    assert gone.pk in {one["key"] for one in first["vehicles"]}
    assert gone.pk not in {one["key"] for one in second["vehicles"]}


def test_bills_of_two_suppliers_that_nobody_names_are_two_though_they_bear_one_number(
    garage: Garage, client: Client
) -> None:
    """A car park and a toll road both begin at 1001, and neither file says whose it is; brought again each is still once."""
    plates = [one.plate for one in garage.vehicles]
    files = {
        "park": f"订单号,车牌,停车场名称,出场时间,停车费\n1001,{plates[0]},人民路停车场,2026-03-05 09:30,15\n",
        "toll": f"通行流水号,车牌,入口站,出口站,通行时间,通行费\n1001,{plates[0]},云间,海间,2026-03-05 10:30,25\n",
        "other": f"订单号,车牌,停车场名称,出场时间,停车费\n1001,{plates[1]},医院停车场,2026-03-05 11:30,8\n",
    }
    client.force_login(garage.users["clerk"])
    with clock.on(dt.date(2026, 3, 6)):
        for again in (False, True):
            for name, text in files.items():
                file = io.BytesIO(text.encode())
                file.name = f"{name}.csv"
                answer = client.post("/api/running/costs/import?commit=true", {"file": file}).json()
                assert (answer["new"], answer["changed"]) == ((0, 0) if again else (1, 0)), (name, answer)
    assert sorted(Cost._base_manager.values_list("kind", "amount")) == [("parking", 8), ("parking", 15), ("toll", 25)]
