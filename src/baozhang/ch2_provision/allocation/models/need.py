"""What an agency needs: an item of the configuration standard or a class, how many, for what, by when, where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.allocation.choices import Means, NeedState
from baozhang.ch2_provision.funding.models import PlanLine
from baozhang.kernel.columns import text
from baozhang.kernel.fixed import Fixed
from baozhang.kernel.serials import Numbered
from baozhang.law.items import item_choices, item_of, items


class Need(Numbered):
    """One need of an agency, from the wish to the thing in use (article 12, paragraph 2)."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="needs", verbose_name=_("需求单位"))
    number = text(_("需求编号"), 60, help_text=_("留空则自动编号"))
    item = models.CharField(
        _("配置项目"), max_length=32, choices=item_choices, blank=True, default="",
        help_text=_("配置标准中的项目；标准没有列出的，填写资产分类和名称"),
    )  # fmt: skip
    class_code = text(_("资产分类代码"), 20, help_text=_("GB/T 14885 代码，没有配置项目时填写"))
    name = text(_("需求名称"), 60, help_text=_("留空则与配置项目同名"))
    spec = text(_("规格要求"), 200, help_text=_("只写用途所必需的；要求越宽，越容易从存量中满足"))
    quantity = models.PositiveIntegerField(_("需要数量"), default=1)
    replaced = models.PositiveIntegerField(
        _("其中更新"), default=0, help_text=_("用来替换已达最低使用年限、将要处置的数量")
    )
    purpose = models.CharField(_("用途"), max_length=200)
    needed_by = models.DateField(_("最迟到位日期"))
    place = text(_("使用地点"), 120)
    state = models.CharField(_("状态"), max_length=12, choices=NeedState.choices, default=NeedState.DRAFT)
    declared = text(_("不适用的理由"), 500, help_text=_("逐类写明候选资产为什么不能用：规格、性能、时间或者安全"))
    exception = text(_("超标准的理由"), 300)
    permitted = models.PositiveIntegerField(_("批准超标准数量"), null=True, blank=True)
    permit = text(_("批准文件"), 120, help_text=_("批准超标准配置的文件名称和文号"))
    means = models.CharField(_("取得方式"), max_length=8, choices=Means.choices, default=Means.BUY)
    unit_price = models.DecimalField(_("预计单价"), max_digits=16, decimal_places=2, null=True, blank=True)
    plan_line = models.ForeignKey(
        PlanLine, models.PROTECT, null=True, blank=True, related_name="needs", verbose_name=_("计划事项"), db_index=True
    )
    planned = models.PositiveIntegerField(_("列入计划数量"), default=0)
    received = models.PositiveIntegerField(_("采购到位数量"), default=0)

    serial = ("XQ", 4)
    natural = ("number",)
    of_living = True
    called = ("number",)
    searched = ("number", "name", "purpose", "place")
    stepped: ClassVar[Mapping[str, frozenset[str]]] = {"state": frozenset({NeedState.DRAFT})}
    loose = ("state", frozenset({"draft"}))

    class Meta:
        app_label = "allocation"
        verbose_name = _("配置需求")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="need_once", violation_error_message=_("已有同样编号的需求")),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="need_quantity", violation_error_message=_("需要数量应大于零")),
            models.CheckConstraint(condition=Q(replaced__lte=F("quantity")), name="need_replaced",
                                   violation_error_message=_("更新的数量不能多于需要的数量")),
            models.CheckConstraint(condition=~Q(item="") | ~Q(class_code=""), name="need_names_something",
                                   violation_error_message=_("配置项目和资产分类代码至少填写一项")),
            models.CheckConstraint(condition=Q(permitted__isnull=True) | ~Q(permit=""), name="need_permit_has_document",
                                   violation_error_message=_("批准超标准配置须有批准文件")),
            models.CheckConstraint(condition=Q(received__lte=F("planned"), planned__lte=F("quantity")), name="need_received",
                                   violation_error_message=_("到位数量不能多于计划数量，计划数量不能多于需要数量")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organ", "item", "state"], name="need_organ_item"),
            models.Index(fields=["state", "item"], name="need_state"),
            models.Index(fields=["needed_by", "id"], name="need_by"),
        ]

    def __str__(self) -> str:
        return f"{self.name} × {self.quantity}"

    def derive(self) -> None:
        """This will find the item by what the need is called, and name it after its item, where nothing else is said."""
        if not self.item and not self.class_code and self.name:
            self.item = item_of("", "", self.name) or ""
        if not self.name:
            self.name = items()[self.item].title if self.item in items() else self.class_code

    def faults(self) -> Iterable[Any]:
        """Neither item nor class; more replaced than needed; no piece at all."""
        if not self.item and not self.class_code:
            yield self.fault_of(
                "item",
                gettext("配置项目和资产分类代码至少填写一项"),
                self.item,
                gettext("配置标准没有这一项目的，请填写资产分类代码（GB/T 14885）"),
            )
        if self.quantity is not None and self.quantity < 1:
            yield self.fault_of("quantity", gettext("需要数量应大于零"), self.quantity or "")
        if self.quantity is not None and self.replaced > self.quantity:
            yield self.fault_of("replaced", gettext("更新的数量不能多于需要的数量"), self.replaced or "")
        if self.permitted is not None and not self.permit:
            yield self.fault_of("permit", gettext("批准超标准配置须有批准文件"), self.permit)
        if self.unit_price is not None and self.unit_price < 0:
            yield self.fault_of("unit_price", gettext("不能为负数"), self.unit_price)

    def fixed(self) -> Fixed | None:
        """What was held against the standard, and the number by which others know it, from the moment it was stated."""
        if self.state == NeedState.DRAFT:
            return None
        names = ("organ", "number", "item", "class_code", "quantity", "replaced", "needed_by")
        return Fixed(names, gettext("已提出的需求不能改编号、项目、数量和期限"), gettext("要改的，撤回后重新提出"))
