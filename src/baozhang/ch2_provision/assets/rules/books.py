"""Cards and finance books that differ (article 13: the accounts agree with each other)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import Category
from baozhang.ch2_provision.assets.models import LedgerTotal
from baozhang.ch2_provision.assets.queries.holding import Total, totals
from baozhang.law.rules import Verdict, rule

from . import words


def candidates(day: dt.date, ground: Any) -> Iterator[LedgerTotal]:
    """These are the latest totals that each agency's books had by the day, each with the cards' own totals of its day."""
    books = LedgerTotal._base_manager.filter(day__lte=day)
    if ground.organs is not None:
        books = books.filter(organ_id__in=ground.organs)
    latest = dict(books.order_by().values_list("organ_id").annotate(last=Max("day")))
    by_day: dict[dt.date, list[int]] = defaultdict(list)
    for organ, last in latest.items():
        by_day[last].append(organ)
    book: Any
    for last, organs in sorted(by_day.items()):
        cards = totals(last, organs)
        for book in books.filter(day=last, organ_id__in=organs).order_by("pk"):
            total = cards.get((book.organ_id, book.category), Total())
            if any(_differences(book, total).values()):
                book.cards = asdict(total)
                yield book


def _differences(book: LedgerTotal, cards: Total) -> dict[str, Decimal]:
    """Books less cards: quantity, value, depreciation; zero where equal, not said, or within the months' rounding."""
    quantity = Decimal(0) if book.quantity is None else book.quantity - cards.quantity
    lost = Decimal(0)
    if book.depreciated is not None and not cards.open_cards:
        lost = book.depreciated - cards.depreciated
        if abs(lost) <= cards.slack:
            lost = Decimal(0)
    return {"quantity": quantity, "value": book.value - cards.value, "depreciated": lost}


@rule(article="第十三条第二款", subject="assets.ledgertotal", since="2022-11-01", candidates=candidates)
def ledger_difference(book: Any, law: Any) -> Verdict | None:
    """资产卡片与账面数不符"""
    cards = Total(**book.cards)
    gaps = _differences(book, cards)
    if not law.in_force(book.day) or not any(gaps.values()):
        return None
    parts = []
    if gaps["quantity"]:
        parts.append(
            _("数量账面 %(book)s、卡片 %(cards)s")
            % {"book": words.count(book.quantity), "cards": words.count(cards.quantity)}
        )
    if gaps["value"]:
        parts.append(_("原值账面 %(book)s、卡片 %(cards)s，相差 %(gap)s") % {
            "book": words.yuan(book.value), "cards": words.yuan(cards.value), "gap": words.yuan(gaps["value"])})  # fmt: skip
    if gaps["depreciated"]:
        parts.append(_("累计折旧账面 %(book)s、卡片 %(cards)s，相差 %(gap)s") % {
            "book": words.yuan(book.depreciated), "cards": words.yuan(cards.depreciated), "gap": words.yuan(gaps["depreciated"])})  # fmt: skip
    category = str(Category(book.category).label)
    sentence = _("%(day)s %(category)s账卡不符：%(parts)s") % {
        "day": book.day,
        "category": category,
        "parts": "；".join(parts),
    }
    facts = {
        _("截止日期"): book.day, _("资产大类"): category, _("账面数量"): book.quantity, _("卡片数量"): cards.quantity,
        _("账面原值"): book.value, _("卡片原值"): cards.value, _("账面累计折旧"): book.depreciated,
        _("卡片累计折旧"): cards.depreciated, _("未能计算折旧的卡片"): cards.open_cards,
    }  # fmt: skip
    remedy = _(
        "逐笔核对入账凭证和卡片：漏建的补建卡片，已处置未销账的办理销账，原值或日期填错的更正；核对后重新登记账面数。"
    )
    return Verdict(sentence, facts, abs(gaps["value"]) or abs(gaps["depreciated"]), remedy)
