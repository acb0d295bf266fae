"""What a sheet is expected to hold: one `Column` for each field that can be read or written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

KINDS = ("text", "integer", "decimal", "money", "date", "moment", "choice", "bool", "reference")
NUMBERS = ("integer", "decimal", "money")
TYPED_KINDS = ("integer", "decimal", "money", "date", "moment", "choice", "bool")

MONEY_UNITS: Mapping[str, Decimal] = {
    "元": Decimal(1),
    "百元": Decimal(100),
    "千元": Decimal(1000),
    "万元": Decimal(10_000),
    "百万元": Decimal(1_000_000),
    "亿元": Decimal(100_000_000),
}
_ONE = Decimal(1)
_SAME_UNIT = {
    "平米": "m2",
    "平方米": "m2",
    "平方": "m2",
    "㎡": "m2",
    "m²": "m2",
    "公里": "km",
    "千米": "km",
    "公斤": "kg",
    "千克": "kg",
    "升": "l",
    "度": "kwh",
    "千瓦时": "kwh",
    "天": "日",
}


def unit_key(word: str) -> str:
    """This is the one spelling of a unit word, so that 平米, 平方米 and ㎡ are the same unit."""
    word = word.strip()
    return _SAME_UNIT.get(word, _SAME_UNIT.get(word.lower(), word.lower()))


@dataclass(frozen=True, slots=True)
class Column:
    """This is one field of a sheet: its headings, what its cells may hold, and what the user is told about it.

    `choices` maps each accepted word (synonyms too) to the value; the first word of a value is the one written.
    `edition` is the edition of a code list when the heading names none; `shape` is a pattern most values follow,
    used only to recognise a column, never to refuse; `units` are the factors from other units to `unit`.
    """

    name: str
    heading: str
    kind: str = "text"
    aliases: tuple[str, ...] = ()
    required: bool = False
    choices: Mapping[str, Any] = field(default_factory=dict, hash=False)
    max_length: int | None = None
    max_digits: int = 18
    decimal_places: int = 2
    minimum: Decimal | int | date | None = None
    maximum: Decimal | int | date | None = None
    unit: str = ""
    units: Mapping[str, Decimal] = field(default_factory=dict, hash=False)
    edition: str = ""
    shape: str = ""
    help: str = ""
    example: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"column {self.name}: unknown kind {self.kind!r}")
        if not self.name or not self.heading:
            raise ValueError("a column needs a name and a heading")
        if (self.kind == "choice") != bool(self.choices) and self.kind != "bool":
            raise ValueError(f"column {self.name}: choices belong to the kinds 'choice' and 'bool'")
        if self.shape:
            re.compile(self.shape)

    def factor(self, unit: str) -> Decimal | None:
        """This is what a number in `unit` is multiplied by, or None where the unit is not known here."""
        if not unit:
            return _ONE
        known = {unit_key(word): factor for word, factor in self.units.items()}
        if self.kind == "money":
            known = dict(MONEY_UNITS) | known
        if self.unit:
            known.setdefault(unit_key(self.unit), _ONE)
        return known.get(unit_key(unit))

    def words(self) -> dict[Any, str]:
        """This is the word to write for each value of a choice: the first that was given for it."""
        chosen: dict[Any, str] = {}
        for word, value in self.choices.items():
            chosen.setdefault(value, word)
        return chosen

    def title(self) -> str:
        """This is the heading to write, with unit and edition in brackets so that reading it back keeps both."""
        parts = [self.heading]
        if self.edition:
            parts.append(f"（{self.edition}版）")
        if self.unit:
            parts.append(f"（{self.unit}）")
        return "".join(parts)


def expected(column: Column) -> str:
    """This is the sentence that tells the user what a cell of this column should hold."""
    kind = column.kind
    if kind == "date":
        return _("应为日期，如 2013-1-1")
    if kind == "moment":
        return _("应为日期和时间，如 2013-1-1 9:30")
    if kind == "integer":
        text = _("应为整数")
    elif kind in ("money", "decimal"):
        text = _("应为数字，最多 %(places)d 位小数") % {"places": column.decimal_places}
        if column.unit:
            text += _("，单位为%(unit)s") % {"unit": column.unit}
    elif kind == "bool":
        return _("应填“是”或“否”")
    elif kind == "choice":
        return _("应为下列之一：%(words)s") % {"words": _list(list(column.words().values()))}
    elif column.max_length:
        text = _("应为文本，最多 %(length)d 个字") % {"length": column.max_length}
    else:
        text = _("应为文本")
    return text + _bounds(column)


def _bounds(column: Column) -> str:
    if column.minimum is not None and column.maximum is not None:
        return _("，在 %(low)s 与 %(high)s 之间") % {"low": column.minimum, "high": column.maximum}
    if column.minimum is not None:
        return _("，不小于 %(low)s") % {"low": column.minimum}
    if column.maximum is not None:
        return _("，不大于 %(high)s") % {"high": column.maximum}
    return ""


def listed(words: Sequence[str]) -> str:
    """Words in one line; one that is itself a list (改建、扩建) is set off."""
    return "、".join(f"“{word}”" if "、" in word else word for word in words)


def _list(words: list[str], most: int = 12) -> str:
    shown = listed(words[:most])
    return shown + _("等 %(count)d 项") % {"count": len(words)} if len(words) > most else shown
