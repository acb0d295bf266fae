"""The end of a pooled event: closed when everything on its bill is back or in the warehouse (article 15, item 5)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.warehouse.choices import (
    EXIT_WAITING,
    LOAN_OPEN,
    STANDING,
    THING_OPEN,
    EntryState,
    EventState,
    ItemState,
    Mode,
)
from baozhang.ch2_provision.warehouse.models import Event, Exit, Item, Loan, Purchase, Thing
from baozhang.ch2_provision.warehouse.queries.competence import set_number
from baozhang.kernel import access, clock, ledger, notices
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused

from .loans import LOAN_DAYS, fall_due

CLOSE = access.permission("warehouse.event:close", gettext_lazy("清退会议活动物品"))
CHANGE, INSPECT = "warehouse.event:change", "warehouse.thing:inspect"
MOVED = ledger.act("warehouse.event_moved", gettext_lazy("活动改期"))


def closing(record: Event, day: dt.date) -> dt.date:
    """The last day of the event."""
    return record.closes


class EventFlow(Flow):
    """筹办、举办、清退."""

    model = Event
    article = "第十五条第一款第五项"

    close = Step(gettext_lazy("确认物品已清退"), EventState.OPEN, EventState.CLOSED, ":close", kind="primary",
                 says=gettext_lazy("借用的物品全部归还、购置的资产全部移交公物仓后，才能清退。"))  # fmt: skip


@EventFlow.close.guard
def _nothing_left(event: Event) -> None:
    """What was borrowed is back, what was bought is in the warehouse or handed over to it; an application alone moves nothing."""
    out = Thing._base_manager.filter(loan__event=event, state__in=THING_OPEN).count()
    inside = Item._base_manager.filter(
        Q(state__in=STANDING) | Q(state=ItemState.ENTERING, entry__state=EntryState.DELIVERED)
    ).values("card")
    kept = Purchase._base_manager.filter(event=event, card__disposed__isnull=True).exclude(card__in=inside).count()
    if out and kept:
        raise Refused(
            _("还有 %(out)s 件借用物品未归还，%(kept)s 件购置资产未入仓") % {"out": out, "kept": kept}, article=EventFlow.article,
            instead=_("请先归还、移交入仓，再办理清退。"),
        )  # fmt: skip
    if out:
        raise Refused(
            _("还有 %(out)s 件借用物品未归还") % {"out": out}, article=EventFlow.article, instead=_("请先归还，再办理清退；损坏或者丢失的，定责以后即为办结。"),
        )  # fmt: skip
    if kept:
        raise Refused(
            _("还有 %(kept)s 件购置资产未入仓") % {"kept": kept}, article=EventFlow.article, instead=_("请办理“购置资产申请入仓”，经审核移交公物仓后，再办理清退。"),
        )  # fmt: skip


def move_end(event: Event, closes: dt.date | None, *, by: Actor, note: str, opens: dt.date | None = None) -> int:
    """This will move an event, and with its last day the day by which each thing borrowed for it is to be back; how many loans.

    Refused where it is over, or where a loan would last longer than the figure in force allows.
    """
    if event.state != EventState.OPEN:
        raise Refused(_("活动物品已清退，不能改期"), article=EventFlow.article, instead=_("请为新的活动另行登记。"))
    today = clock.today()
    before = type(event)._base_manager.get(pk=event.pk).closes  # a form has put the new day on the record already
    if before < today:  # or whoever is late would put it right by himself
        raise Refused(
            _("活动已于 %(day)s 结束，不能改期") % {"day": before}, article=EventFlow.article,
            why=_("借用的物品到结束日应当归还，已经逾期的不能由借用单位自己改期。"),
            instead=_("请办理归还和清退；确需继续使用的，归还后另行申请借用。"),
        )  # fmt: skip
    if closes is None or closes < today:
        raise Invalid(
            _("新的结束日期须填写，且不早于今天"),
            article=EventFlow.article,
            instead=_("活动已经结束的，请办理归还和清退。"),
        )
    asked = list(
        Exit._base_manager.select_for_update(no_key=True)
        .filter(event=event, mode=Mode.LOAN, state__in=EXIT_WAITING)
        .order_by("pk")
    )  # before the loans, as the papers of an exit move theirs; the event last, to which a signature still points
    loans = list(
        Loan._base_manager.select_for_update(no_key=True)
        .filter(event=event, mode=Mode.LOAN, state__in=LOAN_OPEN)
        .order_by("pk")
    )
    _within_term(loans, closes, today)
    words = _("%(event)s改期：借出的物品改为 %(day)s 前归还") % {"event": event.name, "day": closes}
    for loan in loans:
        fall_due(loan, closes, by=by, act=MOVED, right=CHANGE, where=event.organ_id)
        notices.notify_holders(INSPECT, loan.giver_id, title=words, about=(loan.label, loan.pk))
    event.opens, event.closes = opens or event.opens, closes
    keep(event, by=by, act=MOVED, right=CHANGE, note=note)
    keep(asked, by=by, act=MOVED, right=CHANGE, where=event.organ_id)
    return len(loans)


def _within_term(loans: list[Loan], closes: dt.date, day: dt.date) -> None:
    """An event that is moved does not lend for longer than anybody may borrow."""
    for loan in loans:
        most = set_number(LOAN_DAYS, day, loan.authority_id)
        days = (closes - loan.begun).days
        if most is not None and days > most:
            raise Refused(
                _("改期后借用 %(days)s 天，超过最长借用期限") % {"days": days}, article=EventFlow.article,
                why=_("%(loan)s自 %(begun)s 起借用，公物仓资产最长借用 %(most)s 天。") % {"loan": loan, "begun": loan.begun, "most": most},
                instead=_("请先归还，临近活动再申领。"), facts={_("活动结束"): closes, _("最长借用天数"): most},
            )  # fmt: skip
