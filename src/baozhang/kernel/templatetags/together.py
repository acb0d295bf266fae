"""Parts of a page that are many and alike, or the same on every page: through the template language they cost most of a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baozhang.kernel import once

register = template.Library()
WIDE = '<div class="wide">'


def _escaped(words: Any) -> str:
    return words if type(words) is SafeString else conditional_escape(words)


@register.simple_tag
def table_body(rows: Iterable[dict[str, Any]], pick: Any) -> SafeString:
    """{% table_body ROWS PICK %}: the rows of a table, with a tick each where one may pick; the first cell leads to the record."""
    made = []
    for row in rows:
        tick = f'<td><input type=checkbox name=id value="{_escaped(row["id"])}"></td>' if pick else ""
        first, *others = map(_escaped, row["cells"])
        first = f'<a href="{_escaped(row["url"])}">{first}</a>' if row.get("url") else first
        made.append(f"<tr>{tick}<td>{'</td><td>'.join((first, *others))}</td></tr>\n")
    return mark_safe("".join(made))  # noqa: S308 -- every part is escaped above


@register.simple_tag
def ticks(options: Iterable[tuple[Any, Any, bool]], name: str, kind: str = "checkbox", form: str = "") -> SafeString:
    """{% ticks OPTIONS NAME [KIND [FORM]] %}: boxes to tick for (value, words, chosen)."""
    start = f'<label class="tick"><input type="{kind}" name="{_escaped(name)}"' + (f' form="{form}"' if form else "")
    made = [
        f'{start} value="{_escaped(value)}"{" checked" if chosen else ""}>{_escaped(words)}</label>'
        for value, words, chosen in options
    ]
    return mark_safe("".join(made))  # noqa: S308 -- every part is escaped above


def _value(row: dict[str, Any]) -> str:
    if row.get("masked"):
        return f'<span class="dim" title="{_escaped(_("按权限遮盖"))}">{_escaped(row.get("value") or "***")}</span>'
    value = row.get("value")
    made = '<span class="dim">—</span>' if value in ("", None) else _escaped(value)
    if row.get("unit") and value not in ("", None):
        made += f'<span class="unit">{_escaped(row["unit"])}</span>'
    if row.get("why_url"):
        made += f'<a class="why" href="{_escaped(row["why_url"])}" data-peek>{_escaped(_("为什么"))}</a>'
    return made


@register.simple_tag
def pairs(rows: Iterable[dict[str, Any]]) -> SafeString:
    """{% pairs ROWS %}: names and values of a record, {words, value, unit, wide, masked, why_url} each."""
    made = [
        f"{WIDE if row.get('wide') else '<div>'}<dt>{_escaped(row['words'])}</dt><dd>{_value(row)}</dd></div>"
        for row in rows
    ]
    return mark_safe("".join(made))  # noqa: S308 -- every part is escaped above


@lru_cache(maxsize=None)
def _fixed(name: str, language: str) -> SafeString:
    return render_to_string(name)


@register.simple_tag
def fixed(name: str) -> SafeString:
    """{% fixed TEMPLATE %}: a part that asks nothing of its page, made once for each language."""
    return _fixed(name, get_language() or "")


MENUS = 500  # different menus kept, about 10 KB each
_menus: dict[Any, SafeString] = {}


def _chapter_key(one: dict[str, Any]) -> tuple[Any, ...]:
    rows = tuple((row["url"], row.get("active")) for part in ("entries", "more") for row in one.get(part, ()))
    return str(one["words"]), one.get("open"), one.get("more_open"), len(one.get("more", ())), rows


@register.simple_tag
def chapters(menu: Sequence[dict[str, Any]]) -> SafeString:
    """{% chapters MENU %}: the menu's chapters; people of one role see the same one on the same page, so it is kept."""
    key = get_language(), tuple(map(_chapter_key, menu))
    if key not in _menus:
        if len(_menus) >= MENUS:
            _menus.clear()
        _menus[key] = render_to_string("kernel/_chapters.html", {"chapters": menu})
    return _menus[key]


@register.simple_tag(takes_context=True)
def form_key(context: Any) -> SafeString:
    """{% form_key %}: what tells one form from the next, so that what is sent twice is done once (`frame.once`)."""
    return format_html(
        '<input type="hidden" name="key" value="{}">', context["request"].POST.get("key", "") or once.new_key()
    )
