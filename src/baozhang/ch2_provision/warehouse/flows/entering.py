"""How an application to enter begins: cards become items, held so that nothing else happens to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.assets.choices import GONE_STATES
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.choices import LIVE, EntryState, Keeping, Listing, Reason
from baozhang.ch2_provision.warehouse.models import Entry, Item
from baozhang.ch2_provision.warehouse.queries.competence import authority_for
from baozhang.kernel import access, holds, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused

from .entries import EntryFlow
from .stock import ARTICLE, item_of

ADD = access.permission("warehouse.entry:add", gettext_lazy("登记入仓申请"))
LISTED = ledger.act("warehouse.listed", gettext_lazy("列入入仓申请"))
OFFERED = ledger.act("warehouse.offered", gettext_lazy("提请入仓"))


def begin(
    cards: Sequence[Card], *, by: Actor, day: dt.date, reasons: Mapping[int, str], words: Mapping[int, str] | None = None,
    title: str = "", keeping: str = Keeping.VIRTUAL, listing: str = Listing.LEVEL,
) -> Entry:  # fmt: skip
    """This will draft an application for cards of one organ, each with its kind of article 15 (`reasons` by card key).

    Refused where a card is gone, in the warehouse already, or promised to something else.
    """
    rows = list(cards)
    if not rows:
        raise Invalid(_("没有选中任何资产"), instead=_("请先勾选要入仓的资产。"))
    organs = {card.organ_id for card in rows}
    if len(organs) > 1:
        raise Invalid(_("一份入仓申请只能列一个单位的资产"), article=ARTICLE, instead=_("请按单位分别申请。"))
    _there(rows)
    authority = authority_for(rows[0].organ)
    with transaction.atomic():
        entry = Entry(organ_id=rows[0].organ_id, authority=authority, title=(title or _named(rows))[:100], keeping=keeping,
                      listing=listing)  # fmt: skip
        EntryFlow.start(entry, by=by, right=ADD)
        holds.take(rows, case=entry, words=_("办理入仓：%(title)s") % {"title": entry.title}, by=by)
        said = words or {}
        keep(
            [item_of(card, authority=authority, reason=reasons.get(card.pk, Reason.IDLE), entry=entry, keeping=keeping, listing=listing,
                     words=said.get(card.pk, "")[:200]) for card in rows],
            by=by, act=LISTED, right=ADD,
        )  # fmt: skip
        fresh = [card for card in rows if card.offered is None]
        for card in fresh:
            card.offered = day
        keep(fresh, by=by, act=OFFERED, right=ADD, case=entry)
    return entry


def _named(cards: Sequence[Card]) -> str:
    names = "、".join(dict.fromkeys(card.name for card in cards[:3]))
    return (
        _("%(names)s等 %(count)s 件入仓") % {"names": names, "count": len(cards)}
        if len(cards) > 1
        else _("%(name)s入仓") % {"name": names}
    )


def _there(cards: Sequence[Card]) -> None:
    for card in cards:
        if card.disposed is not None or card.use_state in GONE_STATES:
            raise Refused(
                _("%(card)s 已不在账，不能入仓") % {"card": card}, article=ARTICLE, why=_("卡片已登记处置或者灭失。")
            )
    inside = (
        Item._base_manager.filter(card__in=[card.pk for card in cards], state__in=LIVE).select_related("card").first()
    )
    if inside is not None:
        raise Refused(
            _("%(card)s 已在公物仓") % {"card": inside.card}, article=ARTICLE,
            why=_("当前状态为“%(state)s”。") % {"state": inside.get_state_display()},
            instead=_("请从所选资产中去掉它。"),
        )  # fmt: skip


def editable(entry: Entry) -> None:
    """This will raise Refused where an application has left its draft."""
    if entry.state != EntryState.DRAFT:
        raise Refused(
            _("申请已提交，不能再改清单"), why=_("当前状态为“%(state)s”。") % {"state": entry.get_state_display()},
            article=ARTICLE, instead=_("请由审核人驳回后再改，或者另行申请。"),
        )  # fmt: skip
