"""Terminals that do not do what article 23 wants them for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from baozhang.ch2_provision.vehicles.choices import OrderState, VehicleState
from baozhang.ch2_provision.vehicles.models import Terminal, TerminalOrder, Vehicle
from baozhang.ch2_provision.vehicles.queries import health
from baozhang.ch2_provision.vehicles.queries.terminals import moment
from baozhang.law.rules import Verdict, rule

SILENCE, BLIND = "vehicles.terminal.silent_days", "vehicles.terminal.blind_positions"
LOOK_BACK = 60  # days that a patrol looks at, as of what vehicles' tracks show


def _driven() -> QuerySet[Terminal]:
    """Terminals in use of vehicles that are in use: one that is idle or in repair may well be silent."""
    file = Vehicle._base_manager.filter(plate=OuterRef("plate"), state=VehicleState.IN_USE)
    # What devices said last is no record, so it travels with the candidate: a replay has it again.
    return health.in_use(None).filter(Exists(file)).annotate(heard_at=F("health__heard")).select_related("organ")


def _silent(day: dt.date, ground: Any) -> QuerySet[Terminal]:
    """These are the terminals last heard of, or fitted and never heard of, before the shortest silence that any place allows."""
    bounds = ground.bounds(SILENCE)
    last = day - dt.timedelta(days=int(bounds[0]) if bounds else 0)
    never = Q(health__isnull=True) | Q(health__heard__isnull=True)
    return _driven().filter(Q(health__heard__lt=health.seconds_of(last)) | never & Q(fitted__lt=last))


@rule(article="第二十三条第一款", subject="vehicles.terminal", since="2022-11-01", candidates=_silent)
def terminal_silent(terminal: Any, law: Any) -> Verdict | None:
    """车载终端长时间没有联系"""
    days = law.get(SILENCE)
    heard = moment(terminal.heard_at)
    last = heard.date() if heard is not None else terminal.fitted
    if days is None or last is None or (law.day - last).days <= int(days):
        return None
    silence = (law.day - last).days
    sentence = (
        _("%(plate)s 的车载终端 %(day)s 以后没有联系，已 %(count)s 天，超过 %(days)s 天")
        if heard is not None
        else _("%(plate)s 的车载终端 %(day)s 安装，从未联系，已 %(count)s 天，超过 %(days)s 天")
    ) % {"plate": terminal.plate, "day": last, "count": silence, "days": days}
    facts = {
        _("号牌"): terminal.plate,
        _("终端号"): terminal.phone,
        _("最近联系"): last if heard else "",
        _("安装日期"): terminal.fitted,
    }
    return Verdict(sentence, facts, remedy=_("开检修单；车辆停驶的，把车辆状态改为闲置或者待修。"))


def _blind(day: dt.date, ground: Any) -> Iterator[Terminal]:
    """These are the terminals that drove without a fix more often on a day than any place allows, each with those days."""
    least = ground.bounds(BLIND)
    days = health.blind_days(day, int(least[0]) if least else 0, LOOK_BACK)
    for one in health.in_use(None).filter(pk__oneof=sorted(days)).select_related("organ").order_by("pk"):
        subject: Any = one
        subject.days = days[one.pk]
        yield subject


@rule(article="第二十三条第一款", subject="vehicles.terminal", since="2022-11-01", candidates=_blind)
def moved_without_position(terminal: Terminal, law: Any) -> Iterator[Verdict]:
    """行驶中没有定位，天线可能脱落或者被遮挡"""
    for day, blind, good in getattr(terminal, "days", ()):
        most = law.get(BLIND)
        if most is None or blind <= int(most):
            continue
        sentence = _("%(plate)s %(day)s 行驶中没有定位 %(count)s 次，超过 %(most)s 次，当日有效定位 %(good)s 次") % {
            "plate": terminal.plate, "day": day, "count": blind, "most": most, "good": good,
        }  # fmt: skip
        facts = {
            _("号牌"): terminal.plate,
            _("终端号"): terminal.phone,
            _("日期"): day,
            _("未定位次数"): blind,
            _("有效定位次数"): good,
        }
        yield Verdict(sentence, facts, remedy=_("开检修单，检查天线；有人为遮挡、拔除的，查明原因。"), key=str(day))


def _late(day: dt.date, ground: Any) -> QuerySet[TerminalOrder]:
    """These are the orders under way whose day has passed."""
    rows = TerminalOrder._base_manager.filter(state=OrderState.ASSIGNED, due__lt=day)
    return rows.select_related("terminal", "organ")


@rule(
    article="第二十三条第一款",
    subject="vehicles.terminalorder",
    since="2022-11-01",
    candidates=_late,
    severity="notice",
)
def terminal_order_overdue(order: TerminalOrder, law: Any) -> Verdict | None:
    """车载终端检修逾期"""
    if order.state != OrderState.ASSIGNED or order.due is None or order.due >= law.day:
        return None
    late = (law.day - order.due).days
    sentence = _("%(order)s，应于 %(due)s 修复，已超期 %(days)s 天") % {"order": order, "due": order.due, "days": late}
    facts = {
        _("号牌"): order.terminal.plate,
        _("故障"): order.get_trouble_display(),
        _("维修人员"): order.mender,
        _("应修复日期"): order.due,
    }
    return Verdict(sentence, facts, remedy=_("催办检修；已经修好的，报修复并核验。"))
