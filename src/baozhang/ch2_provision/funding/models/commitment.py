"""What has been promised and paid out of a line of a budget, each for one case."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.funding.choices import CommitState
from baozhang.kernel.record import Record

from .budget import BudgetLine


class Commitment(Record):
    """What one case (a purchase, a contract, a bill) has promised out of a line: committed, paid, let go."""

    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="commitments", verbose_name=_("预算明细"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("单位"), editable=False)
    case_kind = models.CharField(_("用于"), max_length=64)
    case_id = models.BigIntegerField(_("办件"))
    words = models.CharField(_("事由"), max_length=160)
    amount = models.DecimalField(_("占用金额"), max_digits=18, decimal_places=2)
    settled = models.DecimalField(_("已支付"), max_digits=18, decimal_places=2, default=Decimal(0))
    released = models.DecimalField(_("已释放"), max_digits=18, decimal_places=2, default=Decimal(0))
    day = models.DateField(_("占用日期"))
    state = models.CharField(_("状态"), max_length=10, choices=CommitState.choices, default=CommitState.OPEN)

    searched = ("words",)
    loose = ("state", frozenset({"open"}))

    class Meta:
        verbose_name = _("经费占用")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["line", "case_kind", "case_id"], condition=Q(state=CommitState.OPEN), name="commitment_one_open",
                                    violation_error_message=_("这个办件已占用这一行预算")),
            models.CheckConstraint(condition=Q(settled__gte=0, released__gte=0, amount__gte=F("settled") + F("released")),
                                   name="commitment_sums", violation_error_message=_("支付与释放之和不能超过占用金额")),
            models.CheckConstraint(condition=Q(state=CommitState.OPEN) | Q(amount=F("settled") + F("released")), name="commitment_ends",
                                   violation_error_message=_("结清或释放后不能再有占用")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["case_kind", "case_id"], name="commitment_case")]

    def __str__(self) -> str:
        return self.words

    @property
    def left(self) -> Decimal:
        """What is still promised: neither paid nor let go."""
        return self.amount - self.settled - self.released

    def organ_key(self) -> int | None:
        """The key of the agency, also before the row is kept."""
        return self.organ_id or (self.line.organ_id if self.line_id else None)

    def derive(self) -> None:
        """This will take the agency from the line."""
        if self.line_id:
            self.organ_id = self.line.organ_id


class Payment(Record):
    """One payment on a commitment; it is never changed."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="payments", verbose_name=_("经费占用"))
    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="payments", verbose_name=_("预算明细"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("单位"), editable=False)
    day = models.DateField(_("支付日期"))
    amount = models.DecimalField(_("支付金额"), max_digits=18, decimal_places=2)
    words = models.CharField(_("凭证和说明"), max_length=160, blank=True, default="")

    searched = ("words",)
    loose = ("", frozenset())

    class Meta:
        verbose_name = _("经费支付")
        ordering = ("-day", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive", violation_error_message=_("支付金额须大于零")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organ", "-day"], name="payment_of_organ")]

    def __str__(self) -> str:
        return f"{self.day} {self.words or self.amount}"

    def organ_key(self) -> int | None:
        """The key of the agency, also before the row is kept."""
        return self.organ_id or (self.line.organ_id if self.line_id else None)

    def derive(self) -> None:
        """This will take line and agency from the commitment."""
        if self.commitment_id:
            self.line_id, self.organ_id = self.commitment.line_id, self.commitment.organ_id
