"""The way of one new vehicle: planned, agreed, approved, bought, plated, fitted, within the quota (article 22)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.allocation.models import Need
from baozhang.ch2_provision.assets.choices import VehicleUse
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.funding.models import PlanLine
from baozhang.ch2_provision.vehicles.choices import NEW_ENERGY, AdditionKind, AdditionState, Body, Energy, Grade
from baozhang.kernel import clock
from baozhang.kernel.columns import day, decimal, money, pick, text
from baozhang.kernel.fixed import Fixed
from baozhang.kernel.serials import Numbered

from . import limits
from .quota import Quota
from .vehicle import Vehicle

DECIDED = (
    "organ", "kind", "old", "use", "body", "energy", "displacement", "price", "grade", "grade_document", "early_document",
)  # fmt: skip
OPEN_TO_CHECKS = (AdditionState.DRAFT, AdditionState.SUBMITTED, AdditionState.AGREED)


class Addition(Numbered):
    """One vehicle to come: what for, of which kind, at which price, in the place of which one."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="vehicle_additions", verbose_name=_("单位"))
    number = text(_("申请编号"), 60, help_text=_("留空则自动编号"))
    kind = models.CharField(_("配备方式"), max_length=10, choices=AdditionKind.choices)
    old = models.ForeignKey(
        Vehicle, models.PROTECT, null=True, blank=True, related_name="renewals", verbose_name=_("被更新车辆"),
        help_text=_("更新的填写：已超过更新年限、将要处置的车辆"),
    )  # fmt: skip
    use = models.CharField(_("用途"), max_length=14, choices=VehicleUse.choices)
    body = models.CharField(_("车型类别"), max_length=14, choices=Body.choices)
    energy = models.CharField(_("能源种类"), max_length=14, choices=Energy.choices)
    displacement = decimal(_("排气量"), 5, 2)
    price = models.DecimalField(_("计划价格"), max_digits=16, decimal_places=2, help_text=_("不含车辆购置税和上牌费用"))
    grade = pick(_("配备档次"), Grade, length=14, help_text=_("确因工作、特殊需要的，写明批准文号"))
    grade_document = text(_("档次批准文号"), 80)
    early_document = text(_("提前更新批准文号"), 80, help_text=_("因安全等原因提前更新的填写"))
    reason = models.CharField(_("配备理由"), max_length=300)
    need = models.ForeignKey(Need, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("配置需求"))
    plan_line = models.ForeignKey(
        PlanLine, models.PROTECT, null=True, blank=True, related_name="vehicle_additions", verbose_name=_("计划事项")
    )
    state = models.CharField(_("状态"), max_length=10, choices=AdditionState.choices, default=AdditionState.DRAFT)
    document = text(_("批准文号"), 80)
    approved_on = day(_("批准日期"))
    decided_by = text(_("批准机关"), 80)
    quota = models.ForeignKey(
        Quota,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="additions",
        verbose_name=_("占用编制"),
    )
    card = models.OneToOneField(
        Card, models.PROTECT, null=True, blank=True, related_name="addition", verbose_name=_("资产卡片"),
        help_text=_("采购验收后建立的卡片"),
    )  # fmt: skip
    tax = money(_("车辆购置税"))
    fees = money(_("上牌等费用"))
    plate = text(_("号牌"), 20)
    vin = text(_("车辆识别代号"), 30)
    registered = day(_("注册登记日期"))

    serial = ("CP", 4)
    natural = ("number",)
    of_living = True
    called = ("number",)
    searched = ("number", "reason", "plate", "document")
    stepped: ClassVar[Mapping[str, frozenset[str]]] = {"state": frozenset({AdditionState.DRAFT})}

    class Meta:
        app_label = "vehicles"
        verbose_name = _("车辆配备更新")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="addition_once",
                                    violation_error_message=_("已有同样编号的申请")),
            models.UniqueConstraint(
                fields=["old"], condition=Q(old__isnull=False) & ~Q(state__in=(AdditionState.REJECTED, AdditionState.WITHDRAWN, AdditionState.DRAFT)),
                name="addition_old_once", violation_error_message=_("这辆车已有更新申请")),
            models.CheckConstraint(condition=Q(kind=AdditionKind.NEW, old__isnull=True) | Q(kind=AdditionKind.RENEWAL, old__isnull=False),
                                   name="addition_old", violation_error_message=_("更新须写明被更新的车辆，新增的不写")),
            models.CheckConstraint(condition=Q(price__gt=0), name="addition_price", violation_error_message=_("计划价格应大于零")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organ", "state"], name="addition_organ")]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()} {self.get_use_display()}".strip()

    @property
    def is_new_energy(self) -> bool:
        """True for what the standard calls new energy."""
        return self.energy in NEW_ENERGY

    def faults(self) -> Iterable[Any]:
        """A renewal of nothing, of another unit's vehicle; a foreign plan line; a price that is none."""
        if (self.kind == AdditionKind.RENEWAL) != (self.old_id is not None):
            yield self.fault_of("old", gettext("更新须写明被更新的车辆，新增的不写"))
        if self.old_id and self.old.organ_id != self.organ_id:  # type: ignore[union-attr]
            yield self.fault_of("old", gettext("只能更新本单位的车辆"))
        if self.plan_line_id and self.plan_line.organ_id != self.organ_id:  # type: ignore[union-attr]
            yield self.fault_of("plan_line", gettext("只能使用本单位的计划事项"))
        if self.card_id and self.card.organ_id != self.organ_id:  # type: ignore[union-attr]
            yield self.fault_of("card", gettext("只能选择本单位的卡片"))
        if isinstance(self.price, Decimal) and self.price <= 0:
            yield self.fault_of("price", gettext("计划价格应大于零"))

    def fixed(self) -> Fixed | None:
        """What no longer changes once it is handed in: what is decided about."""
        if self.state == AdditionState.DRAFT:
            return None
        return Fixed(DECIDED, gettext("已提交的申请不能改用途、车型、价格"), gettext("要改的，由审定人退回后修改"))

    @classmethod
    def together(cls, rows: Sequence[Any]) -> Iterable[tuple[int, Any]]:
        """What the law refuses, on every door alike: over quota, over standard, renewed too early (article 22)."""
        mine = [(i, row) for i, row in enumerate(rows) if row.state in OPEN_TO_CHECKS and _whole(row)]
        for i, wrong in limits.of_batch(mine, clock.today()):
            yield i, wrong.fault(cls)


def _whole(row: Addition) -> bool:
    return bool(row.organ_id and row.use and row.body and row.energy and isinstance(row.price, Decimal))
