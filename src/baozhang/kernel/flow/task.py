"""Tasks: who is to act on what until when. They follow from the steps and are written with them, never by themselves."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baozhang.kernel import clock, record
from baozhang.kernel.access import Actor
from baozhang.kernel.standing import Standing, stand

from .choices import OPINIONS, RESPONSIBLE, End, Part
from .plan import FLOWS, Plan
from .step import Chosen


class TaskQuerySet(models.QuerySet["Task"]):
    """Questions about tasks."""

    def of(self, flow: str, subject: record.Record) -> TaskQuerySet:
        """The tasks of a record in a flow."""
        return self.filter(kind=subject.label, record_id=subject.pk, flow=flow)

    def open(self) -> TaskQuerySet:
        """Those that wait."""
        return self.filter(closed_at=None)

    def by_due(self) -> TaskQuerySet:
        """The most pressing first; those without a deadline last."""
        return self.order_by(F("due").asc(nulls_last=True), "opened_at", "pk")


class Task(models.Model):
    """One thing to do in one organ; the facts behind it are in the record's ledger."""

    kind = models.CharField(max_length=64)  # the class of record, as in the ledger
    record_id = models.BigIntegerField()
    flow = models.CharField(max_length=40)
    state = models.CharField(max_length=40)
    step = models.CharField(max_length=40, blank=True)  # the step that waits for this opinion, or that closed it
    stay = models.PositiveIntegerField()  # the ledger number at which the record came into this state
    part = models.CharField(_("办理方式"), max_length=12, choices=Part.choices)
    organ_id = models.BigIntegerField(null=True)
    permission = models.CharField(max_length=80)
    role = models.CharField(max_length=40, blank=True)  # 加签 asks a role of the organ
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    above_id = models.BigIntegerField(null=True)  # the organ that sees it once it is overdue
    title = models.CharField(_("事项"), max_length=200)
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    sender_name = models.CharField(max_length=100, blank=True)
    opened_at = models.DateTimeField()
    day = models.DateField()
    due = models.DateField(_("期限"), null=True)
    provisional = models.BooleanField(default=False)  # the count ran past the announced holidays
    limit = models.CharField(max_length=80, blank=True)  # the figure behind the deadline
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    told_on = models.DateField(null=True)  # the day on which notice of its being overdue was given
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    closed_name = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=40, blank=True)  # a step's name, or an End
    opinion = models.TextField(blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        app_label = "kernel"
        verbose_name = _("待办")
        indexes = [
            models.Index(fields=["organ_id", "closed_at", "due"], name="task_desk"),
            models.Index(fields=["kind", "record_id"], name="task_record"),
            models.Index(fields=["assignee", "due"], condition=Q(closed_at=None), name="task_mine"),
            models.Index(fields=["due"], condition=Q(closed_at=None), name="task_due"),
            models.Index(fields=["closed_by", "-closed_at"], condition=Q(closed_at__isnull=False), name="task_done"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "record_id", "flow", "permission", "organ_id"],
                                    condition=Q(closed_at=None, part__in=RESPONSIBLE), name="task_one_holder"),
            models.CheckConstraint(condition=Q(closed_at=None, outcome="") | Q(closed_at__isnull=False) & ~Q(outcome=""),
                                   name="task_closed_with_outcome"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def plan(self) -> Plan:
        """The flow that it belongs to."""
        return FLOWS[self.flow]

    @property
    def responsible(self) -> bool:
        """True for 主办 and 转办."""
        return self.part in RESPONSIBLE

    @property
    def waits_for_opinion(self) -> bool:
        """True for 会签 and 加签."""
        return self.part in OPINIONS

    def asked_by(self, user: int | None) -> bool:
        """True where that user chose to ask for this opinion; one that the flow itself demands is asked by nobody."""
        if user is None or user != self.sender_id:
            return False
        return self.part == Part.ADDED or (self.part == Part.COUNTERSIGN and self.step in choosing(self.plan))

    def holder(self, by: Actor) -> Standing | None:
        """How somebody may act on it; None where he may not: nobody answers what he has asked himself."""
        if self.asked_by(by.user_id):
            return None
        return stand(by, self.permission, self.organ_id, assignee=self.assignee_id, role=self.role)

    @property
    def words(self) -> str:
        """What is to be done: the state of the record, or the opinion asked for; where it would stay in its state, the step."""
        if self.part in OPINIONS:
            return str(Part(self.part).label)
        meant = [one for one in self.plan.leaving(self.state) if one.todo and one.permission == self.permission]
        stays = bool(meant) and all(one.target == self.state for one in meant)
        return str(meant[0].words) if stays else self.plan.state_words(self.state)

    @property
    def outcome_words(self) -> str:
        """How it ended."""
        if self.outcome.startswith("+"):
            return str(End(self.outcome).label)
        step = self.plan.steps.get(self.outcome)
        return str(step.words) if step else self.outcome

    def days_left(self, day: dt.date | None = None) -> int | None:
        """Days until it is due, negative where it is overdue; None without a deadline."""
        return None if self.due is None else (self.due - (day or clock.today())).days

    @property
    def unverified(self) -> bool:
        """True where the law sets a time limit whose figure nobody could verify: 期限待核实."""
        return bool(self.limit) and self.due is None


def choosing(plan: Plan) -> list[str]:
    """The steps of a flow whose countersigners are chosen by whoever takes them."""
    return [step.name for step in plan.steps.values() if isinstance(step.countersign, Chosen)]


def asked_by(user: int | None) -> Q:
    """The condition of `Task.asked_by`, in the database."""
    asked = Q(part=Part.ADDED)
    for plan in FLOWS.values():
        if steps := choosing(plan):
            asked |= Q(part=Part.COUNTERSIGN, flow=plan.name, step__in=steps)
    return Q(sender=user) & asked


def close_removed(model: type[record.Record], keys: list[int], by: Any) -> None:
    """This will close what waits on rows that are taken back, in the same transaction."""
    kind = f"{model._meta.app_label}.{model._meta.model_name}"
    waiting = Task.objects.open().filter(kind=kind, record_id__in=keys)
    waiting.update(closed_at=clock.now(), closed_by=by.user_id, closed_name=by.name, outcome=End.REMOVED)


record.removed.fill(close_removed)
