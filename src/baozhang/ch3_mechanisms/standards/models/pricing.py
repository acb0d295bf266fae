"""What an expenditure quota is made of: physical quotas times reference prices, and the reviews that a drift of prices asks for."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch3_mechanisms.standards.choices import ReviewState
from baozhang.kernel.fixed import Fixed
from baozhang.kernel.record import Record

from .line import StandardLine
from .standard import Standard, stands


class ReferencePrice(Record):
    """What a thing or service costs on the market on a day, and where that was found."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="reference_prices", verbose_name=_("采集单位"))
    name = models.CharField(_("货物或服务"), max_length=80)
    unit = models.CharField(_("计价单位"), max_length=20)
    price = models.DecimalField(_("参考价格"), max_digits=18, decimal_places=2)
    day = models.DateField(_("价格日期"))
    source = models.CharField(_("价格来源"), max_length=160, help_text=_("采购平台、市场调查或合同，写明名称"))

    natural = ("organ_id", "name", "day")
    called = ("name",)
    searched = ("name", "source")

    class Meta:
        verbose_name = _("参考价格")
        ordering = ("name", "-day")
        constraints = [
            models.UniqueConstraint(fields=["organ", "name", "day"], name="price_once_a_day",
                                    violation_error_message=_("当日已有这一项的参考价格")),
            models.CheckConstraint(condition=Q(price__gt=0), name="price_positive", violation_error_message=_("价格须大于零")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} {self.price:,.2f}（{self.day}）"

    def fixed(self) -> Fixed | None:
        """A price on which a standard rests: a newer one is entered, the old one stands."""
        if not self.pk or not Component._base_manager.filter(price_id=self.pk).exists():
            return None
        return Fixed.all_but(self, (), _("已用于定额测算的价格不能修改"), _("请按新的日期登记新价格。"))


class Component(Record):
    """One part of an expenditure quota: so much of a thing a unit and year, at a reference price (article 7)."""

    line = models.ForeignKey(StandardLine, models.PROTECT, related_name="components", verbose_name=_("定额条目"))
    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("发布机关"), editable=False
    )
    physical = models.CharField(_("实物定额"), max_length=80, help_text=_("如“每人每年复印纸”"))
    quantity = models.DecimalField(_("实物数量"), max_digits=14, decimal_places=4)
    basis = models.CharField(
        _("实物定额依据"), max_length=160, help_text=_("市机关事务管理部门制定的实物定额或服务标准，写明文号")
    )
    price = models.ForeignKey(ReferencePrice, models.PROTECT, related_name="components", verbose_name=_("参考价格"))

    natural = ("line_id", "physical")
    searched = ("physical",)

    class Meta:
        verbose_name = _("定额测算依据")
        ordering = ("line", "id")
        constraints = [
            models.UniqueConstraint(fields=["line", "physical"], name="component_once",
                                    violation_error_message=_("同一条目中已有这一项实物定额")),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="component_positive", violation_error_message=_("实物数量须大于零")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.physical

    @property
    def amount(self) -> Decimal:
        """Quantity times price."""
        return (self.quantity * self.price.price).quantize(Decimal("0.01"))

    def organ_key(self) -> int | None:
        """The key of the issuing authority, also before the row is kept."""
        return self.organ_id or (self.line.organ_id if self.line_id else None)

    def derive(self) -> None:
        """This will take the issuing authority from the line."""
        if self.line_id:
            self.organ_id = self.line.organ_id

    def fixed(self) -> Fixed | None:
        """What a quota rests on that has been submitted or published."""
        state = Standard._base_manager.filter(lines=self.line_id).values_list("state", flat=True).first()
        return stands(self, state, (), "line") if state is not None else None


class QuotaReview(Record):
    """A quota whose reference price has drifted too far, and what its authority decided; the quota itself stands."""

    line = models.ForeignKey(StandardLine, models.PROTECT, related_name="quota_reviews", verbose_name=_("定额条目"))
    component = models.ForeignKey(Component, models.PROTECT, related_name="reviews", verbose_name=_("测算依据"))
    price = models.ForeignKey(ReferencePrice, models.PROTECT, related_name="+", verbose_name=_("新的参考价格"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("发布机关"))
    was = models.DecimalField(_("原参考价格"), max_digits=18, decimal_places=2)
    now = models.DecimalField(_("现参考价格"), max_digits=18, decimal_places=2)
    limit = models.DecimalField(_("复核比例"), max_digits=8, decimal_places=4)
    value_now = models.DecimalField(_("按新价格的定额"), max_digits=18, decimal_places=2)
    raised = models.DateField(_("提出日期"))
    state = models.CharField(_("状态"), max_length=10, choices=ReviewState.choices, default=ReviewState.OPEN)

    searched = ("component.physical",)
    stepped = {"state": frozenset({ReviewState.OPEN})}
    loose = ("state", frozenset({"open"}))

    class Meta:
        verbose_name = _("定额复核")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["component", "price"], name="quota_review_once",
                                    violation_error_message=_("这一价格变动已提出复核")),
            models.CheckConstraint(condition=~Q(was=F("now")), name="quota_review_moved", violation_error_message=_("价格没有变动")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.component.physical}：{self.was:,.2f} → {self.now:,.2f}"

    @property
    def drift(self) -> Decimal:
        """The share by which the price moved, up or down."""
        return ((self.now - self.was) / self.was).quantize(Decimal("0.0001"))
