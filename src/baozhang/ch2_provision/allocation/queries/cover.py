"""How far a need is covered: by what is held for it, what was handed over, what is planned and bought; and what is left."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import QuerySet, Sum

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.allocation.choices import COVERING, STANDING, WAITING, MatchState
from baozhang.ch2_provision.allocation.models import Answer, Match, Need
from baozhang.law.case import places
from baozhang.law.figures import Figures
from baozhang.law.figurespec import NATION

RESERVE = "warehouse.reserve_days"


def covered(need: Need) -> Decimal:
    """How many pieces are held for a need or were handed over."""
    rows = Match._base_manager.filter(need=need, state__in=COVERING)
    return rows.aggregate(n=Sum("quantity"))["n"] or Decimal(0)


def left(need: Need) -> int:
    """How many pieces neither stock nor the plan covers yet."""
    return max(need.quantity - int(covered(need)) - need.planned, 0)


def waiting_on(need: Need) -> bool:
    """This is true while something held for a need has not been handed over."""
    return Match._base_manager.filter(need=need, state__in=STANDING).exists()


def handed_over(need: Need) -> Decimal:
    """How many pieces of stock were handed over for a need."""
    rows = Match._base_manager.filter(need=need, state=MatchState.DONE)
    return rows.aggregate(n=Sum("quantity"))["n"] or Decimal(0)


def last_answer(need: Need) -> Answer | None:
    """The latest record of a look at the stock that ended without enough."""
    return Answer._base_manager.filter(need=need).order_by("-id").first()


def no_match(need: Need) -> Answer | None:
    """The record that lets the rest be bought: nothing could be transferred, or the authority agrees that it does not fit."""
    found = last_answer(need)
    return found if found is not None and found.opens else None


def reserved_until(need: Need, day: dt.date) -> dt.date:
    """The last day of a reservation: the days that the authority has issued, at most the day by which the need must be met.

    While nobody has issued any number of days (待核实), the day of the need itself is the end. A need that is late already is
    met when it can be: the days issued count alone, and where there are none it is the same day.
    """
    days = Figures(day, places().get(need.organ_id, NATION)).get(RESERVE)
    longest = None if days is None else day + dt.timedelta(days=int(days))
    if need.needed_by < day:
        return longest or day
    return need.needed_by if longest is None else min(need.needed_by, longest)


def open_needs(authority: Organization) -> QuerySet[Need]:
    """The needs that stock may still answer, of the agencies of an authority's own jurisdiction; the most pressing first."""
    rows = Need._base_manager.filter(organ__jurisdiction_id=authority.jurisdiction_id, state__in=WAITING)
    return rows.select_related("organ__jurisdiction").order_by("needed_by", "pk")
