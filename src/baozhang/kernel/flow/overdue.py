"""What happens when a day has passed: the holders and the organ above are told, once."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from baozhang.kernel import access, bulk, notices

from .limits import Deadline, deadline
from .news import holders_once
from .task import Task


def mark_overdue(day: dt.date) -> int:
    """This will tell the holders of tasks that are past their day, and the organ above them, once each; how many tasks.

    Safe to run twice and to be killed: a task and its notices are marked and sent together, 500 at a time.
    """
    told = 0
    date_the_undated()
    with translation.override(settings.LANGUAGE_CODE):
        while batch := _batch(day):
            told += batch
    return told


def date_the_undated() -> int:
    """This will date open tasks whose limit had no value when they began, and has one for that day now; how many.

    A figure may be issued, or verified, after the day from which it holds. One that holds only from a later day than the
    task began is none for it: what was begun before stays as it was.
    """
    known: dict[tuple[str, dt.date, int | None], Deadline] = {}
    dated = 0
    rows = Task.objects.open().filter(due=None).exclude(limit="").order_by("pk")
    for part in bulk.chunks(list(rows.values_list("pk", flat=True))):
        with transaction.atomic():
            for task in rows.filter(pk__in=part).select_for_update(skip_locked=bulk.is_postgres(), no_key=True):
                record = task.plan.model._base_manager.filter(pk=task.record_id).first()
                if record is None:
                    continue
                key = (task.limit, task.day, record.organ_key())
                found = known.get(key) or known.setdefault(key, deadline(task.limit, record, task.day))
                if found.due is not None:
                    dated += Task.objects.filter(pk=task.pk).update(due=found.due, provisional=found.provisional)
    return dated


def _batch(day: dt.date) -> int:
    with transaction.atomic():
        late = Task.objects.open().filter(due__lt=day, told_on=None).order_by("pk")
        rows = list(late.select_for_update(skip_locked=bulk.is_postgres(), no_key=True)[:500])
        find, above = holders_once(rows), dict[tuple[str, int], access.Holders]()
        made: list[notices.Notice] = []
        for task in rows:
            days = (day - (task.due or day)).days
            words = {"title": task.title, "words": task.words, "days": days}
            about = (task.kind, task.record_id)
            body = _("期限为 %(due)s。") % {"due": task.due}
            mine = find(task)
            made += notices.compose(
                mine,
                title=_("已超期 %(days)d 天：%(title)s（%(words)s）") % words,
                body=body,
                organ_id=task.organ_id,
                about=about,
            )
            others = [person for person in _above(task, day, above) if person not in mine]
            made += notices.compose(
                others,
                title=_("下级超期 %(days)d 天：%(title)s（%(words)s）") % words,
                body=body,
                organ_id=task.above_id,
                about=about,
            )
        notices.send(made)
        Task.objects.filter(pk__in=[task.pk for task in rows]).update(told_on=day)
    return len(rows)


def _above(task: Task, day: dt.date, known: dict[tuple[str, int], access.Holders]) -> list[int]:
    escalate = task.plan.escalate
    if escalate is None or task.above_id is None:
        return []
    key = (escalate.permission, task.above_id)
    if key not in known:
        known[key] = access.holders_of.ask(*key, day)
    return list(known[key])
