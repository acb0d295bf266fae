"""What a swap brings in: entered while the swap is carried out, a card of its own when the swap is closed."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Max, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import Disposal
from baozhang.ch2_provision.disposal.choices import BRINGING
from baozhang.kernel.access import Actor
from baozhang.kernel.columns import text
from baozhang.kernel.fixed import Fixed
from baozhang.kernel.record import Record

from .case import Case
from .line import of_seen_cases

_SAID = ("name", "class_code", "brand", "model", "serial", "quantity", "unit", "value", "place", "custodian")


class Incoming(Record):
    """One thing that comes in for what is given away."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="incoming", verbose_name=_("处置办件"))
    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, verbose_name=_("单位"), editable=False
    )
    row = models.PositiveIntegerField(_("序号"), blank=True, help_text=_("不填自动编号"))
    name = models.CharField(_("资产名称"), max_length=120)
    class_code = text(_("分类代码"), 20)
    brand = text(_("品牌"), 60)
    model = text(_("规格型号"), 120)
    serial = text(_("序列号"), 80)
    quantity = models.DecimalField(_("数量"), max_digits=14, decimal_places=2, default=Decimal(1))
    unit = text(_("计量单位"), 20)
    value = models.DecimalField(_("入账成本"), max_digits=16, decimal_places=2,
                                help_text=_("换出资产评估值加支付的补价和相关费用、减收到的差价，在换入的各项之间分摊"))  # fmt: skip
    place = text(_("存放地点"), 120)
    custodian = text(_("保管人"), 40)
    card = models.OneToOneField(
        "assets.Card", models.PROTECT, null=True, blank=True, related_name="came_by_swap", verbose_name=_("资产卡片"), editable=False
    )  # fmt: skip

    natural = ("case_id", "row")
    numbered = "row"
    part_of = ("case",)
    searched = ("name", "model", "serial")
    loose = ("case.state", frozenset(BRINGING))

    class Meta:
        app_label = "disposal"
        verbose_name = _("换入资产")
        constraints = [
            models.UniqueConstraint(fields=["case", "row"], name="incoming_once", violation_error_message=_("同一办件中序号不能重复")),
            models.CheckConstraint(condition=Q(quantity__gt=0, value__gte=0), name="incoming_sums",
                                   violation_error_message=_("数量应大于零，入账成本不能为负数")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """Those of the cases in sight."""
        return of_seen_cases(actor)

    def organ_key(self) -> int | None:
        """The key of the agency, also before the row is kept."""
        return self.organ_id or (self.case.organ_id if self.case_id else None)

    def derive(self) -> None:
        """This will take the agency from the case, and number the row."""
        if self.case_id:
            self.organ_id = self.case.organ_id
            if not self.row:
                last = Incoming._base_manager.filter(case_id=self.case_id).aggregate(n=Max("row"))["n"]
                self.row = (last or 0) + 1

    def faults(self) -> Iterable[Any]:
        """No quantity, a negative sum."""
        if self.quantity is not None and self.quantity <= 0:
            yield self.fault_of("quantity", _now("数量应大于零"), self.quantity)
        if self.value is not None and self.value < 0:
            yield self.fault_of("value", _now("入账成本不能为负数"), self.value)

    def fixed(self) -> Fixed | None:
        """What comes in with a case that is no swap, or that nothing comes in for any more."""
        if not self.case_id or (self.case.form == Disposal.SWAP and self.case.state in BRINGING):
            return None
        if self.case.form != Disposal.SWAP:
            reason = _now("处置形式为“%(form)s”，没有换入资产") % {"form": self.case.get_form_display()}
            remedy = _now("只有置换的办件登记换入资产。")
        else:
            reason = _now("“%(state)s”的办件不能增改换入资产") % {"state": self.case.get_state_display()}
            remedy = _now("批准后、销账前登记；已建卡的，办理资产变动。")
        return Fixed(("case", *_SAID), reason, remedy, whole="case")
