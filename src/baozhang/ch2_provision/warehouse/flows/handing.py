"""The handover itself: what was reserved becomes a loan, an allocated use, or the taker's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.assets.actions import titles
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.choices import ItemState, LineState, Mode
from baozhang.ch2_provision.warehouse.models import Exit, Loan, Reservation, Thing
from baozhang.kernel import holds, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.law.case import places
from baozhang.law.catalogue import spec
from baozhang.law.explain import figure_sentence
from baozhang.law.figures import Figures
from baozhang.law.figurespec import NATION
from baozhang.law.items import items as catalogue_items
from baozhang.law.judge import plain

from . import stock
from .loans import LoanFlow, fall_due
from .things import ThingFlow

GIVEN = ledger.act("warehouse.given", gettext_lazy("交付出仓"))
BEGUN = ledger.act("warehouse.begun", gettext_lazy("开始使用"))
DESCRIBED = ledger.act("warehouse.described", gettext_lazy("补填用途和期限"))


def over(exit_: Exit, lines: Sequence[Reservation], *, by: Actor, day: dt.date, right: str, where: int) -> Loan | None:
    """This will hand over what an exit holds, in the transaction of its last signature; the loan that begins, if one does."""
    cards = [line.card for line in lines]
    _price(exit_, lines, day)
    for line in lines:
        line.state, line.given_on = LineState.GIVEN, day
    loan = None
    if exit_.mode == Mode.TRANSFER:
        _transfer(exit_, lines, by=by, day=day, right=right, where=where)
    else:
        loan = _lend(exit_, lines, by=by, day=day, right=right, where=where)
        holds.hand_over(cards, case=exit_, to=loan, words=_("公物仓出借：%(organ)s") % {"organ": exit_.organ}, by=by)
        items = stock.locked(line.item_id for line in lines)
        stock.move(
            items,
            ItemState.OUT,
            by=by,
            act=GIVEN,
            right=right,
            where=where,
            day=day,
            holder_id=exit_.organ_id,
            custodian=_signer(exit_, by, where),
        )
    keep(list(lines), by=by, act=GIVEN, right=right, where=where)
    return loan


def _signer(exit_: Exit, by: Actor, where: int) -> str:
    """Whoever signs for the taker has the things, until he hands them on."""
    return by.name[:40] if where == exit_.organ_id and not by.system else ""


def _lend(exit_: Exit, lines: Sequence[Reservation], *, by: Actor, day: dt.date, right: str, where: int) -> Loan:
    loan = Loan(
        organ_id=exit_.organ_id, giver_id=exit_.giver_id, authority_id=exit_.authority_id, exit=exit_, event_id=exit_.event_id,
        mode=exit_.mode, begun=day, due=exit_.until, purpose=exit_.purpose or _("应急保障"),
    )  # fmt: skip
    keep(loan, by=by, act=BEGUN, right=right, where=where)
    LoanFlow.start(loan, by=by, right=right, within=LoanFlow.term)
    things = [
        Thing(
            organ_id=exit_.organ_id,
            giver_id=exit_.giver_id,
            loan=loan,
            item=line.item,
            card=line.card,
            grade_out=line.item.grade,
        )
        for line in lines
    ]
    keep(things, by=by, act=BEGUN, right=right, where=where)
    ThingFlow.start(things, by=by, right=right)
    return loan


def _transfer(exit_: Exit, lines: Sequence[Reservation], *, by: Actor, day: dt.date, right: str, where: int) -> None:
    made = titles.transfer(
        [line.card for line in lines], to=exit_.organ, source=exit_, day=day, by=by, right=right, where=where,
        values={"custodian": _signer(exit_, by, where)},
    )  # fmt: skip
    for line, card in zip(lines, made, strict=True):
        line.new_card = card
    items = stock.locked(line.item_id for line in lines)
    stock.move(items, ItemState.TITLED, by=by, act=GIVEN, right=right, where=where, day=day, holder_id=exit_.organ_id, custodian="",
               store=None, place=None)  # fmt: skip


def describe(exit_: Exit, *, by: Actor, right: str, where: int) -> None:
    """This will carry the purpose and the last day of completed emergency papers over to the loan."""
    for loan in Loan._base_manager.filter(exit=exit_):
        loan.purpose = exit_.purpose
        fall_due(loan, exit_.until or loan.due, by=by, act=DESCRIBED, right=right, where=where)


def _price(exit_: Exit, lines: Sequence[Reservation], day: dt.date) -> None:
    """The price at which the like would be bought: the cap in force for the item, else what it cost once."""
    figures = Figures(day, places().get(exit_.organ_id) or NATION)
    for line in lines:
        line.price, line.price_basis = replacement(line.card, figures)


def replacement(card: Card, figures: Figures) -> tuple[Decimal, str]:
    """The replacement price of one piece, with what it rests on; a price by rank needs a person, whom a thing has not."""
    item = catalogue_items().get(card.item)
    if item is not None and item.price and not spec(item.price).keys:
        reading = figures.reading(item.price)
        if reading.value is not None:
            return Decimal(str(reading.value)), figure_sentence(plain(reading.as_dict()))[:200]
    return card.unit_value.quantize(Decimal("0.01")), _("没有价格标准，按卡片原值单价")
