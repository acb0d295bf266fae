"""What a vehicle costs and how its bills and monthly accounts stand: value, words and colour in one line."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from baozhang.ch2_provision.assets.choices import VehicleUse


class Kind(TextChoices):
    """What is paid for; a violation is no cost, it stands here because it too names a vehicle, a place and a time;
    money moved onto a card is none either: what the card pays for is one, and stands in the same file. The hire of
    somebody else's vehicle is a cost of the unit (其他交通费用 30239) and of no vehicle of it (运行维护费 30231,
    财政部《政府收支分类科目》)."""

    FUEL = "fuel", _("加油")
    CHARGE = "charge", _("充电")
    TOLL = "toll", _("通行")
    PARKING = "parking", _("停车")
    INSURANCE = "insurance", _("保险")
    REPAIR = "repair", pgettext_lazy("vehicle cost", "维修保养")
    INSPECTION = "inspection", pgettext_lazy("vehicle cost", "检验")
    WASH = "wash", _("洗车")
    OTHER = "other", pgettext_lazy("vehicle cost", "其他费用")
    VIOLATION = "violation", _("交通违法")
    TOPUP = "topup", _("充值圈存")
    HIRE = "hire", _("租车")


# What suppliers' files and offices call them.
KINDS_SAID = {
    "加油费": Kind.FUEL, "燃油费": Kind.FUEL, "燃料费": Kind.FUEL, "充电费": Kind.CHARGE, "通行费": Kind.TOLL, "过路费": Kind.TOLL,
    "过桥过路费": Kind.TOLL, "停车费": Kind.PARKING, "保险费": Kind.INSURANCE, "维修费": Kind.REPAIR, "保养费": Kind.REPAIR,
    "维修": Kind.REPAIR, "保养": Kind.REPAIR, "年检": Kind.INSPECTION, "检验费": Kind.INSPECTION, "洗车费": Kind.WASH,
    "违章": Kind.VIOLATION, "其他": Kind.OTHER, "充值": Kind.TOPUP, "圈存": Kind.TOPUP, "油卡充值": Kind.TOPUP, "加油卡充值": Kind.TOPUP,
    "租车费": Kind.HIRE, "租赁费": Kind.HIRE, "车辆租赁": Kind.HIRE, "车辆租赁费": Kind.HIRE, "包车": Kind.HIRE, "包车费": Kind.HIRE, "网约车": Kind.HIRE,
}  # fmt: skip


class CostState(TextChoices):
    """Whether a bill has found its vehicle and its trip."""

    OPEN = "open", _("待对应车辆")
    LOOSE = "loose", _("待对应行程")
    MATCHED = "matched", _("已对应")
    EXPLAINED = "explained", pgettext_lazy("vehicle cost", "已说明")


class ReviewState(TextChoices):
    """Where the account of a month stands."""

    DRAFT = "draft", pgettext_lazy("monthly account", "待核对")
    SUBMITTED = "submitted", pgettext_lazy("monthly account", "待审核")
    PUBLISHED = "published", _("已公示")


class Figure(TextChoices):
    """The figures of a vehicle's month that are published."""

    KM = "km", _("行驶里程")
    ENERGY = "energy", _("加油充电")
    ROAD = "road", _("通行停车")
    INSURANCE = "insurance", _("保险")
    UPKEEP = "upkeep", _("维修保养检验")
    OTHER = "other", _("洗车及其他")
    TOTAL = "total", _("运行费用")


class CorrectionState(TextChoices):
    """Where the correction of a published month stands."""

    OPEN = "open", _("待更正公示")
    PUBLISHED = "published", _("已更正公示")
    LAPSED = "lapsed", _("不需更正")


LOOKED_OVER = ("vehicle", "km", "km_tracks", "energy", "upkeep", "total")  # columns of an account beside its month
BY_CARD = (Kind.FUEL, Kind.CHARGE, Kind.TOLL, Kind.PARKING, Kind.WASH, Kind.OTHER)  # what a card of a vehicle pays for
COSTS = tuple(kind for kind in Kind if kind not in (Kind.VIOLATION, Kind.TOPUP, Kind.HIRE))
ON_THE_ROAD = (
    Kind.FUEL,
    Kind.TOLL,
    Kind.PARKING,
    Kind.VIOLATION,
)  # these happen on a trip; charging may be in the yard
UNMATCHED = (CostState.OPEN, CostState.LOOSE)
SLACK = 30  # minutes before departure and after return that still belong to a trip; the house's own habit
AWAY = 2_000  # metres between a bill's place and the nearest position around its time; positions have gaps
AROUND = 15  # minutes around a bill's time in which positions are looked for
# Of these only numbers and sums by class are published, never a single vehicle (articles 22 and 43).
WITHHELD = (VehicleUse.ENFORCEMENT, VehicleUse.SPECIAL, VehicleUse.CONFIDENTIAL)
COST_COLOURS = {
    CostState.OPEN: "red", CostState.LOOSE: "amber", CostState.MATCHED: "green", CostState.EXPLAINED: "blue",
}  # fmt: skip
CORRECTION_COLOURS = {CorrectionState.OPEN: "amber", CorrectionState.PUBLISHED: "green", CorrectionState.LAPSED: "grey"}
REVIEW_COLOURS = {ReviewState.DRAFT: "amber", ReviewState.SUBMITTED: "blue", ReviewState.PUBLISHED: "green"}
# Words by which a bill says what it is for, where its file has no column for that; the first that is met counts.
SIGNS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (Kind.VIOLATION, ("违法", "违章")), (Kind.HIRE, ("租车", "网约车", "出租车", "包车", "汽车租赁", "车辆租赁")), (Kind.CHARGE, ("充电", "kWh", "千瓦时")), (Kind.WASH, ("洗车", "清洗车")),
    (Kind.INSURANCE, ("保险", "交强险", "三者险", "车损险", "商业险", "责任险", "盗抢险", "财险")), (Kind.INSPECTION, ("年检", "检测站", "车辆检验", "检验费")),
    (Kind.PARKING, ("停车",)), (Kind.TOLL, ("通行", "收费站", "高速", "ETC")),
    (Kind.FUEL, ("汽油", "柴油", "加油", "油站", "92#", "95#", "98#", "92号", "95号", "98号")),
    (Kind.REPAIR, ("维修", "保养", "修理", "补胎", "钣金", "喷漆", "蓄电池", "更换", "配件", "滤清器", "机油", "轮胎", "刹车", "工时")),
)  # fmt: skip
# How a card's statement calls what is done with money on it, and with money that has gone from it.
LOADED = ("圈存", "圈提")  # onto and off the chip; what came into the reserve before is the same money
MOVED = (*LOADED, "充值", "分配", "划拨", "备付金", "备用金", "转入", "转出", "资金归集", "资金汇总")
TAKEN_BACK = ("圈提", "转出", "资金归集", "资金汇总")
PAID = ("消费", "加油", "扣款", "扣费", "支付", "充电", "通行")
REVERSED = ("撤销", "冲正", "退")
