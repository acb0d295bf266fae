"""The patrol as a job: asked from a screen or by the clock, safe to run twice."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from baozhang.kernel import jobs
from baozhang.kernel.jobs import Job
from baozhang.kernel.schedule import every

from .patrol import patrol

PATROL = "warnings.patrol"


@jobs.work(PATROL)
def run(job: Job, *, rules: list[str] | None = None, organs: list[int] | None = None) -> dict[str, Any]:
    """This will patrol today, by all rules or some, all organs or some; the result is the report."""
    del job  # one rule after the other: the run itself is the progress
    return patrol(names=rules or (), organs=organs).as_dict()


@every("0 4 * * *", name="patrol", words=_("每日巡查"))
def daily() -> dict[str, Any]:
    """This will patrol today by all rules over all organs, before anybody comes to the office."""
    return patrol().as_dict()
