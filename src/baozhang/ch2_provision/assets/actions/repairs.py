"""Sending a thing to be mended, and having it back (article 11, paragraph 2)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.assets.choices import UseState
from baozhang.ch2_provision.assets.choices.cases import RepairState
from baozhang.ch2_provision.assets.models import Card, Repair
from baozhang.kernel import access, clock, holds, ledger, notices
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record, keep
from baozhang.kernel.refusal import Refused

from .standing import still_there
from .using import change_use_state

ARTICLE = "第十一条第二款"
MENDED = ledger.act("repair_done", gettext_lazy("修竣"))
WORK = "assets.repair:change"
REPORT = access.permission("assets.repair:report", gettext_lazy("报告自己使用和保管的资产有故障"))


def enter(repair: Repair, *, by: Actor) -> None:
    """This will take in a repair that somebody fills in: one that is done already is noted, any other sends the thing to be mended."""
    if repair.done_on is None:
        send(repair, by=by)
        return
    keep(repair, by=by)


def send(repair: Repair, *, by: Actor, case: Record | None = None, right: str = "", held_too: bool = False) -> Repair:
    """This will enter a repair and turn the card to 待修; one that is open already is not entered twice."""
    card = Card._base_manager.get(pk=repair.card_id)
    still_there([card], strict=True)
    if Repair._base_manager.filter(card=card, state=RepairState.OPEN, kind=repair.kind).exists():
        raise Refused(
            _("%(card)s 已有进行中的%(kind)s") % {"card": card, "kind": repair.get_kind_display()}, article=ARTICLE,
            instead=_("请先登记上一次的完成情况。"),
        )  # fmt: skip
    with transaction.atomic():
        turns = card.use_state in (UseState.IN_USE, UseState.IDLE) and not (held_too and holds.others([card], case))
        if turns:
            repair.was, repair.idle_since = card.use_state, card.idle_since
        keep(repair, by=by, right=right)
        if turns:
            change_use_state([card], state=UseState.REPAIR, by=by, note=repair.fault, case=case, right=right)
    return repair


def report(card: Card, *, fault: str, by: Actor) -> Repair:
    """This will take the word of whoever uses or keeps a thing that it is broken, and tell those who have things mended.

    A card that a case holds keeps its state: what is broken is known all the same, and the case decides what becomes of it.
    """
    repair = Repair(organ=card.organ, card=card, reported_on=clock.today(), fault=fault.strip(), reporter=by.name[:40])
    with transaction.atomic():
        send(repair, by=by, right=REPORT, held_too=True)
        notices.notify_holders(
            WORK, card.organ_id, title=_("%(who)s报告故障：%(card)s") % {"who": by.name, "card": card}, body=repair.fault,
            about=(repair.label, repair.pk),
        )  # fmt: skip
    return repair


def finish(
    repair: Repair, *, day: dt.date, cost: Decimal | None, result: str, by: Actor, hopeless: bool = False, invoice: str = "",
) -> Repair:  # fmt: skip
    """This will enter how it ended; the card is in use or stands idle as before, or waits for its disposal where nothing can be done."""
    if repair.state != RepairState.OPEN:
        raise Refused(
            _("%(repair)s 已登记完成") % {"repair": repair}, article=ARTICLE, instead=_("登记有误的，请修改记录。")
        )
    repair.state = RepairState.HOPELESS if hopeless else RepairState.DONE
    repair.done_on, repair.cost, repair.result, repair.invoice = day, cost, result[:200], invoice or repair.invoice
    with transaction.atomic():
        keep(repair, by=by, act=MENDED, right=WORK)
        card = Card._base_manager.get(pk=repair.card_id)
        if card.use_state == UseState.REPAIR:
            state = UseState.DISPOSING if hopeless else repair.was or UseState.IN_USE
            change_use_state([card], state=state, since=repair.idle_since, by=by, note=result)
    return repair
