"""A vehicle sent: which, with whom, from when to when, and its odometer at both ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models.own import persons, seen
from baozhang.ch2_provision.trips.choices import OWN_FLEET, PROMISED, SENDABLE, DispatchState, DriverState, Means
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.kernel import bulk, clock
from baozhang.kernel.access import Actor, Organs
from baozhang.kernel.refusal import Fault
from baozhang.kernel.serials import Numbered

from .clocks import shown
from .driver import Driver

READINGS = ("odometer_out", "odometer_in")
MONEY = ("tolls", "parking", "fuel", "fare")


class Dispatch(Numbered):
    """One dispatch; several requests may ride together. A vehicle and a driver are in one at a time."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="dispatches", verbose_name=_("派车单位"))
    number = models.CharField(_("派车单号"), max_length=60, blank=True, default="")
    means = models.CharField(_("用车方式"), max_length=8, choices=Means.choices, default=Means.OWN)
    vehicle = models.ForeignKey(
        Vehicle, models.PROTECT, null=True, blank=True, related_name="dispatches", verbose_name=_("车辆")
    )
    driver = models.ForeignKey(
        Driver, models.PROTECT, null=True, blank=True, related_name="dispatches", verbose_name=_("驾驶人")
    )
    hired = models.CharField(
        _("租用车辆"), max_length=80, blank=True, default="", help_text=_("租赁和社会车辆：供应商和号牌")
    )
    route = models.CharField(_("行程"), max_length=200, blank=True, default="")
    starts = models.DateTimeField(_("预计出车"))
    ends = models.DateTimeField(_("预计还车"))
    rest = models.PositiveIntegerField(_("途中休息"), default=0)
    state = models.CharField(_("状态"), max_length=10, choices=DispatchState.choices, default=DispatchState.PLANNED)
    odometer_out = models.PositiveIntegerField(_("出车里程"), null=True, blank=True)
    out_at = models.DateTimeField(_("出车时间"), null=True, blank=True)
    odometer_in = models.PositiveIntegerField(_("还车里程"), null=True, blank=True)
    in_at = models.DateTimeField(_("还车时间"), null=True, blank=True)
    tolls = models.DecimalField(_("通行费"), max_digits=16, decimal_places=2, null=True, blank=True)
    parking = models.DecimalField(_("停车费"), max_digits=16, decimal_places=2, null=True, blank=True)
    fuel = models.DecimalField(_("加油充电费"), max_digits=16, decimal_places=2, null=True, blank=True)
    fare = models.DecimalField(_("租车费"), max_digits=16, decimal_places=2, null=True, blank=True)
    remarks = models.CharField(_("备注"), max_length=200, blank=True, default="")

    serial = ("PC", 5)
    natural = ("number",)
    called = ("number",)
    searched = ("number", "route", "hired", "vehicle.plate", "driver.name")
    stepped: ClassVar[Mapping[str, frozenset[str]]] = {
        "state": frozenset({DispatchState.PLANNED, DispatchState.RUNNING, DispatchState.ENDED})
    }  # a slip that was kept on paper comes in as it ended

    class Meta:
        app_label = "trips"
        verbose_name = _("派车单")
        ordering = ("-starts", "-id")
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="dispatch_once", violation_error_message=_("已有同样编号的派车单")),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="dispatch_period", violation_error_message=_("还车应晚于出车")),
            models.CheckConstraint(
                condition=Q(means__in=OWN_FLEET, vehicle__isnull=False, driver__isnull=False) | Q(means__in=(Means.RENTED, Means.SOCIAL), vehicle__isnull=True),
                name="dispatch_fleet", violation_error_message=_("本单位和平台车辆须有车辆和驾驶人，租赁和社会车辆不选")),
            models.CheckConstraint(condition=Q(*((Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0})) for name in MONEY)),
                                   name="dispatch_money", violation_error_message=_("途中费用不能小于零")),
            models.CheckConstraint(condition=Q(odometer_in__isnull=True) | Q(odometer_out__isnull=False, odometer_in__gte=F("odometer_out")),
                                   name="dispatch_odometer", violation_error_message=_("还车里程不能小于出车里程")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organ", "state", "starts"], name="dispatch_organ"),
            models.Index(fields=["vehicle", "starts"], name="dispatch_vehicle", condition=Q(vehicle__isnull=False)),
            models.Index(fields=["driver", "starts"], name="dispatch_driver", condition=Q(driver__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.vehicle or self.hired}".strip()

    @classmethod
    def visible(cls, actor: Actor, organs: Organs) -> Q | None:
        """Staff see the slips on which they ride."""
        rides: Any = cls._meta.get_field("requests").related_model
        mine = rides._base_manager.filter(account_id__in=persons(actor), dispatch__isnull=False).order_by()
        return seen(actor, organs, cls.right("view"), Q(pk__in=mine.values("dispatch_id")))

    @property
    def kilometres(self) -> int | None:
        """How far it went by the odometer."""
        return None if self.odometer_in is None or self.odometer_out is None else self.odometer_in - self.odometer_out

    @property
    def hours(self) -> float | None:
        """How long the driver was on the way; planned where it has not ended."""
        since, until = self.out_at or self.starts, self.in_at or self.ends
        return None if since is None or until is None else (until - since).total_seconds() / 3600

    @property
    def span(self) -> str:
        """From when to when, as people read it."""
        return f"{shown(self.starts)} — {shown(self.ends)}"

    def derive(self) -> None:
        """A slip from paper stands where its moments say."""
        if not self.pk and self.out_at is not None:
            self.state = DispatchState.RUNNING if self.in_at is None else DispatchState.ENDED

    def faults(self) -> Iterable[Any]:
        """An end before the beginning; one of ours without vehicle and driver; another unit's."""
        if self.starts is not None and self.ends is not None and self.ends <= self.starts:
            yield self.fault_of("ends", gettext("还车应晚于出车"))
        ours = self.means in OWN_FLEET
        if ours and (self.vehicle_id is None or self.driver_id is None):
            yield self.fault_of(
                "vehicle" if self.vehicle_id is None else "driver", gettext("本单位和平台车辆须有车辆和驾驶人")
            )
        if not ours and self.vehicle_id is not None:
            yield self.fault_of("vehicle", gettext("租赁和社会车辆不选车辆"))
        for name in ("vehicle", "driver"):
            held = getattr(self, name) if getattr(self, f"{name}_id") else None
            if held is not None and held.organ_id != self.organ_id:
                yield self.fault_of(name, gettext("不是派车单位的"))
        yield from self._not_to_be_sent() if self.state == DispatchState.PLANNED and not self.pk else ()
        if self.state == DispatchState.PLANNED and self.driver is not None and self.starts is not None:
            if lapsed := self.driver.lapsed_by(local(self.starts)):
                yield self.fault_of(
                    "driver", lapsed, str(self.driver), gettext("请改选驾驶人；已经换证的，先更新驾驶证有效期")
                )
        if self.in_at is not None and self.out_at is not None and self.in_at < self.out_at:
            yield self.fault_of(
                "in_at", gettext("还车时间早于出车时间"), shown(self.in_at), gettext("请核对出车和还车时间")
            )
        for name in MONEY:
            paid = getattr(self, name)
            if isinstance(paid, Decimal) and paid < 0:
                yield self.fault_of(name, gettext("途中费用不能小于零"), str(paid), gettext("没有发生的不填"))
        if self.odometer_in is not None and (self.odometer_out is None or self.odometer_in < self.odometer_out):
            yield self.fault_of("odometer_in", gettext("还车里程不能小于出车里程"))

    def _not_to_be_sent(self) -> Iterable[Any]:
        """What the desk would not send: a vehicle in repair or about to go, a driver on leave. A trip that was made is taken as it was."""
        if self.vehicle is not None and self.vehicle.state not in SENDABLE:
            yield self.fault_of(
                "vehicle",
                gettext("这辆车现在不能派用"),
                self.vehicle.get_state_display(),
                gettext("请改选在用车辆"),
            )
        if self.driver is not None and self.driver.state != DriverState.ON:
            yield self.fault_of(
                "driver",
                gettext("这位驾驶人现在不能出车"),
                self.driver.get_state_display(),
                gettext("请改选在岗的驾驶人"),
            )

    @classmethod
    def together(cls, rows: Sequence[Any]) -> Iterable[tuple[int, Any]]:
        """One vehicle or driver promised twice for the same time; they are locked first, so that two writers cannot both pass."""
        mine = [
            (i, row)
            for i, row in enumerate(rows)
            if row.state in PROMISED and row.starts is not None and row.ends is not None
        ]
        for name, words in (("vehicle", gettext("车辆")), ("driver", gettext("驾驶人"))):
            keys = sorted({getattr(row, f"{name}_id") for _i, row in mine if getattr(row, f"{name}_id")})
            for key in keys:
                bulk.take_turns(f"trips {name} {key}")
            held = cls._base_manager.filter(state__in=PROMISED, **{f"{name}_id__in": keys}).exclude(
                pk__in=[row.pk for _i, row in mine if row.pk]
            )
            taken = [(getattr(one, f"{name}_id"), one) for one in held]
            for i, row in mine:
                key = getattr(row, f"{name}_id")
                other = next(
                    (one for k, one in taken if k == key and key and one.starts < row.ends and row.starts < one.ends),
                    None,
                )
                if other is not None:
                    said = gettext(
                        "%(thing)s %(span)s 已派给 %(other)s，一辆车、一位驾驶人同一时间只在一张派车单上（第二十三条第一款）"
                    ) % {
                        "thing": getattr(row, name),
                        "span": other.span,
                        "other": other.number,
                    }
                    yield (
                        i,
                        Fault(
                            said,
                            name,
                            str(getattr(row, name)),
                            gettext("请改选%(words)s，或者错开时间") % {"words": words},
                            column=words,
                        ),
                    )
                taken.append((key, row))


def local(at: dt.datetime) -> dt.date:
    """The day of a moment here."""
    return at.astimezone(clock.ZONE).date()


def last_odometer(vehicle_id: int, before: dt.datetime, *, but: int = 0) -> int | None:
    """The last reading of a vehicle's odometer that was written down by a moment."""
    rows = Dispatch._base_manager.filter(vehicle_id=vehicle_id, odometer_in__isnull=False, in_at__lte=before).exclude(
        pk=but
    )
    return rows.order_by("-in_at").values_list("odometer_in", flat=True).first()


def cost_of(dispatch: Any) -> Decimal:
    """What a dispatch cost on the way."""
    return sum((part for name in MONEY if (part := getattr(dispatch, name)) is not None), Decimal(0))
