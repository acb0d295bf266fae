"""The account of a month: each vehicle's kilometres, litres and sums as they stood when the unit checked them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.running.choices import ReviewState
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.kernel import clock
from baozhang.kernel.fixed import Fixed
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

from .reading import days_of


def _sum(words: Any) -> Any:
    return models.DecimalField(words, max_digits=16, decimal_places=2, default=Decimal(0), editable=False)


class Review(Record):
    """One month of one unit: checked by one person, published by another."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="running_reviews", verbose_name=_("单位"))
    year = models.PositiveIntegerField(_("年度"))
    month = models.PositiveIntegerField(_("月份"))
    vehicles = models.PositiveIntegerField(
        _("车辆数"), null=True, editable=False
    )  # these are summed when it is handed in
    km = models.PositiveIntegerField(_("行驶里程"), null=True, editable=False)
    total = models.DecimalField(_("运行费用"), max_digits=16, decimal_places=2, null=True, editable=False)
    checked = models.CharField(_("核对情况"), max_length=300, blank=True, default="")
    document = models.ForeignKey(
        "kernel.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("公示文件"), editable=False
    )  # fmt: skip
    published_on = models.DateField(_("公示日期"), null=True, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=ReviewState.choices, default=ReviewState.DRAFT)

    natural = ("organ_id", "year", "month")
    searched = ("organ.name",)
    stepped: ClassVar[Mapping[str, frozenset[str]]] = {"state": frozenset({ReviewState.DRAFT})}

    class Meta:
        app_label = "running"
        verbose_name = _("单车核算月报")
        ordering = ("-year", "-month", "organ")
        constraints = [
            models.UniqueConstraint(fields=["organ", "year", "month"], name="running_review_once", violation_error_message=_("这个月的核算已建立")),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="running_review_month", violation_error_message=_("月份在 1 至 12 之间")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["state", "year"], name="running_review_state")]

    def __str__(self) -> str:
        return f"{self.organ} {self.year}-{self.month:02d}" if self.month else str(self.organ)

    def fixed(self) -> Fixed | None:
        """What no longer changes of it: once it is handed in, whose month it is and what was said of it."""
        if self.state == ReviewState.DRAFT:
            return None
        remedy = gettext("待审核的，请审核人退回后修改；已公示的，办理更正公示")
        return Fixed(("organ", "year", "month", "checked"), gettext("已提交核对的月报不能修改"), remedy)

    def faults(self) -> Iterable[Any]:
        """A month that is none, or that is not over."""
        if not 1 <= (self.month or 0) <= 12 or not 2000 <= (self.year or 0) <= 2100:
            yield Fault(gettext("月份在 1 至 12 之间"), "month", str(self.month), column=gettext("月份"))
        elif days_of(self.year, self.month)[1] >= clock.today():
            yield Fault(
                gettext("这个月还没有结束"), "month", str(self.month), gettext("月末以后再核算"), column=gettext("月份")
            )


class Account(Record):
    """A vehicle's month, frozen; published sums are sums of these."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="accounts", verbose_name=_("单车核算月报"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("单位"))
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="accounts", verbose_name=_("车辆"))
    year = models.PositiveIntegerField(_("年度"))
    month = models.PositiveIntegerField(_("月份"))
    km = models.PositiveIntegerField(_("行驶里程"), default=0)
    km_tracks = models.PositiveIntegerField(_("轨迹里程"), default=0)
    litres = models.DecimalField(_("加油量"), max_digits=12, decimal_places=3, default=Decimal(0))
    kwh = models.DecimalField(_("充电量"), max_digits=12, decimal_places=3, default=Decimal(0))
    energy = _sum(_("加油充电"))
    road = _sum(_("通行停车"))
    insurance = _sum(_("保险"))
    upkeep = _sum(_("维修保养检验"))
    other = _sum(_("洗车及其他"))
    total = _sum(_("运行费用"))
    depreciation = models.DecimalField(_("当月折旧"), max_digits=16, decimal_places=2, null=True, blank=True)

    natural = ("vehicle_id", "year", "month")
    searched = ("vehicle.plate",)

    class Meta:
        app_label = "running"
        verbose_name = _("单车月度核算")
        ordering = ("-year", "-month", "vehicle")
        constraints = [models.UniqueConstraint(fields=["vehicle", "year", "month"], name="running_account_once")]
        indexes = [
            models.Index(fields=["organ", "year", "month"], name="running_account_organ"),
            models.Index(fields=["review"], name="running_account_review"),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} {self.year}-{self.month:02d}"
