"""What is due is done once, however many look; a worker that is killed in the middle of its job is followed by one that ends it."""

from __future__ import annotations

import datetime as dt
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.scratch import COMMAND, Scratch, scratch

from baozhang.kernel import clock, jobs, schedule
from baozhang.kernel.jobs import Job, State
from baozhang.kernel.refusal import Refused
from baozhang.kernel.schedule import PLANS, Plan, Schedule

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 3, 4, 9, 0, tzinfo=clock.ZONE)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Two plans of the test alone: one inline, one queued."""
    names: list[str] = []
    monkeypatch.setattr(schedule, "PLANS", {})
    schedule.every("*/5 * * * *", name="test-quick", words="快", inline=True)(lambda: names.append("quick"))
    schedule.every("0 2 * * *", name="test-daily", words="日")(lambda: names.append("daily") or {"said": "done"})
    yield names
    for name in ("schedule-test-quick", "schedule-test-daily"):
        del jobs.WORKS[name]


def at(moment: dt.datetime) -> list[str]:
    with clock.on(moment):
        return schedule.tick()


def test_nothing_is_due_at_first_and_each_moment_once(done: list[str]) -> None:
    assert at(START) == [] and done == []
    assert at(START + dt.timedelta(minutes=4)) == []
    assert at(START + dt.timedelta(minutes=5)) == ["test-quick"]
    assert at(START + dt.timedelta(minutes=6)) == []
    assert done == ["quick"] and not Schedule.objects.get(name="test-quick").running


def test_what_brings_records_in_step_is_done_when_asked_for(done: list[str]) -> None:
    schedule.every("0 2 * * *", name="test-step", words="随", follows=True)(lambda: done.append("step"))
    schedule.follow()
    del jobs.WORKS["schedule-test-step"]
    assert done == ["step"]


def test_a_night_passed_over_is_made_up_for_once(done: list[str]) -> None:
    at(START)
    assert "test-daily" in at(START + dt.timedelta(days=4))
    assert "test-daily" not in at(START + dt.timedelta(days=4, minutes=1))
    job = Job.objects.get()
    assert (job.name, job.key, job.title) == ("schedule-test-daily", "test-daily@2026-03-05T02:00+08:00", "日")
    jobs.perform(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result, done[-1]) == (State.DONE, {"said": "done"}, "daily")
    assert Schedule.objects.get(name="test-daily").next_run == dt.datetime(2026, 3, 9, 2, 0, tzinfo=clock.ZONE)


def test_a_clock_that_ran_ahead_and_was_set_right_stops_nothing(done: list[str]) -> None:
    at(START)
    at(START + dt.timedelta(days=3000))
    done.clear()
    assert at(START + dt.timedelta(minutes=6)) == [], "the hand is put back to the next moment that is"
    assert at(START + dt.timedelta(minutes=11)) == ["test-quick"] and done == ["quick"]


def test_of_two_workers_that_see_the_same_only_one_does_it(done: list[str]) -> None:
    at(START)
    row, plan, now = Schedule.objects.get(name="test-daily"), schedule.PLANS["test-daily"], START + dt.timedelta(days=1)
    with clock.on(now):
        assert [schedule._claim(plan, row, now), schedule._claim(plan, row, now)] == [True, False]
    assert Job.objects.count() == 1


def test_a_changed_declaration_counts_from_now(done: list[str]) -> None:
    at(START)
    plan = schedule.PLANS["test-daily"]
    schedule.PLANS["test-daily"] = Plan(plan.name, "0 10 * * *", plan.words, plan.run, plan.inline)
    at(START)
    row = Schedule.objects.get(name="test-daily")
    assert (row.cron, row.next_run) == ("0 10 * * *", START.replace(hour=10))


def test_wrong_declarations_are_refused(done: list[str]) -> None:
    with pytest.raises(ValueError, match="columns"):
        Plan("x", "now and then", "x", lambda: None, False).after(START)
    with pytest.raises(ValueError, match="twice"):
        schedule.every("* * * * *", name="test-quick", words="x")(lambda: None)


def test_the_house_keeps_itself() -> None:
    assert {"revive", "seal", "overdue", "sweep", "tidy"} <= set(PLANS)
    for plan in PLANS.values():
        assert plan.after(START) > START
    for name in ("revive", "seal", "overdue", "sweep", "tidy"):
        PLANS[name].run()  # on an empty house each has nothing to do, and does it


def test_tidying_leaves_what_waits() -> None:
    from django_tasks.base import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    with clock.on(START):
        job = jobs.ask("schedule-tidy", key="one")
        for status in (TaskResultStatus.READY, TaskResultStatus.SUCCESSFUL):
            line = DBTaskResult.objects.first()
            assert line is not None
            line.pk, line.status = None, status
            line.save(force_insert=True)
    DBTaskResult.objects.update(enqueued_at=START)
    with clock.on(START + dt.timedelta(days=30)):
        found: Any = PLANS["tidy"].run()
    assert found["queue"] == 1 and set(DBTaskResult.objects.values_list("status", flat=True)) == {"READY"}
    assert Job.objects.filter(pk=job.pk).exists()


def test_a_job_whose_line_was_lost_is_queued_again() -> None:
    from django_tasks_db.models import DBTaskResult

    with clock.on(START):
        job = jobs.ask("schedule-tidy", key="one")
        DBTaskResult.objects.all().delete()
        assert jobs.revive() == 0  # it may be on its way
    with clock.on(START + dt.timedelta(minutes=5)):
        assert jobs.revive() == 1
        assert jobs.revive() == 0  # it waits in the queue now
    assert DBTaskResult.objects.get().args_kwargs["args"] == [job.pk]


def test_a_long_job_is_not_taken_for_dead_while_its_worker_breathes() -> None:
    with clock.on(START):
        job = jobs.ask("schedule-tidy", key="one")
        assert jobs._take(job.pk) is not None
    jobs._HELD.add(job.pk)
    try:
        with clock.on(START + dt.timedelta(minutes=5)):
            jobs.breathe()
            assert jobs.revive() == 0
    finally:
        jobs._HELD.discard(job.pk)
    with clock.on(START + dt.timedelta(minutes=10)):
        assert jobs.revive() == 1


def test_a_job_whose_last_breath_lies_ahead_is_dead_too() -> None:
    """Its worker died while the clock of the machine was wrong."""
    with clock.on(START + dt.timedelta(days=3000)):
        job = jobs.ask("schedule-tidy", key="one")
        assert jobs._take(job.pk) is not None
    with clock.on(START):
        assert jobs.revive() == 1
        assert jobs._take(job.pk) is not None


def test_a_worker_that_slept_too_long_says_nothing_of_the_job_that_another_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "WORKS", dict(jobs.WORKS))
    turns: list[str] = []

    @jobs.work("test-asleep")
    def work(job: Job) -> dict[str, Any]:
        turns.append("begun")
        if len(turns) == 1:  # the machine sleeps here, and meanwhile another takes the job up and ends it
            with clock.on(START + dt.timedelta(minutes=5)):
                jobs.perform(job.pk)
            raise Refused("已经办过")
        return {"said": "done"}

    with clock.on(START):
        job = jobs.ask("test-asleep", key="one")
        jobs.perform(job.pk)
    held = Job.objects.get()
    assert (held.state, held.result, held.error, held.attempts) == (State.DONE, {"said": "done"}, "", 2)


SLOW = """
import os, sys, time
import django
django.setup()
from baozhang.kernel import clock, jobs, scope
from baozhang.kernel.customs import CustomField
from baozhang.kernel.record import keep
from django.conf import settings

