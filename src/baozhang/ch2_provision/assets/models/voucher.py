"""Vouchers: what an event on cards means in the books. They are numbered without gaps and never changed."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices.accounts import accounts
from baozhang.ch2_provision.assets.choices.books import VoucherKind
from baozhang.kernel.columns import text
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

from .card import Card

WORD = "记"


class Voucher(Record):
    """One voucher of an agency: number without gaps in a year, both sides equal; put right by a counter-voucher alone."""

    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="vouchers", verbose_name=_("单位"), db_index=False
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    serial = models.PositiveIntegerField(_("凭证号"))
    number = models.CharField(_("凭证字号"), max_length=24)
    day = models.DateField(_("凭证日期"))
    kind = models.CharField(_("类别"), max_length=14, choices=VoucherKind.choices)
    words = models.CharField(_("摘要"), max_length=200)
    debit = models.DecimalField(_("借方合计"), max_digits=18, decimal_places=2)
    credit = models.DecimalField(_("贷方合计"), max_digits=18, decimal_places=2)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("冲销的凭证")
    )
    source_kind = text(_("来源类别"), 64, editable=False)
    source_id = models.BigIntegerField(_("来源"), null=True, blank=True, editable=False)

    natural = ("organ_id", "number")
    called = ("number",)
    searched = ("number", "words")
    loose = ("", frozenset())

    class Meta:
        verbose_name = _("记账凭证")
        ordering = ("-day", "-id")
        constraints = [
            models.UniqueConstraint(fields=["organ", "year", "serial"], name="voucher_serial_once",
                                    violation_error_message=_("本年度已有同号凭证")),
            models.UniqueConstraint(fields=["organ", "number"], name="voucher_once",
                                    violation_error_message=_("本单位已有同样字号的凭证")),
            models.CheckConstraint(condition=Q(debit=F("credit")), name="voucher_balanced",
                                   violation_error_message=_("借方与贷方不相等")),
            models.CheckConstraint(condition=Q(debit__gt=0), name="voucher_something",
                                   violation_error_message=_("凭证没有金额")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["source_kind", "source_id"], name="voucher_source"),
            models.Index(fields=["day", "id"], name="voucher_day"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.words}"

    def faults(self) -> Iterable[Fault]:
        """A voucher that stands already, and one whose sides differ."""
        if self.version:
            yield Fault(
                gettext("凭证一经登记不得修改"), "number", self.number, gettext("登记有误的，请冲销后另行登记。")
            )
        if self.debit != self.credit:
            yield Fault(
                gettext("借方合计 %(debit)s，贷方合计 %(credit)s，不相等") % {"debit": self.debit, "credit": self.credit},
                "credit", str(self.credit), gettext("请核对分录"),
            )  # fmt: skip


class VoucherLine(Record):
    """One line of a voucher: an account on one side, with the card it is about where there is one."""

    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="lines", verbose_name=_("凭证"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("单位"), editable=False)
    place = models.PositiveIntegerField(_("行次"))
    account = models.CharField(_("科目编号"), max_length=20)
    account_name = models.CharField(_("科目名称"), max_length=60)
    detail = text(_("明细"), 120)
    debit = models.DecimalField(_("借方"), max_digits=18, decimal_places=2, default=Decimal(0))
    credit = models.DecimalField(_("贷方"), max_digits=18, decimal_places=2, default=Decimal(0))
    card = models.ForeignKey(
        Card,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="voucher_lines",
        verbose_name=_("资产卡片"),
        db_index=False,
    )

    natural = ("voucher_id", "place")
    searched = ("account", "account_name")
    loose = ("", frozenset())

    class Meta:
        verbose_name = _("凭证分录")
        ordering = ("voucher", "place")
        constraints = [
            models.UniqueConstraint(fields=["voucher", "place"], name="voucher_line_once",
                                    violation_error_message=_("行次重复")),
            models.CheckConstraint(condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0), name="voucher_line_side",
                                   violation_error_message=_("每行只记借方或者贷方，金额应大于零")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["card"], name="voucher_line_card", condition=Q(card__isnull=False))]

    def __str__(self) -> str:
        return f"{self.account} {self.account_name}"

    @property
    def checked(self) -> bool:
        """True where the account's number was read in a published table; else it is shown as 待核实."""
        known = accounts().get(self.account)
        return known is not None and known.checked

    def faults(self) -> Iterable[Fault]:
        """A line that stands already, and one with no side or with both."""
        if self.version:
            yield Fault(
                gettext("凭证一经登记不得修改"), "account", self.account, gettext("登记有误的，请冲销后另行登记。")
            )
        if (self.debit > 0) == (self.credit > 0):
            yield Fault(gettext("每行只记借方或者贷方，金额应大于零"), "debit", str(self.debit), gettext("请分行填写"))
