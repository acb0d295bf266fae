"""Columns of an asset register and builders of workbooks in the layouts that offices really use."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from baozhang.kernel.sheets.columns import Column

STATES = {"在用": "in_use", "使用": "in_use", "闲置": "idle", "多余": "idle", "待修": "repair", "待报废": "to_scrap"}
WAYS = {
    "购置": "bought",
    "外购": "bought",
    "调拨": "transferred",
    "划拨": "transferred",
    "接受捐赠": "donated",
    "自建": "built",
}
USES = {"机要通信": "secret", "应急保障": "emergency", "执法执勤": "law", "其他": "other"}

COLUMNS = (
    Column("number", "资产编号", "reference", aliases=("卡片编号", "编号", "资产编码")),
    Column("name", "资产名称", required=True, aliases=("固定资产名称", "名称"), max_length=100),
    Column(
        "class_code",
        "资产分类代码",
        "reference",
        edition="2022",
        shape=r"[A-Z]\d{2,10}",
        aliases=("固定资产分类代码", "资产类别编码", "分类代码", "国标分类编号"),
    ),
    Column("class_name", "资产分类名称", aliases=("资产类别名称", "类别名称", "类别名称1", "分类", "类别")),
    Column("unit", "计量单位", aliases=("单位", "数量计量单位")),
    Column("state", "使用状况", "choice", choices=STATES, aliases=("资产状态", "使用状态", "状态", "实际状态")),
    Column("way", "取得方式", "choice", choices=WAYS, aliases=("资产来源", "增加方式", "取得方式名称")),
    Column("acquired", "取得日期", "date", aliases=("购置日期", "开始使用日期", "采购日期", "投入使用日期")),
    Column("quantity", "数量", "integer", aliases=("资产数量", "数量或面积"), minimum=0),
    Column("price", "单价", "money", unit="元", aliases=("均价或单价",)),
    Column(
        "value",
        "原值",
        "money",
        unit="元",
        aliases=("资产原值", "账面原值", "价值", "金额", "采购价格"),
        minimum=Decimal(0),
    ),
    Column("depreciated", "累计折旧", "money", unit="元", aliases=("累计摊销", "折旧")),
    Column("net", "净值", "money", unit="元", aliases=("账面净值", "当前价值")),
    Column("booked", "入账日期", "date", aliases=("财务入账日期", "记账日期")),
    Column("voucher", "会计凭证号", "reference", aliases=("记账凭证号",)),
    Column("department", "使用部门", aliases=("部门名称", "部门", "管理机构", "资产使用部门")),
    Column("custodian", "保管人", aliases=("责任人",)),
    Column("user", "使用人"),
    Column("place", "存放地点"),
    Column(
        "plate",
        "车牌号",
        "reference",
        aliases=("机动车号牌号码", "机动号牌号码"),
        shape=r"[\u4e00-\u9fff][A-Z][0-9A-Z·]{5,7}",
    ),
    Column("vin", "车辆识别代号", "reference", aliases=("机动车辆识别代号", "车架号", "车辆识别代码")),
    Column("purpose", "车辆用途", "choice", choices=USES),
    Column("displacement", "排气量", "decimal", unit="升", aliases=("机动车排气量", "汽车排气量"), decimal_places=2),
    Column("licensed", "行驶证发证日期", "date", aliases=("机动车辆行驶证发证日期",)),
    Column("registered", "注册登记日期", "date", aliases=("机动车行驶证注册登记日期",)),
    Column("area", "土地使用权面积", "decimal", unit="m2", aliases=("使用权面积",)),
    Column("own_area", "独用面积", "decimal", unit="m2"),
    Column("remark", "备注", max_length=500),
)


def workbook(
    fill: Callable[[Any, Any], None], *, sheets: Sequence[tuple[str, Callable[[Any, Any], None]]] = (), **options: Any
) -> bytes:
    """The bytes of a workbook whose sheets are filled by the given functions of (sheet, book)."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, options)
    for name, act in [("Sheet1", fill), *sheets]:
        act(book.add_worksheet(name), book)
    book.close()
    return target.getvalue()


def rows_book(rows: Sequence[Sequence[Any]], *, name: str = "Sheet1") -> bytes:
    """The bytes of a workbook with one sheet of plain rows; dates get a date format."""

    def fill(sheet: Any, book: Any) -> None:
        sheet.name = name
        look = book.add_format({"num_format": "yyyy-mm-dd"})
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, dt.date):
                    sheet.write_datetime(r, c, value, look)
                elif isinstance(value, str):
                    sheet.write_string(r, c, value)
                elif value is not None:
                    sheet.write(r, c, value)

    return workbook(fill)


LAND = (
    (
        "序号,资产名称,固定资产分类代码（2010国标码）,资产分类名称（可以不录）,计量单位,使用属性,使用状况,取得方式,取得日期（2013-1-1）,产权形式,"
        "权属证明（有产权填）,权属性质（有产权填）,权属年限（年数，有产权填）,权属证号（有产权填）,发证日期（有产权填）（2013-1-1）,"
        "土地使用权人（有产权填）,土地使用权类型,坐落位置,土地使用权面积（平米）,分摊面积（平米）,独用面积（平米）,价值类型,价值,财政性资金,"
        "非财政性资金,摊销,累计摊销,净值,入账日期（2013-1-1）,入账科目,会计凭证号,备注"
    )
    .replace("，有产权填", "\0")
    .split(",")
)
LAND = [heading.replace("\0", "，有产权填") for heading in LAND]
LAND_ROW = (
    1,
    "机关大院用地",
    "A01020000",
    "",
    "平方米",
    "自用",
    "在用",
    "划拨",
    "2013-1-1",
    "有产权",
    "土地证",
    "国有",
    50,
    "沪(2013)001号",
    "2013-2-1",
    "某局",
    "划拨",
    "某路1号",
    5000.5,
    0,
    5000.5,
    "原值",
    1200000,
    1200000,
    0,
    0,
    0,
    1200000,
    "2013-3-1",
    "1501",
    "记-12",
    "",
)
VEHICLE = (
    "序号,资产名称,固定资产分类代码（2010国标码）,资产分类名称（可以不录）,计量单位,使用属性,使用状况,取得方式,车辆用途,使用性质,品牌型号,编制情况,"
    "机动号牌号码（车牌号）,机动车辆识别代号（车架号）,机动车辆行驶证发证日期（2013-1-1）,机动车排气量（升）,机动车发动机号,"
    "机动车行驶证注册登记日期（2013-1-1）,机动车辆行驶证所有人,价值类型,价值,财政性资金,非财政性资金,折旧,累计折旧,净值,"
    "入账日期（2013-1-1）,会计凭证号,备注"
).split(",")


def vehicle_row(number: int) -> list[Any]:
    """A row of the vehicle template as its software writes it: the date of purchase stands under no heading."""
    return [
        number,
        "轿车",
        "A02030501",
        "",
        "辆",
        "自用",
        "在用",
        "购置",
        "2012-5-1",
        "机要通信",
        "公务",
        "大众帕萨特",
        "在编",
        f"沪A{number:05d}",
        f"LSVAA000000{number:06d}",
        "2012-6-1",
        1.8,
        f"E{number:06d}",
        "2012-6-2",
        "某局",
        "原值",
        180000.0,
        180000.0,
        0,
        1500,
        90000,
        90000.0,
        "2012-6-30",
        f"记-{number}",
        "",
    ]
