"""What the finance books say, to be compared with the cards (article 13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import Category, synonyms
from baozhang.kernel import clock
from baozhang.kernel.columns import text
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault


class LedgerTotal(Record):
    """What the finance books say of one category of an agency at the end of a day: quantity, value, depreciation."""

    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="ledger_totals", verbose_name=_("单位"), db_index=False
    )
    day = models.DateField(_("截止日期"))
    category = models.CharField(_("资产大类"), max_length=12, choices=Category.choices)
    quantity = models.DecimalField(_("账面数量"), max_digits=14, decimal_places=2, null=True, blank=True)
    value = models.DecimalField(_("账面原值"), max_digits=18, decimal_places=2)
    depreciated = models.DecimalField(_("账面累计折旧"), max_digits=18, decimal_places=2, null=True, blank=True)
    account = text(_("会计科目"), 60)
    remarks = text(_("备注"), 200)

    natural = ("organ_id", "day", "category")
    synonyms: ClassVar[Mapping[str, Mapping[str, Any]]] = {"category": synonyms.CATEGORY}

    class Meta:
        verbose_name = _("资产账")
        ordering = ("organ", "-day", "category")
        constraints = [
            models.UniqueConstraint(fields=["organ", "day", "category"], name="ledger_total_once",
                                    violation_error_message=_("这一天这一大类的账面数已登记")),
            models.CheckConstraint(condition=Q(value__gte=0), name="ledger_total_value",
                                   violation_error_message=_("账面原值不能为负数")),
            models.CheckConstraint(condition=Q(depreciated__isnull=True) | Q(depreciated__gte=0, depreciated__lte=F("value")),
                                   name="ledger_total_depreciated", violation_error_message=_("累计折旧应在零与原值之间")),
            models.CheckConstraint(condition=Q(quantity__isnull=True) | Q(quantity__gte=0), name="ledger_total_quantity",
                                   violation_error_message=_("数量不能为负数")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["day"], name="ledger_total_day")]

    def __str__(self) -> str:
        return f"{self.organ} {self.day} {self.get_category_display()}"

    def faults(self) -> Iterable[Fault]:
        """A day to come, a negative figure, more depreciation than value."""
        if self.day is not None and self.day > clock.today():
            yield Fault(
                gettext("截止日期晚于今天"),
                "day",
                str(self.day),
                gettext("请填写已经结账的日期"),
                column=gettext("截止日期"),
            )
        for name in ("quantity", "value", "depreciated"):
            amount = getattr(self, name)
            if amount is not None and amount < 0:
                column = str(self._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
                yield Fault(
                    gettext("不能为负数"), name, str(amount), gettext("红字冲销请按冲销后的余额填写"), column=column
                )
        if self.depreciated is not None and self.value is not None and self.depreciated > self.value:
            yield Fault(
                gettext("累计折旧大于原值"),
                "depreciated",
                str(self.depreciated),
                gettext("请核对账面数"),
                column=gettext("账面累计折旧"),
            )
