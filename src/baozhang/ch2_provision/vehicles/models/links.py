"""Where positions come from beside terminals, and where they are passed on to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.vehicles.choices import Datum, LinkState
from baozhang.kernel.columns import text
from baozhang.kernel.observation import Observation
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

from .positions import Reported


class Source(Record):
    """Another platform that reports positions of a unit's vehicles; it has a key of its own, of which a digest is kept."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("单位"))
    name = models.CharField(_("平台名称"), max_length=60)
    datum = models.CharField(_("坐标系"), max_length=5, choices=Datum.choices, default=Datum.WGS84)
    state = models.CharField(_("状态"), max_length=10, choices=LinkState.choices, default=LinkState.IN_USE)
    digest = models.CharField(_("密钥摘要"), max_length=64, blank=True, default="", editable=False)
    remarks = text(_("备注"), 200)

    natural = ("organ_id", "name")
    searched = ("name",)
    masked = frozenset({"digest"})
    stepped = {"state": frozenset({LinkState.IN_USE.value})}

    class Meta:
        app_label = "vehicles"
        verbose_name = _("定位来源")
        ordering = ("organ", "name")
        constraints = [
            models.UniqueConstraint(fields=["organ", "name"], name="source_once",
                                    violation_error_message=_("这个单位已登记同名的平台")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["digest"], name="source_digest")]

    def __str__(self) -> str:
        return self.name


class Relay(Record):
    """A higher platform to which positions of a unit's vehicles are passed on, each once, whatever breaks meanwhile."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("单位"))
    name = models.CharField(_("平台名称"), max_length=60)
    url = models.CharField(_("接收地址"), max_length=200, help_text=_("以 https:// 开头；接口见运维文档"))
    state = models.CharField(_("状态"), max_length=10, choices=LinkState.choices, default=LinkState.IN_USE)
    remarks = text(_("备注"), 200)

    natural = ("organ_id", "name")
    searched = ("name", "url")
    stepped = {"state": frozenset({LinkState.IN_USE.value})}

    class Meta:
        app_label = "vehicles"
        verbose_name = _("定位转发")
        ordering = ("organ", "name")
        constraints = [
            models.UniqueConstraint(fields=["organ", "name"], name="relay_once",
                                    violation_error_message=_("这个单位已登记同名的平台")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def faults(self) -> Iterable[Any]:
        """An address that cannot be one."""
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            yield Fault(
                gettext("接收地址写得不对"),
                "url",
                self.url,
                gettext("写成 https://主机/路径，不含账号"),
                column=gettext("接收地址"),
            )


class RelayItem(Reported):
    """A position that waits for being passed on; it is written along with the position and goes when it was taken."""

    pk = models.CompositePrimaryKey("vehicle", "relay", "at")
    relay = models.BigIntegerField()
    parcel = models.BigIntegerField(null=True)  # the number under which it was sent, or is being sent

    class Meta:
        verbose_name = _("待转发定位")
        indexes = [models.Index(fields=["relay", "parcel", "heard"], name="relay_item_next")]


class RelayHealth(Observation):
    """How passing on goes: how many were taken, when last, and what went wrong since."""

    relay = models.BigIntegerField(primary_key=True)
    sent = models.BigIntegerField(default=0)
    at = models.BigIntegerField(null=True)
    failed_at = models.BigIntegerField(null=True)
    fault = models.CharField(max_length=200, default="")

    class Meta:
        verbose_name = _("转发状况")
