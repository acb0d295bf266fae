"""Texts that a spreadsheet program could take for a formula, marked on the way out and unmarked on the way in.

The mark is one apostrophe. A text that already has apostrophes before such a beginning gets one more, so that
taking one off always gives back what was there: reading what we wrote changes nothing.
"""

from __future__ import annotations

import re

# Some programs drop blanks before they look for a formula, and some take full-width signs for plain ones.
_BEGINNING = r"(?:\s*[=+\-@＝＋－＠]|[\t\r\n])"
_RISKY = re.compile(f"'*{_BEGINNING}")
_MARKED = re.compile(f"'+{_BEGINNING}")


def is_risky(text: str) -> bool:
    """This is whether the text, or the text behind its apostrophes, begins like a formula."""
    return _RISKY.match(text) is not None


def guarded(text: str) -> str:
    """This is the text for a place without cell types (.csv), with the mark where it is needed."""
    return "'" + text if _RISKY.match(text) else text


def guarded_typed(text: str) -> str:
    """This is the text for a cell that is typed as text (.xlsx): only what would be unmarked is marked."""
    return "'" + text if _MARKED.match(text) else text


def plain(text: str) -> str:
    """This is the text as it was before `guarded` or `guarded_typed`."""
    return text[1:] if _MARKED.match(text) else text
