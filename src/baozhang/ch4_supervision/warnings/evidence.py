"""Why a finding is gone: what the ledger says of its record since, and which figures and counts are other than they were."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from baozhang.kernel import bulk, ledger
from baozhang.law.case import Book, Ground, places
from baozhang.law.explain import seen
from baozhang.law.figurespec import FigureError
from baozhang.law.rules import Rule

from .models import Finding

_ENTRIES = 10  # of one record; the whole history stands in the ledger


def evidence(findings: Sequence[Finding], rule: Rule | None, day: dt.date) -> dict[int, dict[str, Any]]:
    """This is for each finding what has changed since it was judged: entries, figures, counts; or that the rule ended."""
    if rule is None:
        return {finding.pk: {"rule_ended": day.isoformat()} for finding in findings}
    entries, book, where = _entries(findings), Book(), places()
    counts = _values(findings, rule, day, book)
    found: dict[int, dict[str, Any]] = {}
    for finding in findings:
        own = [entry for entry in entries[finding.subject_id] if entry["seq"] > finding.subject_version]
        held = {
            "entries": own[-_ENTRIES:],
            "removed": bool(own) and own[-1]["act"] in (ledger.REMOVE, ledger.UNDO),
            "figures": _figures(finding, book, where.get(finding.organ_id or 0, ""), day),
            "values": _differences(_plain_values(finding.context), counts.get(finding.subject_id, {})),
        }
        found[finding.pk] = {name: value for name, value in held.items() if value}
    return found


def _entries(findings: Sequence[Finding]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    kind, lowest = findings[0].kind, min(finding.subject_version for finding in findings)
    for part in bulk.chunks(sorted({finding.subject_id for finding in findings})):
        lines = ledger.Entry.objects.filter(kind=kind, record_id__in=part, seq__gt=lowest).order_by("record_id", "seq")
        for entry in lines.iterator(bulk.CHUNK):
            found[entry.record_id].append(
                {"seq": entry.seq, "day": entry.day.isoformat(), "act": entry.act, "by": entry.by_name,
                 "note": entry.note, "changes": json.loads(entry.changes)}
            )  # fmt: skip
    return found


def _figures(finding: Finding, book: Book, place: str, day: dt.date) -> list[dict[str, Any]]:
    """These are the figures that are other today than they were when the finding was judged."""
    changed = []
    for figure in finding.figures:
        try:
            rows = {
                tuple(sorted(reading.row)): reading.as_dict() for reading in book.on(place, day).table(figure["key"])
            }
        except FigureError:
            rows = {}  # the figure has left the catalogue
        now = rows.get(tuple(sorted(figure["row"].items())), {}).get("value")
        if now != figure["value"]:
            changed.append({"key": figure["key"], "row": figure["row"], "then": figure["value"], "now": now})
    return changed


def _values(findings: Sequence[Finding], rule: Rule, day: dt.date, book: Book) -> dict[int, dict[str, Any]]:
    """These are what the candidates say of the records now: counts and sums beside their own fields."""
    if not any(_plain_values(finding.context) for finding in findings):
        return {}
    candidates = rule.candidates(day, Ground(day, book))
    if not isinstance(candidates, QuerySet):
        return {}
    found: dict[int, dict[str, Any]] = {}
    for part in bulk.chunks(sorted({finding.subject_id for finding in findings})):
        for subject in candidates.filter(pk__in=part):
            found[subject.pk] = _plain_values(seen(subject))
    return found


def _plain_values(context: dict[str, Any]) -> dict[str, Any]:
    """These are the numbers, days and words that the candidates gave; what is put together says nothing to a reader."""
    values = {
        name: value.get("is") if isinstance(value, dict) else value for name, value in context.get("values", {}).items()
    }
    return {name: value for name, value in values.items() if not isinstance(value, dict | list)}


def _differences(then: dict[str, Any], now: dict[str, Any]) -> dict[str, list[Any]]:
    return {name: [value, now.get(name)] for name, value in then.items() if now.get(name) != value}
