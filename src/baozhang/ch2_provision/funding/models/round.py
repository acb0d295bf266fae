"""A round of planning that an authority opens, and the ceiling of each agency in it (articles 8 and 9)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.funding.choices import RoundState
from baozhang.kernel.access import Actor
from baozhang.kernel.fixed import Fixed
from baozhang.kernel.record import Record


class PlanRound(Record):
    """One year's round: from when to when the agencies of a level hand in their plans."""

    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="plan_rounds", verbose_name=_("布置单位"), blank=True
    )
    code = models.CharField(_("轮次编号"), max_length=40, unique=True, blank=True)
    year = models.PositiveSmallIntegerField(_("计划年度"))
    title = models.CharField(_("名称"), max_length=80, blank=True, default="")
    opens = models.DateField(_("编报开始"))
    closes = models.DateField(_("编报截止"), help_text=_("截止后仍未报送的，由巡查列出"))
    note = models.TextField(_("编报要求"), max_length=4000, blank=True, default="")
    state = models.CharField(_("状态"), max_length=10, choices=RoundState.choices, default=RoundState.DRAFT)

    natural = ("code",)
    called = ("code", "title")
    searched = ("code", "title")
    stepped = {"state": frozenset({RoundState.DRAFT})}
    loose = ("state", frozenset({RoundState.DRAFT}))

    class Meta:
        verbose_name = _("计划编报轮次")
        ordering = ("-year", "-id")
        constraints = [
            models.UniqueConstraint(fields=["organ", "year"], name="round_once_a_year",
                                    violation_error_message=_("该年度已有编报轮次")),
            models.CheckConstraint(condition=Q(closes__gte=F("opens")), name="round_period",
                                   violation_error_message=_("编报截止早于编报开始")),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2100), name="round_year",
                                   violation_error_message=_("计划年度有误")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title or self.code

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """A draft is seen by its authority; what is open or closed by all whom it concerns, and by those above."""
        if organs is None or not organs:
            return None if organs is None else Q(pk__in=[])
        mine = Organization._base_manager.filter(pk__in=sorted(organs))
        out = ~Q(state=RoundState.DRAFT)
        here = Q(organ__jurisdiction_id__in=mine.values("jurisdiction_id"))
        above = Q(organ__jurisdiction_id__in=mine.values("jurisdiction__parent_id"))
        return Q(organ_id__in=sorted(organs)) | out & (here | above)

    def fixed(self) -> Fixed | None:
        """Whose plans of which year, once the agencies draw them up."""
        if self.state == RoundState.DRAFT:
            return None
        return Fixed(("organ", "year"), _("已布置的编报不能改布置单位和计划年度"), _("年度有误的，截止后另行布置"))

    def derive(self) -> None:
        """This will number the round and give it a name."""
        if self.organ_id and not self.code:
            self.code = f"R{self.year}-{self.organ.code}"
        if self.organ_id and not self.title:
            self.title = f"{self.organ.jurisdiction.name}{self.year}年度运行保障计划"


class Ceiling(Record):
    """An agency in a round, and the most that it may apply for (article 8, paragraph 1: total control)."""

    round = models.ForeignKey(PlanRound, models.PROTECT, related_name="ceilings", verbose_name=_("编报轮次"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="ceilings", verbose_name=_("单位"))
    amount = models.DecimalField(
        _("经费控制限额"), max_digits=18, decimal_places=2, null=True, blank=True,
        help_text=_("全年机关运行经费预算的上限；未下达的不填，申报时不作总额核对"),
    )  # fmt: skip
    note = models.CharField(_("说明"), max_length=200, blank=True, default="")

    natural = ("round_id", "organ_id")
    searched = ("organ.name",)

    class Meta:
        verbose_name = _("单位控制限额")
        ordering = ("round", "organ")
        constraints = [
            models.UniqueConstraint(fields=["round", "organ"], name="ceiling_once",
                                    violation_error_message=_("该单位在本轮次已有限额")),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="ceiling_not_negative",
                                   violation_error_message=_("限额不能为负数")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.organ} {self.round.year}"
