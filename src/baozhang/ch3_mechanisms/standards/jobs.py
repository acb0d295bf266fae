"""Trials as long work: asked from the screen where there is much to judge, shown while they run, safe to run twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel import access, clock, jobs, scope
from baozhang.kernel.accounts import User
from baozhang.kernel.jobs import Job
from baozhang.kernel.refusal import NotFound
from baozhang.law.rules import rules

from .actions import try_out
from .models import Standard, Trial

WORK = "standards.try"
AT_ONCE = 40_000  # records to judge; more than that is long work


def size() -> int:
    """This is how many records all rules together may look at."""
    models = {rule.model for rule in rules(clock.today())}
    return sum(model._base_manager.count() for model in models)


@jobs.work(WORK)
def run(job: Job, *, standard: int, assumed: str | None) -> dict[str, Any]:
    """This will try a draft in the name of whoever asked; the result names the trial."""
    user = User._base_manager.filter(pk=job.user_id or 0).first()
    if user is None:
        raise NotFound(_("试算人的账号已不存在"))
    done = (
        Trial._base_manager.filter(standard_id=standard, maker=user.name, made_at__gte=job.asked_at)
        .order_by("pk")
        .first()
    )
    if done is not None:  # a worker died after the trial was kept
        return {"trial": done.pk}
    actor = access.actor_of(user, clock.today(), job.organ_id)
    with scope.within(actor):
        draft = Standard.objects.filter(pk=standard).select_related("organ", "jurisdiction").first()
        if draft is None:
            raise NotFound(_("草案已不存在，或不在您的范围内"))
        trial = try_out(
            draft, by=actor, assumed=dt.date.fromisoformat(assumed) if assumed else None, progress=job.progress
        )
    return {"trial": trial.pk}
