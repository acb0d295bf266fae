"""Who looked where a vehicle had been: the track of a day says where people were, so that reading it leaves its own mark."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.kernel.record import Record

from .terminal import Terminal


class TrackReading(Record):
    """That somebody read the track of one day of a vehicle; once a reader, vehicle, day of the track and day of reading."""

    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="readings", verbose_name=_("车载终端"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("单位"), db_index=False)
    reader = models.ForeignKey(
        "kernel.User", models.PROTECT, related_name="+", verbose_name=_("查看人"), db_index=False
    )
    reader_organ = models.CharField(_("查看人单位"), max_length=200)
    track_day = models.DateField(_("轨迹日期"))
    read_on = models.DateField(_("查看日期"))

    natural = ("terminal_id", "reader_id", "track_day", "read_on")
    searched: ClassVar[tuple[str, ...]] = ("terminal.plate", "reader.name")

    class Meta:
        app_label = "vehicles"
        verbose_name = _("轨迹查看记录")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["terminal", "reader", "track_day", "read_on"], name="track_reading_once",
                                    violation_error_message=_("当天已记录这次查看")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organ", "read_on"], name="track_reading_organ")]

    def __str__(self) -> str:
        return f"{self.terminal.plate} {self.track_day}"
