"""Long work outside the request: it shows progress, survives a restart, and is safe to run twice."""

from __future__ import annotations

import datetime as dt
import logging
import traceback
from collections.abc import Callable
from typing import Any

from django.db import models, transaction
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from . import clock, troubles
from .refusal import Refused

log = logging.getLogger("baozhang.jobs")
STALE = dt.timedelta(minutes=2)  # a running job whose last sign of life is farther away than this is taken for dead
MOST_ATTEMPTS = 3
LANGUAGE = "@language"


class State(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued", _("等待")
    RUNNING = "running", _("进行中")
    DONE = "done", _("完成")
    REFUSED = "refused", _("未通过")
    FAILED = "failed", _("出错")


class Job(models.Model):
    """One piece of long work; it is operational, so it has no ledger: what it does to records has."""

    name = models.CharField(max_length=60)
    key = models.CharField(max_length=120, unique=True)  # the same work asked twice is one job
    args = models.JSONField(default=dict)
    title = models.CharField(max_length=120, blank=True)
    user_id = models.BigIntegerField(null=True)
    organ_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    url = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    alive_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "kernel"
        verbose_name = _("后台任务")
        indexes = [models.Index(fields=["user_id", "-id"]), models.Index(fields=["state", "alive_at"])]

    def progress(self, done: int, total: int) -> None:
        """This will show how far the work is; it commits by itself only outside a transaction."""
        self.done, self.total, self.alive_at = done, total, clock.now()
        self.save(update_fields=["done", "total", "alive_at"])

    def shown(self) -> dict[str, Any]:
        """How far it is, as the progress bar says it."""
        return {
            "done": self.state == State.DONE, "failed": self.state in (State.FAILED, State.REFUSED), "words": self.title,
            "percent": 100 * self.done // self.total if self.total else 0, "count": f"{self.done:,}", "total": f"{self.total:,}" if self.total else "",
            "error": self.error.splitlines()[0] if self.error else "",
        }  # fmt: skip

    @property
    def over(self) -> bool:
        """True when nothing more will happen."""
        return self.state in (State.DONE, State.REFUSED, State.FAILED)


Work = Callable[..., dict[str, Any]]
WORKS: dict[str, Work] = {}


def work(name: str) -> Callable[[Work], Work]:
    """This will declare a kind of long work: a function (job, **args) → result, safe to run twice."""

    def declare(function: Work) -> Work:
        if name in WORKS:
            raise ValueError(f"work {name} is declared twice")
        WORKS[name] = function
        return function

    return declare


def ask(
    name: str,
    *,
    key: str,
    title: str = "",
    user_id: int | None = None,
    organ_id: int | None = None,
    url: str = "",
    **args: Any,
) -> Job:
    """This will queue work once a key, in the caller's transaction; asking again returns the same job, and tries anew what was in vain."""
    if name not in WORKS:
        raise LookupError(f"unknown work {name}")
    with transaction.atomic():
        job, fresh = Job.objects.get_or_create(
            key=key,
            defaults={
                "name": name,
                "args": {**args, LANGUAGE: get_language()},
                "title": title,
                "user_id": user_id,
                "organ_id": organ_id,
                "url": url,
                "asked_at": clock.now(),
            },
        )
        in_vain = Job.objects.filter(pk=job.pk, state__in=(State.REFUSED, State.FAILED))
        if fresh or in_vain.update(state=State.QUEUED, attempts=0, result={}, error="", ended_at=None):
            run_job.enqueue(job.pk)
    return job


def _dead(now: dt.datetime) -> models.Q:
    """Running, but without a sign of life; one that lies ahead was given while the clock of the machine was wrong."""
    return models.Q(state=State.RUNNING) & ~models.Q(alive_at__range=(now - STALE, now + STALE))


def _take(job_id: int) -> Job | None:
    """The job, marked as running by this worker; None where it is over or another worker has it."""
    now = clock.now()
    free = models.Q(state=State.QUEUED) | _dead(now)
    taken = Job.objects.filter(free, pk=job_id).update(
        state=State.RUNNING, alive_at=now, attempts=models.F("attempts") + 1
    )
    return Job.objects.get(pk=job_id) if taken else None


_HELD: set[int] = set()  # the jobs that this process is doing at present


def breathe() -> None:
    """This will show that this process is alive at its jobs, however long one takes; the worker's calendar thread calls it."""
    if _HELD:
        Job.objects.filter(pk__in=list(_HELD), state=State.RUNNING).update(alive_at=clock.now())


def perform(job_id: int) -> None:
    """This will do a job's work in this process; a refusal is an answer, an error is kept with its trace.

    A worker that was taken for dead meanwhile keeps its answer to itself: the job is another's.
    """
    job = _take(job_id)
    if job is None:
        return
    _HELD.add(job.pk)
    args = dict(job.args)
    try:
        # What a job refuses, its asker reads: it is said in the language in which it was asked.
        with translation.override(args.pop(LANGUAGE, None) or get_language()):
            _do(job, args)
    finally:
        _HELD.discard(job.pk)
    Job.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts).update(
        state=job.state, result=job.result, error=job.error, ended_at=clock.now()
    )


def _do(job: Job, args: dict[str, Any]) -> None:
    try:
        job.result = WORKS[job.name](job, **args)
        job.state, job.error = State.DONE, ""
    except Refused as refused:
        job.state, job.result, job.error = State.REFUSED, refused.as_dict(), str(refused.what)
    except Exception as error:
        log.exception("job %s %s failed", job.pk, job.name)
        job.state, job.error = State.FAILED, f"{troubles.said(error) or error}\n{traceback.format_exc()[-4000:]}"


@task()
def run_job(job_id: int) -> None:
    """The task that the worker takes from the queue."""
    perform(job_id)


def revive() -> int:
    """This will queue again what died with its worker; after a few attempts it is left as failed. The number queued."""
    now, count = clock.now(), 0
    for job in Job.objects.filter(_dead(now)):
        if job.attempts >= MOST_ATTEMPTS:
            Job.objects.filter(pk=job.pk, state=State.RUNNING).update(
                state=State.FAILED, error="the worker died three times at this job", ended_at=clock.now()
            )
            continue
        run_job.enqueue(job.pk)
        count += 1
    return count + _queue_lost(now - STALE)


def _queue_lost(long_ago: dt.datetime) -> int:
    """A worker that dies between taking a line from the queue and taking its job leaves a job that nobody would do."""
    waiting = list(Job.objects.filter(state=State.QUEUED, asked_at__lt=long_ago).values_list("pk", flat=True))
    if not waiting:
        return 0
    lines = DBTaskResult.objects.ready().filter(task_path=run_job.module_path).values_list("args_kwargs", flat=True)
    queued = {line["args"][0] for line in lines}
    lost = [pk for pk in waiting if pk not in queued]
    for pk in lost:
        run_job.enqueue(pk)
    return len(lost)
