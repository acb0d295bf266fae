"""Parts of a page that are many and alike, put together in one go: through the template language they cost most of a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


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
