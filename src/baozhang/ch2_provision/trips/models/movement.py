"""What the tracks of a day come to: each way that a vehicle went, and where it stood at night when that was elsewhere."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from baozhang.kernel.observation import Observation

WAY, NIGHT, FAST, IDLE, OUT, AWAY = "way", "night", "fast", "idle", "out", "away"
FROM_TRACKS = (WAY, FAST, IDLE, OUT)  # what is drawn from the track of a day, and drawn anew where more of it comes


class Movement(Observation):
    """A way of a vehicle (its file's key) with its length, or a night outside its fence with the distance from it.

    Beside a way that was driven fast stands the speed that it held (metres of an hour), beside a stop the time for which the engine ran,
    beside one that led beyond the area how far it got from the border, and where it left it (millionths of a degree);
    and each night that it stands beyond its area has a row with the distance from the border and the place.
    """

    pk = models.CompositePrimaryKey("vehicle", "kind", "since")
    vehicle = models.BigIntegerField()
    kind = models.CharField(max_length=5)
    since = models.DateTimeField()
    until = models.DateTimeField()
    day = models.DateField()
    metres = models.IntegerField()
    lat = models.IntegerField(null=True)
    lon = models.IntegerField(null=True)

    class Meta:
        app_label = "trips"
        verbose_name = _("轨迹行程")
        indexes = [models.Index(fields=["kind", "day"], name="movement_day")]
