"""Acts on cards beside their form: change of use, offer to the warehouse, an end by disposal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.assets.choices import GONE_STATES, IDLE_STATES, Disposal, UseState
from baozhang.ch2_provision.assets.models import Card, endings
from baozhang.kernel import clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record, keep
from baozhang.kernel.refusal import Invalid, Refused

from .standing import ENDS, still_there, unpromised

USE = ledger.act("asset_use", gettext_lazy("变更使用状况"))
OFFER = ledger.act("asset_offer", gettext_lazy("提请入仓"))
DISPOSE = ledger.act("asset_dispose", gettext_lazy("处置"))

ENDED_BY = {
    Disposal.SCRAPPING: UseState.SCRAPPED, Disposal.TRANSFER: UseState.TRANSFERRED, Disposal.LOSS: UseState.LOST,
}  # fmt: skip


def change_use_state(
    cards: Sequence[Card], *, state: str, by: Actor, since: dt.date | None = None, note: str = "",
    case: Record | None = None, right: str = "", where: int | None = None,
) -> int:  # fmt: skip
    """This will set the use state; `since` is the first idle day where the state is an idle one (today if not said).

    Refuses states that only a disposal may bring about, cards that are gone, and cards that another case than `case`
    holds. Returns how many changed.
    """
    if state not in UseState.values:
        raise Invalid(_("没有这种使用状况“%(state)s”") % {"state": state}, instead=_("请从列表中选择。"))
    if state in GONE_STATES:
        raise endings.refusal("use_state", state)
    still_there(cards)
    unpromised(cards, case)
    for card in cards:
        if state in IDLE_STATES and (since is not None or card.use_state not in IDLE_STATES):
            card.idle_since = since or clock.today()
        if state not in IDLE_STATES:
            card.offered = None
        card.use_state = state
    return keep(list(cards), by=by, act=USE, note=note, right=right, where=where, case=case).changed


def offer_to_warehouse(
    cards: Sequence[Card], *, by: Actor, day: dt.date | None = None, note: str = "", case: Record | None = None
) -> int:
    """This will note that idle cards were offered to the warehouse (articles 14, 15); only idle or surplus ones can be."""
    still_there(cards)
    unpromised(cards, case)
    if unfit := [card for card in cards if card.use_state not in (*IDLE_STATES, UseState.DISPOSING)]:
        state = unfit[0].get_use_state_display()
        raise Refused(
            _("%(card)s 的使用状况为“%(state)s”，不能提请入仓") % {"card": unfit[0], "state": state}, article="第十五条第一款",
            why=_("纳入公物仓的是闲置、低效、超标准配置和待处置中仍有使用价值的资产。"),
            instead=_("确已不用的，先登记为闲置、多余或者待处置；在用而可以共享的设备，由机关事务管理部门列入共享共用资产目录后入仓。"), subjects=unfit,
        )  # fmt: skip
    for card in cards:
        card.offered = card.offered or day or clock.today()
    return keep(list(cards), by=by, act=OFFER, note=note, case=case).changed


def dispose(
    cards: Sequence[Card], *, form: str, day: dt.date, case: Record, by: Actor, note: str = "", right: str = "", where: int | None = None
) -> int:  # fmt: skip
    """This will end the cards of a case by its form on a day (article 13, paragraph 4).

    Nobody ends a card by hand: the past comes in with the ledger, all else through a case that went its whole way. Cards
    that another case holds are refused; `right` and `where` are those of the case's step, as in `keep`.
    """
    if form not in Disposal.values:
        raise Invalid(_("没有这种处置形式“%(form)s”") % {"form": form}, article="第十三条第四款")
    still_there(cards)
    unpromised(cards, case)
    for card in cards:
        card.disposal, card.disposed = form, day
        card.use_state = ENDED_BY.get(Disposal(form), UseState.DISPOSED)
    return keep(list(cards), by=by, act=DISPOSE, note=note, right=right, where=where, moves=ENDS, case=case).changed
