"""The patrol: rules look, findings are opened, updated and resolved in bulk; doing it again changes nothing.

It may be killed at any point. What a finding says is decided by facts alone, each bulk write is whole or not at all,
and the next patrol takes up what the last one left; nothing is doubled (one live finding a rule, record and key).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.kernel import bulk, clock, ledger, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused
from baozhang.law.ahead import Ahead, reading_ahead
from baozhang.law.explain import seen
from baozhang.law.judge import Judged, Tally, candidates, judge, plain
from baozhang.law.rules import Rule, rules, title_of

from .choices import LANGUAGE, LIVE, Review, RunState, State
from .evidence import evidence
from .lock import alone
from .models import Finding, Run

FOUND = ledger.act("warnings.found", gettext_lazy("巡查发现"))
CHANGED = ledger.act("warnings.changed", gettext_lazy("巡查发现变化"))
RESOLVED = ledger.act("warnings.resolved", gettext_lazy("巡查确认消除"))
BEGUN = ledger.act("warnings.begun", gettext_lazy("开始巡查"))
ENDED = ledger.act("warnings.ended", gettext_lazy("结束巡查"))
BROKEN = ledger.act("warnings.broken", gettext_lazy("巡查中断"))

_BUFFER = 20_000  # findings held in memory before they are written
_SAID = (
    "severity",
    "sentence",
    "article",
    "facts",
    "figures",
    "amount",
    "remedy",
    "organ_id",
)  # what makes it another finding


@dataclass
class Count:
    """This is what a patrol counted for one rule."""

    title: str
    article: str
    looked: int = 0
    found: int = 0
    new: int = 0
    changed: int = 0
    resolved: int = 0
    open: int = 0
    false_alarms: int = 0
    unjudged: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    error_count: int = 0


@dataclass
class Report:
    """This is the outcome of a patrol; `found` is filled only where nothing was kept."""

    day: dt.date
    kept: bool
    run_id: int | None = None
    counts: dict[str, Count] = field(default_factory=dict)
    found: list[Judged] = field(default_factory=list)

    def total(self, name: str) -> int:
        """This is a count summed over all rules."""
        return sum(getattr(count, name) for count in self.counts.values())

    def as_dict(self) -> dict[str, Any]:
        """This is the report as plain data."""
        names = ("found", "new", "changed", "resolved", "open", "error_count")
        rows = {name: asdict(count) for name, count in self.counts.items()}
        totals = {name: self.total(name) for name in names}
        return {"day": self.day.isoformat(), "kept": self.kept, "run": self.run_id, **totals, "rules": rows}


def patrol(
    *, day: dt.date | None = None, names: Iterable[str] = (), organs: Iterable[int] | None = None, dry: bool = False,
    back: bool = False,
) -> Report:  # fmt: skip
    """This will judge all records by the rules in force on a day (today) and bring the findings up to date.

    For another day than today, and where `dry`, nothing is kept: the report says what is or would have been found.
    `back` keeps a first run for a past day, before any patrol of a later day. Raises Refused where another patrol is
    at work, LookupError for an unknown rule.
    """
    today = clock.today()
    day = day or today
    chosen = rules(day, names)
    within = None if organs is None else sorted(set(organs))
    with translation.override(LANGUAGE), scope.everything(_("巡查")) as actor:
        if dry or (day != today and not back):
            return _look_only(chosen, day, within)
        with ExitStack() as stack:
            stack.enter_context(alone())
            if back and day != today:
                _must_be_first(day, today)
                stack.enter_context(clock.on(day))
            return _Patrol(day, actor, within, whole=not names).go(chosen)


def _look_only(chosen: list[Rule], day: dt.date, organs: list[int] | None) -> Report:
    tallies: dict[str, Tally] = {}
    report = Report(day, kept=False)
    report.found = list(judge(chosen, day, organs=organs, tallies=tallies))
    for rule in chosen:
        report.counts[rule.name] = _count(rule, tallies.get(rule.name, Tally()))
    return report


def _count(rule: Rule, tally: Tally) -> Count:
    return Count(
        rule.title, rule.article, tally.looked, tally.found, unjudged=dict(tally.unjudged), errors=tally.errors,
        error_count=tally.error_count,
    )  # fmt: skip


def _must_be_first(day: dt.date, today: dt.date) -> None:
    later = Run._base_manager.filter(day__gt=day).order_by("day").first()
    if day > today or later is not None:
        raise Refused(
            _("%(day)s 的巡查不能补记") % {"day": day},
            why=_("只有尚未巡查过更晚的日期时，才能补记以前的巡查。"), instead=_("可以不写入，只查看当日的判断结果。"),
        )  # fmt: skip


class _Patrol:
    """This is one patrol that keeps what it finds."""

    def __init__(self, day: dt.date, actor: Actor, organs: list[int] | None, *, whole: bool) -> None:
        self.day, self.actor, self.organs, self.whole = day, actor, organs, whole
        self.report = Report(day, kept=True)

    def go(self, chosen: list[Rule]) -> Report:
        """This will hear one rule after the other and close the run."""
        for dead in Run._base_manager.filter(state=RunState.RUNNING):
            dead.state, dead.ended = RunState.BROKEN, clock.now()
            keep(dead, by=self.actor, act=BROKEN, note=_("进程中断，由下一次巡查接续"))
        self.run = Run(
            day=self.day,
            started=clock.now(),
            rules=[rule.name for rule in chosen],
            organs=self.organs or [],
        )
        keep(self.run, by=self.actor, act=BEGUN)
        self.report.run_id = self.run.pk
        seen_last = self._seen_last()
        within = None if self.organs is None else frozenset(self.organs)
        with reading_ahead(chosen, self.day, within, candidates) as ahead:
            for rule in chosen:
                self.report.counts[rule.name] = _Round(self, rule, rule.name, seen_last.get(rule.name)).hear(ahead)
        if self.whole:
            self._retire({rule.name for rule in chosen})
        self._end()
        return self.report

    def _seen_last(self) -> dict[str, dt.date]:
        """This is the day of the last whole patrol of each rule: until then a finding that is gone was still there."""
        found: dict[str, dt.date] = {}
        for run in Run._base_manager.filter(state=RunState.DONE).order_by("-id")[:50]:
            for name in () if run.organs else run.rules:
                found.setdefault(name, run.day)
        return found

    def _retire(self, heard: set[str]) -> None:
        """This will resolve the findings of rules that are no longer in force."""
        live = Finding._base_manager.filter(state__in=LIVE).exclude(rule__in=heard)
        for name in sorted(live.order_by().values_list("rule", flat=True).distinct()):
            round_ = _Round(self, None, name, None)
            round_.resolve(Tally())
            self.report.counts[name] = round_.count

    def _end(self) -> None:
        run, report = self.run, self.report
        run.state, run.ended = RunState.DONE, clock.now()
        run.new, run.changed, run.resolved = report.total("new"), report.total("changed"), report.total("resolved")
        run.standing = report.total("open")
        run.counts = plain({name: asdict(count) for name, count in report.counts.items()})
        run.unjudged = {name: count.unjudged for name, count in report.counts.items() if count.unjudged}
        run.errors = {name: count.errors for name, count in report.counts.items() if count.errors}
        keep(run, by=self.actor, act=ENDED)


class _Round:
    """This is one rule's turn: what is found is set against the findings that live."""

    def __init__(self, patrol: _Patrol, rule: Rule | None, name: str, seen_last: dt.date | None) -> None:
        self.patrol, self.rule, self.seen_last = patrol, rule, seen_last
        self.count = Count(title_of(name), rule.article if rule else "")
        rows = Finding._base_manager.filter(rule=name, state__in=LIVE)
        if patrol.organs is not None:
            rows = rows.filter(organ_id__in=patrol.organs)
        columns = rows.order_by("pk").values_list("subject_id", "key", "pk", "digest", "state")
        self.live = {
            (subject, key): (pk, digest, state) for subject, key, pk, digest, state in columns.iterator(bulk.CHUNK)
        }
        self.states = Counter(state for _pk, _digest, state in self.live.values())
        self.met: set[tuple[int, str]] = set()
        self.fresh: list[Finding] = []
        self.moved: dict[int, Finding] = {}

    def hear(self, ahead: Ahead | None) -> Count:
        """This will judge, write, and resolve what is gone."""
        assert self.rule is not None
        tallies: dict[str, Tally] = {self.rule.name: Tally()}
        tally = tallies[self.rule.name]
        try:
            self._hear(tallies, ahead)
        except Refused as refused:
            # What a rule says cannot be kept (a sum beyond all bounds): that stays with the rule, like any other error.
            tally.fail(self.rule, refused)
        own = _count(self.rule, tally)
        own.new, own.changed = self.count.new, self.count.changed
        self.count = own
        self.resolve(tally)
        return self.count

    def _hear(self, tallies: dict[str, Tally], ahead: Ahead | None) -> None:
        assert self.rule is not None
        tally = tallies[self.rule.name]
        for judged in judge([self.rule], self.patrol.day, organs=self.patrol.organs, tallies=tallies, ahead=ahead):
            try:
                self._take(judged, tally)
            except (TypeError, ValueError, ArithmeticError) as error:
                tally.fail(self.rule, error, judged.subject)  # facts or context that cannot be kept as plain data
                continue
            # The embedded database would tie the open reading to the write; there everything is held till the end.
            if len(self.fresh) + len(self.moved) >= _BUFFER and bulk.is_postgres():
                self._write()
        self._write()

    def _take(self, judged: Judged, tally: Tally) -> None:
        place = (judged.pk, judged.key)
        if place in self.met:
            raise ValueError("the candidates give the same record twice")
        self.met.add(place)
        digest = _digest(judged)
        known = self.live.pop(place, None)
        if known is not None and known[1] == digest:
            return
        draft = _draft(judged, digest, self.patrol.day)
        if known is None:
            self.fresh.append(draft)
        else:
            self.moved[known[0]] = draft

    def _write(self) -> None:
        """This will keep what is new and what has changed, all of it or nothing."""
        run, actor = self.patrol.run, self.patrol.actor
        with transaction.atomic():
            keep(self.fresh, by=actor, act=FOUND, batch=run.batch)
            for part in bulk.chunks(sorted(self.moved)):
                rows = list(Finding._base_manager.select_for_update(no_key=True).filter(pk__in=part).order_by("pk"))
                for row in rows:
                    self._move(row, self.moved[row.pk])
                keep(rows, by=actor, act=CHANGED, batch=run.batch)
        self.count.new += len(self.fresh)
        self.count.changed += len(self.moved)
        self.states[State.OPEN] += len(self.fresh)
        self.fresh, self.moved = [], {}

    def _move(self, row: Finding, draft: Finding) -> None:
        for name in (*_SAID, "subject_name", "subject_version", "context", "digest", "judged_on", "told"):
            setattr(row, name, getattr(draft, name))
        if row.state == State.FALSE_ALARM or row.review == Review.EXPLAINED:
            # It was a false alarm, or explained, on other facts; on these somebody has to look again.
            self.states[row.state] -= 1
            row.state, row.review, row.review_note, row.reviewer, row.reviewed_on = State.OPEN, "", "", "", None
            self.states[State.OPEN] += 1

    def resolve(self, tally: Tally) -> None:
        """This will resolve the live findings that were not met; where nothing could be decided they stay."""
        gone = {} if tally.broken else {k: v for k, v in self.live.items() if k[0] not in tally.undecided}
        for part in bulk.chunks(sorted(pk for pk, _digest_, _state in gone.values())):
            with transaction.atomic():
                rows = list(
                    Finding._base_manager.select_for_update(no_key=True)
                    .filter(pk__in=part, state__in=LIVE)
                    .order_by("pk")
                )
                self._resolve(rows)
        self.count.resolved += len(gone)
        self.states.subtract(state for _pk, _digest_, state in gone.values())
        self.count.open = self.states[State.OPEN] + self.states[State.HANDLED]
        self.count.false_alarms = self.states[State.FALSE_ALARM]

    def _resolve(self, rows: Sequence[Finding]) -> None:
        if not rows:
            return
        day = self.patrol.day
        why = evidence(rows, self.rule, day)
        for row in rows:
            row.state, row.resolved_on, row.evidence = State.RESOLVED, day, why[row.pk]
            row.last_day = max(row.first_day, row.judged_on, self.seen_last or row.judged_on)
        keep(rows, by=self.patrol.actor, act=RESOLVED, batch=self.patrol.run.batch)


