"""How values look on a page: one escaped string a cell, made in bulk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from html import escape  # Django's own asks of each cell whether it is lazy, which costs more than escaping it
from typing import Any

from django.db import models
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from . import clock
from .citing import law
from .resource import Resource

DASH = '<span class="none">—</span>'
Show = Callable[[Any], str]


def money(value: Decimal | int) -> str:
    """A sum with thousands separators and two decimals."""
    return f"{value:,.2f}"


def number(value: Any) -> str:
    """A number with thousands separators, without useless zeros."""
    if isinstance(value, Decimal):
        text = f"{value:,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{value:,}"


def date(value: dt.date) -> str:
    """A date as 2026-03-05."""
    return value.isoformat()


def moment(value: dt.datetime) -> str:
    """A moment as 2026-03-05 14:30, in China standard time."""
    return value.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")


def _yes(value: bool) -> str:
    return _("是") if value else _("否")


def _choice(field: models.Field[Any, Any]) -> Show:
    words = {value: escape(str(text)) for value, text in field.flatchoices}
    return lambda value: words.get(value) or escape(str(value))


def _state(field: models.Field[Any, Any], resource: Resource) -> Show:
    made = {
        value: f'<span class="state {resource.colours.get(value, "plain")}">{escape(str(text))}</span>'
        for value, text in field.flatchoices
    }
    return lambda value: made.get(value) or escape(str(value))


def law_link(article: str) -> str:
    """A citation as a link to the text that it cites, escaped."""
    found = law(article)
    words = escape(found["words"])
    return f'<a class="law" href="{escape(found["url"])}" data-peek>{words}</a>' if found["url"] else words


_SHOW: dict[str, Show] = {
    "money": money, "number": number, "date": date, "moment": moment, "bool": _yes,
    "text": lambda value: escape(str(value)), "link": lambda value: escape(str(value)),
    "law": law_link, "html": str, "json": lambda value: escape("；".join(f"{k}：{v}" for k, v in value.items()) if isinstance(value, dict) else str(value)),
}  # fmt: skip


def shower(resource: Resource, name: str) -> Show:
    """The function that makes a value of a column into an escaped string; empty values become a dash."""
    kind = resource.kind_of(name)
    show: Show
    if kind == "state":
        show = _state(resource.field(name), resource)
    elif kind == "choice" and name not in resource.computed:
        show = _choice(resource.field(name))
    else:
        show = _SHOW.get(kind, _SHOW["text"])
    return lambda value: DASH if value is None or value == "" or value == {} else show(value)


def named(shown: list[Any], record: Any) -> list[Any]:
    """A row whose first cell, the way to its record, says what the record is called where its own field is empty."""
    return [SafeString(escape(str(record))), *shown[1:]] if shown and shown[0] == DASH else shown


def reader(resource: Resource, name: str) -> Callable[[Any], Any]:
    """The function that takes a column's value from a record."""
    if name in resource.computed:
        return resource.computed[name].value
    return lambda record: getattr(record, name)


def plain(resource: Resource, name: str) -> Callable[[Any], Any]:
    """The function that makes a column's value into what a sheet holds: text, number, date."""
    field = None if name in resource.computed else resource.field(name)
    if field is not None and field.choices:
        words = {value: str(text) for value, text in field.flatchoices}
        return lambda value: words.get(value, value)
    if resource.kind_of(name) == "law":
        return lambda article: law(article)["words"]
    return lambda value: value
