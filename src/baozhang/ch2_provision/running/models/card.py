"""A card that pays for one vehicle: fuel, charging, toll."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.running.choices import BY_CARD, KINDS_SAID, Kind
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.ch2_provision.vehicles.models.belonging import OfVehicle
from baozhang.kernel.record import Record


class PaymentCard(OfVehicle, Record):
    """One card, one vehicle."""

    number = models.CharField(_("卡号"), max_length=40)
    kind = models.CharField(
        _("用途"), max_length=10, choices=[(kind.value, kind.label) for kind in BY_CARD], default=Kind.FUEL
    )
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="payment_cards", verbose_name=_("车辆"))
    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("单位"), editable=False, db_index=False
    )
    supplier = models.CharField(_("发卡单位"), max_length=60, blank=True, default="")
    keeper = models.CharField(_("保管人"), max_length=40, blank=True, default="")
    stopped = models.DateField(_("停用日期"), null=True, blank=True)

    natural = ("number",)
    called = ("number",)
    searched = ("number", "vehicle.plate")
    synonyms: ClassVar[Mapping[str, Mapping[str, str]]] = {"kind": KINDS_SAID}

    class Meta:
        app_label = "running"
        verbose_name = _("车辆用卡")
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["number"], name="payment_card_once", violation_error_message=_("这张卡已登记"))]  # fmt: skip
        indexes = [models.Index(fields=["organ"], name="payment_card_organ")]

    def __str__(self) -> str:
        return self.number
