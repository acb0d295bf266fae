"""Pooled events with their bill of items, and emergencies in which things go out first (articles 15 and 16)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.choices import LOAN_OPEN, AlarmState, EventKind, EventState, Mode
from baozhang.kernel import clock
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault


class Event(Record):
    """A big meeting, an event or a temporary body: all that it takes or buys comes back by its closing day."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="pooled_events", verbose_name=_("承办单位"))
    kind = models.CharField(_("活动类别"), max_length=8, choices=EventKind.choices)
    name = models.CharField(_("活动名称"), max_length=80)
    opens = models.DateField(_("活动开始"))
    closes = models.DateField(_("活动结束"), help_text=_("借用的物品到这一天一并归还，购置的资产从这一天起应当入仓"))
    basis = models.CharField(_("批准文件"), max_length=120, blank=True, default="")
    state = models.CharField(_("活动状态"), max_length=8, choices=EventState.choices, default=EventState.OPEN)
    closed_on = models.DateField(_("清退日期"), null=True, blank=True)

    natural = ("organ_id", "name")
    of_living = True
    called = ("name",)
    searched = ("name", "organ.name")
    loose = ("state", frozenset({"open"}))

    class Meta:
        app_label = "warehouse"
        verbose_name = _("会议活动物品")
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "name"], name="event_once", violation_error_message=_("本单位已有同名的活动")
            ),
            models.CheckConstraint(
                condition=Q(closes__gte=F("opens")), name="event_period", violation_error_message=_("结束日期早于开始日期")
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False) | Q(state="open", closed_on__isnull=True),
                name="event_closed", violation_error_message=_("清退的活动须有清退日期"),
            ),
        ]  # fmt: skip

    def derive(self) -> None:
        """This will set the day on which all was back."""
        if self.state == EventState.CLOSED and self.closed_on is None:
            self.closed_on = clock.today()

    def __str__(self) -> str:
        return self.name

    def faults(self) -> Iterable[Any]:
        """It ends no earlier than it begins."""
        if self.opens is not None and self.closes is not None and self.closes < self.opens:
            yield Fault(_("结束日期早于开始日期"), "closes", str(self.closes))

    @classmethod
    def together(cls, rows: Sequence[Any]) -> Iterable[tuple[int, Any]]:
        """What is out falls due on the last day of its event, so that day moves only together with it."""
        loans = cls._meta.get_field("loans").related_model._base_manager  # type: ignore[union-attr]
        out = loans.filter(event__in=[row.pk for row in rows if row.pk], mode=Mode.LOAN, state__in=LOAN_OPEN)
        due = dict(out.values_list("event", "due"))
        for i, row in enumerate(rows):
            if row.pk in due and due[row.pk] != row.closes:
                yield i, Fault(_("已有物品借出，结束日期不能单独修改"), "closes", str(row.closes),
                               remedy=_("请办理“活动改期”，借出物品的应还日期随之变更。"))  # fmt: skip


class Purchase(Record):
    """A card that was bought for an event and belongs on its bill."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("承办单位"))
    event = models.ForeignKey(Event, models.PROTECT, related_name="purchases", verbose_name=_("所属活动"))
    card = models.ForeignKey(Card, models.PROTECT, related_name="+", verbose_name=_("购置的资产"))

    natural = ("organ_id", "event_id", "card_id")
    searched = ("event.name", "card.number", "card.name")
    loose = ("event.state", frozenset({"open"}))

    class Meta:
        app_label = "warehouse"
        verbose_name = _("活动购置资产")
        constraints = [
            models.UniqueConstraint(
                fields=["card"], name="purchase_once", violation_error_message=_("这张卡片已列入一项活动")
            )
        ]

    def __str__(self) -> str:
        return f"{self.event}：{self.card}"

    def faults(self) -> Iterable[Any]:
        """Event and card are of the same organ."""
        if self.event_id and self.event.organ_id != self.organ_id:
            yield Fault(_("活动不是本单位的"), "event", str(self.event))
        if self.card_id and self.card.organ_id != self.organ_id:
            yield Fault(_("资产不是本单位的"), "card", str(self.card))


class Activation(Record):
    """A time in which the keeper may hand out first; papers follow within the days set here."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("启动单位"))
    reason = models.CharField(_("启动事由"), max_length=200)
    plan = models.CharField(_("应急预案"), max_length=120, blank=True, default="")
    since = models.DateField(_("启动日期"))
    days = models.PositiveSmallIntegerField(
        _("补办手续天数"), help_text=_("先行出仓之日起几日内补齐手续；标准待核实时由负责人确定")
    )
    state = models.CharField(_("应急状态"), max_length=4, choices=AlarmState.choices, default=AlarmState.ON)
    ended_on = models.DateField(_("解除日期"), null=True, blank=True)

    searched = ("reason", "organ.name")
    loose = ("state", frozenset({"on"}))

    class Meta:
        app_label = "warehouse"
        verbose_name = _("公物仓应急启动")
        constraints = [
            models.UniqueConstraint(fields=["organ"], condition=Q(state="on"), name="alarm_once",
                                    violation_error_message=_("应急状态已经启动")),
            models.CheckConstraint(condition=Q(days__gte=1), name="alarm_days", violation_error_message=_("补办手续天数至少一天")),
            models.CheckConstraint(condition=Q(state="off", ended_on__isnull=False) | Q(state="on", ended_on__isnull=True),
                                   name="alarm_ended", violation_error_message=_("解除须有日期")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.since} {self.reason}"
