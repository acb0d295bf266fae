"""Signs of life and other things that terminals say beside positions; and terminals that nobody knows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from baozhang.ch2_provision.vehicles.choices import Barred
from baozhang.kernel.observation import Observation

from .terminal import Terminal


class TerminalHealth(Observation):
    """How a terminal is: last heard, last good position, how much it said that cannot be true."""

    # The database does not check this key: on a cluster the terminals stand apart from what they say.
    vehicle = models.OneToOneField(
        Terminal, models.PROTECT, primary_key=True, related_name="health", db_column="vehicle", db_constraint=False,
    )  # fmt: skip
    heard = models.BigIntegerField(null=True)
    edition = models.IntegerField(null=True)
    told_plate = models.CharField(max_length=20, default="")
    good = models.BigIntegerField(default=0)
    doubtful = models.BigIntegerField(default=0)
    at = models.BigIntegerField(null=True)
    lat = models.IntegerField(null=True)
    lon = models.IntegerField(null=True)
    speed = models.IntegerField(null=True)
    direction = models.IntegerField(null=True)
    status = models.BigIntegerField(null=True)
    alarm = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("终端状况")


class Stranger(Observation):
    """A terminal that asked to be let in and was not."""

    phone = models.CharField(max_length=20, primary_key=True)
    barred = models.CharField(max_length=10, choices=Barred.choices)
    first_heard = models.BigIntegerField()
    heard = models.BigIntegerField()
    times = models.BigIntegerField(default=0)
    told_plate = models.CharField(max_length=20, default="")
    maker = models.CharField(max_length=11, default="")
    device = models.CharField(max_length=60, default="")

    class Meta:
        verbose_name = _("陌生终端")


class CardEvent(Observation):
    """A driver's card put in or taken out; the driver is a keyed digest, the same for the same person."""

    pk = models.CompositePrimaryKey("vehicle", "at")
    vehicle = models.BigIntegerField()
    at = models.BigIntegerField()
    put_in = models.BooleanField()
    result = models.IntegerField()
    holder = models.CharField(max_length=32, default="")
    heard = models.BigIntegerField()

    class Meta:
        verbose_name = _("驾驶员卡")


class MediaItem(Observation):
    """A picture, sound or film that a terminal has sent: what, when and how large; the data itself is not kept."""

    pk = models.CompositePrimaryKey("vehicle", "number", "digest")  # sent again, it is the same row
    vehicle = models.BigIntegerField()
    number = models.BigIntegerField()
    heard = models.BigIntegerField()
    kind = models.IntegerField()
    format = models.IntegerField()
    event = models.IntegerField()
    channel = models.IntegerField()
    at = models.BigIntegerField(null=True)
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64, default="")

    class Meta:
        verbose_name = _("多媒体索引")
