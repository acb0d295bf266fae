"""Rules: functions that look at one record and say what, if anything, is wrong; each names its article."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeVar

from django.apps import apps
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.kernel.record import Record
from baozhang.law.articles import CitationError, cite, in_force

REGULATION_SINCE = in_force()  # article 45: facts before this day are shown, not judged
SEVERITIES = {"serious": _("严重"), "warning": _("一般"), "notice": _("提示")}

Look = Callable[[Any, Any], Any]
Candidates = Callable[[dt.date, Any], Iterable[Any]]
F = TypeVar("F", bound=Look)


class RuleError(RuntimeError):
    """This is a rule that is declared wrongly; it stops the start, for developers."""


@dataclass(frozen=True)
class Verdict:
    """This is what a rule says of one record; `key` tells several verdicts on the same record apart.

    `amount` is the money concerned in yuan (None where money is not the point); `facts` are what the rule read, named
    as a reader should see them; `remedy` is what the organ is to do.
    """

    sentence: Any
    facts: Mapping[str, Any] = field(default_factory=dict)
    amount: Decimal | None = None
    remedy: Any = ""
    key: str = ""


@dataclass(frozen=True)
class Rule:
    """This is one rule in the time from `since` to `until` (its last day; None open)."""

    name: str
    title: str
    article: str
    subject: str
    since: dt.date
    until: dt.date | None
    severity: str
    candidates: Candidates
    look: Look

    def holds_on(self, day: dt.date) -> bool:
        """This is true where the rule is in force on a day."""
        return self.since <= day and (self.until is None or day <= self.until)

    @property
    def model(self) -> type[Record]:
        """This is the class of record that the rule looks at."""
        return apps.get_model(self.subject)

    @property
    def words(self) -> str:
        """This is the title in the reader's language; as declared it is Chinese."""
        return gettext(self.title)


_rules: list[Rule] = []


def rule(
    *, article: str, subject: str, candidates: Candidates, since: str, until: str | None = None,
    severity: str = "warning", name: str = "",
) -> Callable[[F], F]:  # fmt: skip
    """This will take up a function `(record, law) -> Verdict | iterable of them | None` as a rule.

    Its name is its id for ever, the first line of its docstring its title. `candidates(day, ground)` gives the records
    worth a look, narrowed and joined in SQL: the rule itself may not ask the database. An amended rule is a second
    function with the same `name=` and another period.
    """

    def take(look: F) -> F:
        lines = (look.__doc__ or "").strip().splitlines()
        if not lines:
            raise RuleError(f"rule {look.__name__} has no docstring; its first line is the title that people read")
        if not callable(candidates):
            raise RuleError(f"rule {look.__name__}: candidates is no function")
        if severity not in SEVERITIES:
            raise RuleError(f"rule {look.__name__}: severity is one of {', '.join(SEVERITIES)}, not {severity!r}")
        _rules.append(
            Rule(name or look.__name__, lines[0].strip(), article, subject, dt.date.fromisoformat(since),
                 dt.date.fromisoformat(until) if until else None, severity, candidates, look)
        )  # fmt: skip
        return look

    return take


def rules(day: dt.date | None = None, names: Iterable[str] = ()) -> list[Rule]:
    """These are the rules by name, on a day only those in force; LookupError for a name that no rule has."""
    wanted = set(names)
    if missing := wanted - {one.name for one in _rules}:
        known = ", ".join(sorted({one.name for one in _rules}))
        raise LookupError(f"no rule {sorted(missing)[0]}; known: {known}")
    found = [one for one in _rules if (not wanted or one.name in wanted) and (day is None or one.holds_on(day))]
    return sorted(found, key=lambda one: (one.name, one.since))


def rule_on(name: str, day: dt.date) -> Rule | None:
    """This is the version of a rule in force on a day; None where none is (any more)."""
    return next((one for one in _rules if one.name == name and one.holds_on(day)), None)


def title_of(name: str) -> str:
    """This is the title of a rule's latest version, as read; the name itself where the rule has left the code."""
    versions = [one for one in _rules if one.name == name]
    return max(versions, key=lambda one: one.since).words if versions else name


def discover() -> None:
    """This will load the rules of every installed app and settle them; it is called once at start-up."""
    autodiscover_modules("rules")
    settle()


def settle() -> None:
    """This will raise RuleError for an unknown article or subject, and for versions that overlap or change subject."""
    versions: dict[str, list[Rule]] = defaultdict(list)
    for one in _rules:
        try:
            cite(one.article)
        except CitationError as error:
            raise RuleError(f"rule {one.name}: no article {one.article}") from error
        try:
            known = issubclass(one.model, Record)
        except (LookupError, ValueError):
            known = False
        if not known:
            raise RuleError(f"rule {one.name}: no class of record {one.subject}")
        versions[one.name].append(one)
    for name, held in versions.items():
        _settle_versions(name, sorted(held, key=lambda one: one.since))


def _settle_versions(name: str, held: list[Rule]) -> None:
    if len({one.subject for one in held}) > 1:
        raise RuleError(f"rule {name}: its versions look at different records")
    for earlier, later in pairwise(held):
        if earlier.until is None or earlier.until >= later.since:
            raise RuleError(f"rule {name}: its versions of {earlier.since} and {later.since} overlap")
