"""Conditions of the database's constraints, evaluated here: what a row would be refused for is known before it is written.

A constraint is declared once, in the class of record. The database enforces it; a preview, a form and a batch of rows
need to know which row breaks which one, and the database tells the first alone. As in SQL there are three answers:
true, false, and unknown (None), where a value that is asked for is empty; a constraint is broken by false only.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.expressions import CombinedExpression

Values = Sequence[Any]
Answer = Callable[[Values], Any]

_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "exact": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda value, among: value in among,
    "range": lambda value, ends: ends[0] <= value <= ends[1],
    "day": lambda value, day: value.day == day,
}
_RECKONED = {"+": operator.add, "-": operator.sub, "*": operator.mul}


class Condition:
    """A condition on the attributes `names` of a class of record; `of(values)` answers for their values in that order."""

    def __init__(self, model: type[models.Model], condition: Q) -> None:
        self._model = model
        self.names: list[str] = []
        self.of: Answer = self._node(condition, negated=False)

    def _node(self, node: Any, *, negated: bool) -> Answer:
        if not isinstance(node, Q):
            return self._leaf(*node, negated=negated)
        negated ^= node.negated
        parts = [self._node(child, negated=negated) for child in node.children]
        whole = _joined(parts, decides=node.connector == Q.OR)
        return _not(whole) if node.negated else whole

    def _leaf(self, path: str, wanted: Any, *, negated: bool) -> Answer:
        name, _, lookup = path.partition("__")
        field = self._field(name)
        value = self._attribute(field)
        if lookup == "isnull" or wanted is None:
            empty = wanted is None or wanted
            return lambda values: (value(values) is None) == empty
        compare, other = _COMPARED[lookup or "exact"], self._operand(wanted)

        def answer(values: Values) -> Any:
            left, right = value(values), other(values)
            if left is None or right is None:
                # What is turned round asks beside it that there is a value, so that nothing is not taken for unknown.
                return False if negated and (field.null or right is None) else None
            return compare(left, right)

        return answer

    def _field(self, name: str) -> Any:
        return next(one for one in self._model._meta.concrete_fields if name in (one.name, one.attname))

    def _attribute(self, field: Any) -> Answer:
        if field.attname not in self.names:
            self.names.append(field.attname)
        return operator.itemgetter(self.names.index(field.attname))

    def _operand(self, wanted: Any) -> Answer:
        if isinstance(wanted, F):
            return self._attribute(self._field(wanted.name))  # type: ignore[attr-defined]
        if isinstance(wanted, CombinedExpression):
            left, right = self._operand(wanted.lhs), self._operand(wanted.rhs)
            reckon = _RECKONED[wanted.connector]

            def combined(values: Values) -> Any:
                a, b = left(values), right(values)
                return None if a is None or b is None else reckon(a, b)

            return combined
        constant = wanted.value if isinstance(wanted, Value) else wanted
        return lambda _values: constant


def _joined(parts: Sequence[Answer], decides: bool) -> Answer:
    """The answer of several: of one that decides (false where all must hold, true where one will do), else of all the rest."""

    def answer(values: Values) -> Any:
        known = True
        for part in parts:
            said = part(values)
            if said is None:
                known = False
            elif bool(said) is decides:
                return decides
        return not decides if known else None

    return answer


def _not(part: Answer) -> Answer:
    def answer(values: Values) -> Any:
        said = part(values)
        return None if said is None else not said

    return answer
