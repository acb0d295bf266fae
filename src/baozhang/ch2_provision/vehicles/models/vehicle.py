"""The file of a vehicle: what it is beyond its card (articles 22 and 23)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import GONE_STATES, IDLE_STATES, Category, UseState, VehicleUse
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.vehicles.choices import (
    NEW_ENERGY,
    Body,
    Energy,
    Grade,
    Mark,
    Origin,
    PlateKind,
    VehicleState,
)
from baozhang.kernel.columns import day, decimal, money, pick, text, whole
from baozhang.kernel.record import Record

_LITRES = re.compile(r"\d+(?:\.\d+)?")


def state_of(card: Card) -> VehicleState:
    """How a vehicle stands, as its card says."""
    if card.disposed is not None or card.use_state in GONE_STATES:
        return VehicleState.GONE
    if card.use_state == UseState.DISPOSING:
        return VehicleState.DISPOSING
    if card.use_state == UseState.REPAIR:
        return VehicleState.REPAIR
    return VehicleState.IDLE if card.use_state in IDLE_STATES else VehicleState.IN_USE


class Vehicle(Record):
    """A vehicle's file. Plate, use, organ and state follow the card; everything else is said here alone."""

    card = models.OneToOneField(Card, models.PROTECT, related_name="vehicle", verbose_name=_("资产卡片"))
    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="vehicles", verbose_name=_("单位"), editable=False
    )
    number = text(_("档案编号"), 20, help_text=_("留空则自动编号"))
    plate = text(_("号牌"), 20, editable=False)
    use = pick(_("用途"), VehicleUse, length=14, editable=False)
    state = models.CharField(
        _("状态"), max_length=10, choices=VehicleState.choices, default=VehicleState.IN_USE, editable=False
    )

    body = pick(_("车型类别"), Body, length=14)
    energy = pick(_("能源种类"), Energy, length=14)
    seats = whole(_("核定载客人数"))
    power = decimal(_("发动机最大功率"))
    motor_power = decimal(_("驱动电机功率"))
    battery = decimal(_("动力电池容量"))
    electric_range = whole(_("纯电续驶里程"))
    tank = decimal(_("油箱容积"), 6, 1)
    rated_fuel = decimal(_("综合油耗"), 6, 2)
    rated_power = decimal(_("综合电耗"), 6, 2)
    emission = text(_("排放标准"), 20)
    transmission = text(_("变速箱形式"), 20)
    drive = text(_("驱动形式"), 20)
    doors = whole(_("车门数"))
    length = whole(_("车长"))
    width = whole(_("车宽"))
    height = whole(_("车高"))
    wheelbase = whole(_("轴距"))
    axles = whole(_("轴数"))
    tyres = text(_("轮胎规格"), 30)
    curb_mass = whole(_("整备质量"))
    total_mass = whole(_("总质量"))
    load_mass = whole(_("核定载质量"))
    colour = text(_("车身颜色"), 20)
    made_on = day(_("出厂日期"))
    origin = pick(_("国产进口"), Origin, length=14)
    announcement = text(_("车辆公告型号"), 40)
    motor_number = text(_("驱动电机号"), 40)

    plate_kind = pick(_("号牌种类"), PlateKind, length=14)
    plate_day = day(_("核发号牌日期"))
    issuer = text(_("登记机关"), 60)
    registration = text(_("登记证书编号"), 30)
    licence = text(_("行驶证档案编号"), 30)
    nature = text(_("使用性质"), 20)

    grade = pick(_("配备档次"), Grade, length=14, help_text=_("适用较高上限的，须有批准文号"))
    approval = text(_("配备批准文号"), 80)
    tax = money(_("车辆购置税"))
    fees = money(_("上牌等费用"))
    sealed_code = text(_("车辆编制证号"), 40)
    confidential = models.BooleanField(_("涉密"), default=False, help_text=_("公开时不列出这辆车"))
    duty = models.BooleanField(_("值班用车"), default=False)
    duty_reason = text(_("值班理由"), 120, help_text=_("节假日不封存的，写明用途"))

    driver = text(_("定编驾驶人"), 40)
    parking = text(_("固定停放地点"), 120)
    parking_lat = decimal(_("停放地点纬度"), 9, 6)
    parking_lon = decimal(_("停放地点经度"), 9, 6)
    parking_radius = whole(_("围栏半径"), help_text=_("以停放地点为中心"))
    mark = models.CharField(_("标识"), max_length=10, choices=Mark.choices, default=Mark.NONE)
    mark_day = day(_("标识日期"))
    mark_code = text(_("标识编号"), 40)
    mark_document = text(_("不喷涂批准文号"), 80)
    odometer = whole(_("登记时里程"))
    service_every = whole(_("保养间隔里程"))
    serviced_at = whole(_("上次保养里程"))
    serviced_on = day(_("上次保养日期"))
    repair_shop = text(_("定点维修单位"), 80)
    fuel_place = text(_("定点加油充电"), 80)
    remarks = text(_("备注"), 300)

    natural = ("number",)
    numbered = "number"
    called = ("plate", "number")
    searched = ("plate", "card.number", "card.name", "card.vin", "driver")

    class Meta:
        app_label = "vehicles"
        verbose_name = _("车辆档案")
        ordering = ("organ", "plate")
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="vehicle_number_once",
                                    violation_error_message=_("已有同样编号的车辆档案")),
            models.UniqueConstraint(fields=["plate"], condition=~Q(plate="") & ~Q(state=VehicleState.GONE), name="vehicle_plate_once",
                                    violation_error_message=_("号牌已在另一辆车上")),
            models.CheckConstraint(condition=~Q(mark=Mark.EXEMPT) | ~Q(mark_document=""), name="vehicle_mark_exempt",
                                   violation_error_message=_("不喷涂标识须有批准文号")),
            models.CheckConstraint(condition=~Q(grade__in=(Grade.WORK, Grade.SPECIAL)) | ~Q(approval=""), name="vehicle_grade",
                                   violation_error_message=_("适用较高上限须有批准文号")),
            models.CheckConstraint(
                condition=Q(parking_lat__isnull=True, parking_lon__isnull=True) | Q(parking_lat__isnull=False, parking_lon__isnull=False),
                name="vehicle_parking", violation_error_message=_("停放地点的经度和纬度须同时填写")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organ", "state"], name="vehicle_organ"),
            models.Index(fields=["plate"], name="vehicle_plate"),
            models.Index(fields=["state", "mark"], name="vehicle_mark"),
        ]

    def __str__(self) -> str:
        return self.plate or str(self.card)

    @property
    def is_new_energy(self) -> bool:
        """True for what the standard calls new energy; a card may say it where the file does not."""
        return self.energy in NEW_ENERGY if self.energy else "新能源" in self.card.displacement

    @property
    def litres(self) -> Decimal | None:
        """The displacement that the card says, in litres."""
        return litres_of(self.card.displacement)

    @property
    def price(self) -> Decimal:
        """What was paid for the vehicle itself: caps leave out the purchase tax and the costs of the plate."""
        return self.card.value - (self.tax or Decimal(0)) - (self.fees or Decimal(0))

    def organ_key(self) -> int | None:
        """The card's organ, also before the file is kept."""
        return self.organ_id or (self.card.organ_id if self.card_id else None)

    def derive(self) -> None:
        """This will take from the card what lists and look-ups need."""
        if self.card_id:
            card = self.card
            self.number = self.number or f"CL{card.pk:08d}"
            self.organ_id, self.plate, self.use, self.state = (
                card.organ_id,
                card.plate,
                card.vehicle_use,
                state_of(card),
            )

    def faults(self) -> Iterable[Any]:
        """No vehicle's card; an exemption or a higher cap without its document; half a place."""
        if self.card_id and self.card.category != Category.VEHICLE:
            yield self.fault_of(
                "card", gettext("这张卡片不是车辆"), str(self.card), gettext("请选择资产大类为车辆的卡片")
            )
        if self.mark == Mark.EXEMPT and not self.mark_document:
            yield self.fault_of(
                "mark_document", gettext("不喷涂标识须有批准文号"), "", gettext("请填写批准文号，或者改为已喷涂")
            )
        if self.grade in (Grade.WORK, Grade.SPECIAL) and not self.approval:
            yield self.fault_of(
                "approval", gettext("适用较高上限须有批准文号"), "", gettext("请填写批准文号，或者改为一般")
            )
        if (self.parking_lat is None) != (self.parking_lon is None):
            yield self.fault_of("parking_lat", gettext("停放地点的经度和纬度须同时填写"), "", "")
        if self.duty and not self.duty_reason:
            yield self.fault_of("duty_reason", gettext("值班用车须写明理由"), "", gettext("请写明节假日不封存的用途"))

    @classmethod
    def together(cls, rows: Sequence[Any]) -> Iterable[tuple[int, Any]]:
        """The plate of another vehicle that is still there, in the batch or kept."""
        for i in doubled(rows):
            said = gettext("号牌 %(plate)s 已在另一辆车上") % {"plate": rows[i].plate}
            remedy = gettext("请核对号牌；原车已处置的，先办结处置。")
            yield i, cls.fault_of("card", said, str(rows[i].card), remedy)


def doubled(rows: Sequence[Vehicle]) -> list[int]:
    """The indices of files whose plate another vehicle has that is still there; of several in a batch all but the first."""
    living = [(i, row) for i, row in enumerate(rows) if row.plate and row.state != VehicleState.GONE]
    kept = Vehicle._base_manager.filter(plate__oneof=sorted({row.plate for _i, row in living}))
    kept = kept.exclude(state=VehicleState.GONE).exclude(pk__in=[row.pk for row in rows if row.pk])
    taken, found = set(kept.values_list("plate", flat=True)), []
    for i, row in living:
        if row.plate in taken:
            found.append(i)
        taken.add(row.plate)
    return found


def litres_of(said: str) -> Decimal | None:
    """The litres in what a ledger says of displacement: 1.6, 1.6L, 1798 (cubic centimetres); None for words."""
    found = _LITRES.search(said.replace("含以下", ""))
    if found is None or "-" in said or "—" in said:
        return None
    value = Decimal(found.group())
    if value > 100:
        value = (value / 1000).quantize(Decimal("0.1"))
    return value if value < 20 else None
