"""Which position of a sheet goes into which column: proposed from the headings, changed by the user, remembered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from django.utils.translation import gettext as _

from .columns import Column, unit_key
from .headings import Heading, Layout
from .matching import Matcher
from .places import letters

SURE = 0.8
SHOWN = 12  # names of columns in one sentence
COUNTING = ("序号", "行号")


@dataclass(slots=True)
class Mapping:
    """This is the pairing of positions (from 0) with column names, and everything the user should look at in it.

    `units` and `editions` are by column name: the unit that amounts are written in where it is not the column's
    own, and the edition of a code list. `rivals` are headings that would fit a column already taken.
    """

    fingerprint: str
    columns: dict[int, str] = field(default_factory=dict)
    confidence: dict[int, float] = field(default_factory=dict)
    unmatched: list[int] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    rivals: dict[int, str] = field(default_factory=dict)
    suggestions: dict[int, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    editions: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    remembered: bool = False

    @property
    def is_sure(self) -> bool:
        """This is whether nothing needs the user's eye: nothing required is missing, no pairing is a guess."""
        return not self.missing and not self.notes and min(self.confidence.values(), default=0) >= SURE

    def position(self, name: str) -> int | None:
        """This is the position from 0 that holds a column, or None."""
        return next((index for index, column in self.columns.items() if column == name), None)

    def left_out(self, layout: Layout) -> str:
        """This is the sentence on the headings of a layout that no field takes; empty where there are none.

        A running number of the rows is nothing that anybody misses, and of rivals the notes speak already.
        """
        silent = (*self.rivals, *(heading.index for heading in layout.headings if heading.words in COUNTING))
        names = [
            h.raw for h in layout.headings if h.index in self.unmatched and h.index not in silent and h.raw.strip()
        ]
        if not names:
            return ""
        shown = "、".join(f"“{name}”" for name in names[:SHOWN]) + ("…" if len(names) > SHOWN else "")
        return _("%(count)s 列没有对应的字段，没有读入：%(names)s。") % {"count": len(names), "names": shown}

    def to_json(self) -> str:
        """This is the mapping as JSON text, to be kept by its fingerprint."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Mapping:
        """This is the mapping that `to_json` wrote; unknown keys raise `TypeError`."""
        facts = json.loads(text)
        for key in ("columns", "confidence", "rivals", "suggestions"):
            facts[key] = {int(index): value for index, value in facts.get(key, {}).items()}
        return cls(**facts)


def fingerprint(layout: Layout) -> str:
    """This is the mark of a layout: the same headings in the same order, whatever the rows above or below."""
    shape = [[h.index, h.words, list(h.hints), h.unit, h.edition] for h in layout.headings]
    return hashlib.sha256(json.dumps(shape, ensure_ascii=False).encode()).hexdigest()[:32]


def propose(layout: Layout, columns: Sequence[Column], remembered: Mapping | str | None = None) -> Mapping:
    """This is the mapping for a layout: the user's own where it was made for the same headings, else the best match."""
    mapping = Mapping(fingerprint(layout))
    by_name = {column.name: column for column in columns}
    old = Mapping.from_json(remembered) if isinstance(remembered, str) else remembered
    if old and old.fingerprint == mapping.fingerprint:
        mapping.columns = {index: name for index, name in old.columns.items() if name in by_name}
        mapping.confidence = dict.fromkeys(mapping.columns, 1.0)
        mapping.remembered = True
    else:
        chosen, mapping.rivals = Matcher(columns).assign(((h.index, h.raw) for h in layout.headings), layout.samples)
        for match in sorted(chosen, key=lambda match: match.index):
            mapping.columns[match.index] = match.column
            mapping.confidence[match.index] = match.confidence
    return _completed(mapping, layout, by_name)


