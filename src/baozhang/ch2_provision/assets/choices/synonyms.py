"""The words by which ledgers call our choices: each word stands for one value; shown words are known without this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from baozhang.ch1_general.organs.choices import BANDS_SAID

from . import (
    Acquisition,
    Booking,
    Category,
    DepreciationState,
    Disposal,
    Establishment,
    Method,
    Purchase,
    TitleForm,
    UseState,
    ValueType,
    VehicleUse,
)

# The state says how a thing ended where a ledger gives the day alone.
DISPOSAL_OF_STATE: Mapping[str, str] = {
    UseState.SCRAPPED: Disposal.SCRAPPING, UseState.TRANSFERRED: Disposal.TRANSFER, UseState.LOST: Disposal.LOSS, UseState.DISPOSED: Disposal.OTHER,
}  # fmt: skip

STATE_OF_DISPOSAL: Mapping[str, str] = {form: state for state, form in DISPOSAL_OF_STATE.items()}

_SCRAPPED = ("报废", "已报废处置", "已核销")
_ACQUISITION: dict[str, Any] = {
    **dict.fromkeys(
        ("新购", "购入", "购买", "自购", "直接购买", "采购", "外购", "政府采购", "出让"), Acquisition.BOUGHT
    ),
    **dict.fromkeys(
        ("调入", "无偿调入", "划拨", "划转", "无偿划转", "接受划转", "接受调拨", "上级调拨"), Acquisition.TRANSFERRED
    ),
    **dict.fromkeys(("捐赠", "受赠", "捐入"), Acquisition.DONATED),
    **dict.fromkeys(("自行建造", "建造", "自制", "自行研制", "基建移交", "在建工程转入"), Acquisition.BUILT),
    **dict.fromkeys(("置换取得", "交换"), Acquisition.SWAPPED),
    **dict.fromkeys(("租赁", "融资租入"), Acquisition.LEASED),
    "其它": Acquisition.OTHER,
}
_USE: dict[str, Any] = {
    **dict.fromkeys(("自用", "使用中", "正常", "正常使用", "使用", "领用", "良好", "完好"), UseState.IN_USE),
    **dict.fromkeys(("未使用", "未用", "在库", "库存", "封存", "入库"), UseState.IDLE),
    **dict.fromkeys(("不需用", "富余"), UseState.SURPLUS),
    "已出租": UseState.LET,
    **dict.fromkeys(("借出", "已出借"), UseState.LENT),
    **dict.fromkeys(("维修", "维修中", "在修", "需维修"), UseState.REPAIR),
    "降档": UseState.DEGRADED,
    **dict.fromkeys(
        ("待报废", "拟报废", "待处理", "待处置（待报废或毁损等）", "毁损不能用", "毁损"), UseState.DISPOSING
    ),
    **dict.fromkeys(("已丢失", "盘亏", "遗失"), UseState.LOST),
    **dict.fromkeys(_SCRAPPED, UseState.SCRAPPED),
    **dict.fromkeys(("调出", "划出"), UseState.TRANSFERRED),
    **dict.fromkeys(("处置", "已出售", "已转让"), UseState.DISPOSED),
    "其它": UseState.OTHER,
}
CATEGORY: dict[str, Any] = {
    **dict.fromkeys(("土地使用权", "土地类"), Category.LAND),
    **dict.fromkeys(("房屋类", "房产", "建筑物", "房屋及建筑物", "房屋建筑物"), Category.HOUSE),
    **dict.fromkeys(("房屋及构筑物", "房屋和构筑物", "土地、房屋及构筑物", "土地房屋及构筑物"), Category.STRUCTURE),
    **dict.fromkeys(("交通工具", "运输设备", "公务用车", "车辆类", "交通运输设备"), Category.VEHICLE),
    **dict.fromkeys(("通用设备", "电子设备", "办公设备", "一般设备", "设备类", "仪器设备"), Category.EQUIPMENT),
    **dict.fromkeys(("文物及陈列品", "文物、陈列品", "文物"), Category.RELIC),
    **dict.fromkeys(("图书、档案", "图书档案", "图书"), Category.BOOK),
    **dict.fromkeys(
        ("家具", "家具用具", "家具、用具", "家具、用具、装具", "家具、用具、装具及动植物", "家具用具装具及动植物"),
        Category.FURNITURE,
    ),
    **dict.fromkeys(("特种动植物", "动植物类"), Category.LIVING),
    **dict.fromkeys(("无形资产类", "软件"), Category.INTANGIBLE),
    "其它": Category.OTHER,
}
CLASS: Mapping[str, Mapping[str, Any]] = {
    "edition": {
        "2010版": "2010",
        "2013": "2010",
        "2013版": "2010",
        "2022版": "2022",
        "GB/T 14885-2022": "2022",
        "GB/T14885-2022": "2022",
        "GB/T 14885-2010": "2010",
        "GB/T14885-2010": "2010",
    },
    "category": CATEGORY,
}
CARD: Mapping[str, Mapping[str, Any]] = {
    "edition": CLASS["edition"],
    "category": CATEGORY,
    "acquisition": _ACQUISITION,
    "use_state": _USE,
    "value_type": {
        **dict.fromkeys(("历史成本", "实际成本", "购置价"), ValueType.ORIGINAL),
        **dict.fromkeys(("暂估", "暂估价值", "暂估价"), ValueType.ESTIMATED),
        **dict.fromkeys(("评估价值", "评估价"), ValueType.APPRAISED),
        **dict.fromkeys(("重置价值", "重置成本"), ValueType.REPLACEMENT),
        **dict.fromkeys(("名义价值", "名义"), ValueType.NOMINAL),
    },
    "method": {
        **dict.fromkeys(
            ("平均年限法", "直线法", "年限平均法（直线法）", "平均年限法(一)", "平均年限法（一）"), Method.STRAIGHT
        ),
        **dict.fromkeys(("不计提折旧", "不提折旧", "不提", "无"), Method.NONE),
    },
    "depreciation_state": {
        **dict.fromkeys(("提", "是", "提折旧", "计提折旧", "在提", "正常计提", "计提中"), DepreciationState.ON),
        **dict.fromkeys(("不提", "否", "不提折旧", "不计提折旧", "未计提"), DepreciationState.OFF),
        **dict.fromkeys(("已完成", "提足", "已提完", "完成计提", "已完成计提"), DepreciationState.DONE),
    },
    "booking": {"0": Booking.BOOKED, "2": Booking.OPEN, "已记账": Booking.BOOKED, "未记账": Booking.OPEN},
    "disposal": {
        **dict.fromkeys(("划转", "调拨", "调出", "无偿调拨"), Disposal.TRANSFER),
        **dict.fromkeys(("捐赠", "捐出"), Disposal.DONATION),
        **dict.fromkeys(("出售", "有偿转让", "出让", "拍卖"), Disposal.SALE),
        **dict.fromkeys(("资产置换",), Disposal.SWAP),
        **dict.fromkeys(_SCRAPPED, Disposal.SCRAPPING),
        **dict.fromkeys(("报损", "丢失", "盘亏", "货币性资产损失核销", "资产损失核销"), Disposal.LOSS),
        "其它": Disposal.OTHER,
    },
    "title_form": {
        **dict.fromkeys(("有", "有产权证", "有证"), TitleForm.HELD),
        **dict.fromkeys(("无", "无产权证", "无证"), TitleForm.NONE),
        **dict.fromkeys(("待界定",), TitleForm.OPEN),
    },
    "establishment": {
        **dict.fromkeys(("是", "编内", "有编制"), Establishment.WITHIN),
        **dict.fromkeys(("否", "编外", "无编制", "超编"), Establishment.OUTSIDE),
        **dict.fromkeys(("未核定", "未核定编制"), Establishment.UNSET),
    },
    "vehicle_use": {
        **dict.fromkeys(("副部（省）级以上领导用车", "副部(省)级及以上领导用车", "领导用车"), VehicleUse.LEADER),
        **dict.fromkeys(("主要领导干部用车", "省级领导干部用车"), VehicleUse.LEADER),
        **dict.fromkeys(("机要通信", "机要通讯用车", "机要通讯"), VehicleUse.CONFIDENTIAL),
        **dict.fromkeys(("应急保障",), VehicleUse.EMERGENCY),
        **dict.fromkeys(("执法执勤", "一般执法执勤用车"), VehicleUse.ENFORCEMENT),
        **dict.fromkeys(("特种专业技术", "特种专业用车"), VehicleUse.SPECIAL),
        **dict.fromkeys(("离退休干部", "老干部用车"), VehicleUse.RETIRED),
        **dict.fromkeys(("其他", "其它", "一般公务用车", "公务用车"), VehicleUse.OTHER),
    },
    "purchase": {
        **dict.fromkeys(("集中采购", "政府集中机构采购"), Purchase.CENTRAL),
        **dict.fromkeys(("部门集采",), Purchase.DEPARTMENT),
        **dict.fromkeys(("自行采购", "单位自行采购", "部门自行采购", "自主采购", "分散"), Purchase.SCATTERED),
        **dict.fromkeys(("其它", "非政府采购"), Purchase.OTHER),
    },
    "band": BANDS_SAID,
}
