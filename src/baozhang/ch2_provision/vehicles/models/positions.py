"""Where vehicles were. All keys contain the vehicle, so that a cluster can spread the tables by it as they are.

`vehicle` is the key of the terminal's record (a terminal in one vehicle); it is no foreign key, since positions outlive
what a database may check at two thousand a second. Moments are seconds since 1970, places millionths of a degree in
WGS-84, speeds and ways tenths of a kilometre: whole numbers, the same on every database and ready to be packed.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from baozhang.ch2_provision.vehicles.choices import Doubt
from baozhang.kernel.observation import Observation


class Reported(Observation):
    """The columns of a position as it came; whoever keeps positions one row each stands on it and names its key."""

    vehicle = models.BigIntegerField()
    at = models.BigIntegerField()
    lat = models.IntegerField()
    lon = models.IntegerField()
    altitude = models.IntegerField()
    speed = models.IntegerField()
    direction = models.IntegerField()
    status = models.BigIntegerField()
    alarm = models.BigIntegerField()
    odometer = models.BigIntegerField(null=True)
    heard = models.BigIntegerField()

    class Meta:
        abstract = True


class RecentPosition(Reported):
    """A position of the last hours, one row each, until it is packed."""

    pk = models.CompositePrimaryKey("vehicle", "at")
    fuel = models.IntegerField(null=True)
    satellites = models.IntegerField(null=True)
    signal = models.IntegerField(null=True)

    class Meta:
        verbose_name = _("近期定位")
        indexes = [models.Index(fields=["at"], name="recent_position_at")]


class TrackBlock(Observation):
    """All positions of one vehicle in one hour, packed, with what is asked of it without unpacking."""

    pk = models.CompositePrimaryKey("vehicle", "hour")
    vehicle = models.BigIntegerField()
    hour = models.IntegerField()  # hours since 1970
    count = models.IntegerField()
    first_at = models.BigIntegerField()
    last_at = models.BigIntegerField()
    first_lat = models.IntegerField()
    first_lon = models.IntegerField()
    last_lat = models.IntegerField()
    last_lon = models.IntegerField()
    metres = models.IntegerField()
    speed_most = models.IntegerField()
    alarms = models.BigIntegerField()
    odometer_first = models.BigIntegerField(null=True)
    odometer_last = models.BigIntegerField(null=True)
    south = models.IntegerField()
    west = models.IntegerField()
    north = models.IntegerField()
    east = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        verbose_name = _("轨迹块")
        indexes = [models.Index(fields=["hour"], name="track_block_hour")]


class LateDay(Observation):
    """A day of a vehicle of which positions came when it was over: what was drawn from its track is to be drawn anew."""

    pk = models.CompositePrimaryKey("vehicle", "day")
    vehicle = models.BigIntegerField()
    day = models.DateField()
    count = models.BigIntegerField()  # positions that came so; by it one sees whether more came meanwhile

    class Meta:
        verbose_name = _("迟到定位")


class DoubtfulPosition(Observation):
    """A position that cannot be true, kept apart with the reason: it is a fact of the terminal, not of the vehicle."""

    pk = models.CompositePrimaryKey("vehicle", "digest")
    vehicle = models.BigIntegerField()
    digest = models.BinaryField(max_length=16)  # of the body: sent again, it is the same row
    doubt = models.CharField(max_length=10, choices=Doubt.choices)
    at = models.BigIntegerField(null=True)
    heard = models.BigIntegerField()
    blind = models.BooleanField(default=False)  # without a fix while the engine ran or the vehicle moved
    body = models.BinaryField()

    class Meta:
        verbose_name = _("异常定位")
        indexes = [models.Index(fields=["vehicle", "-heard"], name="doubtful_position_heard")]