def changed(mapping: Mapping, layout: Layout, columns: Sequence[Column], choice: dict[int, str]) -> Mapping:
    """This is the mapping with the user's own pairing (position → column name, each name once)."""
    by_name = {column.name: column for column in columns}
    names = [name for name in choice.values() if name]
    if unknown := set(names) - set(by_name):
        raise ValueError(f"unknown columns: {sorted(unknown)}")
    if len(names) != len(set(names)):
        raise ValueError("a column may be taken from one position only")
    own = Mapping(mapping.fingerprint, {index: name for index, name in sorted(choice.items()) if name})
    own.confidence = dict.fromkeys(own.columns, 1.0)
    return _completed(own, layout, by_name)


def _completed(mapping: Mapping, layout: Layout, by_name: dict[str, Column]) -> Mapping:
    taken = set(mapping.columns.values())
    headings = {heading.index: heading for heading in layout.headings}
    mapping.unmatched = [index for index in headings if index not in mapping.columns]
    mapping.missing = [name for name, column in by_name.items() if column.required and name not in taken]
    mapping.suggestions = _suggested(mapping, headings, by_name, taken)
    free_dates = [name for name, column in by_name.items() if column.kind == "date" and name not in taken]
    if layout.shift and layout.shift.holds_dates and layout.shift.at in mapping.unmatched and len(free_dates) == 1:
        mapping.suggestions[layout.shift.at] = free_dates[0]
    for index, name in mapping.columns.items():
        if name in by_name:
            _unit_and_edition(mapping, headings.get(index), by_name[name], layout)
    mapping.notes = _notes(mapping, layout, headings, by_name) + mapping.notes
    return mapping


def _unit_and_edition(mapping: Mapping, heading: Heading | None, column: Column, layout: Layout) -> None:
    edition = (heading.edition if heading else "") or column.edition
    if edition:
        mapping.editions[column.name] = edition
    unit = heading.unit if heading else ""
    if not unit and column.kind == "money":
        unit = layout.money_unit
    if not unit or column.kind not in ("money", "decimal", "integer") or unit_key(unit) == unit_key(column.unit):
        return
    if column.factor(unit) is not None or (not column.unit and column.kind != "money"):
        mapping.units[column.name] = unit  # where the column has none of its own, so that 25.5升 below it is read
    elif column.unit:
        mapping.notes.append(
            _("“%(heading)s”的单位是%(unit)s，系统按%(own)s登记，请先换算。")
            % {"heading": heading.raw if heading else column.heading, "unit": unit, "own": column.unit}
        )


def _suggested(
    mapping: Mapping, headings: dict[int, Heading], by_name: dict[str, Column], taken: set[str]
) -> dict[int, str]:
    """For a heading that nothing matched, the free column whose words it contains or is contained in."""
    found: dict[int, str] = {}
    free = [column for name, column in by_name.items() if name not in taken]
    for index in mapping.unmatched:
        words = headings[index].words
        best = max(
            (
                (len(word), column.name)
                for column in free
                for word in (column.heading, *column.aliases)
                if len(word) >= 2 and len(words) >= 2 and (word in words or words in word)
            ),
            default=None,
        )
        if best and best[1] not in found.values():
            found[index] = best[1]
    return found


def _notes(mapping: Mapping, layout: Layout, headings: dict[int, Heading], by_name: dict[str, Column]) -> list[str]:
    notes = []
    if layout.shift:
        notes.append(layout.shift.sentence)
    if mapping.missing:
        notes.append(
            _("缺少必需的列：%(words)s。") % {"words": "、".join(by_name[name].heading for name in mapping.missing)}
        )
    for index, name in mapping.rivals.items():
        winner = mapping.position(name)
        if winner is not None and index in headings and winner in headings:
            notes.append(
                _("“%(loser)s”（%(place)s 列）与“%(winner)s”含义相近，已采用“%(winner)s”。")
                % {"loser": headings[index].raw, "place": letters(index), "winner": headings[winner].raw}
            )
    return notes
