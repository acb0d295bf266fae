"""What the house does by itself: sealing the ledger, taking up what died, telling of overdue tasks, tidying."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from . import attachments, clock, jobs, once, scope, seals
from .flow.overdue import mark_overdue
from .schedule import every

QUEUE_KEPT = dt.timedelta(days=14)  # lines of the queue, which say nothing that the jobs do not
JOBS_KEPT = dt.timedelta(days=365)
ASKED_KEPT = dt.timedelta(days=30)  # nobody sends a form again after that


@every("* * * * *", name="revive", words=_("接续中断的任务"), inline=True)
def revive() -> int:
    """This will queue again what died with its worker; done past the queue, which may be busy for minutes."""
    return jobs.revive()


@every("0 2 * * *", name="seal", words=_("每日封账"))
def seal() -> dict[str, Any]:
    """This will seal the ledger of all days before today."""
    made = seals.seal()
    return {"days": len(made), "last": made[-1].day.isoformat() if made else ""}


@every("0 6 * * *", name="overdue", words=_("超期提醒"))
def overdue() -> int:
    """This will tell the holders of overdue tasks and those above them, before the working day begins."""
    with scope.everything("超期提醒"):
        return mark_overdue(clock.today())


@every("30 3 * * *", name="sweep", words=_("清理无主附件"))
def sweep() -> dict[str, Any]:
    """This will remove files that no attachment points to, and name attachments whose file is gone."""
    return attachments.sweep()


@every("45 3 * * *", name="tidy", words=_("清理过期会话和队列"))
def tidy() -> dict[str, Any]:
    """This will remove what only served for a while: expired sessions, old lines of the queue, old jobs."""
    now = clock.now()
    sessions, _each = Session.objects.filter(expire_date__lt=now).delete()
    read = DBTaskResult.objects.exclude(status=TaskResultStatus.READY)
    queue, _each = read.filter(enqueued_at__lt=now - QUEUE_KEPT).delete()
    asked, _each = once.Asked.objects.filter(at__lt=now - ASKED_KEPT).delete()
    old, _each = jobs.Job.objects.filter(ended_at__lt=now - JOBS_KEPT).delete()
    return {"sessions": sessions, "queue": queue, "asked": asked, "jobs": old}
