"""A bill of a vehicle: what, when, where, how much, whose bill; its vehicle and its trip, found or still to be found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.running.choices import COSTS, KINDS_SAID, ON_THE_ROAD, CostState, Kind
from baozhang.ch2_provision.trips.models import Dispatch
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.kernel import clock
from baozhang.kernel.columns import decimal, text
from baozhang.kernel.record import Record

from . import matching
from .reading import bill_of, is_topup, kind_said, moment_of, plate_of, signed


class Cost(Record):
    """One line of one bill. The same bill of a supplier is kept once, however often its file is brought."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="running_costs", verbose_name=_("费用单位"))
    kind = models.CharField(
        _("费用种类"), max_length=10, choices=Kind.choices, blank=True, default="",
        help_text=_("不填的，从项目、地点和供应商的字样认出"),
    )  # fmt: skip
    plate = text(_("号牌"), 20)
    card = text(_("卡号"), 40)
    vehicle = models.ForeignKey(
        Vehicle, models.PROTECT, null=True, blank=True, related_name="running_costs", verbose_name=_("车辆"),
        help_text=_("不填的，按号牌、卡号自动对应"),
    )  # fmt: skip
    at = models.CharField(_("费用时间"), max_length=30, help_text=_("如 2026-03-05 09:20；只知道日期的写日期"))
    time = text(_("时刻"), 12, help_text=_("日期和时刻分两栏的账单填这里"))
    day = models.DateField(_("日期"), editable=False)
    moment = models.DateTimeField(_("时点"), null=True, editable=False)
    deal = text(_("交易类型"), 40, help_text=_("卡的对账单写的加油、消费、圈存、充值等；充值圈存记在卡上，不是费用"))
    item = text(_("项目"), 80, help_text=_("油品、配件、工时等；一张单据有几个项目的，一项一行"))
    offence = text(_("违法行为"), 80, help_text=_("交通违法记录填这里，如 超速；填了的就是交通违法"))
    quantity = decimal(_("数量"), 12, 3)
    unit_price = decimal(_("单价"), 12, 4)
    amount = models.DecimalField(_("金额"), max_digits=16, decimal_places=2, default=Decimal(0))
    loaded = decimal(_("充值金额"), 16, 2, help_text=_("充值和消费分两栏的对账单填这里"))
    balance = decimal(_("卡上余额"), 16, 2, help_text=_("对账单写的这一笔以后的余额"))
    odometer = models.PositiveIntegerField(_("里程表读数"), null=True, blank=True)
    origin = text(_("入口"), 80)
    place = text(_("地点"), 80)
    lat, lon = decimal(_("地点纬度"), 9, 6), decimal(_("地点经度"), 9, 6)
    supplier = text(_("供应商"), 60)
    bill = text(_("单据号"), 80, help_text=_("供应商的流水号；没有的自动编号，同一笔不会登记两次"))
    dispatch = models.ForeignKey(
        Dispatch, models.PROTECT, null=True, blank=True, related_name="running_costs", verbose_name=_("派车单"),
        help_text=_("不填的，按时间自动对应"),
    )  # fmt: skip
    mark = models.CharField(_("单据标识"), max_length=260, editable=False)
    explanation = text(_("说明"), 200, editable=False)
    state = models.CharField(
        _("状态"), max_length=10, choices=CostState.choices, default=CostState.OPEN, editable=False
    )
    remarks = text(_("备注"), 200)

    natural = ("mark",)
    called = ("bill",)
    searched = ("plate", "bill", "item", "place", "supplier", "card")
    synonyms: ClassVar[Mapping[str, Mapping[str, str]]] = {"kind": KINDS_SAID}

    class Meta:
        app_label = "running"
        verbose_name = _("车辆费用")
        ordering = ("-day", "-id")
        constraints = [
            models.UniqueConstraint(fields=["mark"], name="cost_once", violation_error_message=_("这张单据的这个项目已登记")),
            models.CheckConstraint(condition=~Q(kind=""), name="cost_kind", violation_error_message=_("看不出费用种类")),
            models.CheckConstraint(condition=Q(kind=Kind.VIOLATION) | Q(amount__gt=0) | (Q(kind=Kind.TOPUP) & ~Q(amount=0)), name="cost_amount", violation_error_message=_("金额应大于零")),
            models.CheckConstraint(condition=Q(quantity__isnull=True) | Q(quantity__gt=0), name="cost_quantity", violation_error_message=_("数量应大于零")),
            models.CheckConstraint(condition=Q(lat__isnull=True, lon__isnull=True) | Q(lat__isnull=False, lon__isnull=False), name="cost_place",
                                   violation_error_message=_("地点的经度和纬度须同时填写")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organ", "day"], name="cost_organ"),
            models.Index(fields=["vehicle", "day", "kind"], name="cost_vehicle", condition=Q(vehicle__isnull=False)),
            models.Index(fields=["state", "organ"], name="cost_state"),
            models.Index(fields=["dispatch"], name="cost_dispatch", condition=Q(dispatch__isnull=False)),
            models.Index(fields=["kind", "day"], name="cost_kind_day"),
            models.Index(fields=["card", "day"], name="cost_card", condition=~Q(card="")),
        ]

    def __str__(self) -> str:
        words = Kind(self.kind).label if self.kind else ""
        return f"{self.plate or self.card} {self.at} {words}".strip()

    def organ_key(self) -> int | None:
        """The vehicle's organ where the vehicle is known, else that of whoever brought the bill."""
        return self.organ_id

    def derive(self) -> None:
        """This will read time, plate and kind as the bill says them, and number a bill that has no number."""
        self.moment, day, self.at = moment_of(self.at, self.time)
        self.day = day or clock.today()  # what is no time is refused by its own column, not by this one too
        if self.vehicle_id and not self.plate:
            self.plate = self.vehicle.plate  # type: ignore[union-attr]
        self.plate, self.card = plate_of(self.plate), self.card.replace(" ", "")
        self._settle_kind()
        if self.amount in (None, 0) and self.quantity and self.unit_price:
            self.amount = (self.quantity * self.unit_price).quantize(Decimal("0.01"))
        self.bill = self.bill or bill_of(self.plate or self.card or self.supplier, self.at, self.kind, self.amount)
        # Whose number it is: where no supplier is named, that of whatever bills this card or plate for this.
        whose = self.supplier or f"{self.kind} {self.card or self.plate}".strip()
        self.mark = f"{whose}|{self.bill}|{self.item}"

    def _settle_kind(self) -> None:
        """The kind that the words give away; of a card's statement also which way the money went."""
        if self.offence:
            self.kind, self.item = self.kind or Kind.VIOLATION, self.item or self.offence
        said = kind_said(self.deal, self.item, self.place, self.supplier, self.origin)
        if not self.kind and (bool(self.loaded) or is_topup(self.deal, self.item, litres=bool(self.quantity))):
            self.kind = Kind.TOPUP
        self.kind = self.kind or said or (Kind.TOLL if self.origin else "")  # only a road has a way in
        topup = self.kind == Kind.TOPUP
        if topup:
            self.amount = self.amount or self.loaded or Decimal(0)
            self.quantity, self.unit_price = self.quantity or None, self.unit_price or None
        self.amount = signed(self.amount, self.deal, topup=topup)  # type: ignore[assignment]

    @classmethod
    def accord(cls, rows: Sequence[Any], stood: Mapping[int, tuple[Any, ...]]) -> None:
        """This will find vehicles by plate and card, trips by time, and so the state; three queries for a whole file."""
        matching.match(rows)
        for row in rows:
            row.state = row.stands()

    def stands(self) -> CostState:
        """How the bill stands: no vehicle, no trip where there should be one, explained, or matched."""
        if self.kind == Kind.HIRE:  # somebody else's vehicle has no file here; a hired one that has is matched by it
            if self.vehicle_id or self.dispatch_id:
                return CostState.MATCHED
            return CostState.EXPLAINED if self.explanation else CostState.LOOSE
        if self.vehicle_id is None:
            return CostState.EXPLAINED if self.explanation else CostState.OPEN
        if self.kind in ON_THE_ROAD and self.dispatch_id is None:
            return CostState.EXPLAINED if self.explanation else CostState.LOOSE
        return CostState.MATCHED

    def faults(self) -> Iterable[Any]:
        """What is no time, no kind, no sum; half a place; a bill of tomorrow; a trip of another vehicle."""
        _moment, day, _said = moment_of(self.at, self.time)
        if day is None and self.at:
            yield self.fault_of("at", gettext("不是时间"), self.at, gettext("写成 2026-03-05 09:20 的形式"))
        elif day is not None and day > clock.today():
            yield self.fault_of("at", gettext("费用时间在今天之后"), self.at, gettext("请核对日期"))
        if not self.kind:
            yield self.fault_of("kind", gettext("看不出费用种类"), self.item, gettext("请填写费用种类"))
        if self.loaded and abs(self.amount or 0) != abs(self.loaded):
            yield self.fault_of(
                "loaded", gettext("一行里既有充值又有消费"), str(self.loaded), gettext("充值和消费各写一行")
            )
        if (
            self.amount is None
            or (self.kind == Kind.TOPUP and not self.amount)
            or (self.kind in (*COSTS, Kind.HIRE) and self.amount <= 0)
        ):
            yield self.fault_of(
                "amount",
                gettext("金额应大于零"),
                str(self.amount),
                gettext("退款请更正原单据")
                if self.amount
                else gettext("请填写金额；表中有金额的，把那一列对应到“金额”"),
            )
        if self.quantity is not None and self.quantity <= 0:
            yield self.fault_of("quantity", gettext("数量应大于零"), str(self.quantity), "")
        if (self.lat is None) != (self.lon is None):
            yield self.fault_of("lat", gettext("地点的经度和纬度须同时填写"), "", "")
        if not (self.plate or self.card or self.vehicle_id or self.kind == Kind.HIRE):
            yield self.fault_of("plate", gettext("号牌、卡号、车辆至少有一项"), "", gettext("请填写号牌或者卡号"))
        if self.dispatch_id and self.dispatch is not None and self.dispatch.vehicle_id != self.vehicle_id:
            yield self.fault_of(
                "dispatch", gettext("派车单不是这辆车的"), str(self.dispatch), gettext("请选择这辆车的派车单")
            )
