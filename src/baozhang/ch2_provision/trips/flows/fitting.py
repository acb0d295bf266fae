"""Whether a vehicle and a driver may be sent: enough seats, one that runs and is not sealed, a licence, hours and rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from baozhang.ch2_provision.trips.choices import REST_ENOUGH
from baozhang.ch2_provision.trips.models import Dispatch, Driver, Request
from baozhang.ch2_provision.trips.models.dispatch import local
from baozhang.ch2_provision.trips.queries.desk import SEATS
from baozhang.ch2_provision.trips.queries.holidays import holiday_of, open_on, sealed_days
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.ch2_provision.vehicles.queries.fleet import unfit
from baozhang.kernel import clock
from baozhang.kernel.refusal import Refused
from baozhang.law.case import places
from baozhang.law.explain import figure_sentence
from baozhang.law.figures import Figures

ARTICLE = "第二十三条第一款"
HOURS = "vehicles.trips.continuous_hours"


def must_be_open(vehicle: Vehicle, days: Sequence[dt.date]) -> None:
    """This will raise Refused where a vehicle is sealed on one of some days (article 23, paragraph 1)."""
    closed = [day for day in days if holiday_of(day) is not None]
    opened = open_on([vehicle.pk], closed)
    shut = next((day for day in closed if (vehicle.pk, day) not in opened), None)
    holiday = holiday_of(shut) if shut is not None else None
    if shut is not None and holiday is not None:
        raise Refused(
            _("%(plate)s %(day)s 节假日封存，不能出车") % {"plate": vehicle, "day": shut},
            why=_("%(name)s %(since)s 至 %(until)s，公务用车除值班等工作需要外封存停驶。") % {"name": holiday.name, "since": holiday.since, "until": holiday.until},
            article=ARTICLE, instead=_("请使用值班车辆；确需使用的，先办理启封，写明理由。"),
        )  # fmt: skip


def fits(made: Dispatch, requests: Sequence[Request]) -> None:
    """Enough seats, a vehicle that runs, not sealed, a driver within his hours."""
    held = made.vehicle
    if held is not None:
        wanted, there = sum(one.seats for one in requests), passengers(held)
        if wanted > there:
            raise Refused(
                _("%(plate)s 可乘 %(seats)s 人，需要 %(wanted)s 人") % {"plate": held, "seats": there, "wanted": wanted}, article=ARTICLE,
                instead=_("请改选座位足够的车辆，或者分开派车。"),
            )  # fmt: skip
        since, until = local(made.starts), local(made.ends)
        if reason := unfit(held, until):
            raise Refused(
                _("%(plate)s 现在不能派用") % {"plate": held},
                why=reason,
                article=ARTICLE,
                instead=_("请改选在用车辆。"),
            )
        must_be_open(held, sealed_days(since, until))
    if made.driver is not None:
        may_drive(made.driver, until=local(made.ends))
        within_hours(made)


def may_drive(driver: Driver, *, until: dt.date) -> None:
    """At work, with a licence that lasts as long as the trip."""
    if reason := driver.away(until):
        raise Refused(
            _("%(driver)s 现在不能出车") % {"driver": driver}, why=reason, article=ARTICLE,
            instead=_("请改选在岗的驾驶人；已经换证、返岗的，更新驾驶人登记。"),
        )  # fmt: skip


def passengers(vehicle: Vehicle) -> int:
    """The seats beside the driver's."""
    return (vehicle.seats or SEATS) - 1


def within_hours(made: Dispatch) -> None:
    """A stretch of driving without enough rest is no longer than the law allows."""
    reading = Figures(clock.today(), places().get(made.organ_id, "")).reading(HOURS)
    if reading.value is None or made.hours is None or made.rest >= REST_ENOUGH:
        return
    most = Decimal(str(reading.value))
    planned = Decimal(str(round(made.hours, 2)))
    if planned > most:
        raise Refused(
            _("%(driver)s 这次用车 %(hours)s 小时，没有安排休息，连续驾驶上限 %(most)s 小时") % {"driver": made.driver, "hours": planned.normalize(), "most": most},
            why=figure_sentence(reading.as_dict()), article=ARTICLE,
            instead=_("请安排途中休息不少于 %(n)s 分钟（含等候），或者分段派车。") % {"n": REST_ENOUGH},
            facts={_("预计时数"): planned, _("连续驾驶上限"): most},
        )  # fmt: skip
