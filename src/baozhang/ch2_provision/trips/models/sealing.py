"""A vehicle sealed over a holiday: by whom, at which odometer, opened by whom, at which (article 23, paragraph 1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.trips.choices import SealState
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.ch2_provision.vehicles.models.belonging import OfVehicle
from baozhang.kernel.fixed import Fixed
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

OVER = ("vehicle", "holiday", "since", "until")


class Sealing(OfVehicle, Record):
    """One vehicle over one holiday."""

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="sealings", verbose_name=_("车辆"))
    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("单位"), editable=False, db_index=False
    )
    holiday = models.CharField(_("节假日"), max_length=40)
    since = models.DateField(_("封存起始"))
    until = models.DateField(_("封存截止"))
    place = models.CharField(_("封存地点"), max_length=120, blank=True, default="")
    odometer_sealed = models.PositiveIntegerField(_("封存里程"), null=True, blank=True)
    sealed_by = models.CharField(_("封存人"), max_length=40, blank=True, default="")
    odometer_opened = models.PositiveIntegerField(_("启封里程"), null=True, blank=True)
    opened_by = models.CharField(_("启封人"), max_length=40, blank=True, default="")
    opened_on = models.DateField(_("启封日期"), null=True, blank=True)
    exception = models.CharField(_("不封存理由"), max_length=120, blank=True, default="")
    keeper = models.CharField(_("值班人"), max_length=40, blank=True, default="")
    state = models.CharField(_("状态"), max_length=10, choices=SealState.choices, default=SealState.PLANNED)

    natural = ("vehicle_id", "since")
    searched = ("vehicle.plate", "holiday")
    stepped: ClassVar[Mapping[str, frozenset[str]]] = {"state": frozenset({SealState.PLANNED})}

    class Meta:
        app_label = "trips"
        verbose_name = _("节假日封存")
        ordering = ("-since", "vehicle")
        constraints = [
            models.UniqueConstraint(fields=["vehicle", "since"], name="sealing_once", violation_error_message=_("这辆车这个节假日已列入封存")),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="sealing_period", violation_error_message=_("封存截止早于起始")),
            models.CheckConstraint(condition=~Q(state__in=(SealState.SEALED, SealState.UNSEALED)) | Q(odometer_sealed__isnull=False) & ~Q(sealed_by=""),
                                   name="sealing_sealed", violation_error_message=_("封存须有里程和封存人")),
            models.CheckConstraint(condition=~Q(state=SealState.EXCEPTED) | ~Q(exception=""), name="sealing_excepted",
                                   violation_error_message=_("不封存须写明理由")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organ", "state"], name="sealing_organ"),
            models.Index(fields=["since", "until"], name="sealing_days"),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} {self.holiday} {self.since}"

    def fixed(self) -> Fixed | None:
        """Once it is sealed, opened or excepted: which vehicle over which days."""
        if self.state == SealState.PLANNED:
            return None
        return Fixed(OVER, gettext("已封存的不能改车辆和起止日期"), gettext("列错的，办理启封后重新列入"))

    def faults(self) -> Iterable[Any]:
        """An end before the beginning; an odometer that went backwards while sealed."""
        if self.until is not None and self.since is not None and self.until < self.since:
            yield Fault(gettext("封存截止早于起始"), "until", str(self.until), column=gettext("封存截止"))
        if (
            self.odometer_opened is not None
            and self.odometer_sealed is not None
            and self.odometer_opened < self.odometer_sealed
        ):
            yield Fault(
                gettext("启封里程 %(opened)s 小于封存里程 %(sealed)s") % {"opened": self.odometer_opened, "sealed": self.odometer_sealed}, "odometer_opened",
                str(self.odometer_opened), gettext("请核对里程表"), column=gettext("启封里程"),
            )  # fmt: skip
