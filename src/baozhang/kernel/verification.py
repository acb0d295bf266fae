"""A run of the ledger's verification: who asked, what was found; a record, so that the run is in the ledger itself."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import clock, jobs, notices, seals
from .access import Actor, system_actor
from .record import Record, keep
from .refusal import Refused

WORK = "ledger-verification"


class State(models.TextChoices):
    """How a run ended."""

    RUNNING = "running", gettext_lazy("进行中")
    SOUND = "sound", gettext_lazy("完好")
    BROKEN = "broken", gettext_lazy("发现问题")


class Verification(Record):
    """One run over all entries, records and seals."""

    asked_by = models.CharField(gettext_lazy("发起人"), max_length=100)
    asked_at = models.DateTimeField(gettext_lazy("发起时间"))
    ended_at = models.DateTimeField(gettext_lazy("完成时间"), null=True, blank=True)
    state = models.CharField(gettext_lazy("结果"), max_length=10, choices=State.choices, default=State.RUNNING)
    entries = models.BigIntegerField(gettext_lazy("核对条目"), default=0)
    records = models.BigIntegerField(gettext_lazy("核对记录"), default=0)
    seals = models.PositiveIntegerField(gettext_lazy("核对封账"), default=0)
    unsealed = models.BigIntegerField(gettext_lazy("待封条目"), default=0)
    problems = models.TextField(gettext_lazy("问题"), blank=True)  # one a line: class, number and field, never a value
    problem_count = models.PositiveIntegerField(gettext_lazy("问题数"), default=0)

    scope_field = None

    class Meta:
        app_label = "kernel"
        verbose_name = gettext_lazy("账本验证")
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state="running"), name="one_verification_at_a_time",
                violation_error_message=gettext_lazy("已有一次验证正在进行"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.asked_at.astimezone(clock.ZONE):%Y-%m-%d %H:%M} {self.get_state_display()}"

    @property
    def job(self) -> jobs.Job | None:
        """The job that does it."""
        return jobs.Job.objects.filter(key=_key(self.pk)).first()


def _key(pk: int) -> str:
    return f"{WORK}-{pk}"


def begin(*, by: Actor) -> Verification:
    """This will start a run in the background; the one that is under way where there is one."""
    with transaction.atomic():
        running = Verification._base_manager.select_for_update(no_key=True).filter(state=State.RUNNING).first()
        if running is None:
            running = Verification(asked_by=by.name, asked_at=clock.now())
            keep(running, by=by)
        jobs.ask(
            WORK,
            key=_key(running.pk),
            title=_("账本验证"),
            user_id=by.user_id,
            organ_id=by.organ_id,
            verification=running.pk,
        )
    return running


def seals_counted() -> int:
    """The most seals that any run has counted; the runs are records, so that the ledger holds their figures."""
    return Verification._base_manager.aggregate(most=models.Max("seals"))["most"] or 0


@jobs.work(WORK)
def verify(job: jobs.Job, verification: int) -> dict[str, Any]:
    """This will verify the whole ledger and keep what was found; a run that has ended stays as it is."""
    total = sum(model._base_manager.count() for model in seals.models_kept())
    report = seals.verify(lambda done: job.progress(min(done, total), total), sealed_before=seals_counted())
    with transaction.atomic():
        run = Verification._base_manager.select_for_update(no_key=True).filter(pk=verification).first()
        if run is None:
            raise Refused(_("这次验证已不存在"))
        if run.state == State.RUNNING:
            run.state = State.SOUND if report.sound else State.BROKEN
            run.entries, run.records, run.seals, run.unsealed = (
                report.entries,
                report.records,
                report.seals,
                report.unsealed,
            )
            run.problems, run.problem_count = "\n".join(report.problems), len(report.problems) + report.hidden
            run.ended_at = clock.now()
            keep(run, by=system_actor(str(_("账本验证"))))
            _tell(job, run)
    job.progress(total, total)
    return {"verification": verification, "sound": report.sound}


def _tell(job: jobs.Job, run: Verification) -> None:
    """Whoever asked may have left the page."""
    said = _("账本验证完成：%(result)s") % {"result": run.get_state_display()}
    people = [job.user_id] if job.user_id is not None else []
    notices.notify(people, title=said, organ_id=job.organ_id, about=(run.label, run.pk))
