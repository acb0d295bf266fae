"""What can be asked of the official text: the edition in force, and the words of an article."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import F, Q

from baozhang.law.models import LawClause, LawText


@dataclass(frozen=True, slots=True)
class Clause:
    """This is a paragraph with its numbered items, as the regulation has it."""

    number: int
    words: str
    items: tuple[tuple[int, str], ...] = ()


def edition(day: dt.date) -> LawText | None:
    """This is the edition of a day: the latest in force, of two alike the one loaded last; None where none is loaded."""
    rows = LawText._base_manager.filter(Q(in_force_from__lte=day) | Q(in_force_from__isnull=True))
    return rows.order_by(F("in_force_from").desc(nulls_last=True), "-loaded_at", "-pk").first()


def clauses(text: LawText, number: int = 0) -> Mapping[int, tuple[Clause, ...]]:
    """These are the paragraphs of an article by its number, of all articles where none is named; one query."""
    rows = LawClause._base_manager.filter(article__text=text)
    if number:
        rows = rows.filter(article__number=number)
    heads: dict[int, dict[int, str]] = defaultdict(dict)
    items: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)
    order = rows.order_by("article__number", "paragraph", "item")
    for article, paragraph, item, words in order.values_list("article__number", "paragraph", "item", "words"):
        if item:
            items[article, paragraph].append((item, words))
        else:
            heads[article][paragraph] = words
    return {
        article: tuple(Clause(n, words, tuple(items[article, n])) for n, words in own.items())
        for article, own in heads.items()
    }
