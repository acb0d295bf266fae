"""The path of one thing on loan: handed in, inspected; back in stock, to repair, or answered for (article 16)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.assets.actions import income
from baozhang.ch2_provision.assets.choices.books import IncomeKind
from baozhang.ch2_provision.warehouse.choices import Grade, Harm, ItemState, LoanState
from baozhang.ch2_provision.warehouse.choices import ThingState as S
from baozhang.ch2_provision.warehouse.models import Thing
from baozhang.kernel import access, holds, ledger, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused

from . import stock
from .loans import LoanFlow, things_of

for _name, _words in (
    ("hand_in", gettext_lazy("交还借用的物品")), ("inspect", gettext_lazy("验收归还的物品")), ("report", gettext_lazy("报告损坏或者遗失")),
    ("settle", gettext_lazy("认定损失责任和赔偿")),
):  # fmt: skip
    access.permission(f"warehouse.thing:{_name}", _words)
INSPECT, SETTLE, HAND_IN = "warehouse.thing:inspect", "warehouse.thing:settle", "warehouse.thing:hand_in"
TAKEN_BACK = ledger.act("warehouse.taken_back", gettext_lazy("验收归还"))
WRITTEN = ledger.act("warehouse.answered_for", gettext_lazy("定责处理"))
DATED = ledger.act("warehouse.dated", gettext_lazy("登记日期"))
RETURN = "第十六条第一款"


def authority(record: Thing) -> int:
    """The authority that decided on the exit."""
    return record.loan.authority_id


def giver(record: Thing) -> int:
    """The organ that handed it out."""
    return record.giver_id


class ThingFlow(Flow):
    """逐件交还、验收、定责."""

    model = Thing
    article = RETURN

    hand_in = Step(gettext_lazy("交还"), S.OUT, S.BACK, ":hand_in", todo=False, kind="primary")
    fine = Step(gettext_lazy("验收合格"), S.BACK, S.FINE, ":inspect", where=giver, four_eyes=("hand_in",), kind="primary", icon="check",
                fields=("grade_back",))  # fmt: skip
    mend = Step(
        gettext_lazy("验收送修"),
        S.BACK,
        S.REPAIR,
        ":inspect",
        where=giver,
        four_eyes=("hand_in",),
        side=True,
        needs_note=True,
    )
    harmed = Step(gettext_lazy("验收发现损坏或短少"), S.BACK, S.LIABLE, ":inspect", where=giver, four_eyes=("hand_in",), side=True,
                  todo=False, fields=("harm", "harm_words"), required=("harm", "harm_words"), kind="danger")  # fmt: skip
    report = Step(gettext_lazy("报告损坏或遗失"), S.OUT, S.LIABLE, ":report", side=True, todo=False, fields=("harm", "harm_words"),
                  required=("harm", "harm_words"), kind="danger")  # fmt: skip
    settle = Step(gettext_lazy("定责处理"), S.LIABLE, S.SETTLED, ":settle", where=authority, four_eyes=("report", "harmed"), side=True,
                  fields=("liable", "compensation", "compensation_due"), required=("liable", "compensation"), kind="primary",
                  says=gettext_lazy("写明责任单位、责任人和依据；不赔偿的，赔偿金额填零并说明理由。"))  # fmt: skip

    @classmethod
    def title(cls, record: Thing) -> str:
        """What a task about it is called."""
        return f"{record.item}（{record.organ}）"


@ThingFlow.hand_in.effect
def _handed_in(thing: Thing, *, by: Actor, day: dt.date) -> None:
    """The day; where it was the last one out, the whole loan waits for inspection."""
    thing.handed_in = day
    keep(thing, by=by, act=DATED, right=HAND_IN)
    if thing.loan.state == LoanState.OPEN and not things_of(thing.loan, S.OUT):
        LoanFlow.take("hand_in", thing.loan, by=by)


@LoanFlow.hand_in.effect
def _all_handed_in(loan: object, *, by: Actor) -> None:
    """What is still out is handed in with the rest."""
    for thing in things_of(loan, S.OUT):  # type: ignore[arg-type]
        ThingFlow.take("hand_in", thing, by=by)


@ThingFlow.fine.effect
@ThingFlow.mend.effect
def _back(thing: Thing, *, by: Actor, day: dt.date, step: Step) -> None:
    """It is in stock again, free or to be repaired."""
    if step.name == "fine" and thing.grade_back in (Grade.REPAIR, Grade.SPENT):
        raise Refused(_("成色为“%(grade)s”，不是验收合格") % {"grade": Grade(thing.grade_back).label}, article=RETURN,
                      instead=_("请办理“验收送修”或者“验收发现损坏或短少”。"))  # fmt: skip
    grade = Grade.REPAIR if step.name == "mend" else thing.grade_back or thing.grade_out
    _end(thing, grade, day, by, INSPECT, thing.giver_id, TAKEN_BACK)
    stock.back(
        stock.locked([thing.item_id]),
        {thing.item_id: grade},
        by=by,
        act=TAKEN_BACK,
        right=INSPECT,
        where=thing.giver_id,
        day=day,
    )
    _one_less(thing)


@ThingFlow.settle.effect
def _settled(thing: Thing, *, by: Actor, day: dt.date) -> None:
    """What is lost leaves the warehouse; what is damaged is repaired, or found past repair by whoever keeps it."""
    where = thing.loan.authority_id
    _payable(thing, day)
    lost = thing.harm == Harm.LOST
    _end(thing, "" if lost else Grade.REPAIR, day, by, SETTLE, where, WRITTEN)
    items = stock.locked([thing.item_id])
    if lost:
        stock.move(
            items,
            ItemState.LOST,
            by=by,
            act=WRITTEN,
            right=SETTLE,
            where=where,
            day=day,
            grade=Grade.SPENT,
            store=None,
            place=None,
        )
    else:
        stock.back(items, {thing.item_id: Grade.REPAIR}, by=by, act=WRITTEN, right=SETTLE, where=where, day=day)
    if (
        thing.compensation and thing.compensation_due
    ):  # what is paid for a public thing is non-tax revenue of its owner (article 13, paragraph 5)
        income.due(
            thing.card.organ, kind=IncomeKind.COMPENSATION, amount=thing.compensation, card=thing.card, source=thing,
            due_on=thing.compensation_due, by=by, words=_("%(organ)s 借用 %(item)s 的赔偿") % {"organ": thing.organ, "item": thing.item}, right=SETTLE, where=where,
        )  # fmt: skip
    _one_less(thing)


def _payable(thing: Thing, day: dt.date) -> None:
    """Nobody has verified how many days there are: whoever settles it says until when, or it would be overdue the next morning."""
    if not thing.compensation:
        thing.compensation_due = None
    elif thing.compensation_due is None or thing.compensation_due < day:
        raise Invalid(
            _("请写明赔偿款何日前缴清"), why=_("赔偿款是政府非税收入，逾期未缴列为风险。"), article="第十三条第五款",
            instead=_("填写今天或者以后的日期。"), faults=[thing.fault_of("compensation_due", _("必填"), thing.compensation_due)],
        )  # fmt: skip


def _end(thing: Thing, grade: str, day: dt.date, by: Actor, right: str, where: int, act: str) -> None:
    """The day on which it ended, and in what condition it came back; what is lost has none."""
    thing.grade_back, thing.ended_on = grade, day
    keep(thing, by=by, act=act, right=right, where=where)


def _one_less(thing: Thing) -> None:
    """The promise on this one thing ends; the loan ends with the last."""
    holds.release(thing.loan, [thing.card])
    if thing.loan.state != LoanState.CLOSED and not things_of(thing.loan, S.OUT, S.BACK, S.LIABLE):
        with scope.everything("全部归还") as system:  # it follows from the last return, whoever signed that
            LoanFlow.take("close", thing.loan, by=system)
