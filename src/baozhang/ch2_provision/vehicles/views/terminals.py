"""Screens of terminals that are more than their resource: what they said that cannot be true, and who was not let in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from baozhang.ch2_provision.vehicles.actions.terminals import STRANGERS_KEPT
from baozhang.ch2_provision.vehicles.choices import Barred, Doubt
from baozhang.ch2_provision.vehicles.queries.terminals import doubts_of, moment, strangers
from baozhang.ch2_provision.vehicles.telemetry.points import DAY
from baozhang.kernel import cells, clock
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import details, frame

STRANGERS_RIGHT = "vehicles.terminal:strangers"
DAYS = 30
_REMEDIES = {
    Barred.UNKNOWN: gettext_lazy("确属本级公务用车的，请在“车载终端”中登记"),
    Barred.STOPPED: gettext_lazy("终端仍在车上的，请恢复使用"),
    Barred.DEVICE: gettext_lazy("更换过设备的，请登记拆除后再恢复使用；没有更换的，可能有人冒用终端号"),
    Barred.CODE: gettext_lazy("终端会自行重新注册；反复出现的，请检查终端"),
}


def _shown(seconds: int | None) -> str:
    found = moment(seconds)
    return "" if found is None else cells.moment(found)


@require_GET
def strangers_page(request: HttpRequest) -> HttpResponse:
    """Terminals that asked to be let in and were not: first those whose number is one of ours."""
    frame.actor(request).must(STRANGERS_RIGHT)
    heads = [
        (_("终端号"), ""), (_("原因"), ""), (_("最近来访"), ""), (_("首次来访"), ""), (_("次数"), "number"),
        (_("自报号牌"), ""), (_("制造商"), ""), (_("怎么办"), ""),
    ]  # fmt: skip
    rows = [
        {"cells": [one.phone, one.get_barred_display(), _shown(one.heard), _shown(one.first_heard), f"{one.times:,}",
                   one.told_plate, one.maker, str(_REMEDIES[Barred(one.barred)])]}
        for one in strangers(STRANGERS_KEPT)
    ]  # fmt: skip
    context: dict[str, Any] = {
        "page": {
            "title": _("未获接入的终端"),
            "purpose": _("来联系过、但没有登记或核对不符的终端；它们的定位一概不收"),
            "article": frame.law("第二十三条第一款"),
        },
        "table": {"columns": [{"words": words, "kind": kind} for words, kind in heads], "rows": rows},
        "empty": {"why": _("没有未获接入的终端。")},
    }
    return render(request, "vehicles/strangers.html", context)


def _doubts(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """On a terminal's page: what it said of late that cannot be true, by reason."""
    if resource.label != "vehicles.terminal":
        return {}
    found = doubts_of(record.pk, int(clock.now().timestamp()) - DAYS * DAY)
    columns = [
        {"words": _("原因"), "kind": ""},
        {"words": _("次数"), "kind": "number"},
        {"words": _("最近一次"), "kind": ""},
    ]
    rows = [{"cells": [str(Doubt(one["doubt"]).label), f"{one['count']:,}", _shown(one["last"])]} for one in found]
    title = _("近 %(days)s 天的异常定位") % {"days": DAYS}
    return {"related": [{"title": title, "columns": columns, "rows": rows, "empty": {"why": _("没有异常定位。")}}]}


details.EXTRAS.append(_doubts)
