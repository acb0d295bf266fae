"""The list engine: filters, search, sort and keyset pages, all from the address; the count is capped honestly."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import connection, models
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from . import search
from .customs import CustomField, fields_for
from .numbers import whole, wholes
from .paging import Cut, in_order
from .refusal import Invalid
from .resource import Resource
from .rows import in_scope

CAP = 10_000  # rows counted; more are called "10,000+"
CAP_OF_WORDS = 1_000  # rows counted where words are looked for, which are compared one by one
SIZES = (20, 50, 100)


@dataclass
class Filter:
    """One condition that the list offers, with what is chosen."""

    name: str
    words: Any
    kind: str  # choice | reference | date | number | bool | text
    choices: Sequence[tuple[str, Any]] = ()
    values: list[str] = field(default_factory=list)
    low: str = ""
    high: str = ""
    path: str = ""
    indexed: bool = False

    @property
    def active(self) -> bool:
        """True where something is chosen."""
        return bool(self.values or self.low or self.high)


@dataclass
class Page:
    """One page of a list: the rows, the cursors around them, and the count up to the cap."""

    rows: list[Any]
    before: str = ""
    after: str = ""
    count: int = 0
    capped: bool = False
    at_start: bool = True
    at_end: bool = True


class Listing:
    """A list as an address describes it; the same for page, API, export and bulk acts."""

    def __init__(self, resource: Resource, query: QueryDict | Mapping[str, Any]) -> None:
        self.resource, self.query = resource, query
        self.q = self._one("q").strip()
        self.customs = fields_for(resource.label)
        self.filters = self._filters()
        self.size = self._size()
        self.sort = self._sort()
        self.columns = self._columns()

    def _one(self, name: str) -> str:
        return str(self.query.get(name, "") or "")

    def _many(self, name: str) -> list[str]:
        found = self.query.getlist(name) if isinstance(self.query, QueryDict) else self.query.get(name, [])
        found = found if isinstance(found, (list, tuple)) else [found]
        return [str(value) for value in found if value not in ("", None)]

    def _size(self) -> int:
        asked = whole(self._one("size"))
        return asked if asked is not None and 1 <= asked <= max(SIZES) else 50

    def _sort(self) -> str:
        asked = self._one("sort")
        return asked if asked.lstrip("-") in (*self.resource.sorts, "id") else self.resource.order

    def _columns(self) -> tuple[str, ...]:
        known = (*self.resource.columns, *self.resource.more_columns)
        asked = [
            name for name in ",".join(self._many("cols")).split(",") if name in known or name in self._custom_names()
        ]
        return tuple(asked) or self.resource.columns

    def _custom_names(self) -> set[str]:
        return {custom.column for custom in self.customs}

    def _filters(self) -> list[Filter]:
        found = [self._filter(name) for name in self.resource.filters]
        found += [self._custom_filter(custom) for custom in self.customs if custom.filtered]
        for one in found:
            one.values = self._many(one.name)
            one.low, one.high = self._one(f"{one.name}_from"), self._one(f"{one.name}_to")
            if one.values and one.kind in ("date", "number") and not (one.low or one.high):
                one.low = one.high = one.values[0]  # an address may name the one value that is meant
        return found

    def _filter(self, name: str) -> Filter:
        model_field = self.resource.field(name)
        if model_field.choices or name in self.resource.offers:
            known = self.resource.offers[name]() if name in self.resource.offers else model_field.flatchoices
            return Filter(name, model_field.verbose_name, "choice", [(str(v), w) for v, w in known], path=name)
        kinds = (
            (models.ForeignKey, "reference"), (models.DateField, "date"), (models.BooleanField, "bool"),
            (models.DecimalField, "number"), (models.IntegerField, "number"),
        )  # fmt: skip
        kind = next((word for type_, word in kinds if isinstance(model_field, type_)), "text")
        choices = [("1", _("是")), ("0", _("否"))] if kind == "bool" else []
        indexed = kind == "text" and any(index.fields[:1] == [name] for index in self.resource.model._meta.indexes)
        return Filter(name, model_field.verbose_name, kind, choices, path=name, indexed=indexed)

    def _custom_filter(self, custom: CustomField) -> Filter:
        choices = [(word, word) for word in custom.options]
        return Filter(
            custom.column, custom.words, "choice" if choices else "text", choices, path=f"extra__{custom.key}"
        )

    def condition(self) -> Q:
        """What the address asks for; Invalid where a value cannot be read."""
        found = Q()
        for one in self.filters:
            if one.active:
                found &= _condition(one)
        wanted = search.condition(self.q)
        return found & wanted if wanted is not None else found

    def rows(self) -> QuerySet[Any]:
        """All rows in scope that the address asks for, unordered."""
        return self.resource.model.objects.filter(self.condition())

    def ordered(self) -> QuerySet[Any]:
        """The same in the order asked for."""
        return self.rows().order_by(*in_order(self.sort.lstrip("-"), self.sort.startswith("-")))

    def chosen(self, ids: Sequence[str], everything: bool) -> QuerySet[Any]:
        """The rows that a bulk act means: those ticked, or all that the address asks for."""
        return self.rows() if everything else self.resource.model.objects.filter(pk__in=wholes(ids))

    def page(self) -> Page:
        """The page that the cursor in the address names, with count and neighbours; two queries, up to five of very many rows."""
        backward = bool(self._one("before")) or self._one("at") == "end"
        cursor = _read_cursor(self._one("before") or self._one("after"))
        keys, count = Cut(
            self.rows(), self.sort.lstrip("-"), descending=self.sort.startswith("-") != backward, cursor=cursor,
            size=self.size + 1, cap=self.cap, lead=self._lead(),
        ).keys()  # fmt: skip
        more, keys = len(keys) > self.size, keys[: self.size]
        if backward:
            keys.reverse()
        rows = in_scope(self.resource.model, keys, self.resource.joins(self.model_columns))
        found = [rows[key] for key in keys if key in rows]
        at_start = not more if backward else cursor is None
        at_end = (cursor is None) if backward else not more
        return Page(found, self._cursor(found[0]) if found else "", self._cursor(found[-1]) if found else "",
                    min(count, self.cap), count > self.cap, at_start, at_end)  # fmt: skip

    def _lead(self) -> Q | None:
        """A filter on one value with which an index begins that goes on with the order asked for."""
        order = [self.sort.lstrip("-"), "id"]
        leads = {index.fields[0] for index in self.resource.model._meta.indexes if index.fields[1:] == order}
        chosen = (one for one in self.filters if one.path in leads and len(one.values) == 1 and one.kind == "choice")
        return next((Q(**{one.path: one.values[0]}) for one in chosen), None)

    @property
    def cap(self) -> int:
        """How many rows are counted before the count is called "so many and more"."""
        words = self.q or any(one.active and one.kind == "text" and not one.indexed for one in self.filters)
        return CAP_OF_WORDS if words else CAP

    @property
    def model_columns(self) -> tuple[str, ...]:
        """The columns without those of custom fields."""
        return tuple(name for name in self.columns if not name.startswith("x_"))

    def _cursor(self, row: Any) -> str:
        model_field = self.resource.field(self.sort.lstrip("-"))
        value = getattr(row, model_field.attname)
        text = None if value is None else model_field.value_to_string(row)
        return base64.urlsafe_b64encode(json.dumps([text, row.pk]).encode()).decode()


def _read_cursor(text: str) -> tuple[Any, int] | None:
    if not text:
        return None
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(text.encode()))
        return value, int(pk)
    except (ValueError, TypeError):
        raise Invalid(_("页码无效"), instead=_("请回到第一页。")) from None


def _condition(one: Filter) -> Q:
    if one.kind in ("choice", "reference"):
        if one.kind == "reference" and not all(value.isdecimal() and len(value) < 19 for value in one.values):
            raise _unreadable(one, ",".join(one.values))
        return Q(**{f"{one.path}__in": one.values})
    if one.kind == "bool":
        return Q(**{one.path: one.values[0] == "1"}) if one.values else Q()
    if one.kind == "text":
        return _spoken_of(one) if one.values else Q()
    found = Q()
    for bound, lookup in ((one.low, "gte"), (one.high, "lte")):
        if bound:
            found &= Q(**{f"{one.path}__{lookup}": _bound(one, bound)})
    return found


def _spoken_of(one: Filter) -> Q:
    """A text that contains the words, as typed or in capitals; a field with an index of its own holds codes, which begin so."""
    word = one.values[0]
    if one.path.startswith("extra__"):  # within JSON `contains` asks for a key; this one asks for text
        return Q(**{f"{one.path}__icontains": word})
    words = {word, word.upper()} if word.isascii() else {word}
    found = Q()
    for said in sorted(words):
        if not one.indexed:
            found |= Q(**{f"{one.path}__holds": said})
        elif connection.vendor == "sqlite":  # its LIKE takes no index
            found |= Q(**{f"{one.path}__gte": said, f"{one.path}__lt": f"{said}\U0010ffff"})
        else:
            found |= Q(**{f"{one.path}__startswith": said})
    return found


def _bound(one: Filter, text: str) -> Any:
    try:
        if one.kind == "date":
            return dt.date.fromisoformat(text)
        number = Decimal(text.replace(",", ""))
    except (ValueError, InvalidOperation):
        raise _unreadable(one, text) from None
    if not number.is_finite() or number.adjusted() > 17:  # no column holds as much
        raise _unreadable(one, text)
    return number


def _unreadable(one: Filter, text: str) -> Invalid:
    return Invalid(
        _("筛选条件“%(name)s”的值 %(value)s 读不懂") % {"name": one.words, "value": text},
        instead=_("日期写作 2026-03-05，数值只写数字。"),
    )
