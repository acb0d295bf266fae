"""What templates need beyond Django's own tags: icons of the sprite, and the tone of a deadline."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django import template
from django.template.base import FilterExpression, Parser, Token
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from baozhang.kernel import once
from baozhang.kernel.views import frame

register = template.Library()
SOON = 3
PICTURES = {
    "red": "exclamation-circle", "forbidden": "exclamation-circle",
    "amber": "exclamation-triangle", "soon": "exclamation-triangle",
    "green": "check-circle", "done": "check-circle",
}  # fmt: skip


@lru_cache(maxsize=1_000)
def drawn(name: str, extra: str = "") -> SafeString:
    """The icon `name` of the sprite (listed in assets.toml), hidden from screen readers; nothing for an empty name."""
    if not name:
        return SafeString("")
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {extra}" if extra else "",
        static("vendor/icons.svg"),
        name,
    )


class Drawing(template.Node):
    """A tag whose arguments may be missing from the context: then nothing is drawn, for an icon is never the message."""

    def __init__(self, draw: Callable[..., SafeString], given: list[FilterExpression]) -> None:
        self.draw, self.given = draw, given

    def render(self, context: template.Context) -> SafeString:
        """The drawing, with missing arguments as empty words."""
        return self.draw(*(str(one.resolve(context, ignore_failures=True) or "") for one in self.given))


@register.tag
def icon(parser: Parser, token: Token) -> Drawing:
    """{% icon NAME [CLASS] %}."""
    return Drawing(drawn, [parser.compile_filter(bit) for bit in token.split_contents()[1:]])


@register.tag
def tone_icon(parser: Parser, token: Token) -> Drawing:
    """{% tone_icon TONE %}: says a tone without colour: forbidden, soon, done, else plain information."""
    return Drawing(toned, [parser.compile_filter(bit) for bit in token.split_contents()[1:]])


def toned(tone: str) -> SafeString:
    """The icon of a tone, in its colour."""
    return drawn(PICTURES.get(tone, "information-circle"), f"t-{tone}" if tone else "dim")


@register.filter
def days_words(days: int | None) -> str:
    """The sentence for days left until a deadline (negative: days past it); empty where there is no deadline."""
    if days is None:
        return ""
    if days < 0:
        return ngettext("已超期 %(days)d 天", "已超期 %(days)d 天", -days) % {"days": -days}
    if days == 0:
        return _("今天到期")
    return ngettext("还剩 %(days)d 天", "还剩 %(days)d 天", days) % {"days": days}


@register.filter
def days_tone(days: int | None) -> str:
    """The tone of days left: forbidden past the deadline, soon in the last three days, else empty."""
    if days is None or days > SOON:
        return ""
    return "forbidden" if days < 0 else "soon"


@register.filter
def cite(article: Any) -> Any:
    """A citation as `_law.html` shows it, in the reader's words; one that is ready stays as it is."""
    return frame.law(article) if isinstance(article, str) else article


@register.simple_tag
def form_key() -> SafeString:
    """The field by which a form that is sent twice is known to be the same; it stands in each form that writes."""
    return format_html('<input type="hidden" name="key" value="{}">', once.new_key())
