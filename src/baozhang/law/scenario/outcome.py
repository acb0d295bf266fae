"""What came of a scenario: each expectation with what was expected and what was found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from baozhang.kernel.opening import Opening


@dataclass(frozen=True)
class Found:
    """This is one thing that a patrol or a trial found, as expectations are compared with it."""

    rule: str
    title: str
    names: frozenset[str]
    name: str
    organ: str
    article: str
    sentence: str
    amount: Decimal | None
    severity: frozenset[str]
    state: frozenset[str] = frozenset()
    figures: frozenset[str] = frozenset()

    def line(self) -> str:
        """This is the finding in one line."""
        amount = "" if self.amount is None else f" {self.amount}元"
        return f"{self.rule}〔{self.article}〕{self.name}{amount}：{self.sentence}"


@dataclass
class Patrolled:
    """This is what a patrol left: the live findings, those it resolved, and the rules that failed."""

    live: list[Found]
    resolved: list[Found] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    unjudged: frozenset[str] = frozenset()  # figures without a value that kept a rule silent


PATROL: Opening[Callable[[dt.date, list[str]], Patrolled]] = Opening(
    "law.patrol", "patrols on a day, by all rules or those named, and says what stands and what is resolved"
)


@dataclass(frozen=True)
class Check:
    """This is one expectation: where it stands, what was expected, what was found."""

    place: str
    line: int
    expected: str
    got: str
    ok: bool


@dataclass
class Outcome:
    """This is what came of one scenario; `error` where it could not be played to its end."""

    title: str
    file: str
    line: int
    article: str = ""
    checks: list[Check] = field(default_factory=list)
    error: str = ""

    @property
    def ok(self) -> bool:
        """This is true where it could be played and every expectation came true."""
        return not self.error and all(check.ok for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        """This is the outcome for machines."""
        return {"ok": self.ok, **asdict(self)}
