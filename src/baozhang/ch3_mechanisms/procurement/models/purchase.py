"""A purchase, building or lease of what stock could not answer: supplier, contract, lines, sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Max, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.allocation.choices import Means
from baozhang.ch2_provision.allocation.models import Need
from baozhang.ch2_provision.assets.choices import Purchase as Organized
from baozhang.ch2_provision.funding.models import BudgetLine, PlanLine
from baozhang.ch3_mechanisms.procurement.choices import State, Way
from baozhang.kernel.columns import text
from baozhang.kernel.fixed import Fixed
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault
from baozhang.kernel.serials import Numbered


def money(words: Any, **options: Any) -> Any:
    """This is a sum in yuan, zero where nothing is said."""
    return models.DecimalField(words, max_digits=16, decimal_places=2, default=Decimal(0), **options)


class Purchase(Numbered):
    """One purchase of an agency, from the draft to the last payment (article 36, paragraph 1)."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="purchases", verbose_name=_("采购单位"))
    number = text(_("采购编号"), 60, help_text=_("留空则自动编号"))
    title = models.CharField(_("采购名称"), max_length=80)
    means = models.CharField(_("取得方式"), max_length=8, choices=Means.choices, default=Means.BUY)
    way = models.CharField(_("采购方式"), max_length=10, choices=Way.choices)
    organized = models.CharField(_("采购组织形式"), max_length=12, choices=Organized.choices, default=Organized.CENTRAL)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    supplier = text(_("供应商"), 80)
    supplier_code = text(_("供应商信用代码"), 18)
    contract = text(_("合同编号"), 60)
    signed_on = models.DateField(_("签订日期"), null=True, blank=True)
    deliver_by = models.DateField(_("约定交付日期"), null=True, blank=True)
    lease_until = models.DateField(_("租期至"), null=True, blank=True, help_text=_("租用的填写"))
    amount = money(_("采购金额"), editable=False)
    paid = money(_("结算金额"))
    paid_on = models.DateField(_("结算日期"), null=True, blank=True)
    payment = text(_("支付凭证号"), 60)

    serial = ("CG", 4)
    natural = ("number",)
    of_living = True
    called = ("number",)
    searched = ("number", "title", "supplier", "contract")
    stepped: ClassVar[Mapping[str, frozenset[str]]] = {"state": frozenset({State.DRAFT})}
    loose = ("state", frozenset({State.DRAFT}))
    happened = frozenset({"signed_on", "paid_on"})

    class Meta:
        app_label = "procurement"
        verbose_name = _("采购")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["number"], name="procurement_once", violation_error_message=_("已有同样编号的采购")),
            models.CheckConstraint(condition=Q(amount__gte=0, paid__gte=0, paid__lte=F("amount")), name="purchase_sums",
                                   violation_error_message=_("结算金额不能多于采购金额")),
            models.CheckConstraint(condition=~Q(state__in=(State.CONTRACTED, State.DELIVERED, State.SETTLED)) | ~Q(contract="") & ~Q(supplier="")
                                   & Q(signed_on__isnull=False), name="purchase_contract", violation_error_message=_("签订后的采购须有供应商、合同编号和签订日期")),
            models.CheckConstraint(condition=~Q(means=Means.RENT) | ~Q(state__in=(State.CONTRACTED, State.DELIVERED, State.SETTLED))
                                   | Q(lease_until__isnull=False), name="purchase_lease", violation_error_message=_("租用须写明租期")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organ", "state", "-id"], name="purchase_organ")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()

    def faults(self) -> Iterable[Any]:
        """A lease that ends before it begins, a delivery agreed for a day before the contract."""
        if self.deliver_by is not None and self.signed_on is not None and self.deliver_by < self.signed_on:
            yield self.fault_of(
                "deliver_by", gettext("早于签订日期 %(day)s") % {"day": self.signed_on}, self.deliver_by
            )
        if self.lease_until is not None and self.signed_on is not None and self.lease_until <= self.signed_on:
            yield Fault(gettext("租期应晚于签订日期"), "lease_until", str(self.lease_until), column=gettext("租期至"))

    def fixed(self) -> Fixed | None:
        """What is decided about, from the moment it is handed in."""
        if self.state == State.DRAFT:
            return None
        names = ("organ", "number", "means", "way")
        return Fixed(names, gettext("已提交的采购不能改取得方式和采购方式"), gettext("请由审定人驳回后修改"))


class PurchaseLine(Record):
    """One line of a purchase: for which need, what, how many, at which price, paid from which line of the budget."""

    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="lines", verbose_name=_("采购"))
    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("采购单位"), editable=False, db_index=False
    )
    place = models.PositiveIntegerField(_("行号"), blank=True, help_text=_("不填自动编号"))
    need = models.ForeignKey(Need, models.PROTECT, related_name="purchase_lines", verbose_name=_("配置需求"))
    plan_line = models.ForeignKey(
        PlanLine, models.PROTECT, null=True, blank=True, related_name="purchase_lines", verbose_name=_("计划事项"), editable=False
    )  # fmt: skip
    budget_line = models.ForeignKey(
        BudgetLine, models.PROTECT, null=True, blank=True, related_name="purchase_lines", verbose_name=_("预算明细"), editable=False
    )  # fmt: skip
    name = text(_("采购内容"), 80, help_text=_("留空则与需求同名"))
    brand = text(_("品牌"), 60)
    model = text(_("规格型号"), 120)
    quantity = models.PositiveIntegerField(_("数量"))
    unit_price = models.DecimalField(_("单价"), max_digits=16, decimal_places=2)
    amount = money(_("金额"), editable=False)
    delivered = models.PositiveIntegerField(_("已验收数量"), default=0, editable=False)

    natural = ("purchase_id", "place")
    numbered = "place"
    part_of = ("purchase",)
    searched = ("name", "model")
    loose = ("purchase.state", frozenset({State.DRAFT}))
    sums: ClassVar[Mapping[str, str]] = {"purchase": "amount"}

    class Meta:
        app_label = "procurement"
        verbose_name = _("采购明细")
        ordering = ("purchase", "place")
        constraints = [
            models.UniqueConstraint(fields=["purchase", "place"], name="purchase_line_once", violation_error_message=_("同一采购中行号不能重复")),
            models.CheckConstraint(condition=Q(quantity__gte=1, unit_price__gt=0), name="purchase_line_sums",
                                   violation_error_message=_("数量和单价应大于零")),
            models.CheckConstraint(condition=Q(delivered__lte=F("quantity")), name="purchase_line_delivered",
                                   violation_error_message=_("验收数量不能多于采购数量")),
            models.CheckConstraint(condition=Q(amount=F("quantity") * F("unit_price")), name="purchase_line_amount",
                                   violation_error_message=_("金额应等于数量乘以单价")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["need"], name="purchase_line_need")]

    def __str__(self) -> str:
        return f"{self.name} × {self.quantity}"

    def organ_key(self) -> int | None:
        """The key of the agency, also before the line is kept."""
        return self.organ_id or (self.purchase.organ_id if self.purchase_id else None)

    def derive(self) -> None:
        """This will take agency, plan line and name from purchase and need, number the line, and multiply."""
        if self.purchase_id:
            self.organ_id = self.purchase.organ_id
            if not self.place:
                last = PurchaseLine._base_manager.filter(purchase_id=self.purchase_id).aggregate(n=Max("place"))["n"]
                self.place = (last or 0) + 1
        if self.need_id:
            self.plan_line_id = self.need.plan_line_id
            self.name = self.name or self.need.name
        if isinstance(self.unit_price, Decimal) and self.quantity:
            self.amount = (self.unit_price * self.quantity).quantize(Decimal("0.01"))

    def faults(self) -> Iterable[Any]:
        """A foreign need, a line of a purchase that has moved on, nothing bought."""
        if self.need_id and self.organ_id and self.need.organ_id != self.organ_id:
            yield Fault(gettext("只能采购本单位的配置需求"), "need", str(self.need), column=gettext("配置需求"))
        if self.quantity is not None and self.quantity < 1:
            yield Fault(gettext("数量和单价应大于零"), "quantity", str(self.quantity), column=gettext("数量"))
        if self.unit_price is not None and self.unit_price <= 0:
            yield Fault(gettext("数量和单价应大于零"), "unit_price", str(self.unit_price), column=gettext("单价"))

    def fixed(self) -> Fixed | None:
        """What is decided about, from the moment the purchase is handed in."""
        if not self.purchase_id or self.purchase.state == State.DRAFT:
            return None
        names = ("need", "quantity", "unit_price", "name", "brand", "model")
        return Fixed(names, gettext("已提交的采购不能增改明细"), gettext("请由审定人驳回后修改"), whole="purchase")
