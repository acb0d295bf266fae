"""A draft tried on live data: the rules judge the same facts twice, with the figures in force and with the draft's."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from baozhang.ch1_general.organs.models import Organization
from baozhang.kernel import bulk
from baozhang.kernel.access import Actor
from baozhang.law.issued import IssuedValue
from baozhang.law.judge import Judged, Tally, judge
from baozhang.law.rules import Rule, rules

from .models import Standard, StandardLine

TRY = "standards.standard:try"
MOST_ROWS = 500  # of the table kept with a trial; the sums count all
Place = tuple[str, int, str]  # rule, record, what tells findings on one record apart
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Hit:
    """This is one finding as far as a comparison needs it; `key` is the figure of the draft that it rests on."""

    organ: int | None
    key: str
    amount: Decimal


@dataclass
class Outcome:
    """This is what a trial found: findings by place under the figures in force, and under the draft."""

    now: dict[Place, Hit] = field(default_factory=dict)
    draft: dict[Place, Hit] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)
    looked: int = 0


def reach(standard: Standard, actor: Actor) -> frozenset[int] | None:
    """These are the organs on which an actor may try a standard: its jurisdiction and those below; None for all."""
    path = standard.jurisdiction.path
    below = frozenset(
        Organization._base_manager.filter(jurisdiction__path__startswith=path).values_list("pk", flat=True)
    )
    allowed = actor.where(TRY)
    mine = below if allowed is None else below & allowed
    return None if len(mine) == Organization._base_manager.count() else mine


def overlay(lines: Iterable[StandardLine], since: dt.date) -> list[IssuedValue]:
    """These are a draft's values as the law reads them, from a day on; lines not filled in yet are left out."""
    return [line.as_issued(since=since) for line in lines if line.ends or line.value is not None]


def digest_of(lines: Sequence[StandardLine]) -> str:
    """This is what a trial was made of: figures, rows and values."""
    said = sorted([line.key, line.row, str(line.number), line.ends] for line in lines)
    return hashlib.sha256(bulk.dump_json(said).encode()).hexdigest()


