"""The search column: Chinese cut into pairs of characters, codes as they are, pinyin initials beside."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import Q

if TYPE_CHECKING:
    from .record import Record

# A run of Chinese becomes overlapping pairs, so that a word of two characters has an index entry of its own on
# PostgreSQL (a trigram index sees " ab", "ab " of each pair) and LIKE serves on SQLite alike.
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_PARTS = re.compile(r"[\u3400-\u9fff]+|[^\s\u3400-\u9fff]+")


@lru_cache(maxsize=20_000)
def _initial(char: str) -> str:
    # Loaded by the first record that is kept; its dictionary of phrases, which one character never needs, is 50 MB.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(char, style=Style.FIRST_LETTER, errors="ignore")[0:1][0] if _CHINESE.match(char) else ""


def initials(text: str) -> str:
    """The pinyin initials of the Chinese characters in a text, in lower case."""
    return "".join(map(_initial, "".join(_CHINESE.findall(text))))


@lru_cache(maxsize=50_000)
def terms(text: str) -> str:
    """A text as the search column holds it, without blanks at its ends."""
    found: list[str] = []
    for part in _PARTS.findall(text.lower()):
        if _CHINESE.match(part):
            found.extend(part[i : i + 2] for i in range(len(part)))
        else:
            found.append(part)
    letters = initials(text)
    if len(letters) > 1:
        found.append(letters)
    return " ".join(found)


@lru_cache(maxsize=None)
def _getter(paths: tuple[str, ...]) -> Any:
    return attrgetter(*paths)


def blob(record: Record) -> str:
    """The search column of a record: its searched fields and its custom fields."""
    paths = type(record).searched
    if not paths:
        return ""
    try:
        values = _getter(paths)(record)
    except AttributeError:  # somewhere a reference is empty, or a path leads nowhere: step by step tells which
        values = tuple(_along(record, path) for path in paths)
        values = values[0] if len(paths) == 1 else values
    texts = [values] if len(paths) == 1 else list(values)
    texts += [value for value in record.extra.values() if isinstance(value, str)] if record.extra else []
    return f" {' '.join([_terms(str(text)) for text in dict.fromkeys(texts) if text is not None and text != ''])} "


def _along(value: Any, path: str) -> Any:
    """The value at the end of a path; None where a reference on the way is empty."""
    for name in path.split("."):
        value = None if value is None else getattr(value, name)
    return value


def _terms(text: str) -> str:
    """The same as `terms`, without filling its memory with codes that never come again."""
    return " ".join(dict.fromkeys(text.lower().split())) if text.isascii() else terms(text)


def condition(query: str) -> Q | None:
    """The condition that a row matches all words of a query; None for an empty one."""
    return matching(needles(query)) or None


def matching(texts: Sequence[str]) -> Q:
    """The condition that the search column holds all of some texts."""
    found = Q()
    for text in texts:
        found &= Q(search__holds=text)
    return found


def needles(query: str) -> list[str]:
    """The texts that the search column of a row has to hold, for all words of a query."""
    found: list[str] = []
    for part in _PARTS.findall(query.lower()):
        if not _CHINESE.match(part):
            # A trigram index knows nothing of two letters inside a word, but it knows how words begin.
            found.append(part if len(part) > 2 else f" {part}")
        elif len(part) == 1:
            found.append(f" {part}")
        else:
            # The pairs of a word stand side by side. One long pattern tells the planner how rare the word is; several
            # short ones it would hold for independent, and for far rarer together than they are.
            found.append(f" {' '.join(part[i : i + 2] for i in range(len(part) - 1))} ")
    return found
