"""The money of one need is one purse, in however many budgets it was granted: drawn on in the order of its grants.

A first budget and its supplements each keep their own commitment, so that every line still says what was promised of it.
Whoever draws on several lines locks them all first, in the order of their keys, and only then reckons.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from baozhang.ch2_provision.funding.models import Budget, BudgetLine, Commitment
from baozhang.ch2_provision.funding.models.changing import money
from baozhang.ch2_provision.funding.queries.budgets import promised
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Refused
from baozhang.kernel.turns import in_turn

from .spending import ARTICLE, COMMIT, commit, locked, release

NONE = Decimal(0)
Purse = tuple[Sequence[BudgetLine], Decimal]  # the lines that pay together, and what is asked of them in yuan


def shared(limits: Iterable[Decimal], amount: Decimal) -> list[Decimal]:
    """These are the parts of an amount that each takes in turn, none above its limit (yuan)."""
    parts: list[Decimal] = []
    for limit in limits:
        parts.append(min(max(limit, NONE), amount - sum(parts, NONE)))
    return parts


def free(lines: Iterable[BudgetLine], case: Record) -> list[Decimal]:
    """These are what each line has left for a case, in yuan: its own promise is asked anew and counts as left."""
    own = {row.line_id: row.amount for row in promised(case)}
    return [line.remaining + own.get(line.pk, NONE) for line in lines]


def commit_together(
    purses: Sequence[Purse], *, case: Record, by: Actor, words: str = "", day: dt.date | None = None, right: str = COMMIT
) -> list[Commitment]:  # fmt: skip
    """This will promise each amount out of its lines together, in their order; no line is in two purses.

    Raises Refused with the sums where the lines of one have not that much left together (article 8, paragraph 1).
    """
    with transaction.atomic():
        asked_of = {one.pk: one for lines, _asked in purses for one in lines}
        in_turn(Budget, {one.budget_id for one in (*asked_of.values(), *(row.line for row in promised(case)))})
        held = {
            pk: locked(line)
            for pk, line in sorted((asked_of | {row.line_id: row.line for row in promised(case)}).items())
        }
        parts: dict[int, Decimal] = {}
        for lines, asked in purses:
            fresh = [held[line.pk] for line in lines]
            left = free(fresh, case)
            if asked > sum(left, NONE):
                raise too_much(fresh, left, asked)
            parts.update(zip((line.pk for line in fresh), shared(left, asked), strict=True))
        for row in promised(case):
            if not parts.get(row.line_id):
                release(row.line, case=case, by=by, note=words, right=right)
        return [
            commit(held[pk], part, case=case, by=by, words=words, day=day, right=right)
            for pk, part in sorted(parts.items())
            if part
        ]


def too_much(lines: Sequence[BudgetLine], left: Sequence[Decimal], asked: Decimal) -> Refused:
    """This is the refusal of what lines cannot pay together, with what each was granted and has left."""
    total = sum(left, NONE)
    said = "；".join(
        _("“%(line)s”（%(budget)s）批复 %(granted)s 元，余额 %(left)s 元")
        % {"line": line, "budget": line.budget, "granted": money(line.granted or NONE), "left": money(rest)}
        for line, rest in zip(lines, left, strict=True)
    )
    return Refused(
        _("预算余额不足，还差 %(over)s 元") % {"over": money(asked - total)}, why=_("%(lines)s；本次需要 %(wanted)s 元。") % {"lines": said, "wanted": money(asked)},
        article=ARTICLE, instead=_("请减少金额，释放不再需要的占用，或者办理追加预算。"),
        facts={_("批复数"): sum((line.granted or NONE for line in lines), NONE), _("余额"): total, _("本次需要"): asked},
    )  # fmt: skip
