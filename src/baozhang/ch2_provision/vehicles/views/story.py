"""On the page of a vehicle: what its card says, its terminal, its two clocks, how its quota stands, its findings."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.queries.doubts import doubts
from baozhang.ch2_provision.disposal.models import Case, Line
from baozhang.ch2_provision.vehicles.choices import VehicleState
from baozhang.ch2_provision.vehicles.models import Vehicle, limits
from baozhang.ch2_provision.vehicles.queries.fleet import scrap_day, terminal_of, under_way
from baozhang.ch2_provision.vehicles.queries.terminals import health_of, moment
from baozhang.kernel import cells, clock
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.views import details, frame


def _story(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """Panels and notices beside the file's own fields."""
    if resource.label != "vehicles.vehicle":
        return {}
    story = {
        "panels": [_quota(record)],
        "related": [*_leaving(record, who), _terminals(record)],
        "notices": _notices(record),
    }
    return {**story, "actions": _farewell(record, who)}


def _farewell(vehicle: Vehicle, who: Actor) -> list[dict[str, Any]]:
    """The way to its disposal, which is an act on its card: one renews after it, and must take it once the clock has run out."""
    cards = BY_LABEL["assets.card"]
    act = cards.acts["propose"]
    leaving = vehicle.state in (VehicleState.GONE, VehicleState.DISPOSING) or under_way(vehicle)
    if leaving or not who.can(act.permission, vehicle.organ_id):
        return []
    return [
        {"words": act.words, "url": f"{frame.url_of(cards, vehicle.card)}acts/propose/", "icon": act.icon, "kind": ""}
    ]


def _leaving(vehicle: Vehicle, who: Actor) -> list[dict[str, Any]]:
    """The cases in which its card is or was to be disposed of; nothing where there is none."""
    if not who.can(Case.right("view"), vehicle.organ_id):
        return []
    cases = [
        line.case for line in Line._base_manager.filter(card=vehicle.card_id).select_related("case").order_by("-pk")
    ]
    words = (_("办件编号"), _("处置形式"), _("状态"), _("移交日期"), _("接收方名称"))
    rows = [
        {"url": frame.door_to(case),
         "cells": [case.number, case.get_form_display(), case.get_state_display(), cells.date(case.handed_on) if case.handed_on else "", case.receiver_name]}
        for case in cases
    ]  # fmt: skip
    columns = [{"words": one, "kind": "text"} for one in words]
    return [{"title": _("处置"), "columns": columns, "rows": rows, "empty": {}}] if rows else []


def _row(words: str, value: Any, unit: str = "") -> dict[str, Any]:
    return {"words": words, "value": value, "unit": unit if value not in ("", None) else ""}


def _quota(vehicle: Vehicle) -> dict[str, Any]:
    """Where the vehicle stands in its unit's quota."""
    found = limits.rooms([vehicle.organ_id], clock.today())
    own = {klass for _organ, klass in found if found[_organ, klass].allowed is not None}
    klass = limits.class_of(vehicle.use, own)
    room = found.get((vehicle.organ_id, klass)) or limits.Room(klass)
    rows = [
        _row(_("编制类别"), room.klass.label),
        _row(
            _("核定数"),
            _("未核定") if room.allowed is None else room.allowed,
            _("辆") if room.allowed is not None else "",
        ),
        _row(_("现有"), room.held, _("辆")),
        _row(_("已批准待采购"), room.coming, _("辆")),
    ]
    if room.document:
        rows.append(_row(_("核定文号"), f"{room.document}（{room.since}）"))
    return {"title": _("本单位编制"), "rows": rows}


def _terminals(vehicle: Vehicle) -> dict[str, Any]:
    """The terminal that reports for the vehicle, and when it was last heard."""
    gone = vehicle.state == VehicleState.GONE
    held = None if gone else terminal_of(vehicle.plate)  # the plate may be another vehicle's by now
    columns = [{"words": words, "kind": "text"} for words in (_("终端号"), _("状态"), _("最近联系"), _("最近定位"))]
    rows = []
    if held is not None:
        health = health_of(held)
        heard, at = (moment(getattr(health, name, None)) for name in ("heard", "at"))
        rows = [{"url": frame.door_to(held),
                 "cells": [held.phone, held.get_state_display(), cells.moment(heard) if heard else "", cells.moment(at) if at else ""]}]  # fmt: skip
    return {
        "title": _("车载终端"),
        "columns": columns,
        "rows": rows,
        "empty": {"why": _("车辆已经处置，终端随之拆除。") if gone else _("没有在用的车载终端（第二十三条第一款）。")},
    }


def _notices(vehicle: Vehicle) -> list[dict[str, Any]]:
    """What stands out: due for scrapping; a plate or a VIN whose form or check digit is doubtful."""
    day = clock.today()
    last = scrap_day(vehicle, day, vehicle.organ.jurisdiction.path.rstrip("/"))
    found = []
    if last is not None and last <= day and vehicle.state != "gone":
        found.append({"tone": "red", "words": _("%(day)s 已达强制报废年限，应停驶并办理报废") % {"day": last}})
    doubted = [words for name, words in doubts(vehicle.card) if name in ("vin", "plate")]
    return found + [{"tone": "amber", "words": words} for words in doubted]


details.EXTRAS.append(_story)
