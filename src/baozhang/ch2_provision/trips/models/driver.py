"""Those who drive official vehicles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.trips.choices import DriverState
from baozhang.kernel import clock
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault


class Driver(Record):
    """A driver of a unit; with an account he takes his slips on the phone."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="drivers", verbose_name=_("单位"))
    name = models.CharField(_("姓名"), max_length=40)
    account = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, blank=True, related_name="drives", verbose_name=_("账号"), help_text=_("用手机接收派车单的账号")
    )  # fmt: skip
    phone = models.CharField(_("联系电话"), max_length=20, blank=True, default="")
    licence = models.CharField(_("准驾车型"), max_length=20, blank=True, default="")
    licence_until = models.DateField(_("驾驶证有效期至"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=6, choices=DriverState.choices, default=DriverState.ON)
    remarks = models.CharField(_("备注"), max_length=200, blank=True, default="")

    natural = ("organ_id", "name")
    called = ("name",)
    searched = ("name", "phone")
    masked = frozenset({"phone"})

    class Meta:
        app_label = "trips"
        verbose_name = _("驾驶人")
        ordering = ("organ", "name")
        constraints = [
            models.UniqueConstraint(fields=["organ", "name"], name="driver_once", violation_error_message=_("本单位已有同名的驾驶人")),
            models.UniqueConstraint(fields=["account"], condition=Q(account__isnull=False), name="driver_account_once",
                                    violation_error_message=_("这个账号已对应另一位驾驶人")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organ", "state"], name="driver_organ")]

    def __str__(self) -> str:
        return self.name

    def lapsed_by(self, day: dt.date) -> str:
        """What is wrong with his licence on a day; empty where nothing is, or no day was entered."""
        if self.licence_until is None or self.licence_until >= day:
            return ""
        return gettext("%(driver)s的驾驶证 %(until)s 到期，%(day)s 不能驾驶") % {
            "driver": self.name,
            "until": self.licence_until,
            "day": day,
        }

    def away(self, day: dt.date) -> str:
        """Why he may not drive on a day: not at work, or not licensed; empty where he may."""
        if self.state != DriverState.ON:
            return gettext("%(driver)s现在%(state)s") % {"driver": self.name, "state": self.get_state_display()}
        return self.lapsed_by(day)

    def faults(self) -> Iterable[Any]:
        """A licence that has run out on somebody who is to drive."""
        if self.state == DriverState.ON and self.licence_until is not None and self.licence_until < clock.today():
            yield Fault(
                gettext("驾驶证已过期，不能在岗"), "licence_until", str(self.licence_until), gettext("请填写换发后的有效期，或者改为休假、离岗"),
                column=gettext("驾驶证有效期至"),
            )  # fmt: skip