@jobs.work("test-slow")
def slow(job, wait):
    with (settings.HOME / "begun").open("a") as log:
        log.write(f"{os.getpid()}\\n")
    with scope.everything("test") as by:
        for n in range(3):
            if not CustomField._base_manager.filter(key=f"k{n}").exists():
                keep(CustomField(label_of="organs.headcount", key=f"k{n}", words=f"字段{n}"), by=by)
            job.progress(n + 1, 3)
            if n == 1 and job.attempts == 1:
                time.sleep(wait)
    return {"made": CustomField._base_manager.count()}

if sys.argv[1] == "ask":
    jobs.ask("test-slow", key="slow", wait=300)
else:
    from django.core.management import call_command
    call_command("worker", **({"once": True} if sys.argv[1] == "once" else {}))
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Scratch]:
    """A database of their own for workers that are killed."""
    (tmp_path / "slow.py").write_text(SLOW)
    with scratch(tmp_path) as made:
        yield made


def wait_until(true: Any, seconds: float = 60) -> None:
    """Waits for something to become true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.real_clock
def test_a_worker_killed_in_the_middle_of_a_job_is_followed_by_one_that_ends_it(place: Scratch) -> None:
    script = place.home / "slow.py"
    assert place.run(sys.executable, script, "ask").returncode == 0
    first = place.start(sys.executable, script, "work")
    wait_until(lambda: place.ask("select done from kernel_job where name = 'test-slow'") == [(2,)])
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert place.ask("select state, attempts from kernel_job where name = 'test-slow'") == [("running", 1)]
    # While its last sign of life is fresh, nobody takes it.
    place.run(sys.executable, script, "once")
    assert place.ask("select state, attempts from kernel_job where name = 'test-slow'") == [("running", 1)]
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    place.ask("update kernel_job set alive_at = ? where name = 'test-slow'", str(long_ago))
    both = [place.start(sys.executable, script, "once") for _ in range(2)]
    assert [worker.wait(60) for worker in both] == [0, 0]
    assert place.ask("select state, attempts, done from kernel_job where name = 'test-slow'") == [("done", 2, 3)]
    assert len((place.home / "begun").read_text().split()) == 2
    assert place.ask("select count(*) from kernel_customfield") == [(3,)]
    assert place.ask("select count(*) from kernel_entry where kind = 'kernel.customfield'") == [(3,)]


@pytest.mark.slow
@pytest.mark.real_clock
def test_a_worker_ends_when_it_is_told_to(place: Scratch) -> None:
    worker = place.start(COMMAND, "worker")
    wait_until(lambda: place.ask("select count(*) from kernel_schedule")[0][0] >= 5)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0


def test_work_that_was_refused_is_done_when_it_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "WORKS", dict(jobs.WORKS))
    answers: list[Any] = [Refused("还缺材料"), {"said": "done"}]

    @jobs.work("test-again")
    def work(_job: Job) -> dict[str, Any]:
        answer = answers.pop(0)
        if isinstance(answer, Refused):
            raise answer
        return dict(answer)

    first = jobs.ask("test-again", key="one")
    jobs.perform(first.pk)
    assert Job.objects.get().state == State.REFUSED
    jobs.ask("test-again", key="one")
    jobs.perform(first.pk)
    held = Job.objects.get()
    assert (held.state, held.result, held.error) == (State.DONE, {"said": "done"}, "")
