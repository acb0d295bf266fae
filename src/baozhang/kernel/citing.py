"""Citations of articles, as screens and sheets show them: in the reader's words, and where the text opens."""

from __future__ import annotations

from collections.abc import Callable

from .opening import Opening

cited: Opening[Callable[[str], dict[str, str]]] = Opening(
    "citing.cited", "an article in the reader's words, and the address at which its text opens"
)


def law(article: str) -> dict[str, str]:
    """An article as the templates show it: its words and where it opens."""
    return cited.ask(article) if article and cited.answers else {"words": article, "url": ""}