def _digest(judged: Judged) -> str:
    """This is the digest of what the rule said, its texts with their marks: to hear them is half of the work of judging."""
    said = judged.said
    facts = {str(name): value for name, value in said.facts.items()}
    all_of_it = (str(said.sentence), str(said.remedy), said.amount, facts, *_beside(judged).values())
    return hashlib.sha256(bulk.dump_json(all_of_it).encode()).hexdigest()


def _beside(judged: Judged) -> dict[str, Any]:
    """This is what stands beside the words of a finding."""
    return {
        "severity": judged.rule.severity, "article": judged.rule.article, "figures": judged.figures(), "organ_id": judged.organ_id,
    }  # fmt: skip


def _draft(judged: Judged, digest: str, day: dt.date) -> Finding:
    subject, verdict = judged.subject, judged.verdict
    return Finding(
        rule=judged.rule.name, kind=judged.label, subject_id=subject.pk, subject_name=str(subject)[:200],
        subject_version=subject.version, key=judged.key, context=seen(subject), digest=digest, first_day=day,
        judged_on=day, told=judged.told(), facts=judged.facts(), sentence=str(verdict.sentence)[:500],
        amount=None if verdict.amount is None else round(verdict.amount, 2), remedy=str(verdict.remedy)[:500], **_beside(judged),
    )  # fmt: skip
