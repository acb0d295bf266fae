"""What does not agree: a difference between books and things, with its cause, who answers for it, and what is done."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import ValueType
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.stocktaking.choices import ALLOWED, OPEN_STATES, UNSETTLED, Cause, Handling, Kind, Settled
from baozhang.kernel.past import PastKey
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

from .count import Count
from .line import Line
from .scan import Scan


class Difference(Record):
    """One difference of a count; one that cannot be settled stays as a debt with a name, into the next count."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("盘点单位"))
    count = models.ForeignKey(Count, models.PROTECT, related_name="differences", verbose_name=_("清查盘点"))
    kind = models.CharField(_("差异"), max_length=10, choices=Kind.choices)
    line = models.ForeignKey(
        Line, models.PROTECT, null=True, blank=True, related_name="differences", verbose_name=_("账面快照")
    )
    card = PastKey(
        Card, null=True, blank=True, related_name="differences", verbose_name=_("资产卡片"), binds=Q(state__in=(*UNSETTLED, Settled.DEBT)),
    )  # fmt: skip
    scan = models.ForeignKey(
        Scan, models.PROTECT, null=True, blank=True, related_name="differences", verbose_name=_("盘点记录")
    )
    mark = models.CharField(_("差异标识"), max_length=80, editable=False)  # the same difference found again
    number = models.CharField(_("资产编号"), max_length=60, blank=True, default="")
    name = models.CharField(_("资产名称"), max_length=120)
    place = models.CharField(_("地点"), max_length=120, blank=True, default="")
    books = models.CharField(_("账面"), max_length=200, blank=True, default="")
    seen = models.CharField(_("实物"), max_length=200, blank=True, default="")
    quantity = models.DecimalField(_("数量"), max_digits=14, decimal_places=2, default=Decimal(1))
    value = models.DecimalField(_("涉及原值"), max_digits=16, decimal_places=2, null=True, blank=True)
    disputed = models.BooleanField(_("记录不一致"), default=False, help_text=_("几个人的盘点记录不同，以最后一次为准"))

    cause = models.CharField(_("原因"), max_length=10, choices=Cause.choices, blank=True, default="")
    explanation = models.CharField(_("情况说明"), max_length=300, blank=True, default="")
    responsible = models.CharField(_("责任人"), max_length=40, blank=True, default="")
    handling = models.CharField(_("处理意见"), max_length=10, choices=Handling.choices, blank=True, default="")
    value_type = models.CharField(
        _("入账价值类型"), max_length=12, choices=ValueType.choices, blank=True, default="",
        help_text=_("盘盈补建卡片时填写：重置值、评估值或者名义金额"))  # fmt: skip
    new_value = models.DecimalField(_("入账价值"), max_digits=16, decimal_places=2, null=True, blank=True)
    due = models.DateField(_("续查期限"), null=True, blank=True, help_text=_("挂账续查的，写明何日前查清"))
    state = models.CharField(_("状态"), max_length=10, choices=Settled.choices, default=Settled.OPEN)
    origin = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="carried", verbose_name=_("上次挂账")
    )
    made = PastKey(
        Card, null=True, blank=True, related_name="+", verbose_name=_("补建的卡片"), binds=Q(count__state__in=OPEN_STATES), whole="count"
    )  # fmt: skip
    settled_on = models.DateField(_("处理日期"), null=True, blank=True)

    searched = ("number", "name", "place", "responsible")
    part_of = ("count",)
    loose = ("count.state", frozenset({"judging"}))

    class Meta:
        verbose_name = _("盘点差异")
        constraints = [
            models.UniqueConstraint(fields=["count", "mark"], name="difference_once"),
            models.CheckConstraint(
                condition=Q(state__in=(Settled.OPEN, Settled.DROPPED)) | ~Q(cause="") & ~Q(responsible="") & ~Q(handling=""),
                name="difference_is_explained", violation_error_message=_("请写明原因、责任人和处理意见")),
            models.CheckConstraint(
                condition=~Q(state__in=(Settled.DEBT, Settled.CARRIED)) | Q(due__isnull=False), name="difference_debt_has_term",
                violation_error_message=_("挂账须写明续查期限")),
            models.CheckConstraint(
                condition=~Q(state=Settled.DONE, handling=Handling.NEW_CARD) | Q(made__isnull=False),
                name="difference_surplus_has_card", violation_error_message=_("盘盈须补建卡片")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organ", "state"], name="difference_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number or self.name}"

    def faults(self) -> Iterable[Fault]:
        """A handling that does not fit, a debt without a day, a new card without its value."""
        if self.handling and self.handling not in ALLOWED[self.kind]:
            allowed = "、".join(str(Handling(one).label) for one in ALLOWED[self.kind])
            yield self.fault_of(
                "handling", _("%(kind)s不能这样处理") % {"kind": Kind(self.kind).label}, self.handling, allowed
            )
        if self.handling == Handling.DEBT and self.due is None:
            yield self.fault_of("due", _("挂账续查的，写明何日前查清"), self.due, _("填写续查期限"))
        if self.handling == Handling.NEW_CARD and (self.new_value is None or not self.value_type):
            yield self.fault_of(
                "new_value",
                _("盘盈补建卡片要写明入账价值和价值类型"),
                self.new_value,
                _("填写重置值、评估值或者名义金额"),
            )
        if self.new_value is not None and self.new_value < 0:
            yield self.fault_of("new_value", _("不能为负数"), self.new_value, "")