def compare(
    values: Sequence[IssuedValue], day: dt.date, organs: frozenset[int] | None, *, progress: Progress = lambda done, total: None,
    names: Iterable[str] = (),
) -> Outcome:  # fmt: skip
    """This will judge all records of some organs (None: all) as of a day, with and without draft values; nothing is written.

    Rules that read none of the draft's figures are heard once only: they would say the same again.
    """
    wanted = frozenset(value.key for value in values)
    chosen, outcome = rules(day, names), Outcome()
    tallies: dict[str, Tally] = {}
    for done, rule in enumerate(chosen):
        outcome.now.update(_hear(rule, day, organs, wanted, tallies))
        progress(done + 1, 2 * len(chosen))
    concerned = [rule for rule in chosen if _concerned(tallies.get(rule.name, Tally()), wanted)]
    again: dict[str, Tally] = {}
    for done, rule in enumerate(concerned):
        outcome.draft.update(_hear(rule, day, organs, wanted, again, values))
        progress(len(chosen) + (done + 1) * len(chosen) // len(concerned), 2 * len(chosen))
    outcome.rules = [rule.name for rule in concerned if again[rule.name].asked & wanted]
    outcome.looked = sum(again[rule.name].looked for rule in concerned)
    for heard in (tallies, again):
        outcome.errors.update({name: tally.errors for name, tally in heard.items() if tally.errors})
    return outcome


def _hear(
    rule: Rule, day: dt.date, organs: frozenset[int] | None, wanted: frozenset[str], tallies: dict[str, Tally],
    values: Sequence[IssuedValue] = (),
) -> dict[Place, Hit]:  # fmt: skip
    found: dict[Place, Hit] = {}
    for judged in judge([rule], day, overlay=values, organs=organs, tallies=tallies):
        key = _rests_on(judged, wanted)
        if key:
            found[rule.name, judged.pk, judged.key] = Hit(judged.organ_id, key, judged.verdict.amount or Decimal(0))
    return found


def _rests_on(judged: Judged, wanted: frozenset[str]) -> str:
    return next((reading.key for reading in judged.readings if reading.key in wanted), "")


def _concerned(tally: Tally, wanted: frozenset[str]) -> bool:
    """A rule that asked for a sister of a figure may ask for the figure itself when others are looked at."""
    if not tally.asked:
        return tally.looked == 0
    folders = {key.rpartition(".")[0] for key in wanted}
    return any(key.rpartition(".")[0] in folders for key in tally.asked)


def _cell() -> dict[str, Any]:
    counts = dict.fromkeys(("now", "draft", "new", "gone"), 0)
    return {**counts, "amount_now": Decimal(0), "amount_draft": Decimal(0), "rules": set()}


def _weight(row: dict[str, Any]) -> tuple[Any, ...]:
    """What changes comes first, the dearest of it at the top."""
    return (_same(row), -max(row["amount_draft"], row["amount_now"]), -row["draft"], row["name"], row["key"])


def summed(outcome: Outcome) -> dict[str, Any]:
    """This is an outcome in numbers, as it is kept with the draft: totals, and a row for each organ and figure."""
    cells: dict[tuple[int | None, str], dict[str, Any]] = defaultdict(_cell)
    for side, hits, other in (("now", outcome.now, outcome.draft), ("draft", outcome.draft, outcome.now)):
        for place, hit in hits.items():
            cell = cells[hit.organ, hit.key]
            cell[side] += 1
            cell[f"amount_{side}"] += hit.amount
            cell["rules"].add(place[0])
            if place not in other:
                cell["gone" if side == "now" else "new"] += 1
    organs_now, organs_draft = ({hit.organ for hit in hits.values()} for hits in (outcome.now, outcome.draft))
    names = dict(
        Organization._base_manager.filter(pk__in={o for o in organs_now | organs_draft if o}).values_list("pk", "name")
    )
    rows = [
        {"organ": organ, "name": names.get(organ or 0, ""), "key": key, **cell, "rules": sorted(cell["rules"])}
        for (organ, key), cell in cells.items()
    ]
    rows.sort(key=_weight)
    return {
        "organs_now": len(organs_now), "organs_draft": len(organs_draft), "organs_new": len(organs_draft - organs_now),
        "organs_gone": len(organs_now - organs_draft), "found_now": len(outcome.now), "found_draft": len(outcome.draft),
        "new": len(outcome.draft.keys() - outcome.now.keys()), "gone": len(outcome.now.keys() - outcome.draft.keys()),
        "amount_now": sum((hit.amount for hit in outcome.now.values()), Decimal(0)),
        "amount_draft": sum((hit.amount for hit in outcome.draft.values()), Decimal(0)),
        "rules": outcome.rules, "errors": outcome.errors, "looked": outcome.looked, "rows": rows[:MOST_ROWS], "row_count": len(rows),
    }  # fmt: skip


def _same(row: dict[str, Any]) -> bool:
    """What the draft changes nothing about comes last."""
    return not row["new"] and not row["gone"] and row["amount_now"] == row["amount_draft"]


@dataclass(frozen=True)
class Pair:
    """This is one record under both: what is found now, what would be found; one of them may be None."""

    now: Judged | None
    draft: Judged | None

    @property
    def either(self) -> Judged:
        """This is the finding that there is, the draft's where both are."""
        found = self.draft or self.now
        assert found is not None
        return found


def opened(values: Sequence[IssuedValue], day: dt.date, organ: int, key: str, names: Iterable[str]) -> list[Pair]:
    """These are the findings of one organ that rest on one figure, judged anew under both; nothing is kept."""
    sides: list[dict[Place, Judged]] = []
    for given in ((), values):
        heard = judge(rules(day, names), day, overlay=given, organs=[organ])
        sides.append({(one.rule.name, one.pk, one.key): one for one in heard if _rests_on(one, frozenset({key}))})
    now, draft = sides
    return [Pair(now.get(place), draft.get(place)) for place in sorted({*now, *draft})]
