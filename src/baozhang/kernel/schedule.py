"""What is due by the calendar: declared in code, remembered in the database, queued once however many workers there are."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from . import clock, jobs

log = logging.getLogger("baozhang.schedule")
PAUSE = 20.0  # seconds between two looks at the calendar


class Schedule(models.Model):
    """When a declared piece of work ran last and runs next; operational like a job, so it has no ledger."""

    name = models.CharField(max_length=60, unique=True)
    cron = models.CharField(max_length=60)
    next_run = models.DateTimeField()
    last_run = models.DateTimeField(null=True)
    running = models.BooleanField(default=False)  # true while a worker does inline work; a hint for the reader only

    class Meta:
        app_label = "kernel"
        verbose_name = _("定时任务")

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Plan:
    """One declaration: its name, its five fields of cron in China standard time, and the work."""

    name: str
    cron: str
    words: Any
    run: Callable[[], Any]
    inline: bool  # done at once by the thread that finds it due, past the queue
    follows: bool = False  # brings records in step with others: whoever judges them asks for it first

    def after(self, moment: dt.datetime) -> dt.datetime:
        """The next moment at which it is due; ValueError where the fields are none."""
        from croniter import croniter  # five megabytes that only a worker needs

        found: dt.datetime = croniter(self.cron, moment.astimezone(clock.ZONE)).get_next(dt.datetime)
        return found


PLANS: dict[str, Plan] = {}


def every(
    cron: str, *, name: str, words: Any, inline: bool = False, follows: bool = False
) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """This will declare work for the calendar: a function without arguments, safe to run twice.

    It is queued as a job and its answer, a dict or a count, is the job's result. `inline` is for work of a blink that
    must not wait behind a long job; `follows` for what brings records in step with others, see `follow`.
    """

    def declare(function: Callable[[], Any]) -> Callable[[], Any]:
        if name in PLANS:
            raise ValueError(f"schedule {name} is declared twice")
        PLANS[name] = Plan(name, cron, words, function, inline, follows)

        def work(_job: jobs.Job) -> dict[str, Any]:
            answer = function()
            return answer if isinstance(answer, dict) else {"count": answer or 0}

        jobs.work(f"schedule-{name}")(work)
        return function

    return declare


def follow() -> None:
    """This will do at once what brings records in step with others, so that whoever judges them need not wait for its hour."""
    for plan in [plan for plan in PLANS.values() if plan.follows]:
        plan.run()


def tick() -> list[str]:
    """This will do or queue what is due, each once, and return the names; several workers may call it at the same time."""
    now, done = clock.now(), []
    known = {row.name: row for row in Schedule.objects.all()}
    for plan in PLANS.values():
        row = known.get(plan.name) or _begun(plan, now)
        if row.cron != plan.cron or row.next_run > plan.after(now):  # declared anew, or set while the clock ran ahead
            Schedule.objects.filter(pk=row.pk).update(cron=plan.cron, next_run=plan.after(now))
        elif row.next_run <= now and _claim(plan, row, now):
            done.append(plan.name)
    return done


def _begun(plan: Plan, now: dt.datetime) -> Schedule:
    row, _fresh = Schedule.objects.get_or_create(
        name=plan.name, defaults={"cron": plan.cron, "next_run": plan.after(now)}
    )
    return row


def _claim(plan: Plan, row: Schedule, now: dt.datetime) -> bool:
    """True where this worker moved the hand on: only one of several can find the old moment still there."""
    with transaction.atomic():
        mine = Schedule.objects.filter(pk=row.pk, next_run=row.next_run).update(
            next_run=plan.after(now), last_run=now, running=plan.inline
        )
        if mine and not plan.inline:
            due = row.next_run.astimezone(clock.ZONE).isoformat(timespec="minutes")
            jobs.ask(f"schedule-{plan.name}", key=f"{plan.name}@{due}", title=str(plan.words))
    if mine and plan.inline:
        try:
            plan.run()
        finally:
            Schedule.objects.filter(pk=row.pk).update(running=False)
    return bool(mine)


class Ticker(threading.Thread):
    """The daemon thread beside a worker: it shows that the worker's job is alive, and looks at the calendar."""

    def __init__(self, pause: float = PAUSE) -> None:
        super().__init__(name="schedule", daemon=True)
        self.pause, self.ended = pause, threading.Event()

    def run(self) -> None:
        """This will look until it is stopped; an error is logged, and the next look is taken all the same."""
        while not self.ended.is_set():
            try:
                jobs.breathe()
                tick()
            except Exception:
                log.exception("the look at the calendar failed")
            finally:
                connection.close()
            self.ended.wait(self.pause)

    def stop(self) -> None:
        """This will end the thread after the look it is taking."""
        self.ended.set()


def start(*, once: bool = False) -> Ticker | None:
    """This will begin to watch the calendar beside the caller; `once` looks a single time and begins nothing."""
    if once:
        tick()
        return None
    ticker = Ticker()
    ticker.start()
    return ticker
