"""On the page of a vehicle its account of the year, beside last year and vehicles like it; on that of a card its balance."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from baozhang.ch2_provision.running.models import Cost
from baozhang.ch2_provision.running.queries import balances, sums
from baozhang.ch2_provision.running.queries.sums import Running
from baozhang.kernel import cells, clock
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import details, frame

ARTICLE = "第二十三条第一款"


def _story(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """One panel beside the file's own."""
    if resource.label != "vehicles.vehicle" or not who.can(Cost.right("view"), record.organ_key()):
        return {}
    today = clock.today()
    first = dt.date(today.year, 1, 1)
    leap = today.month == 2 and today.day == 29
    then = first.replace(year=first.year - 1), today.replace(year=today.year - 1, day=28 if leap else today.day)
    now = sums.running(first, today, [record.pk]).get(record.pk) or Running()
    before = sums.running(*then, [record.pk]).get(record.pk) or Running()
    like = sums.alike(first, today, [(record.body, record.energy)])[record.body, record.energy]
    lost = sums.depreciations([record], first, today)[record.pk]
    rows = [
        _row(_("行驶里程"), now.distance or None, pgettext("unit", "公里"), cells.number), _row(_("运行费用"), now.total or None, _("元"), cells.money),
        _row(_("去年同期"), before.total or None, _("元"), cells.money), _row(_("折旧"), lost, _("元"), cells.money),
        _row(_("每公里费用"), now.a_kilometre, _("元"), cells.money),
        _row(_("同类车每公里"), like.a_kilometre if like.vehicles > 1 else None, _("元"), cells.money),
        _row(_("百公里油耗"), now.litres_a_hundred, _("升"), cells.number), _row(_("百公里电耗"), now.power_a_hundred, "kWh", cells.number),
    ]  # fmt: skip
    url = f"{reverse('running-accounts')}?organ={record.organ_id}"
    rows.append({"words": _("全单位"), "value": format_html('<a href="{}">{}</a>', url, _("单车核算")), "unit": ""})
    return {
        "panels": [
            {"title": _("%(year)s 年单车核算") % {"year": today.year}, "rows": rows, "article": frame.law(ARTICLE)}
        ]
    }


def _balance(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """On the page of a card: what came onto it, what it paid, what should be on it and what its statements say."""
    if resource.label != "running.paymentcard" or not who.can(Cost.right("view"), record.organ_key()):
        return {}
    card = balances.of(record.number)
    url = f"/running/costs/?q={quote(record.number)}"
    rows = [
        _row(_("期初余额"), card.opened, _("元"), cells.money), _row(_("转入"), card.came, _("元"), cells.money), _row(_("支出"), card.spent, _("元"), cells.money),
        _row(_("应有余额"), card.due if card.told else None, _("元"), cells.money), _row(_("对账单余额"), card.said, _("元"), cells.money),
        _row(_("相差"), card.difference, _("元"), cells.money),
        {"words": _("逐笔"), "value": format_html('<a href="{}">{}</a>', url, _("这张卡的流水")), "unit": ""},
    ]  # fmt: skip
    notices = []
    if card.told and (card.difference or card.due < 0):
        less = card.difference if card.difference else card.due
        notices.append({"tone": "amber", "url": "", "words": _("卡上余额与流水相差 %(sum)s 元：核对是否有没登记的充值或者消费") % {"sum": cells.money(less)}})  # fmt: skip
    return {"panels": [{"title": _("卡上余额"), "rows": rows, "article": frame.law(ARTICLE)}], "notices": notices}


def _row(words: str, value: Any, unit: str, show: Any) -> dict[str, Any]:
    return {"words": words, "value": "" if value is None else show(value), "unit": "" if value is None else unit}


details.EXTRAS.extend((_story, _balance))
