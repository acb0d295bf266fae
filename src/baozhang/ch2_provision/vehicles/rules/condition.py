"""A vehicle that must no longer run, or lacks what article 23 wants in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.queries.months import years_before
from baozhang.ch2_provision.vehicles.choices import MUST_RUN, Mark, VehicleState
from baozhang.ch2_provision.vehicles.models import Certificate, Vehicle
from baozhang.ch2_provision.vehicles.queries.fleet import (
    LASTING,
    SCRAPPAGE,
    run_out,
    scrap_from,
    scrapped_by,
    with_terminal,
)
from baozhang.law.rules import Verdict, rule

RUNNING = (VehicleState.IN_USE, VehicleState.IDLE, VehicleState.REPAIR)


def _running(day: dt.date, ground: Any) -> QuerySet[Vehicle]:
    """These are the vehicles that run and are as old as the shortest limit of any kind, by either clock."""
    rows = Vehicle._base_manager.filter(state__in=RUNNING).exclude(body="").select_related("card")
    limits = ground.bounds(SCRAPPAGE)
    last = day if limits is None else years_before(day, int(limits[0]))
    return rows.filter(Q(card__registered__lte=last) | Q(made_on__lte=last))


@rule(article="第二十二条", subject="vehicles.vehicle", since="2022-11-01", candidates=_running, severity="serious")
def vehicle_past_scrapping(vehicle: Vehicle, law: Any) -> Verdict | None:
    """达到强制报废年限的车辆仍在使用"""
    if vehicle.state not in RUNNING or not vehicle.body or scrap_from(vehicle) is None:
        return None
    years = law.get(SCRAPPAGE, body=vehicle.body)
    last = scrapped_by(vehicle, None if years is None else int(years))
    if last is None or law.day < last:
        return None
    begun = scrap_from(vehicle)
    sentence = _("%(plate)s（%(body)s）%(begun)s 起计，使用年限 %(years)s 年，%(last)s 已达强制报废年限，仍为%(state)s") % {
        "plate": vehicle.plate or vehicle.card, "body": vehicle.get_body_display(), "begun": begun, "years": years, "last": last,
        "state": vehicle.get_state_display(),
    }  # fmt: skip
    facts = {
        _("号牌"): vehicle.plate, _("车型类别"): vehicle.get_body_display(), _("注册登记日期"): vehicle.card.registered, _("出厂日期"): vehicle.made_on,
        _("报废年限"): years, _("应报废日期"): last,
    }  # fmt: skip
    return Verdict(sentence, facts, remedy=_("立即停驶，办理报废处置，注销号牌和车载终端。"))


def _ended(day: dt.date, ground: Any) -> QuerySet[Certificate]:
    """These are the certificates that vehicles in use ran out of."""
    return run_out(day).filter(vehicle__state=VehicleState.IN_USE).select_related("vehicle")


@rule(article="第二十三条第一款", subject="vehicles.certificate", since="2022-11-01", candidates=_ended)
def certificate_run_out(certificate: Certificate, law: Any) -> Verdict | None:
    """车辆证照到期未续办"""
    if (
        certificate.kind not in MUST_RUN
        or certificate.state not in LASTING
        or certificate.until is None
        or certificate.until >= law.day
    ):
        return None
    if certificate.vehicle.state != VehicleState.IN_USE:
        return None
    days = (law.day - certificate.until).days
    sentence = _("%(plate)s 的%(kind)s %(until)s 到期，已超期 %(days)s 天，没有续办") % {
        "plate": certificate.vehicle.plate, "kind": certificate.get_kind_display(), "until": certificate.until, "days": days,
    }  # fmt: skip
    facts = {
        _("号牌"): certificate.vehicle.plate, _("证照种类"): certificate.get_kind_display(), _("证照编号"): certificate.number,
        _("有效期至"): certificate.until,
    }  # fmt: skip
    return Verdict(sentence, facts, remedy=_("停驶并续办；已经续办的，登记新的有效期。"))


def _unfitted(day: dt.date, ground: Any) -> QuerySet[Vehicle]:
    """These are the vehicles in use for which no terminal reports."""
    return with_terminal(fitted=False).filter(state=VehicleState.IN_USE).exclude(plate="")


@rule(article="第二十三条第一款", subject="vehicles.vehicle", since="2022-11-01", candidates=_unfitted)
def vehicle_without_terminal(vehicle: Vehicle, law: Any) -> Verdict | None:
    """公务用车没有安装卫星定位终端"""
    if vehicle.state != VehicleState.IN_USE or not vehicle.plate or getattr(vehicle, "fitted", True):
        return None
    sentence = _("%(plate)s 在用，没有登记在用的车载终端") % {"plate": vehicle.plate}
    facts = {_("号牌"): vehicle.plate, _("用途"): vehicle.get_use_display()}
    return Verdict(sentence, facts, remedy=_("安装卫星定位终端，并在“车载终端”中登记。"))


def _unmarked(day: dt.date, ground: Any) -> QuerySet[Vehicle]:
    """These are the vehicles in use of which nobody said that they bear the mark."""
    return Vehicle._base_manager.filter(state=VehicleState.IN_USE, mark=Mark.NONE).exclude(plate="")


@rule(
    article="第二十三条第一款", subject="vehicles.vehicle", since="2022-11-01", candidates=_unmarked, severity="notice"
)
def vehicle_without_mark(vehicle: Vehicle, law: Any) -> Verdict | None:
    """公务用车没有标识"""
    if vehicle.state != VehicleState.IN_USE or not vehicle.plate or vehicle.mark != Mark.NONE:
        return None
    sentence = _("%(plate)s 在用，没有登记统一标识，也没有经批准不喷涂的文号") % {"plate": vehicle.plate}
    facts = {_("号牌"): vehicle.plate, _("用途"): vehicle.get_use_display()}
    return Verdict(sentence, facts, remedy=_("喷涂或粘贴统一标识后登记；经批准不喷涂的，登记批准文号。"))
