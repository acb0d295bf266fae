"""Judging: the rules in force on a day look at their candidates, streamed; what they find comes with its figures."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from baozhang.kernel import bulk, told
from baozhang.kernel.record import Record
from baozhang.law.ahead import Ahead
from baozhang.law.case import Book, Case, Gate, Ground, Unverified
from baozhang.law.figures import IssuedValue, Reading
from baozhang.law.rules import Rule, Verdict

logger = logging.getLogger("baozhang.law")
_CHUNK = 2_000
_TOLD = 3  # errors told in full, the rest only counted


@dataclass(frozen=True)
class Judged:
    """This is one thing found: the rule, the record, what is wrong, and the figures read for it."""

    rule: Rule
    subject: Record
    organ_id: int | None
    said: Verdict  # as the rule said it, its texts with their marks
    readings: tuple[Reading, ...]
    hear: Callable[[Any], Any]  # takes the marks out, in the language in which it was judged

    @cached_property
    def verdict(self) -> Verdict:
        """This is what the rule said, to be read; whoever only asks whether it is what was said before need not hear it."""
        said, hear = self.said, self.hear
        facts = {hear(name): hear(value) for name, value in said.facts.items()}
        return replace(said, sentence=hear(said.sentence), remedy=hear(said.remedy), facts=facts)

    @property
    def label(self) -> str:
        """This is the class of the record, app.model."""
        return self.rule.subject

    @property
    def pk(self) -> int:
        """This is the key of the record."""
        return self.subject.pk

    @property
    def key(self) -> str:
        """This is what tells several findings on one record apart; mostly empty."""
        return self.said.key

    def facts(self) -> dict[str, Any]:
        """These are the facts as plain data."""
        return plain(dict(self.verdict.facts))

    def told(self) -> dict[str, Any]:
        """This is the same by message and values, so that it can be said in the reader's language."""
        verdict = self.verdict
        facts = [[told.parts_of(name), plain(told.parts_of(value))] for name, value in verdict.facts.items()]
        return {"sentence": told.parts_of(verdict.sentence), "remedy": told.parts_of(verdict.remedy), "facts": facts}

    def figures(self) -> list[dict[str, Any]]:
        """These are the figures read, as plain data."""
        return [reading.as_dict() for reading in self.readings]


@dataclass
class Tally:
    """This is what one rule's hearing cost and could not decide."""

    looked: int = 0
    found: int = 0
    unjudged: Counter[str] = field(default_factory=Counter)  # unverified figure → records on which the rule was silent
    undecided: set[int] = field(default_factory=set)  # records that were neither cleared nor found wanting
    asked: set[str] = field(default_factory=set)  # the figures that the rule or its candidates asked for
    errors: list[str] = field(default_factory=list)
    error_count: int = 0
    broken: bool = False  # the candidates themselves failed: nothing at all is known

    def fail(self, rule: Rule, error: Exception, subject: Any = None) -> None:
        """This will record an error against the rule; the other rules go on."""
        self.error_count += 1
        where = f"{rule.subject} {getattr(subject, 'pk', '')}: " if subject is not None else ""
        if len(self.errors) < _TOLD:
            self.errors.append(f"{where}{type(error).__name__}: {told.plain(error)}")
            logger.error("rule %s failed on %s%s", rule.name, where, told.plain(error), exc_info=error)
        if subject is None:
            self.broken = True
        else:
            self.undecided.add(subject.pk)


def judge(
    rules: Iterable[Rule], day: dt.date, *, overlay: Iterable[IssuedValue] = (), issued: Iterable[IssuedValue] | None = None,
    organs: Iterable[int] | None = None, subjects: Iterable[int] | None = None, tallies: dict[str, Tally] | None = None,
    ahead: Ahead | None = None,
) -> Iterator[Judged]:  # fmt: skip
    """These are the findings of some rules on a day, one by one; the cost follows the candidates, not the table.

    `overlay` are draft figures to be tried, `organs` and `subjects` narrow to some organs and records. An error in
    one rule is recorded in its tally and does not stop the others. Nothing is written. `ahead` has the candidates of
    the same organs and all subjects already, or is reading them.
    """
    organs = None if organs is None else frozenset(organs)
    keys = None if subjects is None else list(subjects)
    hearing = _Hearing(day, Book(overlay=overlay, issued=issued), organs)
    for rule in rules:
        if rule.holds_on(day):
            tally = (tallies if tallies is not None else {}).setdefault(rule.name, Tally())
            asked = tally.asked
            found = ahead.of(rule, asked) if ahead else candidates(rule, hearing.ground(asked), keys)
            yield from hearing.hear(rule, found, tally)


