"""A round of allocation: a proposal over all open needs of a jurisdiction at once, decided line by line."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.allocation.choices import Decision, RoundState, Source
from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel import clock
from baozhang.kernel.columns import text
from baozhang.kernel.fixed import Fixed
from baozhang.kernel.record import Record

from .need import Need


class Round(Record):
    """One round: when it was worked out, over how much, and what became of it."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="rounds", verbose_name=_("机关事务管理部门"))
    day = models.DateField(_("平衡日期"), default=clock.today)
    state = models.CharField(_("状态"), max_length=10, choices=RoundState.choices, default=RoundState.DRAFT)
    needs = models.PositiveIntegerField(_("需求数量"), default=0)
    pieces = models.PositiveIntegerField(_("需要件数"), default=0)
    stock = models.PositiveIntegerField(_("可用存量"), default=0)
    matched = models.PositiveIntegerField(_("建议落实件数"), default=0)
    seconds = models.DecimalField(_("测算用时"), max_digits=8, decimal_places=2, default=Decimal(0))
    carried_on = models.DateField(_("执行日期"), null=True, blank=True)

    stepped: ClassVar[Mapping[str, frozenset[str]]] = {"state": frozenset({RoundState.DRAFT})}
    loose = ("state", frozenset({"draft"}))

    class Meta:
        app_label = "allocation"
        verbose_name = _("统筹平衡")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["organ"], condition=Q(state__in=(RoundState.DRAFT, RoundState.PROPOSED, RoundState.DECIDED)), name="round_one_open",
                                    violation_error_message=_("上一次统筹平衡尚未执行或者作废")),
            models.CheckConstraint(condition=Q(state=RoundState.CARRIED, carried_on__isnull=False) | ~Q(state=RoundState.CARRIED) & Q(carried_on__isnull=True),
                                   name="round_carried", violation_error_message=_("已执行的须有执行日期")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return gettext("%(day)s 统筹平衡") % {"day": self.day}

    def fixed(self) -> Fixed | None:
        """Whose needs of which day, once they were worked out."""
        if self.state == RoundState.DRAFT:
            return None
        return Fixed(("organ", "day"), _("已测算的统筹平衡不能改日期"), _("日期有误的，作废后重新测算"))

    def derive(self) -> None:
        """This will date its carrying out."""
        if self.state == RoundState.CARRIED and self.carried_on is None:
            self.carried_on = clock.today()


class RoundLine(Record):
    """One proposed pair: this item for that need, why, and what the officer decides."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="lines", verbose_name=_("统筹平衡"))
    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("机关事务管理部门"), db_index=False
    )
    need = models.ForeignKey(Need, models.PROTECT, related_name="round_lines", verbose_name=_("配置需求"))
    card = models.ForeignKey(Card, models.PROTECT, related_name="+", verbose_name=_("资产"), db_index=False)
    source = models.CharField(_("来源"), max_length=10, choices=Source.choices)
    cost = models.PositiveIntegerField(
        _("排序值"), default=0, help_text=_("越小越合适：来源、契合、成色、新旧、距离依次比较")
    )
    reasons = models.JSONField(_("排序依据"), default=dict, blank=True)
    decision = models.CharField(_("决定"), max_length=10, choices=Decision.choices, default=Decision.OPEN)
    note = text(_("决定理由"), 200)

    searched = ("need.name", "card.name")
    part_of = ("round",)
    loose = ("round.state", frozenset({"draft", "proposed"}))

    class Meta:
        app_label = "allocation"
        verbose_name = _("平衡建议")
        ordering = ("round", "id")
        constraints = [
            models.UniqueConstraint(fields=["round", "card"], name="round_card_once", violation_error_message=_("一件资产在一次平衡中只给一项需求")),
            models.CheckConstraint(condition=~Q(decision=Decision.REJECTED) | ~Q(note=""), name="round_rejected_has_reason",
                                   violation_error_message=_("不采纳须写明理由")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["round", "decision", "cost", "id"], name="round_line_cost")]

    def __str__(self) -> str:
        return f"{self.card.name} → {self.need}"

    @property
    def open(self) -> bool:
        """This is true while nobody has decided it."""
        return self.decision == Decision.OPEN
