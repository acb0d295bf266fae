"""Detectors: looks like those of a rule, over candidates from SQL, that propose instead of finding fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from baozhang.ch2_provision.warehouse.choices import ITEM_OF, LIVE, Reason
from baozhang.law.articles import in_force
from baozhang.law.rules import Candidates, Look, Rule

DETECTORS: dict[Reason, list[Rule]] = {}


def detector(reason: Reason, title: str, *, candidates: Candidates) -> Callable[[Look], Look]:
    """This will take up a function `(card, law) -> Verdict | None` as a detector of a kind of article 15, with its title.

    It is heard as a rule is: figures are remembered, one without a value keeps it silent, and the database is shut.
    """

    def take(look: Look) -> Look:
        made = Rule(look.__name__, title, ITEM_OF[reason], "assets.card", in_force(), None, "notice", candidates, look)
        DETECTORS.setdefault(reason, []).append(made)
        return look

    return take


def all_detectors() -> list[tuple[Reason, Rule]]:
    """Every detector with the kind that it proposes, in the order of article 15."""
    return [(reason, rule) for reason in Reason for rule in DETECTORS.get(reason, [])]


def fresh(rows: Any) -> Any:
    """Cards worth a proposal: those not in the warehouse already."""
    return rows.exclude(items__state__in=LIVE).select_related("organ")
