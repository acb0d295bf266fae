"""What begins and ends with a letting: the state of the card, the income of each period (article 13, paragraphs 3 and 5)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import UseState
from baozhang.ch2_provision.assets.choices.books import IncomeKind, IncomeState
from baozhang.ch2_provision.assets.choices.cases import LettingKind
from baozhang.ch2_provision.assets.models import Card, Income, Letting
from baozhang.kernel import holds
from baozhang.kernel.access import Actor

from . import income
from .using import change_use_state


def give(case: Letting, *, by: Actor, right: str) -> list[Income]:
    """This will turn the card to 出租 or 出借 and enter the rent of every period as income due."""
    state = UseState.LET if case.kind == LettingKind.LET else UseState.LENT
    card = Card._base_manager.get(pk=case.card_id)
    holds.take(card, case=case, words=str(case)[:120], by=by)
    change_use_state([card], state=state, by=by, note=str(case), case=case, right=right)
    if case.kind != LettingKind.LET:
        return []
    made = []
    for place, (first, last) in enumerate(case.periods(), start=1):
        words = _("%(party)s 第 %(place)s 期租金（%(first)s 至 %(last)s）") % {
            "party": case.party, "place": place, "first": first, "last": last,
        }  # fmt: skip
        due_on = first + dt.timedelta(days=case.due_days)
        made.append(
            income.due(case.organ, kind=IncomeKind.RENT, amount=case.rent, card=card, source=case, due_on=due_on, by=by, words=words,
                       right=right)
        )  # fmt: skip
    return made


def take_back(case: Letting, *, by: Actor, right: str) -> None:
    """This will turn the card back to 在用 and take off the rent of the periods that had not begun."""
    card = Card._base_manager.get(pk=case.card_id)
    change_use_state([card], state=UseState.IN_USE, by=by, note=str(case), case=case, right=right)
    holds.release(case)
    back = case.returned_on or case.until
    starts = {first + dt.timedelta(days=case.due_days): first for first, _last in case.periods()}
    rows = Income._base_manager.filter(source_kind=case.label, source_id=case.pk, state=IncomeState.DUE, paid=0)
    for row in rows.order_by("id"):
        if starts.get(row.due_on, row.due_on) > back:
            income.void(row, by=by, note=_("已于 %(day)s 收回") % {"day": back}, right=right)
