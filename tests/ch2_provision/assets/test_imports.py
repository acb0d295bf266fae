"""Ledgers on their way in: every layout finds its fields, rows without numbers find their cards again."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from django.db import transaction

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.models.placing import place
from baozhang.ch2_provision.assets.resources import Cards
from baozhang.kernel import clock, imports, intake, resource, scope
from baozhang.kernel.access import Actor, Holding
from baozhang.kernel.border import Row, accept, commit
from baozhang.kernel.sheet_columns import columns_of
from baozhang.kernel.sheets.matching import Matcher
from tests import factories

D = dt.date
RES = resource.get(Cards.slug)


@pytest.fixture
def clerk(agency) -> Actor:
    """The asset clerk of the agency."""
    user = factories.person("li", "asset_clerk", agency)
    return Actor(user.pk, "李明", (Holding(agency.pk, agency.name, "asset_clerk"),))


def rows(*values: dict[str, Any]) -> list[Row]:
    """Rows as a sheet hands them in."""
    base = {"name": "办公椅", "value": Decimal("500"), "acquired": D(2023, 5, 6)}
    return [Row({**base, **one}, number) for number, one in enumerate(values, 5)]


def take(clerk, *values):
    with scope.within(clerk):
        return commit(RES, rows(*values), by=clerk, defaults={"organ": _organ(clerk)})


def look(clerk, *values):
    with scope.within(clerk):
        return accept(RES, rows(*values), by=clerk, defaults={"organ": _organ(clerk)}).counts()


def _organ(clerk):
    from baozhang.ch1_general.organs.models import Organization

    return Organization._base_manager.get(pk=clerk.organ_id)


def test_rows_without_numbers_find_their_cards_again(clerk):
    ledger = ({}, {}, {}, {"name": "办公桌"}, {"name": "轿车", "plate": "沪A12345"})
    assert take(clerk, *ledger).new == 5
    assert look(clerk, *ledger) == {"new": 0, "changed": 0, "unchanged": 5, "wrong": 0}
    assert len(set(Card._base_manager.values_list("number", flat=True))) == 5
    # One chair more, the desk in another keeper's hands, the car revalued: a plate is the car's name for good.
    more = (
        {},
        {},
        {},
        {},
        {"name": "办公桌", "custodian": "甲"},
        {"name": "轿车", "plate": "沪A12345", "value": Decimal(9)},
    )
    kept = take(clerk, *more)
    assert (kept.new, kept.changed, kept.unchanged) == (1, 2, 3)


def test_the_pieces_of_one_file_number_on(clerk, monkeypatch):
    monkeypatch.setattr(intake, "PIECE", 2)
    for expected in ({"new": 5, "unchanged": 0}, {"new": 0, "unchanged": 5}):
        with scope.within(clerk), transaction.atomic():
            taking = intake.Intake(
                RES, by=clerk, defaults={"organ": _organ(clerk)}, write=intake.writer(clerk, note="", batch="b")
            )
            for row in rows({}, {}, {}, {"name": "办公桌"}, {}):
                taking.add(row)
            counts = taking.end().counts()
        assert {name: counts[name] for name in expected} == expected
    assert len(set(Card._base_manager.values_list("number", flat=True))) == 5


def test_the_order_of_other_rows_does_not_matter(clerk):
    take(clerk, {"name": "甲"}, {"name": "乙"}, {"name": "丙"})
    assert look(clerk, {"name": "丙"}, {"name": "甲"}, {"name": "乙"})["unchanged"] == 3


def test_numbers_of_the_ledger_are_kept(clerk, agency):
    take(clerk, {"number": "007"}, {})
    assert sorted(Card._base_manager.values_list("number", flat=True)) == ["007", f"{agency.code}-ZC0000001"]
    assert look(clerk, {"number": "007"})["unchanged"] == 1


def test_two_agencies_number_for_themselves(clerk, agency, neighbour):
    take(clerk, {})
    with scope.everything("test") as by:
        commit(RES, rows({}), by=by, defaults={"organ": neighbour})
    assert sorted(Card._base_manager.values_list("number", flat=True)) == sorted(
        f"{organ.code}-ZC0000001" for organ in (agency, neighbour)
    )


def test_a_stated_sum_is_dated_when_it_is_new_and_stays_while_it_is_the_same(clerk):
    take(clerk, {"number": "1", "depreciated": Decimal(100)})
    with clock.on(D(2026, 4, 1)):
        assert look(clerk, {"number": "1", "depreciated": Decimal(100)})["unchanged"] == 1
        take(clerk, {"number": "1", "depreciated": Decimal(110)})
    assert Card._base_manager.get().depreciated_on == D(2026, 4, 1)


def test_a_sheet_may_bring_keepers_alone(clerk):
    take(clerk, {"number": "1"})
    with scope.within(clerk):
        found = commit(RES, [Row({"number": "1", "custodian": "甲"}, 2)], by=clerk, defaults={"organ": _organ(clerk)})
    assert found.changed == 1
    card = Card._base_manager.get()
    assert (card.custodian, card.value, card.name) == ("甲", Decimal(500), "办公椅")


def test_all_wrong_rows_come_back_at_once(clerk):
    with scope.within(clerk):
        batch = accept(RES, rows({"value": None}, {"quantity": Decimal(0)}, {}, {"acquired": D(2030, 1, 1)}), by=clerk,
                       defaults={"organ": _organ(clerk)})  # fmt: skip
    assert sorted((fault.row, fault.field) for fault in batch.faults) == [
        (5, "value"),
        (6, "quantity"),
        (8, "acquired"),
    ]
    assert Card._base_manager.count() == 0


LAYOUTS = {
    "land": (
        ("序号,资产名称,固定资产分类代码（2010国标码）,资产分类名称（可以不录）,计量单位,使用属性,使用状况,取得方式,取得日期（2013-1-1）,产权形式,"
        "权属证明（有产权填）,权属性质（有产权填）,权属年限（年数，有产权填）,权属证号（有产权填）,发证日期（有产权填）（2013-1-1）,土地使用权人（有产权填）,"
        "土地使用权类型,坐落位置,土地使用权面积（平米）,分摊面积（平米）,独用面积（平米）,价值类型,价值,财政性资金,非财政性资金,摊销,累计摊销,净值,"
        "入账日期（2013-1-1）,入账科目,会计凭证号,备注"),
        (",name,class_code,class_name,unit,,use_state,acquisition,acquired,title_form,,,,certificate,certificate_date,holder,,address,"
        "use_area,shared_area,own_area,value_type,value,fiscal,non_fiscal,,depreciated,,booked,,voucher,remarks"),
    ),
    "vehicle": (
        ("序号,资产名称,固定资产分类代码（2010国标码）,资产分类名称（可以不录）,计量单位,使用属性,使用状况,取得方式,车辆用途,使用性质,品牌型号,编制情况,"
        "机动号牌号码（车牌号）,机动车辆识别代号（车架号）,机动车辆行驶证发证日期（2013-1-1）,机动车排气量（升）,机动车发动机号,"
        "机动车行驶证注册登记日期（2013-1-1）,机动车辆行驶证所有人,价值类型,价值,财政性资金,非财政性资金,折旧,累计折旧,净值,入账日期（2013-1-1）,会计凭证号,备注"),
        (",name,class_code,class_name,unit,,use_state,acquisition,vehicle_use,,model,establishment,plate,vin,certificate_date,displacement,"
        "engine,registered,holder,value_type,value,fiscal,non_fiscal,,depreciated,,booked,voucher,remarks"),
    ),
    "card": (
        ("单位名称,卡片编号,资产类别编码,资产类别名称,资产大类名称,资产名称,取得日期,投入使用日期,设计使用月份,数量,计量单位,备注,财政拨款,价值,非财政拨款,"
        "财务入账状态,财务入账日期,会计凭证号,折旧状态,折旧方法,累计折旧,账面净值,使用状况,使用部门,使用人,存放地点,品牌,规格型号,产品序列号,权属人,权属证号"),
        ("organ,number,class_code,class_name,category,name,acquired,in_use_from,life_months,quantity,unit,remarks,fiscal,value,non_fiscal,"
        "booking,booked,voucher,depreciation_state,method,depreciated,,use_state,department,user,place,brand,model,serial,holder,certificate"),
    ),
    "exchange": (
        ("资产编号,资产原值,业务序列,资产分类代码,资产名称,净值,取得方式代码,取得方式名称,资产分类名称,单位代码,单位名称,数量或面积,资产大类,数量计量单位,"
        "投入使用日期,均价或单价,处置时间,卡片状态,记账凭证号,处置形式代码,记账日期"),
        "number,value,,class_code,name,,,acquisition,class_name,,organ,quantity,category,unit,in_use_from,,disposed,,voucher,,booked",
    ),
    "return": (
        "已上报,资产编号,资产名称,分类代码,数量,账面原值,增加方式,资金来源,条形码,使用状况,责任人,管理机构,会计凭证号,入账年度,入账日期,录入日期,录入人,备注",
        ",number,name,class_code,quantity,value,acquisition,funding,,use_state,custodian,department,voucher,,booked,,,remarks",
    ),
    "depreciation": (
        ("资产编号,资产名称,管理类别,类别名称1,资产状态,是否计提折旧,入账日期,资产原值,累计折旧,折旧方法,资产数量,净残值率(%),净残值,月折旧率(%),月折旧额,"
        "存放地点,部门名称,责任人,入账时累计折旧,已提月份,未计提月份,单位名称,使用部门,使用人,使用月份,计量单位,备注,实际数量"),
        ("number,name,,class_name,use_state,depreciation_state,booked,value,depreciated,method,quantity,residual_rate,,,,"
        "place,,custodian,,,,organ,department,user,life_months,unit,remarks,"),
    ),
    "issue": (
        "领用单号,资产编号,资产名称,使用人,资产使用部门（单位）,存放地点,单位,单价,数量,金额,备注,创建人,创建时间",
        ",number,name,user,department,place,unit,,quantity,value,remarks,,",
    ),
    "export": (
        "资产编号,资产名称,类别,购置日期,原值,残值率,月折旧,累计折旧,净值,使用部门,保管人,状态",
        "number,name,class_name,acquired,value,residual_rate,,depreciated,,department,custodian,use_state",
    ),
    "computers": (
        "资产编号,资产名称,分类,品牌,型号,序列号,采购价格,采购日期,供应商,存放地点,状态,使用人,部门,当前价值,EOL日期",
        "number,name,class_name,brand,model,serial,value,acquired,seller,place,use_state,user,department,,",
    ),
}  # fmt: skip


def _cells(line: str) -> list[str]:
    """Headings between commas; the commas of a heading stand in brackets and are full-width."""
    return line.split(",")


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_every_layout_finds_its_fields(name):
    headings, fields = (_cells(line) for line in LAYOUTS[name])
    assert len(headings) == len(fields)
    chosen, _rivals = Matcher(columns_of(RES)).assign(list(enumerate(headings)))
    found = {headings[match.index]: match.column for match in chosen}
    assert found == {heading: field for heading, field in zip(headings, fields, strict=True) if field}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cells", "field"),
    [(["购置", "捐赠", ""], "acquisition"), (["财政拨款", "", "自筹"], "funding"), ([], "acquisition")],
)
def test_a_heading_of_two_meanings_goes_by_what_stands_below(cells, field):
    chosen, _rivals = Matcher(columns_of(RES)).assign(
        [(0, "资产编号"), (1, "资产来源")], [["A", cell] for cell in cells]
    )
    assert {match.index: match.column for match in chosen} == {0: "number", 1: field}


def _workbook(lines: list[list[Any]]) -> io.BytesIO:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("ZC04_车辆")
        for at, line in enumerate(lines):
            sheet.write_row(at, 0, line)
    file.seek(0)
    return file


VEHICLE = [1, "轿车", "A02030501", "轿车", "辆", "自用", "在用", "新购", "机要通讯用车", "", "荣威Ei5", "在编", "沪A12345", "LSVAA49J132047371",
           "2019-5-8", 1.6, "E123456", "2019-05-08", "云间区教育局", "原值", "118,000.00", 118000, 0, "", 59000, "", 43600, "记-12", ""]  # fmt: skip


def test_a_workbook_of_vehicles_goes_in_and_nothing_doubles(clerk):
    title, blank = ["行政事业单位资产导入模板"], [""]
    second = [2, *VEHICLE[1:12], "沪A12346", "LSVAA49J332047372", *VEHICLE[14:]]
    total = ["合计", *[""] * 19, 236000, 236000]
    lines = [title, ["2026年3月"], blank, _cells(LAYOUTS["vehicle"][0]), VEHICLE, second, total]
    for new, unchanged in ((2, 0), (0, 2)):
        with scope.within(clerk):
            session = imports.upload(RES, _workbook(lines), "车辆.xlsx", organ_id=clerk.organ_id, by=clerk)
            taken = imports.preview(session, by=clerk)
            assert taken.faults == []
            assert taken.counts() == {"new": new, "changed": 0, "unchanged": unchanged, "wrong": 0}
            imports.commit(session, by=clerk)
    card = Card._base_manager.get(plate="沪A12345")
    assert (card.edition, card.category, card.vehicle_use, card.value) == (
        "2010",
        "vehicle",
        "confidential",
        Decimal(118000),
    )
    assert (card.booked, card.depreciated, card.establishment) == (D(2019, 5, 15), Decimal(59000), "within")


EXCHANGE = ["JH1", 6000, "001", "A02021003", "打印机", 0, "1", "新购", "A4黑白打印机", "", "", 1, "设备", "台", "20150601", 6000, "2022-01-05", "正常",
            "记-1", "1", "20150615"]  # fmt: skip


def test_a_card_that_was_disposed_of_is_not_in_use(clerk):
    lines = [_cells(LAYOUTS["exchange"][0]), EXCHANGE, ["JH2", *EXCHANGE[1:16], "", *EXCHANGE[17:]]]
    with scope.within(clerk):
        session = imports.upload(RES, _workbook(lines), "交换.xlsx", organ_id=clerk.organ_id, by=clerk)
        assert imports.preview(session, by=clerk).faults == []
        imports.commit(session, by=clerk)
    gone, here = Card._base_manager.order_by("number")
    assert (gone.disposed, gone.disposal, gone.use_state) == (D(2022, 1, 5), "other", "disposed")
    assert (here.disposed, here.use_state) == (None, "in_use")


def test_a_missing_column_is_told_with_its_remedy(clerk):
    lines = [["资产编号", "资产名称", "分类", "部门"], ["C1", "办公桌", "办公桌", "办公室"]]
    with scope.within(clerk):
        session = imports.upload(RES, _workbook(lines), "盘点.xlsx", organ_id=clerk.organ_id, by=clerk)
        (fault,) = imports.preview(session, by=clerk).faults
    assert (fault.column, fault.reason) == ("原值", "必填") and "请补上" in fault.remedy


def test_a_row_that_cannot_be_read_whole_is_told_all_its_other_faults(clerk):
    take(clerk, {"number": "T-1"})
    lines = [
        ["单位名称", "资产编号", "资产名称", "价值", "数量", "取得日期", "处置日期", "处置形式"],
        ["", "C1", "长" * 201, 500, 1, "2023-02-30", "", ""],
        ["查无此局", "C2", "办公椅", "五百多", 1, "2023-05-06", "", ""],
        ["", "C3", "办公椅", 500, 1, "2023-05-06", "某日", "scrap"],
        ["", "T-1", "", 500, 1, "五月", "", ""],
        ["", "C4", "办公椅", 500, 1, "明年", "", ""],
        ["", "C4", "办公椅", 500, 1, "2023-05-06", "", ""],
    ]
    with scope.within(clerk):
        session = imports.upload(RES, _workbook(lines), "坏.xlsx", organ_id=clerk.organ_id, by=clerk)
        taken = imports.preview(session, by=clerk)
    found = [(fault.row, fault.field) for fault in taken.faults]
    assert sorted(found) == [
        (2, "acquired"), (2, "name"), (3, "organ"), (3, "value"), (4, "disposal"), (4, "disposed"), (5, "acquired"),
        (5, "name"), (6, "acquired"), (6, "number"),
    ]  # fmt: skip
    assert taken.counts() == {"new": 1, "changed": 0, "unchanged": 0, "wrong": 5}


def test_an_unknown_organ_and_a_foreign_organs_numbers_are_refused_row_by_row(clerk, neighbour):
    with scope.everything("test") as by:
        commit(RES, rows({"number": "N-1", "name": "邻居的椅子"}), by=by, defaults={"organ": neighbour})
    lines = [
        ["单位名称", "资产编号", "资产名称", "价值", "取得日期"],
        ["查无此局", "C1", "办公椅", 500, "2023-05-06"],
        [neighbour.name, "N-1", "办公椅", 1, "2023-05-06"],
        [neighbour.code, "N-9", "办公椅", 1, "2023-05-06"],
        ["", "N-1", "办公椅", 500, "2023-05-06"],
    ]
    with scope.within(clerk):
        session = imports.upload(RES, _workbook(lines), "外单位.xlsx", organ_id=clerk.organ_id, by=clerk)
        taken = imports.preview(session, by=clerk)
    assert [fault.row for fault in taken.faults] == [2, 3, 4]
    assert len({fault.reason for fault in taken.faults}) == 1, "a foreign organ is told like one that does not exist"
    assert taken.counts()["new"] == 1, "the same number in one's own organ is another card"
    assert Card._base_manager.get(number="N-1").name == "邻居的椅子"


def test_what_would_run_as_a_formula_leaves_as_text(clerk, as_user):
    take(clerk, {"number": "F1", "name": "=cmd|' /C calc'!A1", "place": "@SUM(1)", "custodian": "+86 13800000000"})
    client = as_user("li")
    asked = "cols=number,name,place,custodian"
    text = b"".join(client.get(f"/assets/cards/export.csv?{asked}")).decode("utf-8-sig")
    assert "'=cmd|' /C calc'!A1" in text and "'@SUM(1)" in text and "'+86" in text
    data = b"".join(client.get(f"/assets/cards/export.xlsx?{asked}"))
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        xml = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml and "=cmd|" in xml
    with scope.within(clerk):
        again = imports.from_file(RES, _saved(data), organ_id=clerk.organ_id, by=clerk, dry_run=True)
    assert (again["unchanged"], again["changed"], again["new"]) == (1, 0, 0)


def _saved(data):
    import tempfile
    from pathlib import Path

    path = Path(tempfile.mkdtemp()) / "again.xlsx"
    path.write_bytes(data)
    return path


def book(*rows: list[Any]) -> io.BytesIO:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("台账")
        for at, line in enumerate(rows):
            sheet.write_row(at, 0, line)
    file.seek(0)
    return file


def test_an_empty_cell_of_a_field_with_a_default_says_nothing(clerk):
    headings = ["资产编号", "资产名称", "原值", "数量", "使用状况", "保管人"]
    take(clerk, {"number": "A1", "use_state": "idle", "quantity": Decimal(3), "custodian": "李明"})
    sheet = book(headings, ["A1", "办公椅", 500, "", "", ""], ["A2", "办公桌", 900, None, "", "王红"])
    with scope.within(clerk):
        session = imports.upload(RES, sheet, "ledger.xlsx", organ_id=clerk.organ_id, by=clerk)
        taken = imports.preview(session, by=clerk)
        assert taken.counts() == {"new": 1, "changed": 1, "unchanged": 0, "wrong": 0}
        notes = imports.checked(session)["notes"]
        assert "台账：“使用状况”有 2 行未填，新登记的按“在用”，已有的不变。" in notes
        imports.commit(session, by=clerk)
    old, new = Card._base_manager.order_by("number")
    assert (old.use_state, old.quantity, old.custodian) == ("idle", 3, ""), "what may be empty is emptied"
    assert (new.use_state, new.quantity, new.custodian) == ("in_use", 1, "王红")


@pytest.mark.parametrize(
    ("name", "category"),
    [("空调机", "equipment"), ("格力空调柜机", "equipment"), ("服务器机柜", "equipment"), ("电脑桌", "furniture"), ("文件柜", "furniture"),
     ("桌面云终端一体机", "equipment"), ("会议桌", "furniture"), ("办公软件许可", "intangible"), ("国旗", "other")],
)  # fmt: skip
def test_without_a_class_code_the_name_says_the_category(name, category):
    card = Card(name=name)
    place(card)
    assert card.category == category
