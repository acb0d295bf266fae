"""The way out: a reservation of one or many things for an organ, up to the handover (articles 14 and 16)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.choices import EXIT_WAITING, ExitState, LineState, Mode
from baozhang.kernel import clock
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

from .event import Activation, Event
from .item import Item
from .sides import of_sides


class Exit(Record):
    """What one organ asks out of the warehouse from one giver: reserved, approved, counted, handed over."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="exits", verbose_name=_("申领单位"))
    giver = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("交付单位"))
    authority = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("审批部门"))
    mode = models.CharField(_("出仓方式"), max_length=8, choices=Mode.choices, default=Mode.LOAN)
    purpose = models.CharField(_("申领用途"), max_length=200, blank=True, default="")
    until = models.DateField(_("使用至"), null=True, blank=True, help_text=_("限期借用须填写归还日期"))
    event = models.ForeignKey(
        Event, models.PROTECT, null=True, blank=True, related_name="exits", verbose_name=_("所属活动")
    )
    activation = models.ForeignKey(
        Activation, models.PROTECT, null=True, blank=True, related_name="exits", verbose_name=_("应急启动")
    )
    state = models.CharField(_("出仓状态"), max_length=10, choices=ExitState.choices, default=ExitState.RESERVED)
    reserved_on = models.DateField(_("预留日期"))
    keep_until = models.DateField(
        _("保留至"), null=True, blank=True, help_text=_("到期未领即释放；标准待核实时由审批人确定")
    )
    approved_on = models.DateField(_("批准日期"), null=True, blank=True)
    counted = models.PositiveIntegerField(_("清点件数"), null=True, blank=True)
    handed_on = models.DateField(_("交付日期"), null=True, blank=True)
    papers_due = models.DateField(_("手续补办期限"), null=True, blank=True)
    completed_on = models.DateField(_("补齐手续日期"), null=True, blank=True)
    need_kind = models.CharField(
        max_length=64, blank=True, default="", editable=False
    )  # the need that asked, of an upper room
    need_id = models.BigIntegerField(null=True, blank=True, editable=False)
    need_words = models.CharField(_("所据需求"), max_length=200, blank=True, default="")

    searched = ("purpose", "organ.name")
    of_living = True
    loose = ("state", frozenset({"reserved", "emergency"}))

    class Meta:
        app_label = "warehouse"
        verbose_name = _("出仓申领")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=("reserved", "cancelled", "expired", "explained", "emergency")) | ~Q(purpose=""),
                                   name="exit_purpose", violation_error_message=_("请写明申领用途")),
            models.CheckConstraint(condition=~Q(state="done") | Q(handed_on__isnull=False), name="exit_handed",
                                   violation_error_message=_("完成交接须有交付日期")),
            models.CheckConstraint(condition=~Q(state__in=("emergency", "papers")) | Q(activation__isnull=False, papers_due__isnull=False),
                                   name="exit_emergency", violation_error_message=_("应急先行出仓须有启动和补办期限")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organ", "state"], name="exit_organ"),
            models.Index(fields=["authority", "state"], name="exit_authority"),
            models.Index(fields=["state", "keep_until"], name="exit_keep"),
        ]

    def derive(self) -> None:
        """This will set the day of the handover as it is signed for, and the last day of what an event borrows: its own."""
        if self.event is not None and self.mode == Mode.LOAN and self.state in EXIT_WAITING:
            self.until = self.event.closes
        if self.state == ExitState.DONE and self.handed_on is None:
            self.handed_on = clock.today()

    def __str__(self) -> str:
        return f"{self.purpose or _('未填用途')}（{self.get_mode_display()}）"

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """The taker's, the giver's, and those that the actor's authority decides."""
        return of_sides(organs, "organ_id", "giver_id", "authority_id")

    def faults(self) -> Iterable[Any]:
        """A loan that is on its way has its last day; a transfer has none."""
        waiting = self.state not in (ExitState.RESERVED, ExitState.CANCELLED, ExitState.EXPIRED, ExitState.EXPLAINED)
        if waiting and self.mode == Mode.LOAN and self.until is None:
            yield Fault(_("限期借用须填写归还日期"), "until")
        if self.mode == Mode.TRANSFER and self.until is not None:
            yield Fault(_("划转产权没有归还日期"), "until", str(self.until))
        if self.until is not None and self.reserved_on is not None and self.until < self.reserved_on:
            yield Fault(_("归还日期早于预留日期"), "until", str(self.until))


class Reservation(Record):
    """One thing on an exit: the promise that nobody else gets it."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("申领单位"))
    giver = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("交付单位"))
    exit = models.ForeignKey(Exit, models.PROTECT, related_name="reservations", verbose_name=_("出仓申领"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="reservations", verbose_name=_("公物仓物品"))
    card = models.ForeignKey(Card, models.PROTECT, related_name="+", verbose_name=_("资产卡片"))
    new_card = models.ForeignKey(
        Card, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("划入方卡片")
    )
    state = models.CharField(_("保留状态"), max_length=8, choices=LineState.choices, default=LineState.HELD)
    quantity = models.DecimalField(_("数量"), max_digits=14, decimal_places=2, default=Decimal(1))
    price = models.DecimalField(_("重置单价"), max_digits=16, decimal_places=2, null=True, blank=True)
    price_basis = models.CharField(_("重置价依据"), max_length=200, blank=True, default="")
    given_on = models.DateField(_("交付日期"), null=True, blank=True)

    searched = ("item.name", "card.number", "organ.name")
    loose = ("exit.state", frozenset({"reserved", "emergency"}))

    class Meta:
        app_label = "warehouse"
        verbose_name = _("预留物品")
        constraints = [
            models.UniqueConstraint(fields=["card"], condition=Q(state="held"), name="reserved_once",
                                    violation_error_message=_("这件物品已为他人保留")),
            models.CheckConstraint(condition=~Q(state="given") | Q(given_on__isnull=False, price__isnull=False), name="reservation_given",
                                   violation_error_message=_("已交付的物品须有交付日期和重置单价")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["state", "given_on"], name="reservation_given_on")]

    def __str__(self) -> str:
        return f"{self.item}"

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """As the exit that it stands on."""
        return of_sides(organs, "organ_id", "giver_id", "exit__authority_id")
