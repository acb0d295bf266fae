"""What stands idle and was not offered to the warehouse (article 15, paragraph 1, item 1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import IDLE_STATES
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import held_on
from baozhang.ch2_provision.warehouse.choices import ProposalState
from baozhang.ch2_provision.warehouse.models import Proposal
from baozhang.law.rules import Verdict, rule

IDLE_DAYS = "warehouse.idle_days"


def standing_idle(day: dt.date, ground: Any) -> QuerySet[Card]:
    """Cards that had stood idle for the shortest time set anywhere, were not offered by the day and are not excused."""
    bounds = ground.bounds(IDLE_DAYS)
    latest = day - dt.timedelta(days=int(bounds[0])) if bounds else day
    rows = Card._base_manager.filter(held_on(day), use_state__in=IDLE_STATES, idle_since__lt=latest)
    excused = Proposal._base_manager.filter(card=OuterRef("pk"), state=ProposalState.EXCUSED)
    return rows.filter(Q(offered__isnull=True) | Q(offered__gt=day), ~Exists(excused))


@rule(article="第十五条第一款第一项", subject="assets.card", since="2022-11-01", candidates=standing_idle)
def idle_not_offered(card: Card, law: Any) -> Verdict | None:
    """闲置资产未纳入公物仓"""
    if card.use_state not in IDLE_STATES or card.idle_since is None:
        return None
    if card.offered is not None and card.offered <= law.day:
        return None
    most = int(law.figure(IDLE_DAYS))
    days = (law.day - card.idle_since).days
    if days <= most:
        return None
    sentence = _("%(number)s %(name)s 自 %(since)s 起闲置 %(days)s 天，超过认定天数 %(most)s 天，尚未提请入仓") % {
        "number": card.number, "name": card.name, "since": card.idle_since, "days": days, "most": most,
    }  # fmt: skip
    facts = {
        _("资产编号"): card.number, _("资产名称"): card.name, _("闲置起始日期"): card.idle_since, _("闲置天数"): days,
        _("认定天数"): most, _("原值"): card.value,
    }  # fmt: skip
    remedy = _(
        "提请纳入公物仓，本级还没有仓库的，实物留在原处登记；本单位重新使用的，更新使用状况；已不能使用的，办理处置。"
    )
    return Verdict(sentence, facts, card.value, remedy)
