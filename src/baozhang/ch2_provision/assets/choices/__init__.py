"""What cards are, how they came, how they are used and how they end: value and words in one line."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Edition(TextChoices):
    """The edition of GB/T 14885 that a class code belongs to: the same code can mean another thing in each."""

    OLD = "2010", _("2010 版")
    NEW = "2022", _("2022 版")


class Category(TextChoices):
    """The main categories by which cards and accounts are compared (大类)."""

    LAND = "land", _("土地")
    HOUSE = "house", _("房屋")
    STRUCTURE = "structure", _("构筑物")
    VEHICLE = "vehicle", _("车辆")
    EQUIPMENT = "equipment", _("设备")
    SPECIAL = "special", _("专用设备")
    RELIC = "relic", _("文物和陈列品")
    BOOK = "book", _("图书和档案")
    FURNITURE = "furniture", _("家具和用具")
    LIVING = "living", _("动植物")
    MATERIAL = "material", _("物资")
    INTANGIBLE = "intangible", _("无形资产")
    OTHER = "other", _("其他")


TITLED = (Category.LAND, Category.HOUSE, Category.VEHICLE)  # article 13: registered in the authority's name


class ValueType(TextChoices):
    """What kind of value a card carries; a nominal one is not depreciated."""

    ORIGINAL = "original", _("原值")
    ESTIMATED = "estimated", _("暂估值")
    APPRAISED = "appraised", _("评估值")
    REPLACEMENT = "replacement", _("重置值")
    NOMINAL = "nominal", _("名义金额")


class Method(TextChoices):
    """How a card is depreciated."""

    STRAIGHT = "straight", _("年限平均法")
    WORK = "work", _("工作量法")
    NONE = "none", _("不计提")


class DepreciationState(TextChoices):
    """What the ledger says of a card's depreciation."""

    ON = "on", _("计提")
    OFF = "off", _("不计提")
    DONE = "done", _("已提足")


class Booking(TextChoices):
    """Whether the value has entered the finance books."""

    BOOKED = "booked", _("已入账")
    OPEN = "open", _("未入账")


class Acquisition(TextChoices):
    """How the asset came (取得方式)."""

    BOUGHT = "bought", _("购置")
    TRANSFERRED = "transferred", _("调拨")
    DONATED = "donated", _("接受捐赠")
    BUILT = "built", _("自建")
    SWAPPED = "swapped", _("置换")
    FOUND = "found", _("盘盈")
    LEASED = "leased", _("租入")
    OTHER = "other", _("其他")


class UseState(TextChoices):
    """How the asset is used now (使用状况)."""

    IN_USE = "in_use", _("在用")
    IDLE = "idle", _("闲置")
    SURPLUS = "surplus", _("多余")
    LET = "let", _("出租")
    LENT = "lent", _("出借")
    REPAIR = "repair", _("待修")
    DEGRADED = "degraded", _("降档使用")
    DISPOSING = "disposing", _("待处置")
    LOST = "lost", _("丢失")
    SCRAPPED = "scrapped", _("已报废")
    TRANSFERRED = "transferred", _("已调出")
    DISPOSED = "disposed", _("已处置")
    OTHER = "other", _("其他")


IDLE_STATES = (UseState.IDLE, UseState.SURPLUS)
GONE_STATES = (
    UseState.LOST,
    UseState.SCRAPPED,
    UseState.TRANSFERRED,
    UseState.DISPOSED,
)  # no longer there, even without a date
WAITING_STATES = (UseState.DISPOSING,)  # there, but no longer counted against a quantity limit


class Disposal(TextChoices):
    """The forms of disposal (处置形式)."""

    TRANSFER = "transfer", _("无偿划转")
    DONATION = "donation", _("对外捐赠")
    SALE = "sale", _("转让")
    SWAP = "swap", _("置换")
    SCRAPPING = "scrapping", _("报废")
    LOSS = "loss", _("损失核销")
    OTHER = "other", _("其他")


class TitleForm(TextChoices):
    """Whether there is a title (产权形式)."""

    HELD = "held", _("有产权")
    NONE = "none", _("无产权")
    OPEN = "open", _("产权待界定")


class Establishment(TextChoices):
    """Whether a vehicle is within the approved number (编制情况)."""

    WITHIN = "within", _("在编")
    OUTSIDE = "outside", _("不在编")
    UNSET = "unset", _("未核定车编")


class VehicleUse(TextChoices):
    """What a vehicle is for (车辆用途)."""

    LEADER = "leader", _("领导干部用车")
    CONFIDENTIAL = "confidential", _("机要通信用车")
    EMERGENCY = "emergency", _("应急保障用车")
    ENFORCEMENT = "enforcement", _("执法执勤用车")
    SPECIAL = "special", _("特种专业技术用车")
    RETIRED = "retired", _("离退休干部用车")
    OTHER = "other", _("其他用车")


class Purchase(TextChoices):
    """How a purchase was organized (采购组织形式)."""

    CENTRAL = "central", _("政府集中采购")
    DEPARTMENT = "department", _("部门集中采购")
    SCATTERED = "scattered", _("分散采购")
    OTHER = "other", _("其他")
