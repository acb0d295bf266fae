"""What is kept about a standard: trials of its draft, and re-examinations once it is in force (article 37)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch3_mechanisms.standards.choices import Conclusion, State
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

from .standard import Standard


class Trial(Record):
    """What a draft would have changed on live data on a day: counts and sums, no findings."""

    standard = models.ForeignKey(Standard, models.PROTECT, related_name="trials", verbose_name=_("标准"))
    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("发布机关"), editable=False
    )
    day = models.DateField(_("判断日期"))
    assumed_from = models.DateField(_("假定施行日期"))
    made_at = models.DateTimeField(_("试算时间"))
    maker = models.CharField(_("试算人"), max_length=60)
    digest = models.CharField(_("草案摘要"), max_length=64)
    organs_now = models.PositiveIntegerField(_("现行超出单位"))
    organs_draft = models.PositiveIntegerField(_("草案超出单位"))
    amount_now = models.DecimalField(_("现行涉及金额"), max_digits=18, decimal_places=2)
    amount_draft = models.DecimalField(_("草案涉及金额"), max_digits=18, decimal_places=2)
    result = models.JSONField(_("分单位结果"), default=dict, blank=True)
    loose = ("", frozenset())

    class Meta:
        verbose_name = _("试算")
        ordering = ("-made_at", "-id")

    def __str__(self) -> str:
        return f"{self.standard} {self.day}"

    def organ_key(self) -> int | None:
        """The key of the issuing authority, also before the trial is kept."""
        return self.standard.organ_id if self.standard_id else None

    def derive(self) -> None:
        """This will take the organ from the standard."""
        self.organ_id = self.standard.organ_id


class Reexamination(Record):
    """A look at a standard that is in force: does it stand, is it to be revised, when is the next (article 37)."""

    standard = models.ForeignKey(Standard, models.PROTECT, related_name="reexaminations", verbose_name=_("标准"))
    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("发布机关"), editable=False
    )
    day = models.DateField(_("复审日期"))
    conclusion = models.CharField(_("复审结论"), max_length=10, choices=Conclusion.choices)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    next_due = models.DateField(_("下次复审日期"), null=True, blank=True)

    natural = ("standard_id", "day")
    loose = ("", frozenset())

    class Meta:
        verbose_name = _("标准复审")
        ordering = ("-day",)
        constraints = [
            models.UniqueConstraint(
                fields=["standard", "day"],
                name="reexamination_once",
                violation_error_message=_("该标准当日已有复审记录"),
            ),
            models.CheckConstraint(
                condition=Q(next_due__isnull=True) | Q(next_due__gt=F("day")),
                name="reexamination_ahead",
                violation_error_message=_("下次复审日期应晚于本次"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.standard} {self.day}"

    def organ_key(self) -> int | None:
        """The key of the issuing authority, also before the row is kept."""
        return self.standard.organ_id if self.standard_id else None

    def derive(self) -> None:
        """This will take the organ from the standard."""
        self.organ_id = self.standard.organ_id

    def faults(self) -> Iterable[Any]:
        """A standard that is not in force has nothing to be re-examined."""
        if self.standard_id and self.standard.state != State.PUBLISHED:
            yield Fault(_("只有已发布、未被替代的标准需要复审"), "standard", str(self.standard), column=str(_("标准")))
