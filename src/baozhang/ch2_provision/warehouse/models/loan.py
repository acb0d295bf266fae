"""Things in other hands: a loan with its term, or an allocated use without, returned item by item."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.choices import THING_OPEN, Grade, Harm, LoanState, Mode, ThingState
from baozhang.kernel import clock
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

from .event import Event
from .exit import Exit
from .item import Item
from .sides import of_sides


class Loan(Record):
    """What an organ holds of the warehouse since one handover."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="loans", verbose_name=_("使用单位"))
    giver = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("交付单位"))
    authority = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("审批部门"))
    exit = models.ForeignKey(Exit, models.PROTECT, related_name="loans", verbose_name=_("出仓申领"))
    event = models.ForeignKey(
        Event, models.PROTECT, null=True, blank=True, related_name="loans", verbose_name=_("所属活动")
    )
    mode = models.CharField(_("使用方式"), max_length=8, choices=Mode.choices)
    state = models.CharField(_("借用状态"), max_length=10, choices=LoanState.choices, default=LoanState.OPEN)
    begun = models.DateField(_("领用日期"))
    due = models.DateField(_("应还日期"), null=True, blank=True)
    extensions = models.PositiveSmallIntegerField(_("已续借次数"), default=0)
    wanted = models.DateField(_("申请续借至"), null=True, blank=True)
    wanted_why = models.CharField(_("续借理由"), max_length=200, blank=True, default="")
    closed_on = models.DateField(_("结清日期"), null=True, blank=True)
    purpose = models.CharField(_("使用用途"), max_length=200, blank=True, default="")

    searched = ("purpose", "organ.name")
    loose = ("state", frozenset({"open"}))

    class Meta:
        app_label = "warehouse"
        verbose_name = _("借用和调剂使用")
        constraints = [
            models.CheckConstraint(condition=~Q(mode="loan") | Q(due__isnull=False), name="loan_due",
                                   violation_error_message=_("限期借用须有应还日期")),
            models.CheckConstraint(condition=Q(due__isnull=True) | Q(due__gte=models.F("begun")), name="loan_term",
                                   violation_error_message=_("应还日期早于领用日期")),
            models.CheckConstraint(condition=~Q(mode="transfer"), name="loan_is_no_transfer",
                                   violation_error_message=_("划转产权不是借用")),
            models.CheckConstraint(condition=Q(state="closed", closed_on__isnull=False) | ~Q(state="closed") & Q(closed_on__isnull=True),
                                   name="loan_closed", violation_error_message=_("结清的借用须有结清日期")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organ", "state"], name="loan_organ"),
            models.Index(fields=["state", "due"], name="loan_due_on"),
        ]

    def derive(self) -> None:
        """This will set the day on which everything was back."""
        if self.state == LoanState.CLOSED and self.closed_on is None:
            self.closed_on = clock.today()

    def __str__(self) -> str:
        return self.purpose or str(self._meta.verbose_name)

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """The user's, the giver's, and those that the actor's authority decides."""
        return of_sides(organs, "organ_id", "giver_id", "authority_id")


class Thing(Record):
    """One thing on a loan, until it is back, repaired or answered for."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("使用单位"))
    giver = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("交付单位"))
    loan = models.ForeignKey(Loan, models.PROTECT, related_name="things", verbose_name=_("借用"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="things", verbose_name=_("公物仓物品"))
    card = models.ForeignKey(Card, models.PROTECT, related_name="+", verbose_name=_("资产卡片"))
    state = models.CharField(_("归还状态"), max_length=10, choices=ThingState.choices, default=ThingState.OUT)
    grade_out = models.CharField(_("领用时成色"), max_length=8, choices=Grade.choices)
    grade_back = models.CharField(_("归还时成色"), max_length=8, choices=Grade.choices, blank=True, default="")
    handed_in = models.DateField(_("交还日期"), null=True, blank=True)
    harm = models.CharField(_("损失情形"), max_length=8, choices=Harm.choices, blank=True, default="")
    harm_words = models.CharField(_("损失经过"), max_length=300, blank=True, default="")
    liable = models.CharField(
        _("责任认定"), max_length=300, blank=True, default="", help_text=_("责任单位、责任人和认定依据")
    )
    compensation = models.DecimalField(_("赔偿金额"), max_digits=16, decimal_places=2, null=True, blank=True)
    compensation_due = models.DateField(
        _("赔偿缴清期限"), null=True, blank=True, help_text=_("由定责的部门写明何日前缴清；不赔偿的不填")
    )
    ended_on = models.DateField(_("验收日期"), null=True, blank=True)

    searched = ("item.name", "card.number", "organ.name")
    part_of = ("loan",)
    loose = ("state", frozenset({"out", "back"}))

    class Meta:
        app_label = "warehouse"
        verbose_name = _("借用物品")
        constraints = [
            models.UniqueConstraint(fields=["card"], condition=Q(state__in=THING_OPEN), name="lent_once",
                                    violation_error_message=_("这件物品已借给他人")),
            models.CheckConstraint(condition=~Q(state="liable") | ~Q(harm=""), name="thing_harm",
                                   violation_error_message=_("请写明损失情形")),
            models.CheckConstraint(condition=~Q(state="settled") | ~Q(liable="") & Q(compensation__isnull=False), name="thing_settled",
                                   violation_error_message=_("定责须写明责任认定和赔偿金额，不赔偿的填零")),
            models.CheckConstraint(condition=Q(compensation__isnull=True) | Q(compensation__gte=0), name="thing_compensation",
                                   violation_error_message=_("赔偿金额不能为负数")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organ", "state"], name="thing_organ")]

    def __str__(self) -> str:
        return f"{self.item}"

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """As the loan that it stands on."""
        return of_sides(organs, "organ_id", "giver_id", "loan__authority_id")

    def faults(self) -> Iterable[Any]:
        """A sum is not below zero."""
        if self.compensation is not None and self.compensation < 0:
            yield Fault(_("赔偿金额不能为负数"), "compensation", str(self.compensation))
