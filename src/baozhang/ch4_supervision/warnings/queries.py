"""What can be asked of findings: how precise each rule is, how a finding comes about again, what the last patrol saw."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Count, Q
from django.utils import translation
from django.utils.translation import gettext as _

from baozhang.kernel import clock
from baozhang.law.case import Book, Case, Unverified, places
from baozhang.law.explain import rebuild
from baozhang.law.judge import Judged, look
from baozhang.law.rules import rule_on

from .choices import LANGUAGE, Review, RunState, State
from .models import Finding, Run


@dataclass(frozen=True)
class Precision:
    """This is how often a rule was right, by its reviewers; `share` is None while nobody has reviewed anything."""

    rule: str
    true: int
    false: int
    live: int
    explained: int = 0

    @property
    def share(self) -> float | None:
        """This is the share of the reviewed findings in which things were as the rule said, for a good reason or not."""
        right = self.true + self.explained
        return right / (right + self.false) if right + self.false else None


def precision(rule: str = "") -> dict[str, Precision]:
    """This is the precision of each rule that ever found something, or of one, over all organs."""
    found = Finding._base_manager.filter(rule=rule) if rule else Finding._base_manager.all()
    rows = (
        found.order_by("rule").values("rule").annotate(
            true=Count("pk", filter=Q(review=Review.TRUE)), false=Count("pk", filter=Q(review=Review.FALSE)),
            explained=Count("pk", filter=Q(review=Review.EXPLAINED)),
            standing=Count("pk", filter=Q(state__in=(State.OPEN, State.HANDLED))),
        )
    )  # fmt: skip
    return {
        row["rule"]: Precision(row["rule"], row["true"], row["false"], row["standing"], row["explained"])
        for row in rows
    }


def last_run() -> Run | None:
    """This is the last patrol that came to its end; None before the first."""
    return Run._base_manager.filter(state=RunState.DONE).order_by("-id").first()


@dataclass(frozen=True)
class Replay:
    """This is a finding made again from the ledger: `same` where sentence, facts, figures and sum come out alike."""

    same: bool
    then: dict[str, Any]
    now: dict[str, Any] | None
    differences: list[str] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)  # what it says now, by message and values
    why: str = ""  # why it does not come about again


_PARTS = ("sentence", "facts", "figures", "amount", "article", "severity")


def replay(finding: Finding) -> Replay:
    """This will rebuild the record as it was, judge it by the rule and figures of that day, and compare."""
    then = {name: getattr(finding, name) for name in _PARTS}
    day = finding.judged_on
    rule = rule_on(finding.rule, day)
    if rule is None:
        return Replay(False, then, None, why=_("规则已不存在，无法重现。"))
    model: Any = apps.get_model(finding.kind)
    with clock.on(day), translation.override(LANGUAGE):
        try:
            subject = rebuild(model, finding.subject_id, finding.subject_version, finding.context)
        except (ImportError, TypeError) as error:
            return Replay(False, then, None, why=_("判断时所见的数据已无法还原：%(error)s") % {"error": error})
        if subject is None:
            return Replay(False, then, None, why=_("账本中没有对象当时的版本。"))
        case = Case(day, places().get(finding.organ_id or 0, ""), Book())
        try:
            found = [judged for judged in look(rule, subject, case) if judged.key == finding.key]
        except Unverified as silent:
            return Replay(False, then, None, why=_("标准 %(key)s 当日没有有效值。") % {"key": silent.reading.key})
    if not found:
        return Replay(False, then, None, why=_("按当日的事实和标准，规则没有发现问题。"))
    now = _parts(found[0])
    differences = [name for name in _PARTS if then[name] != now[name]]
    return Replay(not differences, then, now, differences, told=found[0].told())


def _parts(judged: Judged) -> dict[str, Any]:
    verdict = judged.verdict
    amount = None if verdict.amount is None else round(verdict.amount, 2)
    return {
        "sentence": str(verdict.sentence)[:500], "facts": judged.facts(), "figures": judged.figures(), "amount": amount,
        "article": judged.rule.article, "severity": judged.rule.severity,
    }  # fmt: skip
