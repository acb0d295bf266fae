"""The neighbouring district: small plan rounds and budgets of its own, so that the city has more than one to add up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from baozhang.ch2_provision.funding.models import Plan, PlanRound
from baozhang.kernel import clock

from . import names
from .funding import agree, apply, draft, hand_in, open_round, reply, review, year_of

DISTRICT = names.DISTRICTS[1][1]
AGENCIES = ("教育局", "民政局", "水务局")


def _plans(made: PlanRound) -> list[Plan]:
    return list(
        Plan._base_manager.filter(round=made).select_related("organ__jurisdiction", "round").order_by("organ__code")
    )


def last_year(day: dt.date) -> None:
    """All three plan and are agreed to; two have their budgets replied."""
    made = open_round(year_of(clock.today()) - 1, day, day + dt.timedelta(days=40), AGENCIES, DISTRICT)
    plans = _plans(made)
    for place, plan in enumerate(plans):
        with clock.on(day + dt.timedelta(days=20)):
            draft(plan, place)
            hand_in(plan, clock.today())
        with clock.on(day + dt.timedelta(days=35)):
            review(plan)
            agree(plan)
    with clock.on(day + dt.timedelta(days=60)):
        for number, plan in enumerate(plans[:2], 3):
            reply(apply(plan, clock.today()), number)


def this_year(day: dt.date) -> None:
    """Two have handed in, one of them is agreed to and applies; the third is late."""
    made = open_round(year_of(clock.today()), day, clock.today() - dt.timedelta(days=4), AGENCIES, DISTRICT)
    plans = _plans(made)
    with clock.on(day + dt.timedelta(days=18)):
        for place, plan in enumerate(plans[:2]):
            draft(plan, place)
            hand_in(plan, clock.today())
    with clock.on(day + dt.timedelta(days=30)):
        review(plans[0], reduce=True)
        agree(plans[0])
        apply(plans[0], clock.today())


def events(today: dt.date) -> list[tuple[dt.date, Callable[[dt.date], None]]]:
    """What happens when."""
    return [(today - dt.timedelta(days=428), last_year), (today - dt.timedelta(days=50), this_year)]
