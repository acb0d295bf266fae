"""Papers of a vehicle that run out: licence, inspection, insurance and the like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.vehicles.choices import CertificateKind, CertificateState
from baozhang.ch2_provision.vehicles.models.belonging import OfVehicle
from baozhang.kernel.columns import day, money, text
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

from .vehicle import Vehicle


class Certificate(OfVehicle, Record):
    """One certificate of a vehicle in its time; the one that follows it is a record of its own."""

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="certificates", verbose_name=_("车辆"))
    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("单位"), editable=False, db_index=False
    )
    kind = models.CharField(_("证照种类"), max_length=14, choices=CertificateKind.choices)
    number = text(_("证照编号"), 60)
    issuer = text(_("核发单位"), 80)
    since = models.DateField(_("起始日期"))
    until = day(_("有效期至"), help_text=_("没有期限的留空"))
    amount = money(_("费用"))
    state = models.CharField(_("状态"), max_length=8, choices=CertificateState.choices, default=CertificateState.VALID)
    next_number = text(_("新证照编号"), 60)
    next_since = day(_("新证照起始日期"), help_text=_("留空则为原有效期的次日"))
    next_until = day(_("新有效期至"))
    next_amount = money(_("续办费用"))
    remarks = text(_("备注"), 200)

    natural = ("vehicle_id", "kind", "since")
    searched = ("number", "vehicle.plate")
    stepped: ClassVar[Mapping[str, frozenset[str]]] = {"state": frozenset({CertificateState.VALID})}

    class Meta:
        app_label = "vehicles"
        verbose_name = _("车辆证照")
        ordering = ("until", "id")
        constraints = [
            models.UniqueConstraint(fields=["vehicle", "kind", "since"], name="certificate_once",
                                    violation_error_message=_("这辆车已有同一天起始的同类证照")),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="certificate_period",
                                   violation_error_message=_("有效期早于起始日期")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["state", "until"], name="certificate_due"),
            models.Index(fields=["organ", "state"], name="certificate_organ"),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} {self.get_kind_display()}"

    def faults(self) -> Iterable[Any]:
        """An end before the beginning."""
        if self.until is not None and self.since is not None and self.until < self.since:
            yield Fault(gettext("有效期早于起始日期"), "until", str(self.until), column=gettext("有效期至"))
