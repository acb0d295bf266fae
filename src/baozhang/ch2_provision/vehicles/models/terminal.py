"""A satellite terminal as it sits in one vehicle (article 23, paragraph 1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models.placing import clean_plate
from baozhang.ch2_provision.vehicles.choices import TerminalState
from baozhang.kernel.fixed import Fixed
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

WHOSE = ("organ", "plate", "phone")
_NUMBER = re.compile(r"[1-9a-f][0-9a-f]{0,19}")


def clean_phone(said: str) -> str:
    """A terminal's number as it is kept: without leading zeros, since editions of the standard fill it up differently."""
    return said.strip().lower().lstrip("0")


class Terminal(Record):
    """A terminal in one vehicle of one unit: moved into another vehicle, or gone to another unit with it, it ends here
    and begins there, so that no track is mixed and each unit keeps its own."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("单位"))
    phone = models.CharField(_("终端号"), max_length=20, help_text=_("终端手机号或2019版终端号，不写开头的零"))
    plate = models.CharField(_("号牌"), max_length=12)
    state = models.CharField(
        _("状态"), max_length=10, choices=TerminalState.choices, default=TerminalState.IN_USE
    )  # fmt: skip
    fitted = models.DateField(_("安装日期"), null=True, blank=True)
    maker = models.CharField(_("制造商"), max_length=11, blank=True, default="", editable=False)
    device = models.CharField(_("终端编号"), max_length=60, blank=True, default="", editable=False)
    secret = models.CharField(_("鉴权码摘要"), max_length=64, blank=True, default="", editable=False)
    since = models.DateTimeField(_("接手时间"), null=True, editable=False)  # what it said before is the former unit's
    remarks = models.CharField(_("备注"), max_length=200, blank=True, default="")

    follows_plate = False  # set by whoever lets it follow its vehicle to another plate
    natural = ("phone", "organ_id", "plate")
    searched = ("phone", "plate")
    masked = frozenset({"secret"})
    stepped = {"state": frozenset({TerminalState.IN_USE.value})}

    class Meta:
        verbose_name = _("车载终端")
        ordering = ("organ", "plate")
        constraints = [
            models.UniqueConstraint(fields=["organ", "phone", "plate"], name="terminal_once",
                                    violation_error_message=_("这个终端已登记在这辆车上")),
            models.UniqueConstraint(fields=["phone"], condition=~Q(state=TerminalState.REMOVED), name="terminal_phone_once",
                                    violation_error_message=_("这个终端号已登记在别的车上，请先拆除")),
            models.UniqueConstraint(fields=["plate"], condition=Q(state=TerminalState.IN_USE), name="terminal_plate_once",
                                    violation_error_message=_("这辆车已有在用的终端")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organ", "state"], name="terminal_organ_state")]

    def __str__(self) -> str:
        return f"{self.plate} {self.phone}"

    def derive(self) -> None:
        """Number and plate as they are kept everywhere."""
        self.plate = clean_plate(self.plate)
        self.phone = clean_phone(self.phone)

    def fixed(self) -> Fixed | None:
        """Once it has been heard of: whose it is, in which vehicle, under which number; a track is not written over to another."""
        if not self.pk or self.follows_plate or not hasattr(self, "health"):
            return None
        return Fixed(
            WHOSE, gettext("已接入的终端不能改单位、号牌和终端号，否则轨迹会混到别的车上"),
            gettext("换车的，先登记拆除，再登记到另一辆车；随车划转、换发号牌的，由系统办理"),
        )  # fmt: skip

    def faults(self) -> Iterable[Any]:
        """A number that no terminal can have."""
        if not _NUMBER.fullmatch(self.phone):
            yield Fault(
                gettext("终端号应为不超过20位的数字"), "phone", self.phone, gettext("请按终端铭牌或安装单填写"),
                column=gettext("终端号"),
            )  # fmt: skip
