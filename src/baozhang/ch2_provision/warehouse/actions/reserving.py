"""Reserving: the one place where a thing of the warehouse is promised, and the database decides between two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.choices import (
    LIVE,
    THING_OPEN,
    ExitState,
    ItemState,
    Listing,
    Mode,
)
from baozhang.ch2_provision.warehouse.flows import ExitFlow, handing, stock
from baozhang.ch2_provision.warehouse.flows.exits import RESERVE_DAYS, end_of, words_of
from baozhang.ch2_provision.warehouse.models import Activation, Event, Exit, Item, Reservation, Thing
from baozhang.ch2_provision.warehouse.queries.competence import authority_for, decider, set_number
from baozhang.kernel import access, clock, holds, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record, keep
from baozhang.kernel.refusal import Invalid, NotFound, Refused

ADD = "warehouse.exit:add"
SUPPLY = access.permission("warehouse.activation:supply", gettext_lazy("应急先行出仓"))
RESERVED = ledger.act("warehouse.reserved", gettext_lazy("预留"))
ARTICLE = "第十四条第二款"
FREE = (
    ItemState.STOCK,
    ItemState.RESERVED,
)  # a reservation that ran out is found by the hold, before the calendar comes round


def reserve(
    cards: Sequence[Card], *, organ: Organization, purpose: str = "", mode: str = Mode.LOAN, until: dt.date | None = None,
    by: Actor, need: Record | None = None, event: Event | None = None,
) -> list[Reservation]:  # fmt: skip
    """This will promise things to an organ, all or none: one exit for each organ that hands out, one reservation a card.

    Cards must be in the warehouse and listed for the organ: what merely stands idle with another agency is asked for as a need,
    since its owner has to agree. Refused, naming each thing, where anything is promised already; the purpose may follow at
    submission.
    """
    rows = sorted({card.pk: card for card in cards}.values(), key=lambda card: card.pk)
    if not rows:
        raise Invalid(_("没有选中任何物品"), instead=_("请先勾选要预留的物品。"))
    by.must(ADD, organ.pk)
    owes_nothing(organ, clock.today())
    with transaction.atomic():
        inside = _inside(rows)
        for card in rows:
            _may_have(card, inside.get(card.pk), organ)
        made: list[Reservation] = []
        for giver, members in _by_giver(rows, inside).items():
            exit_ = _exit(giver, organ, purpose, mode, until, need, event)
            ExitFlow.start(exit_, by=by, right=ADD)
            _promise(exit_, members, by)
            made += _lines(exit_, members, by)
        return made


def owes_nothing(organ: Organization, day: dt.date) -> None:
    """This will raise Refused where an organ has not brought back what it took for an event that is over."""
    owed = Thing._base_manager.filter(
        organ=organ, state__in=THING_OPEN, loan__event__isnull=False, loan__event__closes__lt=day
    )
    first = owed.select_related("loan__event").order_by("pk").first()
    event = None if first is None else first.loan.event
    if event is not None:
        raise Refused(
            _("%(organ)s还有活动物品没有归还，不能再预留") % {"organ": organ}, article="第十五条第一款第五项",
            why=_("“%(event)s”已于 %(day)s 结束，还有 %(count)s 件未归还。") % {"event": event, "day": event.closes, "count": owed.count()},
            instead=_("请先归还或者报告损失。"), facts={_("活动名称"): event, _("未还件数"): owed.count()},
        )  # fmt: skip


def _inside(cards: Sequence[Card]) -> dict[int, Item]:
    rows = Item._base_manager.filter(card__in=[card.pk for card in cards], state__in=LIVE)
    return {item.card_id: item for item in rows.select_related("card", "organ", "authority__jurisdiction")}


def _may_have(card: Card, item: Item | None, organ: Organization) -> None:
    """A thing is listed for the organ and is in a state to go; what is not, does not exist for it."""
    if card.disposed is not None:
        raise Refused(_("%(card)s 已不在账，不能预留") % {"card": card}, article=ARTICLE, instead=_("请改选其他资产。"))
    if item is None:
        raise Refused(
            _("%(card)s 不能预留") % {"card": card}, article=ARTICLE, why=_("它不在公物仓；其他单位的闲置资产由所属单位同意后才能调剂。"),
            instead=_("请改选公物仓目录中的资产，或者提出配置需求，从其他单位的闲置资产中选用。"),
        )  # fmt: skip
    mine = item.listing == Listing.CITY or item.organ_id == organ.pk
    if not mine and (item.listing == Listing.UNIT or authority_for(organ).pk != item.authority_id):
        raise NotFound(_("目录中没有这件物品"), instead=_("请刷新目录后重新选择。"))
    if item.state not in FREE:
        raise Refused(
            _("%(item)s 现在不能预留") % {"item": item}, article=ARTICLE,
            why=_("当前状态为“%(state)s”。") % {"state": item.get_state_display()},
            instead=_("请改选其他物品。"),
        )  # fmt: skip


def _by_giver(cards: Sequence[Card], inside: dict[int, Item]) -> dict[int, list[Card]]:
    """Cards by the organ that hands them out."""
    groups: dict[int, list[Card]] = {}
    for card in cards:
        item = inside.get(card.pk)
        groups.setdefault(item.giver_id if item is not None else card.organ_id, []).append(card)
    return groups


def _exit(
    giver: int,
    organ: Organization,
    purpose: str,
    mode: str,
    until: dt.date | None,
    need: Record | None,
    event: Event | None,
) -> Exit:
    hands = Organization._base_manager.select_related("jurisdiction__parent").get(pk=giver)
    if event is not None and mode == Mode.LOAN:
        until = event.closes
    return Exit(
        organ=organ, giver=hands, authority=decider(hands, organ), mode=mode, purpose=purpose, until=until, event=event,
        reserved_on=clock.today(), need_kind=need.label if need is not None else "", need_id=need.pk if need is not None else None,
        need_words=str(need)[:200] if need is not None else "",
    )  # fmt: skip


def _promise(exit_: Exit, cards: Sequence[Card], by: Actor) -> None:
    """The hold: here the database says yes to one and no to all others."""
    most = set_number(RESERVE_DAYS, clock.today(), exit_.authority_id)
    until = None if most is None else end_of(clock.today() + dt.timedelta(days=most))
    holds.take(cards, case=exit_, words=words_of(exit_), by=by, until=until)


def _lines(exit_: Exit, cards: Sequence[Card], by: Actor) -> list[Reservation]:
    """The lines, and the state of the items, read again now that nobody else can have them."""
    items = {item.card_id: item for item in stock.locked(item.pk for item in _inside(cards).values())}
    for card in cards:
        if card.pk in items:
            _may_have(card, items[card.pk], exit_.organ)
    rows = list(items.values())
    for item in rows:
        item.state = ItemState.RESERVED
    keep(rows, by=by, act=RESERVED, right=ADD, where=exit_.organ_id, moves=stock.MOVES)
    lines = [
        Reservation(
            organ_id=exit_.organ_id,
            giver_id=exit_.giver_id,
            exit=exit_,
            item=items[card.pk],
            card=card,
            quantity=card.quantity,
        )
        for card in cards
    ]
    keep(lines, by=by, act=RESERVED, right=ADD, where=exit_.organ_id)
    return lines


def first_aid(
    cards: Sequence[Card], *, activation: Activation, organ: Organization, by: Actor, day: dt.date, note: str = ""
) -> Exit:
    """This will hand out at once what an emergency wants; the papers follow within the days of the activation."""
    right = SUPPLY
    rows = sorted({card.pk: card for card in cards}.values(), key=lambda card: card.pk)
    with transaction.atomic():
        inside = _inside(rows)
        _ready(rows, inside, activation)
        due = day + dt.timedelta(days=activation.days)
        exit_ = Exit(
            organ=organ, giver_id=activation.organ_id, authority_id=activation.organ_id, mode=Mode.LOAN, activation=activation,
            state=ExitState.EMERGENCY, reserved_on=day, handed_on=day, papers_due=due, until=due, need_words=note[:200],
        )  # fmt: skip
        keep(exit_, by=by, act=RESERVED, right=right, where=activation.organ_id, note=note)
        ExitFlow.start(exit_, by=by, right=right, within=_papers_due)
        holds.take(rows, case=exit_, words=_("应急先行出仓：%(organ)s") % {"organ": organ}, by=by)
        lines = [
            Reservation(
                organ=organ,
                giver_id=activation.organ_id,
                exit=exit_,
                item=inside[card.pk],
                card=card,
                quantity=card.quantity,
            )
            for card in rows
        ]
        keep(lines, by=by, act=RESERVED, right=right, where=activation.organ_id)
        handing.over(exit_, lines, by=by, day=day, right=right, where=activation.organ_id)
    return exit_


def _papers_due(exit_: Exit, day: dt.date) -> dt.date | None:
    return exit_.papers_due


def _ready(cards: Sequence[Card], inside: dict[int, Item], activation: Activation) -> None:
    for card in cards:
        item = inside.get(card.pk)
        if item is None or item.state not in FREE or not item.physical or item.authority_id != activation.organ_id:
            raise Refused(
                _("%(card)s 不能应急先行出仓") % {"card": card}, article="第十六条第一款", why=_("应急先行的限于本级实体仓中可用的物品。"),
                instead=_("请从物品清单中选取在仓可用的物品。"),
            )  # fmt: skip
