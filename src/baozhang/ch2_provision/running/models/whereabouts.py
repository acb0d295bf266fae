"""How far a vehicle was from the place of a bill, measured once by its positions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from baozhang.kernel.observation import Observation


class Whereabouts(Observation):
    """The distance of the nearest position around the time of a bill (the bill's key)."""

    cost = models.BigIntegerField(primary_key=True)
    vehicle = models.BigIntegerField()
    day = models.DateField()
    metres = models.IntegerField()

    class Meta:
        app_label = "running"
        verbose_name = _("费用地点核对")
        indexes = [models.Index(fields=["day"], name="whereabouts_day")]