@dataclass
class _Hearing:
    """This is one day's figures, shared by all rules."""

    day: dt.date
    book: Book
    organs: frozenset[int] | None

    def hear(self, rule: Rule, stream: Iterator[Any], tally: Tally) -> Iterator[Judged]:
        """These are the findings of one rule on the candidates that come."""
        while True:
            try:
                subject = next(stream, None)
            except Exception as error:  # noqa: BLE001 -- whatever a rule does, the others are still heard
                tally.fail(rule, error)
                return
            if subject is None:
                return
            tally.looked += 1
            case = self.case(subject)
            case.asked = tally.asked
            try:
                found = look(rule, subject, case)
            except Unverified:
                tally.undecided.add(subject.pk)
                found = []
            except Exception as error:  # noqa: BLE001 -- as above
                tally.fail(rule, error, subject)
                continue
            tally.unjudged.update(case.silent)
            tally.found += len(found)
            yield from found

    def case(self, subject: Record) -> Case:
        """This is what the rule sees beside the record."""
        return Case(self.day, self.book.places.get(subject.organ_key() or 0, ""), self.book)

    def ground(self, asked: set[str]) -> Ground:
        """This is what the choice of candidates may know; `asked` takes up the figures that it asks for."""
        return Ground(self.day, self.book, self.organs, asked)


def candidates(rule: Rule, ground: Ground, keys: list[int] | None = None) -> Iterator[Any]:
    """These are the records that a rule has to look at, streamed, of the ground's organs and of some keys."""
    found = rule.candidates(ground.day, ground)
    scope = rule.model.scope_field
    if not isinstance(found, QuerySet):
        for subject in found:
            inside = ground.organs is None or scope is None or subject.organ_key() in ground.organs
            if inside and (keys is None or subject.pk in keys):
                yield subject
        return
    if ground.organs is not None and scope is not None:
        found = found.filter(**{f"{scope}__in": ground.organs})
    if keys is None:
        yield from found.iterator(_CHUNK)
        return
    for part in bulk.chunks(keys):
        yield from found.filter(pk__in=part).iterator(_CHUNK)


def look(rule: Rule, subject: Record, case: Case, *, pure: bool = True) -> list[Judged]:
    """These are one rule's findings on one record; Unverified where a figure is missing.

    While a `pure` look lasts the database cannot be asked; a form's hint on an unsaved record may.
    """
    if pure:
        wrappers = connection.execute_wrappers
        wrappers.append(case.gate)
        try:
            found = _said(rule, subject, case)
        finally:
            wrappers.pop()
    else:
        case.gate = Gate(shut=False)
        found = _said(rule, subject, case)
    if len(found) < 2:
        return found
    keys = [one.key for one in found]
    if len(set(keys)) < len(keys):
        raise ValueError(f"rule {rule.name} says two things of one record under the same key: {sorted(keys)}")
    return found


def _said(rule: Rule, subject: Record, case: Case) -> list[Judged]:
    """These are a rule's verdicts with the figures read for each: a generator's since its last verdict."""
    organ, found, hear = subject.organ_key(), [], told.hearer()
    with told.recording():
        said = rule.look(subject, case)
        if said is None:
            return []
        if isinstance(said, Iterator):
            for verdict in said:
                found.append(Judged(rule, subject, organ, _sound(verdict), case.taken(), hear))
        else:
            verdicts, readings = [said] if isinstance(said, Verdict) else list(said), case.taken()
            found = [Judged(rule, subject, organ, _sound(verdict), readings, hear) for verdict in verdicts]
    return found


def _sound(verdict: Any) -> Verdict:
    if not isinstance(verdict, Verdict):
        raise TypeError(f"a rule gives verdicts, not {type(verdict).__name__}")
    if verdict.amount is not None and not (isinstance(verdict.amount, Decimal) and verdict.amount.is_finite()):
        raise TypeError(f"a sum is a Decimal in yuan, not {verdict.amount!r}")
    return verdict


def plain(value: Any) -> Any:
    """This is a value as plain data: sums as text, days as 2025-03-03."""
    return json.loads(bulk.dump_json(value))
