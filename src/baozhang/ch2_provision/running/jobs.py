"""By the calendar: bills look for trips that came in later, and are measured against positions; the month before is opened, published ones are looked at again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from baozhang.kernel import clock, observation, scope
from baozhang.kernel.schedule import every
from baozhang.law.figures import Figures

from .flows.correction import look_again
from .flows.matching import again
from .flows.review import open_month
from .models import Whereabouts
from .queries.corrected import published
from .queries.whereabouts import NAMES, measured, unmeasured

MISSED = 12  # months back


@every("20 4 * * *", name="running.match", words=_("车辆费用对应行程"), follows=True)
def match() -> dict[str, Any]:
    """This will look once more for vehicles and trips of bills that have none, and measure where vehicles were."""
    with scope.everything("车辆费用对应") as by:
        found = again(by=by)
        rows = measured(unmeasured(clock.today()))
        observation.observe(Whereabouts, NAMES, rows)
        kept = Figures(clock.today()).vehicles.positions.days  # kept no longer than the positions it comes from
        gone = (
            observation.forget(Whereabouts, '"day" < %s', [clock.today() - dt.timedelta(days=int(kept))])
            if kept is not None
            else 0
        )
        return {"matched": found, "measured": len(rows), "forgotten": gone}


@every("40 4 * * *", name="running.corrections", words=_("核对已公示的单车核算"), follows=True)
def put_right() -> dict[str, Any]:
    """This will list what of published months is no longer so, for whoever publishes."""
    kept = Figures(clock.today()).vehicles.positions.days
    with scope.everything("单车核算更正") as by:
        return {"open": look_again(published(clock.today(), None if kept is None else int(kept)), by=by)}


@every("30 5 * * *", name="running.month", words=_("建立单车核算月报"))
def month() -> dict[str, Any]:
    """This will open the account of the last month for every unit whose vehicles cost something in it, be it that the bills
    came days after its end, and of the months before that a unit missed since its first account."""
    with scope.everything("单车核算") as by:
        opened, day = 0, clock.today()
        for n in range(MISSED):
            day = day.replace(day=1) - dt.timedelta(days=1)
            opened += open_month(day.year, day.month, by=by, missed=n > 0)
        return {"opened": opened}
