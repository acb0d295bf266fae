"""Letting and lending: only by a case, from the agency's own decision to the return (article 13, paragraph 3)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices.cases import MONTHS, LettingKind, LettingState, Period
from baozhang.kernel.columns import day, text
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

from .card import Card

# What article 13, paragraph 3 forbids under any name: investment, and founding what is run for profit.
INVESTING = re.compile(r"对外投资|入股|作价|出资|注册资本|合资|合营|合办|(设立|开办|创办)(公司|企业)|(?<!非)营利性")


class Letting(Record):
    """One thing given to another body or person for a time, for rent or without."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="lettings", verbose_name=_("单位"))
    kind = models.CharField(_("方式"), max_length=6, choices=LettingKind.choices)
    card = models.ForeignKey(Card, models.PROTECT, related_name="lettings", verbose_name=_("资产卡片"))
    party = models.CharField(_("承租（借用）方"), max_length=80)
    purpose = models.CharField(_("用途"), max_length=200)
    since = models.DateField(_("起始日期"))
    until = models.DateField(_("终止日期"))
    rent = models.DecimalField(
        _("每期租金"), max_digits=16, decimal_places=2, default=Decimal(0),
        help_text=_("按整期计收：最后不足一期的、当期中途收回的，也是一整期"),
    )  # fmt: skip
    period = models.CharField(_("付款周期"), max_length=8, choices=Period.choices, default=Period.QUARTER)
    due_days = models.PositiveSmallIntegerField(
        _("每期应缴期限（天）"), default=0, help_text=_("自每期第一天起算；合同没有约定的填 0，即当天应缴")
    )
    method = text(_("确定承租人的方式"), 60, help_text=_("如公开招租、协议；出借的写明依据"))
    decision = text(_("集体决策依据"), 120, help_text=_("会议名称、日期和纪要编号"))
    contract = text(_("合同编号"), 60)
    contract_on = day(_("合同签订日期"))
    returned_on = day(_("收回日期"))
    condition = text(_("收回时状况"), 200)
    state = models.CharField(_("状态"), max_length=10, choices=LettingState.choices, default=LettingState.DRAFT)

    searched = ("party", "contract", "card.number", "card.name")
    of_living = True
    loose = ("state", frozenset({"draft"}))
    happened = frozenset({"contract_on"})

    class Meta:
        verbose_name = _("出租出借")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="letting_period", violation_error_message=_("终止日期早于起始日期")),
            models.CheckConstraint(condition=Q(kind="let", rent__gt=0) | Q(kind="lend", rent=0), name="letting_rent",
                                   violation_error_message=_("出租须有租金，出借不收租金")),
            models.CheckConstraint(condition=~Q(state__in=("live", "ended")) | ~Q(contract=""), name="letting_contract",
                                   violation_error_message=_("履行中的出租出借须有合同编号")),
            models.CheckConstraint(condition=~Q(state="ended") | Q(returned_on__isnull=False), name="letting_returned",
                                   violation_error_message=_("已收回的须有收回日期")),
            models.UniqueConstraint(fields=["card"], condition=Q(state="live"), name="letting_live_once",
                                    violation_error_message=_("这项资产已在出租或者出借")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["until"], name="letting_until", condition=Q(state="live"))]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.party}：{self.card}"

    def periods(self) -> list[tuple[dt.date, dt.date]]:
        """The periods for which rent is due, each by its first and last day."""
        if self.period == Period.ONCE:
            return [(self.since, self.until)]
        found, step, first, count = [], MONTHS[Period(self.period)], self.since, 0
        while first <= self.until:
            count += 1
            following = plus_months(self.since, step * count)
            found.append((first, min(following - dt.timedelta(days=1), self.until)))
            first = following
        return found

    def faults(self) -> Iterable[Fault]:
        """An end before the beginning, rent where none is taken, none where it must be, somebody else's card."""
        if self.since and self.until and self.until < self.since:
            yield Fault(gettext("终止日期早于起始日期"), "until", str(self.until), gettext("请核对两个日期"))
        if self.kind and self.rent is not None and (self.kind == LettingKind.LET) != (self.rent > 0):
            yield Fault(gettext("出租须有租金，出借不收租金"), "rent", str(self.rent), gettext("请核对方式和租金"))
        if named := INVESTING.search(f"{self.purpose} {self.method}"):
            yield Fault(
                gettext("“%(said)s”不是出租出借：不得以任何形式将机关资产用于对外投资或者设立营利性组织") % {"said": named[0]}, "purpose", self.purpose,
                gettext("不能办理；法律另有规定的，按该规定另行报批"),
            )  # fmt: skip
        if self.card_id and self.organ_id and self.card.organ_id != self.organ_id:
            yield Fault(gettext("不是本单位的资产"), "card", str(self.card), gettext("请选择本单位的资产卡片"))


def plus_months(date: dt.date, count: int) -> dt.date:
    """This is the same day some months later, the last of the month where it has no such day."""
    month = date.month - 1 + count
    first = dt.date(date.year + month // 12, month % 12 + 1, 1)
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return first.replace(day=min(date.day, last.day))
