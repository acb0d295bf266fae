"""A whole case looked at anew: its cards as they are today, what they add up to, and what keeps each from going."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from baozhang.ch2_provision.assets.choices import Disposal, UseState
from baozhang.ch2_provision.assets.choices.classes import tidy
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.disposal.choices import KIND_OF, RENEWALS, Kind, Screen
from baozhang.ch2_provision.disposal.models import Case, Line
from baozhang.kernel import holds
from baozhang.kernel.holds import Hold

from . import screening, years

COMPUTERS = ("A020101", "A020105")  # computers and storage, the same stems in both editions of GB/T 14885


@dataclass
class Assessment:
    """The lines as they would be kept today, and what they come to."""

    lines: list[Line]
    gone: list[Card] = field(default_factory=list)
    strangers: list[Card] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    missing: list[Card] = field(
        default_factory=list
    )  # found missing by a count, and in a case of another form than a loss
    held: list[tuple[Card, Hold]] = field(default_factory=list)

    def put(self, case: Case) -> None:
        """This will set the sums of a case, kept or not."""
        case.count, case.value = len(self.lines), sum((line.value for line in self.lines), Decimal(0))
        case.early = sum(line.early for line in self.lines)
        case.computers = sum(line.computer for line in self.lines)
        case.flagged = flagged(self.lines)
        if len(self.kinds) == 1:
            case.kind = next(iter(self.kinds))


def flagged(lines: Sequence[Line]) -> int:
    """How many lines the warehouse would have, and nobody has settled."""
    return sum(line.screen in (Screen.ASKED, Screen.EXPLAINED) for line in lines)


def lines_of(case: Case) -> list[Line]:
    """The lines still in a case, with their cards."""
    return list(Line._base_manager.filter(case_id=case.pk, outcome="").select_related("card").order_by("pk"))


def kind_of(card: Card) -> Kind:
    """The kind of thing for which limits are set."""
    return KIND_OF.get(card.category, Kind.GENERAL)


def is_computer(card: Card) -> bool:
    """True for what stores data that must be wiped before it leaves (by its class)."""
    return card.item in ("desktop", "laptop") or tidy(card.class_code).startswith(COMPUTERS)


def assess(case: Case, day: dt.date, lines: Sequence[Line] | None = None) -> Assessment:
    """The case as it stands on a day; a few queries for any number of cards, and nothing is written."""
    rows = lines_of(case) if lines is None else list(lines)
    cards = [line.card for line in rows]
    found = Assessment(rows)
    until = years.usable_until(cards, day)
    others = holds.held("assets.card", [card.pk for card in cards])
    # What is lost cannot be stored, and what passes to another agency is in use again already.
    useful = {} if case.form in (Disposal.LOSS, Disposal.TRANSFER) else screening.still_useful(cards, day, case.form)
    for line, card in zip(rows, cards, strict=True):
        found.kinds.add(kind_of(card))
        if card.disposed is not None:
            found.gone.append(card)
        if card.organ_id != case.organ_id:
            found.strangers.append(card)
        if card.use_state == UseState.LOST and case.form != Disposal.LOSS:
            found.missing.append(card)
        hold = others.get(card.pk)
        if hold is not None and (hold.case_kind, hold.case_id) != (case.label, case.pk):
            found.held.append((card, hold))
        line.value, line.usable_until = card.value, until.get(card.pk)
        young = case.form in RENEWALS and line.usable_until is not None and day < line.usable_until
        line.early = young and not card.early_consent  # whoever decides of renewals has looked at why
        line.computer = is_computer(card)
        _screen(line, useful.get(card.pk, []))
    return found


def _screen(line: Line, reasons: Sequence[str]) -> None:
    """What was explained and accepted stays so while the reason is the same."""
    said = "；".join(reasons)[:300]
    if not said:
        line.screen, line.screen_says = Screen.CLEAR, ""
    elif said != line.screen_says or line.screen in ("", Screen.CLEAR):
        line.screen, line.screen_says = (Screen.EXPLAINED if line.keep_out else Screen.ASKED), said
