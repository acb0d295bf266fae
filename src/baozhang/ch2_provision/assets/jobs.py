"""Depreciation as long work: asked from a screen for one agency, by the calendar for all of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from baozhang.kernel import access, clock, jobs, scope
from baozhang.kernel.accounts import User
from baozhang.kernel.jobs import Job
from baozhang.kernel.refusal import NotFound
from baozhang.kernel.schedule import every

from .actions.charging import Charged, charge
from .flows.change import carry_out_due
from .models import DepreciationRun

WORK = "assets.depreciation"


@jobs.work(WORK)
def run(job: Job, *, month: str, organs: list[int] | None) -> dict[str, Any]:
    """This will charge a month in the name of whoever asked; done again, it finds everything done."""
    user = User._base_manager.filter(pk=job.user_id or 0).first()
    if user is None:
        raise NotFound(_("办理人的账号已不存在"))
    actor = access.actor_of(user, clock.today(), job.organ_id)
    with scope.within(actor):
        return _told(charge(dt.date.fromisoformat(month), organs=organs, by=actor))


@every("30 1 1 * *", name="depreciation", words=_("每月计提折旧"))
def monthly() -> dict[str, Any]:
    """This will charge the month that ended yesterday for every agency whose books have begun to be charged here."""
    last = (clock.today().replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    before = (last - dt.timedelta(days=1)).replace(day=1)
    with scope.everything("计提折旧") as by:
        begun = DepreciationRun.objects.filter(month=before, state="posted").values_list("organ_id", flat=True)
        return _told(charge(last, organs=list(begun), by=by))


@every("10 1 * * *", name="asset-changes", words=_("到日生效的资产变动"), follows=True)
def changes() -> int:
    """This will carry out the approved changes whose day has come."""
    return carry_out_due()


def _told(done: Charged) -> dict[str, Any]:
    return {
        "month": str(done.month),
        "organs": done.organs,
        "before": done.before,
        "cards": done.cards,
        "charge": str(done.charge),
    }
