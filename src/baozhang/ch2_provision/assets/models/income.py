"""Non-tax revenue from assets: rent, disposal, compensation, paid to the treasury (article 13, paragraph 5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices.books import IncomeKind, IncomeState
from baozhang.kernel.columns import day, text
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

from .card import Card


class Income(Record):
    """One sum that is due to the treasury from an asset, and what has been paid of it."""

    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="incomes", verbose_name=_("单位"), db_index=False
    )
    number = models.CharField(_("编号"), max_length=24)
    kind = models.CharField(_("收入类别"), max_length=14, choices=IncomeKind.choices)
    card = models.ForeignKey(
        Card, models.PROTECT, null=True, blank=True, related_name="incomes", verbose_name=_("资产卡片"), db_index=False
    )
    words = models.CharField(_("事由"), max_length=200)
    amount = models.DecimalField(_("应缴金额"), max_digits=16, decimal_places=2)
    due_on = models.DateField(_("应缴日期"))
    paid = models.DecimalField(_("已缴金额"), max_digits=16, decimal_places=2, default=Decimal(0))
    paid_on = day(_("缴清日期"))
    receipt = text(_("缴款书号"), 400, help_text=_("非税收入一般缴款书或者电子票据号码"))
    treasury = text(_("收款国库或者财政专户"), 80)
    state = models.CharField(_("状态"), max_length=6, choices=IncomeState.choices, default=IncomeState.DUE)
    source_kind = text(_("来源类别"), 64, editable=False)
    source_id = models.BigIntegerField(_("来源"), null=True, blank=True, editable=False)

    natural = ("organ_id", "number")
    called = ("number",)
    searched = ("number", "words", "receipt")
    loose = ("state", frozenset({IncomeState.DUE}))
    happened = frozenset({"paid_on"})

    class Meta:
        verbose_name = _("资产收入")
        ordering = ("due_on", "id")
        constraints = [
            models.UniqueConstraint(fields=["organ", "number"], name="income_once", violation_error_message=_("编号重复")),
            models.CheckConstraint(condition=Q(amount__gt=0), name="income_amount", violation_error_message=_("应缴金额应大于零")),
            models.CheckConstraint(condition=Q(paid__gte=0, paid__lte=F("amount")), name="income_paid",
                                   violation_error_message=_("已缴金额应在零与应缴金额之间")),
            models.CheckConstraint(condition=~Q(state="paid") | Q(paid=F("amount"), paid_on__isnull=False) & ~Q(receipt=""),
                                   name="income_paid_proof", violation_error_message=_("缴清的收入须有缴清日期和缴款书号")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["source_kind", "source_id"], name="income_source"),
            models.Index(fields=["due_on"], name="income_open", condition=Q(state="due")),
            models.Index(fields=["card"], name="income_card", condition=Q(card__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.words}"

    @property
    def open(self) -> Decimal:
        """What has still to be paid, in yuan."""
        return Decimal(0) if self.state == IncomeState.VOID else self.amount - self.paid

    def overdue(self, today: dt.date) -> int:
        """The days past the day on which it was due; nought where it is paid or not yet due."""
        return max((today - self.due_on).days, 0) if self.state == IncomeState.DUE else 0

    def faults(self) -> Iterable[Fault]:
        """Nothing due, more paid than is due, and a payment without its proof."""
        if self.amount is not None and self.amount <= 0:
            yield Fault(gettext("应缴金额应大于零"), "amount", str(self.amount), gettext("请核对金额"))
        elif self.paid > self.amount or self.paid < 0:
            yield Fault(
                gettext("已缴金额应在零与应缴金额之间"), "paid", str(self.paid), gettext("多缴的请按退付规定办理")
            )
        if self.state == IncomeState.PAID and (self.paid_on is None or not self.receipt):
            yield Fault(
                gettext("缴清的收入须有缴清日期和缴款书号"), "receipt", self.receipt, gettext("请填写缴款书号和日期")
            )
