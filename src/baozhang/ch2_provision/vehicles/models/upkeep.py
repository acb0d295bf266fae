"""What terminals need: how each did day by day, and the orders by which somebody mends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.vehicles.choices import OrderState, Trouble
from baozhang.kernel import clock
from baozhang.kernel.columns import day, text
from baozhang.kernel.observation import Observation
from baozhang.kernel.record import Record

from .terminal import Terminal


class TerminalDay(Observation):
    """What a terminal said on one day: good positions, doubtful ones, and those without a fix while the engine ran."""

    pk = models.CompositePrimaryKey("vehicle", "day")
    vehicle = models.BigIntegerField()
    day = models.DateField()
    good = models.IntegerField(default=0)
    doubtful = models.IntegerField(default=0)
    blind = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("终端日况")
        indexes = [models.Index(fields=["day"], name="terminal_day")]


class TerminalOrder(Record):
    """An order to mend a terminal: opened, assigned, done, checked against what the terminal says since."""

    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="orders", verbose_name=_("车载终端"))
    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("单位"), editable=False, db_index=False
    )
    trouble = models.CharField(_("故障"), max_length=10, choices=Trouble.choices)
    found = text(_("发现情况"), 300)
    opened_on = day(_("开单日期"))
    mender = text(_("维修人员"), 60)
    due = day(_("应修复日期"))
    done_on = day(_("修复日期"))
    done_at = models.DateTimeField(_("报修复时间"), null=True, editable=False)
    cause = text(_("故障原因"), 200)
    state = models.CharField(_("状态"), max_length=10, choices=OrderState.choices, default=OrderState.OPENED)
    remarks = text(_("备注"), 200)

    natural = ("terminal_id", "trouble", "opened_on")
    searched = ("terminal.plate", "terminal.phone", "mender")
    stepped: ClassVar[Mapping[str, frozenset[str]]] = {"state": frozenset({OrderState.OPENED})}

    class Meta:
        app_label = "vehicles"
        verbose_name = _("终端检修单")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["terminal", "trouble"], condition=~Q(state__in=[OrderState.CHECKED, OrderState.DROPPED]),
                                    name="terminal_order_once", violation_error_message=_("这个终端的同类故障已有在办的检修单")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organ", "state"], name="terminal_order_organ")]

    def __str__(self) -> str:
        return f"{self.terminal.plate} {self.get_trouble_display()}"

    def organ_key(self) -> int | None:
        """The terminal's organ, also before it is kept."""
        return self.organ_id or (self.terminal.organ_id if self.terminal_id else None)

    def derive(self) -> None:
        """This will take the organ from the terminal; an order of no other day is of the day on which it is opened."""
        if self.terminal_id:
            self.organ_id = self.terminal.organ_id
        if not self.pk:
            self.opened_on = self.opened_on or clock.today()
