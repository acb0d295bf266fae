"""Values as the ledger writes them: plain JSON, masked ones as digests, and of a new record only what is said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import compress
from json.encoder import encode_basestring
from operator import attrgetter, itemgetter, ne
from typing import TYPE_CHECKING, Any

from . import bulk, clock, ledger

if TYPE_CHECKING:
    from .record import Record

BOOKKEEPING = ("id", "version", "head", "search", "kept_at")
_EMPTY: tuple[Any, ...] = (None, "", {}, [])
_AS_THEY_ARE = frozenset({str, int, bool, dict, list, type(None)})
_NEVER = object()  # differs from every value


@lru_cache(maxsize=None)
def kept_fields(model: type[Record]) -> tuple[str, ...]:
    """The attributes of a class of record that the ledger follows."""
    return tuple(f.attname for f in model._meta.concrete_fields if f.attname not in BOOKKEEPING)


@lru_cache(maxsize=None)
def snapper(model: type[Record]) -> Callable[[Record], tuple[Any, ...]]:
    """The function that takes the kept attributes of a record at once."""
    return attrgetter(*kept_fields(model))


@lru_cache(maxsize=None)
def unsaid(model: type[Record]) -> tuple[Any, ...]:
    """For each kept attribute the value that a first entry leaves out: a field's default, where it is empty.

    A card has eighty fields and fills twenty; the rest would make the ledger three times as long and say nothing.
    """
    defaults = [f.get_default() for f in model._meta.concrete_fields if f.attname not in BOOKKEEPING]
    return tuple(value if value in _EMPTY else _NEVER for value in defaults)


def _plain(value: Any) -> Any:
    if type(value) in _AS_THEY_ARE or isinstance(value, (str, int)):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        return value.astimezone(clock.ZONE).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def plain_value(model: type[Record], name: str, value: Any) -> Any:
    """One value of a kept attribute as the ledger writes it."""
    made = _plain(value)
    if name in model.masked and made not in (None, ""):
        # Read back, the parts of JSON may stand in another order: its digest is that of its one spelling.
        text = bulk.dump_json(made) if isinstance(made, (dict, list)) else str(made)
        return "sm3:" + ledger.sm3(text.encode()).hex()
    return made


def plain_values(model: type[Record], row: Sequence[Any]) -> dict[str, Any]:
    """A row of kept fields as the ledger writes it: JSON values, masked ones as digests."""
    values = {name: _plain(value) for name, value in zip(kept_fields(model), row, strict=True)}
    for name in model.masked & values.keys():
        values[name] = plain_value(model, name, values[name])
    return values


@lru_cache(maxsize=None)
def _plan(
    model: type[Record],
) -> tuple[Callable[[Sequence[Any]], tuple[Any, ...]], tuple[tuple[str, str], ...], tuple[Any, ...]]:
    """What `first_text` needs: the row put into the order of canonical JSON, keys with masks, what is left out."""
    names, empty = kept_fields(model), unsaid(model)
    order = sorted(range(len(names)), key=names.__getitem__)
    keys = tuple((f'"{names[i]}":', names[i] if names[i] in model.masked else "") for i in order)
    return itemgetter(*order), keys, tuple(empty[i] for i in order)


def _other_text(value: Any) -> str:
    return bulk.dump_json(_plain(value))


_TEXT: dict[type, Callable[[Any], str]] = {
    str: encode_basestring,
    int: str,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _value: "null",
    Decimal: lambda value: f'"{value:f}"',
    dt.date: lambda value: f'"{value.isoformat()}"',
}


def first_text(model: type[Record], row: Sequence[Any]) -> str:
    """The first entry of a record as canonical JSON, without the fields of which nothing is said.

    The same text as `bulk.dump_json` gives, put together in one go, for an import writes a hundred thousand of them.
    """
    arrange, keys, empty = _plan(model)
    values = arrange(row)
    said = []
    for (key, mask), value in compress(zip(keys, values, strict=True), map(ne, values, empty)):
        value = plain_value(model, mask, value) if mask else value
        said.append(key + _TEXT.get(type(value), _other_text)(value))
    return f"{{{','.join(said)}}}"


def filled(model: type[Record], values: dict[str, Any]) -> dict[str, Any]:
    """What the ledger says of a record, with the empty values that its first entry left out."""
    pairs = zip(kept_fields(model), unsaid(model), strict=True)
    return {name: empty for name, empty in pairs if empty is not _NEVER} | values


def differ(one: Any, other: Any, names: Iterable[str]) -> bool:
    """True where two records of a class say otherwise of some fields; foreign keys are told by their keys, nothing is read."""
    attnames = [getattr(type(one)._meta.get_field(name), "attname", name) for name in names]
    return any(getattr(one, name) != getattr(other, name) for name in attnames)


def differing(record: Any, loose: Iterable[str]) -> list[Any]:
    """The fields in which a kept record differs from its row in the database, but for those that may."""
    model: Any = type(record)
    stored = model._base_manager.filter(pk=record.pk).values(*kept_fields(model)).first() or {}
    changed = [name for name in stored if name not in loose and getattr(record, name) != stored[name]]
    return [field for field in model._meta.concrete_fields if field.attname in changed]
