"""The patrol as scenarios see it: what stands after it, and what it resolved."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps

from baozhang.kernel import bulk, schedule
from baozhang.law.scenario.outcome import Found, Patrolled
from baozhang.law.scenario.tables import called

from .choices import LIVE, State
from .models import Finding, Run
from .patrol import patrol


def patrolled(day: dt.date, names: list[str]) -> Patrolled:
    """This will patrol, keeping what it finds, and say what stands and what was resolved just now.

    No worker has been at work before: what follows from other records is brought in step first.
    """
    schedule.follow()
    report = patrol(day=day, names=names)
    live = Finding._base_manager.filter(state__in=LIVE).select_related("organ").order_by("pk")
    run = Run._base_manager.filter(pk=report.run_id or 0).first()
    gone = Finding._base_manager.filter(state=State.RESOLVED, resolved_on=day).select_related("organ").order_by("pk")
    resolved = (
        [] if run is None else [finding for finding in gone if finding.kept_at and finding.kept_at >= run.started]
    )
    errors = [f"{name} {error}" for name, count in report.counts.items() for error in count.errors]
    silent = frozenset(key for count in report.counts.values() for key in count.unjudged)
    return Patrolled(_found(live), _found(resolved), errors, silent)


def _found(findings: Iterable[Finding]) -> list[Found]:
    rows = list(findings)
    names = _names(rows)
    return [
        Found(
            row.rule, row.title, names.get((row.kind, row.subject_id), frozenset()) | {row.subject_name}, row.subject_name,
            str(row.organ or ""), row.article, row.sentence, row.amount, _both(row, "severity"), _both(row, "state"),
            frozenset(figure["key"] for figure in row.figures),
        )
        for row in rows
    ]  # fmt: skip


def _both(row: Finding, name: str) -> frozenset[str]:
    """A choice by its code and by its words."""
    return frozenset((getattr(row, name), str(getattr(row, f"get_{name}_display")())))


def _names(rows: list[Finding]) -> dict[tuple[str, int], frozenset[str]]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        wanted[row.kind].add(row.subject_id)
    found: dict[tuple[str, int], frozenset[str]] = {}
    for kind, keys in wanted.items():
        model: Any = apps.get_model(kind)
        for part in bulk.chunks(sorted(keys)):
            found.update({(kind, one.pk): frozenset(called(one)) for one in model._base_manager.filter(pk__in=part)})
    return found
