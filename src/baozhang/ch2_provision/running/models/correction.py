"""The correction of a published month: what was published and what it should have been stand side by side."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.running.choices import CorrectionState, Figure
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.kernel import cells, clock
from baozhang.kernel.record import Record

from .review import Review


class Correction(Record):
    """What of a published month is no longer so; opened by the system, published by whoever published the month."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="corrections", verbose_name=_("单车核算月报"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("单位"), editable=False)
    serial = models.PositiveIntegerField(_("第几次更正"), default=1, editable=False)
    found_on = models.DateField(_("发现日期"), editable=False)
    reason = models.CharField(
        _("更正原因"), max_length=200, blank=True, default="", help_text=_("写入更正公示，如 补记迟到的加油单据")
    )
    km_was = models.PositiveIntegerField(_("原公示里程"), default=0, editable=False)
    km = models.PositiveIntegerField(_("更正后里程"), default=0, editable=False)
    total_was = models.DecimalField(
        _("原公示费用"), max_digits=16, decimal_places=2, default=Decimal(0), editable=False
    )
    total = models.DecimalField(_("更正后费用"), max_digits=16, decimal_places=2, default=Decimal(0), editable=False)
    corrected = models.ForeignKey(
        "kernel.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("原公示文件"), editable=False
    )  # fmt: skip
    document = models.ForeignKey(
        "kernel.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("更正公示文件"), editable=False
    )  # fmt: skip
    published_on = models.DateField(_("更正公示日期"), null=True, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=CorrectionState.choices, default=CorrectionState.OPEN)

    natural = ("review_id", "serial")
    searched = ("organ.name", "reason")
    stepped: ClassVar[Mapping[str, frozenset[str]]] = {"state": frozenset({CorrectionState.OPEN})}

    class Meta:
        app_label = "running"
        verbose_name = _("单车核算更正")
        ordering = ("-found_on", "-id")
        constraints = [
            models.UniqueConstraint(fields=["review", "serial"], name="running_correction_serial"),
            models.UniqueConstraint(fields=["review"], condition=Q(state=CorrectionState.OPEN), name="running_correction_once",
                                    violation_error_message=_("这个月已有待公示的更正")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organ", "state"], name="running_correction_organ")]

    def __str__(self) -> str:
        return f"{self.review} {gettext('第 %(n)s 次更正') % {'n': self.serial}}"

    def organ_key(self) -> int | None:
        """The month's organ, also before it is kept."""
        return self.organ_id or (self.review.organ_id if self.review_id else None)

    def derive(self) -> None:
        """This will take the organ from the month, and the day from the clock where it is found."""
        self.organ_id = self.organ_key()  # type: ignore[assignment]
        self.found_on = self.found_on or clock.today()


class CorrectionLine(Record):
    """One figure of one vehicle's month: as it was published, and as it is."""

    correction = models.ForeignKey(Correction, models.PROTECT, related_name="lines", verbose_name=_("单车核算更正"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("单位"))
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="+", verbose_name=_("车辆"))
    figure = models.CharField(_("项目"), max_length=10, choices=Figure.choices)
    was = models.DecimalField(_("原公示"), max_digits=16, decimal_places=2, default=Decimal(0))
    now = models.DecimalField(_("更正为"), max_digits=16, decimal_places=2, default=Decimal(0))

    natural = ("correction_id", "vehicle_id", "figure")
    searched = ("vehicle.plate",)

    class Meta:
        app_label = "running"
        verbose_name = _("单车核算更正明细")
        ordering = ("correction", "vehicle", "id")
        constraints = [
            models.UniqueConstraint(fields=["correction", "vehicle", "figure"], name="running_correction_line")
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} {self.get_figure_display()}"

    def said(self) -> tuple[Any, ...]:
        """What it says, to be held against another."""
        return self.vehicle_id, self.figure, self.was, self.now


def said(figure: Figure, value: Decimal) -> str:
    """A figure with its unit, as pages say it."""
    if figure == Figure.KM:
        return f"{cells.number(int(value))} {pgettext('unit', '公里')}"
    return f"{cells.money(value)} {gettext('元')}"
