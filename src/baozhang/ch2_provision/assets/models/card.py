"""The asset card: one table for every kind of asset, since one ledger brings them all (article 13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.choices import Band
from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import (
    GONE_STATES,
    IDLE_STATES,
    Acquisition,
    Booking,
    Category,
    DepreciationState,
    Disposal,
    Edition,
    Establishment,
    Method,
    Purchase,
    TitleForm,
    UseState,
    ValueType,
    VehicleUse,
    synonyms,
)
from baozhang.kernel import clock
from baozhang.kernel.access import Actor, Organs
from baozhang.kernel.columns import day, decimal, money, pick, text
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault, Refused

from . import endings, faults, named, numbering, placing
from .own import seen

# What a case was promised of a card, or what its papers name: who has it, what it is and is worth, where and how it stands.
GUARDED = frozenset({
    "organ_id", "number", "name", "class_code", "edition", "category", "parent_id", "quantity", "unit", "value_type", "value", "fiscal",
    "non_fiscal", "method", "depreciation_state", "life_months", "residual_rate", "depreciated", "depreciated_on", "acquisition",
    "acquired", "in_use_from", "booked", "use_state", "idle_since", "disposal", "disposed", "offered", "department", "custodian",
    "keeper_id", "user", "user_account_id", "place", "title_form", "holder", "certificate", "address", "floor_area", "use_area", "plate", "vin",
})  # fmt: skip


class Card(Record):
    """An asset card: one thing, one batch or one area, as the ledger of an agency has it (article 13)."""

    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="cards", verbose_name=_("所属单位"), db_index=False
    )
    number = text(_("资产编号"), 60, help_text=_("单位内唯一；留空则自动编号"))
    source_key = text(_("来源特征"), 48, editable=False, help_text=_("没有编号的台账行据此认出同一张卡片"))
    name = models.CharField(_("资产名称"), max_length=120)
    class_code = text(_("分类代码"), 20)
    edition = pick(_("分类版本"), Edition)
    class_name = text(_("分类名称"), 80)
    category = pick(_("资产大类"), Category)
    item = text(_("配置标准项目"), 32, editable=False)
    life_group = text(_("折旧类别"), 32, editable=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("主资产"), db_index=False
    )
    former = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="later", verbose_name=_("原单位卡片"), db_index=False,
        help_text=_("由其他单位划转而来的，原单位的卡片"),
    )  # fmt: skip
    split_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="pieces", verbose_name=_("拆分自"), db_index=False
    )
    keeper = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, blank=True, related_name="kept_cards", verbose_name=_("保管人账号"), db_index=False,
        help_text=_("保管人姓名在本单位任职人员中唯一时对应"),
    )  # fmt: skip
    user_account = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, blank=True, related_name="used_cards", verbose_name=_("使用人账号"), db_index=False,
        help_text=_("使用人姓名在本单位任职人员中唯一时对应"),
    )  # fmt: skip
    band = pick(_("使用人职级"), Band, help_text=_("家具价格上限按职级区分"))

    quantity = models.DecimalField(_("数量"), max_digits=14, decimal_places=2, default=Decimal(1))
    unit = text(_("计量单位"), 20)
    value_type = pick(_("价值类型"), ValueType, default=ValueType.ORIGINAL)
    # No default would make every sheet bring it; one that only updates keepers is welcome too.
    value = models.DecimalField(_("原值"), max_digits=16, decimal_places=2, default=None)
    fiscal = money(_("财政性资金"))
    non_fiscal = money(_("非财政性资金"))
    funding = text(_("资金来源"), 60)

    method = pick(_("折旧方法"), Method)
    depreciation_state = pick(_("折旧状态"), DepreciationState)
    life_months = models.PositiveIntegerField(_("折旧年限（月）"), null=True, blank=True)
    residual_rate = models.DecimalField(_("净残值率(%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    depreciated = money(_("累计折旧"), help_text=_("台账带入的累计折旧，作为期初"))
    depreciated_on = day(_("累计折旧截止日"), help_text=_("留空则以登记之日为准"))

    acquisition = pick(_("取得方式"), Acquisition)
    acquired = day(_("取得日期"))
    in_use_from = day(_("投入使用日期"))
    booked = day(_("入账日期"))
    booking = pick(_("财务入账状态"), Booking)
    voucher = text(_("会计凭证号"), 60)

    use_state = pick(_("使用状况"), UseState, default=UseState.IN_USE)
    idle_since = day(_("闲置起始日期"), help_text=_("留空则以登记闲置之日起算"))
    disposal = pick(_("处置形式"), Disposal)
    disposed = day(_("处置日期"))
    early_consent = text(
        _("提前更新批准"), 160, editable=False
    )  # by whoever decides of renewals: it need not have its years
    offered = day(_("提请入仓日期"))

    department = text(_("使用部门"), 60)
    custodian = text(_("保管人"), 40)
    user = text(_("使用人"), 40)
    place = text(_("存放地点"), 120)

    brand = text(_("品牌"), 60)
    model = text(_("规格型号"), 120)
    serial = text(_("序列号"), 80)
    maker = text(_("生产厂家"), 80)
    seller = text(_("销售商"), 80)
    warranty_end = day(_("保修截止日期"))
    contract = text(_("合同编号"), 60)
    invoice = text(_("发票号"), 60)
    project = text(_("预算项目编号"), 60)
    purchase = pick(_("采购组织形式"), Purchase)

    title_form = pick(_("产权形式"), TitleForm)
    holder = text(_("权属人"), 80, help_text=_("不动产权利人、土地使用权人、行驶证所有人"))
    certificate = text(_("权属证号"), 80)
    certificate_date = day(_("发证日期"))
    address = text(_("坐落位置"), 160)
    structure = text(_("建筑结构"), 30, help_text=_("如钢混、砖混；房屋折旧年限由此而定"))
    completed = day(_("竣工日期"))
    floor_area = decimal(_("建筑面积"), 12)
    use_area = decimal(_("使用面积"), 12)
    own_area = decimal(_("独用面积"), 12)
    shared_area = decimal(_("分摊面积"), 12)

    plate = text(_("车牌号"), 20)
    vin = text(_("车辆识别代号"), 30)
    engine = text(_("发动机号"), 40)
    displacement = text(_("排气量"), 20, help_text=_("升；或新能源、柴油"))
    vehicle_use = pick(_("车辆用途"), VehicleUse)
    registered = day(_("注册登记日期"))
    establishment = pick(_("编制情况"), Establishment)

    remarks = text(_("备注"), 300)

    natural = ("organ_id", "number")
    called = ("number",)
    searched = ("number", "name", "model", "serial", "plate", "custodian", "user", "place")
    stepped = {
        "disposal": frozenset(),
        "disposed": frozenset(),
    }  # new rows bring their past; then only a case ends a card
    reserved = {"use_state": frozenset(GONE_STATES)}
    guarded = GUARDED
    happened = frozenset(
        {"acquired", "in_use_from", "booked", "disposed", "completed", "registered", "depreciated_on", "idle_since", "offered"}
    )  # fmt: skip
    synonyms: ClassVar[Mapping[str, Mapping[str, Any]]] = synonyms.CARD

    class Meta:
        verbose_name = _("资产卡片")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["organ", "number"], name="card_once",
                                    violation_error_message=_("本单位已有同样编号的卡片")),
            models.CheckConstraint(condition=~Q(number=""), name="card_number", violation_error_message=_("请填写资产编号")),
            models.CheckConstraint(condition=Q(value__gte=0), name="card_value", violation_error_message=_("原值不能为负数")),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="card_quantity", violation_error_message=_("数量应大于零")),
            models.CheckConstraint(
                condition=Q(disposed__isnull=True, disposal="") | Q(disposed__isnull=False) & ~Q(disposal=""),
                name="card_disposal", violation_error_message=_("处置日期与处置形式须同时填写")),
            models.CheckConstraint(
                condition=Q(disposed__isnull=True) | Q(acquired__isnull=True) | Q(disposed__gte=F("acquired")),
                name="card_disposed_after", violation_error_message=_("处置日期早于取得日期")),
            models.CheckConstraint(
                condition=Q(depreciated__isnull=True, depreciated_on__isnull=True)
                | Q(depreciated__gte=0, depreciated__lte=F("value"), depreciated_on__isnull=False),
                name="card_depreciated", violation_error_message=_("累计折旧应在零与原值之间，并注明截止日")),
        ]  # fmt: skip
        # Each index costs import speed: these serve the list's filters and sorts and the rules, and no more. Those on
        # a state leave out the one that nearly all cards have, since no index helps to find nine cards in ten.
        indexes = [
            models.Index(fields=["organ", "category", "use_state"], name="card_kind"),
            models.Index(fields=["acquired", "id"], name="card_acquired"),
            models.Index(fields=["value", "id"], name="card_value_sort"),
            models.Index(fields=["category", "value", "id"], name="card_category_value"),
            models.Index(fields=["use_state"], name="card_use_state", condition=~Q(use_state=UseState.IN_USE)),
            models.Index(fields=["acquisition"], name="card_acquisition", condition=~Q(acquisition=Acquisition.BOUGHT)),
            models.Index(fields=["vehicle_use"], name="card_vehicle_use", condition=~Q(vehicle_use="")),
            models.Index(fields=["vin"], name="card_vin", condition=~Q(vin="")),
            models.Index(fields=["plate"], name="card_plate", condition=~Q(plate="")),
            models.Index(fields=["certificate"], name="card_certificate", condition=~Q(certificate="")),
            models.Index(fields=["disposed"], name="card_disposed", condition=Q(disposed__isnull=False)),
            models.Index(fields=["organ"], name="card_unkept", condition=Q(custodian="", user="")),
            models.Index(fields=["class_code"], name="card_class", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["item"], name="card_item", condition=~Q(item="")),
            models.Index(fields=["parent"], name="card_parent", condition=Q(parent__isnull=False)),
            models.Index(fields=["former"], name="card_former", condition=Q(former__isnull=False)),
            models.Index(fields=["split_from"], name="card_split_from", condition=Q(split_from__isnull=False)),
            models.Index(fields=["keeper"], name="card_keeper", condition=Q(keeper__isnull=False)),
            models.Index(fields=["user_account"], name="card_user_account", condition=Q(user_account__isnull=False)),
            models.Index(fields=["organ", "source_key"], name="card_source", condition=~Q(source_key="")),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @classmethod
    def visible(cls, actor: Actor, organs: Organs) -> Q | None:
        """Staff see what is in their own name; everybody else sees whole organs."""
        return seen(actor, organs, cls.right("view"), Q(keeper_id=actor.user_id) | Q(user_account_id=actor.user_id))

    @classmethod
    def past_steps(cls, name: str, value: Any) -> Refused | None:
        """A thing ends by a case of disposal, or is found missing by a count; nobody writes that it has gone."""
        return endings.refusal(name, value)

    @property
    def unit_value(self) -> Decimal:
        """The original value of one piece (or of one unit of area), in yuan."""
        return self.value / self.quantity

    @property
    def begun(self) -> dt.date | None:
        """The day from which the agency has it: acquired, else taken into use, else booked; ledgers bring only some."""
        return self.acquired or self.in_use_from or self.booked

    def derive(self) -> None:
        """This will set what follows from the rest: class, item, opening day, first idle day, form of disposal, number."""
        placing.place(self)
        self.keeper_id = self.keeper_id if self.custodian else None
        self.user_account_id = self.user_account_id if self.user else None
        if self.depreciated is None:
            self.depreciated_on = None
        elif self.depreciated_on is None:
            self.depreciated_on = clock.today()
        if self.disposed and not self.disposal:
            # A ledger that gives the day alone leaves the form open; the state may tell it.
            self.disposal = synonyms.DISPOSAL_OF_STATE.get(self.use_state, Disposal.OTHER)
        if self.disposed and self.use_state not in GONE_STATES:
            # A ledger that tells the day but not the state: what has gone is not in use.
            self.use_state = synonyms.STATE_OF_DISPOSAL.get(self.disposal, UseState.DISPOSED)
        if self.use_state not in IDLE_STATES:
            self.idle_since = None
        elif self.idle_since is None:
            self.idle_since = clock.today()
        if not self.number and self.organ_id and not self.pk:
            self.number = numbering.next_numbers(type(self), self.organ, 1)[0]

    @classmethod
    def accord(cls, rows: Sequence[Any], stood: Mapping[int, tuple[Any, ...]]) -> None:
        """This will set the accounts beside names that are new."""
        named.match(cls, rows, stood)

    def faults(self) -> Iterable[Fault]:
        """What cannot be: a negative sum, no quantity, an end before the beginning, a day yet to come."""
        return faults.of_card(self)
