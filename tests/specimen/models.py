"""Things: a class of record with a scope, a number, a state, money, a day and a keeper."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baozhang.kernel import access
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

STATES = [
    ("draft", "草稿"), ("submitted", "待审核"), ("audited", "待批准"), ("approved", "已批准"), ("returned", "已退回"),
    ("rejected", "不予批准"), ("filed", "待接收"), ("received", "已备案"), ("ordered", "整改中"), ("replied", "待复查"),
    ("again", "再次整改中"), ("closed", "已销号"), ("revoked", "已撤销"), ("accepted", "调查中"),
    ("investigated", "待答复"), ("answered", "已答复"), ("declined", "不予受理"), ("transferred", "已移送"),
]  # fmt: skip

for verb, words in {"view": "查看样例", "add": "登记样例", "change": "修改样例", "remove": "撤销样例"}.items():
    access.permission(f"specimen.thing:{verb}", words)


class Thing(Record):
    """Anything at all."""

    organ = models.ForeignKey("organs.Organization", models.PROTECT, related_name="+", verbose_name=_("单位"))
    number = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    state = models.CharField(_("状态"), max_length=20, choices=STATES, default="draft")
    amount = models.DecimalField(_("金额"), max_digits=16, decimal_places=2, null=True, blank=True)
    day = models.DateField(_("日期"), null=True, blank=True)
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("保管人")
    )

    natural = ("number",)
    searched = ("number", "name")

    class Meta:
        verbose_name = _("样例")
        ordering = ("number",)
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                name="thing_amount",
                violation_error_message=_("金额不能为负"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def faults(self) -> Iterable[Any]:
        """A negative amount."""
        if self.amount is not None and self.amount < 0:
            yield Fault(_("金额不能为负"), "amount", str(self.amount), column=str(_("金额")))
