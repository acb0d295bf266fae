"""Monthly depreciation: one run an agency and month, with what each card was charged (财会〔2017〕4号)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import Category
from baozhang.ch2_provision.assets.choices.books import RunState
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

from .card import Card
from .voucher import Voucher


class DepreciationRun(Record):
    """The depreciation of one agency in one month: what it came to, on which voucher, and whether it still stands."""

    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="depreciation_runs", verbose_name=_("单位"), db_index=False
    )
    month = models.DateField(_("月份"), help_text=_("以当月第一天表示"))
    attempt = models.PositiveSmallIntegerField(_("次数"), default=1, help_text=_("冲销后重新计提的，为第二次"))
    day = models.DateField(_("计提日期"))
    state = models.CharField(_("状态"), max_length=8, choices=RunState.choices, default=RunState.POSTED)
    cards = models.PositiveIntegerField(_("计提卡片"), default=0)
    charge = models.DecimalField(_("本月计提"), max_digits=18, decimal_places=2, default=Decimal(0))
    accumulated = models.DecimalField(_("累计折旧"), max_digits=18, decimal_places=2, default=Decimal(0))
    open_cards = models.PositiveIntegerField(
        _("无法计提的卡片"), default=0, help_text=_("缺日期、年限，或按工作量法计提")
    )
    voucher = models.ForeignKey(
        Voucher, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("记账凭证")
    )
    reversal = models.ForeignKey(
        Voucher, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("冲销凭证")
    )

    natural = ("organ_id", "month", "attempt")
    searched = ("organ.name",)
    loose = ("", frozenset())

    class Meta:
        verbose_name = _("折旧计提")
        ordering = ("-month", "organ")
        constraints = [
            models.UniqueConstraint(fields=["organ", "month", "attempt"], name="run_attempt_once",
                                    violation_error_message=_("本月已有这一次计提")),
            models.UniqueConstraint(fields=["organ", "month"], condition=Q(state="posted"), name="run_month_once",
                                    violation_error_message=_("本月已计提折旧")),
            models.CheckConstraint(condition=Q(month__day=1), name="run_first_day", violation_error_message=_("月份以第一天表示")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["month", "id"], name="run_month")]

    def __str__(self) -> str:
        return f"{self.organ} {self.month:%Y-%m}"

    @property
    def last_day(self) -> dt.date:
        """The last day of the month."""
        return (self.month + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)

    def faults(self) -> Iterable[Fault]:
        """A month that is not said by its first day."""
        if self.month is not None and self.month.day != 1:
            yield Fault(gettext("月份以第一天表示"), "month", str(self.month), gettext("例如 2026-03-01"))


class DepreciationRow(models.Model):
    """What one card was charged in one run; an observation, so its sum stands in the ledger with the run."""

    run = models.ForeignKey(DepreciationRun, models.PROTECT, related_name="rows", db_index=False)
    # Written by one statement for a million cards: a card with rows is protected by its run, not row by row.
    card = models.ForeignKey(
        Card, models.PROTECT, related_name="depreciation_rows", db_index=False, db_constraint=False
    )
    category = models.CharField(_("资产大类"), max_length=12, choices=Category.choices)
    charge = models.DecimalField(_("本月计提"), max_digits=16, decimal_places=2)
    accumulated = models.DecimalField(_("累计折旧"), max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = _("折旧明细")
        indexes = [
            models.Index(fields=["run", "category"], name="depreciation_row_run"),
            models.Index(fields=["card"], name="depreciation_row_card"),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} {self.charge}"
