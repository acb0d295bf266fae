"""Workbooks as offices keep them: titles above, text and serial dates, sums below, and the mistakes that people make."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

LIST = (
    "资产编号",
    "资产名称",
    "类别",
    "购置日期",
    "原值",
    "残值率",
    "月折旧",
    "累计折旧",
    "净值",
    "使用部门",
    "保管人",
    "状态",
)
LIST_ROWS: tuple[tuple[Any, ...], ...] = (
    ("JY-2024-001", "台式计算机", "设备", "2024-3-5", "4,860.00", 0, 81, 1620, 3240, "办公室", "林知夏", "在用"),
    ("JY-2024-002", "台式计算机", "设备", dt.date(2024, 3, 5), 4860, 0, 81, 1620, 3240, "财务科", "何慕白", "使用中"),
    ("JY-2024-003", "便携式计算机", "设备", "2024年4月18日", "6,900", 0, 115, 2185, 4715, "信息科", "林知夏", "在用"),
    ("JY-2024-004", "A4黑白打印机", "设备", "2023.11.20", 1980, 0, 33, 759, 1221, "综合科", "顾云深", "闲置"),
    ("JY-2024-005", "办公桌", "家具和用具", 44927, "2,350.00", 0, 13.06, 300.38, 2049.62, "办公室", "何慕白", "在用"),
    ("JY-2024-006", "会议桌", "家具和用具", "20220901", "8,800.00", 0, 48.89, 1271.14, 7528.86, "会议室", "顾云深", "在用"),
)  # fmt: skip
VEHICLE = (
    "序号", "资产名称", "固定资产分类代码（2010国标码）", "资产分类名称（可以不录）", "计量单位", "使用属性", "使用状况", "取得方式",
    "车辆用途", "使用性质", "品牌型号", "编制情况", "机动号牌号码（车牌号）", "机动车辆识别代号（车架号）",
    "机动车辆行驶证发证日期（2013-1-1）", "机动车排气量（升）", "机动车发动机号", "机动车行驶证注册登记日期（2013-1-1）",
    "机动车辆行驶证所有人", "价值类型", "价值", "财政性资金", "非财政性资金", "折旧", "累计折旧", "净值", "入账日期（2013-1-1）",
    "会计凭证号", "备注",
)  # fmt: skip
VEHICLE_ROWS: tuple[tuple[Any, ...], ...] = (
    (1, "轿车", "A02030501", "轿车", "辆", "自用", "在用", "购置", "应急保障用车", "公务", "云驰E5", "在编", "沪A77Q01", "", "2021-6-18",
     "新能源", "YC21060018", "2021-6-18", "云间区机关事务管理局", "原值", "158,000.00", "158,000.00", 0, "计提", "105,333.33",
     "52,666.67", "2021-6-30", "记-0612", "", "x"),
    (2, "小型客车", "A02030601", "", "辆", "自用", "在用", "调拨", "机要通讯用车", "公务", "远行M7", "在编", "沪A77Q02", "", "2019-3-2", "2.0",
     "YX19030002", "2019-3-2", "云间区机关事务管理局", "原值", 176500, 176500, 0, "计提", 176500, 0, "2019-3-20", "记-0307", "", "x"),
)  # fmt: skip


def sum_list(target: Path, *, spoiled: bool = False, rows: Sequence[Sequence[Any]] = LIST_ROWS) -> Path:
    """The list that an asset system exports: a title, a line of particulars, blank rows, a total at the end."""
    book = xlsxwriter.Workbook(target)
    sheet, day = book.add_worksheet("固定资产清单"), book.add_format({"num_format": "yyyy/m/d"})
    sheet.merge_range(0, 0, 0, len(LIST) - 1, "云间区教育局固定资产清单")
    sheet.write_row(1, 0, ("单位：云间区教育局", "", "", "", "", "", "", "", "打印日期：2026年3月2日"))
    sheet.write_row(3, 0, LIST)
    line = 4
    for number, row in enumerate([*rows, *(SPOILED if spoiled else ())]):
        for place, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write_datetime(line, place, dt.datetime.combine(value, dt.time()), day)
            elif place == 3 and isinstance(value, int):
                sheet.write_number(line, place, value, day)
            else:
                sheet.write(line, place, value)
        line += 2 if number == 2 else 1  # somebody left a row empty
    sheet.write_row(line + 1, 0, ("合计", "", "", "", 29750, "", "", 7755.52))
    sheet.write_row(line + 2, 0, ("制表人：林知夏", "", "", "审核人：何慕白"))
    book.close()
    return target


SPOILED: tuple[tuple[Any, ...], ...] = (
    ("JY-2024-007", "投影仪", "设备", "2024-2-30", "12,800.00", 0, 0, 0, 12800, "会议室", "顾云深", "在用"),
    ("JY-2024-008", "碎纸机", "设备", "2024-6-1", "一千二", 0, 0, 0, 1200, "综合科", "顾云深", "在用"),
    ("JY-2024-009", "", "设备", "2024-6-1", 990, 0, 0, 0, 990, "综合科", "顾云深", "在用"),
    ("JY-2024-010", "扫描仪", "设备", "2024-7-9", 2600, 0, 0, 0, 2600, "综合科", "顾云深", "飞走了"),
)


def vehicles(target: Path) -> Path:
    """The vehicle form of administrative bodies: data from row 5, and one column more than there are headings."""
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("ZC04_车辆")
    sheet.merge_range(0, 0, 0, len(VEHICLE) - 1, "行政事业单位资产导入模板")
    sheet.write(1, 0, "填表说明：带括号的为填写格式")
    sheet.write_row(2, 0, VEHICLE)
    for number, row in enumerate(VEHICLE_ROWS):
        sheet.write_row(4 + number, 0, row)
    book.close()
    return target
