"""Trials as long work: asked from the screen where there is much to judge, shown while they run, safe to run twice."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.kernel import access, clock, jobs, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.accounts import User
from baozhang.kernel.jobs import Job
from baozhang.kernel.refusal import NotFound
from baozhang.kernel.schedule import every
from baozhang.law.rules import rules

from . import pricing
from .actions import try_out
from .choices import ReviewState
from .flows import QuotaReviewFlow
from .models import QuotaReview, Standard, Trial

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


def raise_reviews(day: dt.date, *, by: Actor) -> int:
    """This will open a review for each drift beyond the share, once for each new price; the quotas stay as they are."""
    beyond = [one for one in pricing.drifts(day) if one.beyond]
    known = set(
        QuotaReview._base_manager.filter(component_id__in=[one.component.pk for one in beyond]).values_list(
            "component_id", "price_id"
        )
    )
    fresh = [
        QuotaReview(
            line=one.component.line, component=one.component, price=one.price, organ_id=one.component.organ_id, was=one.component.price.price,
            now=one.price.price, limit=one.limit or Decimal(0), value_now=one.value_now, raised=day, state=ReviewState.OPEN,
        )
        for one in beyond
        if (one.component.pk, one.price.pk) not in known
    ]  # fmt: skip
    QuotaReviewFlow.start(fresh, by=by)
    return len(fresh)


@every("20 3 * * *", name="price-drift", words=gettext_lazy("参考价格变动的定额复核"))
def look_at_prices() -> int:
    """This will open reviews of the quotas whose prices have drifted beyond the share that was set."""
    with scope.everything("参考价偏离") as by:
        return raise_reviews(clock.today(), by=by)
