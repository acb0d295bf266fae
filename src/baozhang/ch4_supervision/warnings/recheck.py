"""The re-check: the rules of just those findings look again, today, and say what still stands; nothing is written."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import translation

from baozhang.kernel import told
from baozhang.law.judge import Judged, Tally, judge
from baozhang.law.rules import rule_on

from .choices import LANGUAGE, Result
from .models import Finding
from .orders import Order, OrderFinding


@dataclass(frozen=True)
class Checked:
    """This is one finding of an order looked at again: gone, standing (with what the rule says now) or undecided."""

    item: OrderFinding
    result: Result
    judged: Judged | None = None

    @property
    def sentence(self) -> str:
        """This is what the rule says now; empty where it says nothing."""
        return str(self.judged.verdict.sentence)[:500] if self.judged is not None else ""

    @property
    def parts(self) -> told.Parts:
        """This is the same by message and values."""
        return told.parts_of(self.judged.verdict.sentence) if self.judged is not None else []


def items_of(order: Order) -> list[OrderFinding]:
    """These are the findings of an order, the serious ones first, with the finding and its organ joined."""
    rows = (
        OrderFinding._base_manager.filter(order_id=order.pk).select_related("finding", "finding__organ").order_by("pk")
    )
    weight = {"serious": 0, "warning": 1, "notice": 2}
    return sorted(rows, key=lambda item: weight[item.finding.severity])


def recheck(items: Iterable[OrderFinding], day: dt.date) -> list[Checked]:
    """This is each finding judged again on a day by its rule in force, on its record alone.

    Where the rule is no longer in force the finding is gone; where it failed, or a figure has no value, undecided.
    """
    rows = list(items)
    by_rule: dict[str, list[OrderFinding]] = defaultdict(list)
    for item in rows:
        by_rule[item.finding.rule].append(item)
    found: dict[int, Checked] = {}
    with translation.override(LANGUAGE):
        for name, held in by_rule.items():
            found.update({one.item.pk: one for one in _hear(name, held, day)})
    return [found[item.pk] for item in rows]


def _hear(name: str, items: list[OrderFinding], day: dt.date) -> list[Checked]:
    rule = rule_on(name, day)
    if rule is None:
        return [Checked(item, Result.GONE) for item in items]
    findings: list[Finding] = [item.finding for item in items]
    tallies: dict[str, Tally] = {}
    organs = {finding.organ_id for finding in findings}
    narrowed = {organ for organ in organs if organ is not None} if None not in organs else None
    keys = sorted({finding.subject_id for finding in findings})
    met = {(one.pk, one.key): one for one in judge([rule], day, organs=narrowed, subjects=keys, tallies=tallies)}
    tally = tallies.get(rule.name, Tally())
    return [_checked(item, met, tally) for item in items]


def _checked(item: OrderFinding, met: dict[tuple[int, str], Judged], tally: Tally) -> Checked:
    finding: Finding = item.finding
    judged = met.get((finding.subject_id, finding.key))
    if judged is not None:
        return Checked(item, Result.STANDS, judged)
    unknown = tally.broken or finding.subject_id in tally.undecided
    return Checked(item, Result.UNDECIDED if unknown else Result.GONE)
