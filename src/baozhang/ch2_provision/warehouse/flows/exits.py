"""The path out: reserved, unit head, authority (and finance for a title), counted, handed over, signed for (articles 14, 16)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch1_general.organs.queries import authority_above, finance_of
from baozhang.ch2_provision.warehouse.choices import EXIT_WAITING, ItemState, LineState, Mode
from baozhang.ch2_provision.warehouse.choices import ExitState as S
from baozhang.ch2_provision.warehouse.models import Exit, Reservation
from baozhang.ch2_provision.warehouse.queries.competence import authority_for, set_number
from baozhang.kernel import access, clock, holds, ledger, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Party, Step
from baozhang.kernel.guarding import of_the_living
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

from . import handing, stock

for _name, _words in (
    ("add", gettext_lazy("预留公物仓资产")), ("submit", gettext_lazy("提交出仓申领")), ("agree", gettext_lazy("审核本单位出仓申领")),
    ("approve", gettext_lazy("审批公物仓出仓")), ("grant", gettext_lazy("审批公物仓产权划转")), ("hand", gettext_lazy("备货清点和交付")),
    ("sign", gettext_lazy("签收公物仓资产")), ("oversee", gettext_lazy("督办下级超期的出仓申领")),
):  # fmt: skip
    access.permission(f"warehouse.exit:{_name}", _words)
SUBMIT, APPROVE, HAND = "warehouse.exit:submit", "warehouse.exit:approve", "warehouse.exit:hand"
FREED = ledger.act("warehouse.freed", gettext_lazy("释放预留"))
TERM = ledger.act("warehouse.term", gettext_lazy("确定保留期限"))
RESERVE_DAYS, LOAN_DAYS = "warehouse.reserve_days", "warehouse.loan_days"
ARTICLE = "第十四条第二款"


def authority(record: Exit) -> int:
    """The authority that decides: of the level, or of the level above both sides."""
    return record.authority_id


def giver(record: Exit) -> int:
    """The organ that hands out: the store's authority, or the owner of what stayed on site."""
    return record.giver_id


def finance(record: Exit) -> Organization | None:
    """The finance department beside the authority that decides."""
    return finance_of(record.authority)


def in_order(record: Exit) -> bool:
    """True where the papers come first; in an emergency the things do."""
    return record.activation_id is None


def in_emergency(record: Exit) -> bool:
    """True where the things went out first."""
    return record.activation_id is not None


def keeps_title(record: Exit) -> bool:
    """True where the owner stays the owner: the authority decides alone."""
    return in_order(record) and record.mode != Mode.TRANSFER


def moves_title(record: Exit) -> bool:
    """True where the title moves, which the finance department approves (article 13, paragraph 4)."""
    return in_order(record) and record.mode == Mode.TRANSFER


def leaves_level(record: Exit) -> bool:
    """True where the title moves to another level or district: then those of the owner's own level decide as well."""
    return moves_title(record) and authority_for(record.giver).pk != record.authority_id


def stays_in_level(record: Exit) -> bool:
    """True where the title moves between organs of which one authority and one finance department answer for the owner."""
    return moves_title(record) and not leaves_level(record)


def owners_authority(record: Exit) -> Organization:
    """The support authority of the owner's level."""
    return authority_for(record.giver)


def owners_finance(record: Exit) -> Organization | None:
    """The finance department of the owner's level."""
    return finance_of(record.giver)


def above(record: Exit) -> Organization | None:
    """The authority above the one that decides."""
    return authority_above(record.authority)


class ExitFlow(Flow):
    """预留、审核、审批、备货、交付、签收."""

    model = Exit
    article = ARTICLE
    initial = (S.RESERVED, S.EMERGENCY)
    escalate = Party("warehouse.exit:oversee", where=above, words=gettext_lazy("上级机关事务管理部门"))

    submit = Step(gettext_lazy("提交申领"), S.RESERVED, S.SUBMITTED, ":submit", kind="primary", icon="paper-airplane", when=in_order,
                  fields=("mode", "purpose", "until", "event"), required=("mode", "purpose"),
                  says=gettext_lazy("写明用途和方式；限期借用的填写归还日期，用于会议活动的选择活动，归还日期即活动结束日期。"))  # fmt: skip
    agree = Step(
        gettext_lazy("同意申领"),
        S.SUBMITTED,
        S.AGREED,
        ":agree",
        four_eyes=("submit",),
        returnable=(S.RESERVED,),
        kind="primary",
        when=in_order,
    )
    approve = Step(gettext_lazy("批准出仓"), S.AGREED, S.APPROVED, ":approve", where=authority, four_eyes=("submit", "agree"),
                   returnable=(S.RESERVED,), kind="primary", fields=("keep_until",), when=keeps_title,
                   says=gettext_lazy("保留期限没有核实的标准时，由审批人写明保留到哪一天。"))  # fmt: skip
    forward = Step(gettext_lazy("同意划转，送财政部门"), S.AGREED, S.FINANCE, ":approve", "第十三条第四款", where=authority,
                   four_eyes=("submit", "agree"), returnable=(S.RESERVED,), kind="primary", fields=("keep_until",), when=stays_in_level,
                   says=gettext_lazy("划转改变产权，经机关事务管理部门审核后，由财政部门审批。"))  # fmt: skip
    forward_across = forward.but(
        when=leaves_level,
        countersign=(Party(":approve", where=owners_authority, words=gettext_lazy("权属单位同级机关事务管理部门")),
                     Party(":grant", where=owners_finance, words=gettext_lazy("权属单位同级财政部门"))),
        says=gettext_lazy("产权划出本级，由权属单位的同级机关事务管理、财政部门会签同意后，再送财政部门审批。"),
    )  # fmt: skip
    grant = Step(gettext_lazy("批准划转"), S.FINANCE, S.APPROVED, ":grant", "第十三条第四款", where=finance,
                 four_eyes=("submit", "agree", "forward", "forward_across"), returnable=(S.RESERVED,), kind="primary", when=moves_title)  # fmt: skip
    pick = Step(gettext_lazy("备货清点"), S.APPROVED, S.PICKED, ":hand", "第十六条第一款", where=giver, kind="primary", fields=("counted",), when=in_order,
                required=("counted",), says=gettext_lazy("逐件找到实物，填写清点件数；件数不符不能备货。"))  # fmt: skip
    deliver = Step(gettext_lazy("交付"), S.PICKED, S.HANDED, ":hand", "第十六条第一款", where=giver, kind="primary", when=in_order,
                   says=gettext_lazy("实物交到领用方手上后办理，由领用方在下一步签收。"))  # fmt: skip
    sign = Step(gettext_lazy("签收"), S.HANDED, S.DONE, ":sign", "第十六条第一款", four_eyes=("deliver",), kind="primary", icon="check", when=in_order,
                returnable=(S.RESERVED,), makes=lambda exit_: exit_.loans.first(),
                says=gettext_lazy("签收后开始使用：借用开始计期，划转的卡片同时转入本单位。"))  # fmt: skip
    complete = Step(gettext_lazy("补办手续"), S.EMERGENCY, S.PAPERS, ":submit", "第十六条第一款", kind="primary", when=in_emergency,
                    fields=("purpose", "until"), required=("purpose",),
                    says=gettext_lazy("应急先行出仓的，补填用途和使用期限，由机关事务管理部门确认。"))  # fmt: skip
    confirm = Step(gettext_lazy("确认手续"), S.PAPERS, S.DONE, ":approve", "第十六条第一款", where=authority, four_eyes=("complete",),
                   returnable=(S.EMERGENCY,), kind="primary", when=in_emergency)  # fmt: skip
    refuse = Step(gettext_lazy("不予批准"), S.AGREED, S.REFUSED, ":approve", where=authority, needs_note=True, todo=False, side=True,
                  kind="danger")  # fmt: skip
    decline = Step(
        gettext_lazy("不同意申领"),
        S.SUBMITTED,
        S.CANCELLED,
        ":agree",
        needs_note=True,
        todo=False,
        side=True,
        kind="danger",
    )
    lacking = Step(gettext_lazy("无法交付"), (S.APPROVED, S.PICKED), S.REFUSED, ":hand", "第十六条第一款", where=giver, needs_note=True,
                   todo=False, side=True, kind="danger")  # fmt: skip
    cancel = Step(gettext_lazy("取消预留"), (S.RESERVED, S.SUBMITTED, S.AGREED, S.FINANCE, S.APPROVED), S.CANCELLED, ":submit",
                  todo=False, side=True, kind="danger")  # fmt: skip
    expire = Step(gettext_lazy("到期释放"), (S.RESERVED, S.SUBMITTED, S.AGREED, S.FINANCE, S.APPROVED), S.EXPIRED, ":approve",
                  where=authority, todo=False, side=True, shown=lambda exit_: not holds.of_case(exit_))  # fmt: skip
    explain = Step(
        gettext_lazy("说明未领原因"), S.EXPIRED, S.EXPLAINED, ":submit", "第十六条第一款", needs_note=True, side=True
    )

    @classmethod
    def title(cls, record: Exit) -> str:
        """What a task about it is called."""
        return f"{record.organ}：{record}"

    @classmethod
    def may_move_back(cls, record: Exit, *, to: str, by: Actor) -> None:
        """A reservation that has been let go does not come back to life."""
        if to in EXIT_WAITING and not holds.of_case(record):
            raise Refused(_("预留已释放，不能退回"), article=ARTICLE, instead=_("请重新预留。"))

    @classmethod
    def moved_back(cls, record: Exit, *, was: str, to: str, by: Actor) -> None:
        """What an approval had set is open again; the things stay promised meanwhile."""
        if to != S.RESERVED or record.approved_on is None:
            return
        record.approved_on = record.keep_until = record.counted = None
        with scope.everything("退回出仓申领") as system:
            keep(record, by=system, act=TERM)
            most = set_number(RESERVE_DAYS, clock.today(), record.authority_id)
            _hold_until(record, None if most is None else clock.today() + dt.timedelta(days=most), system)


def lines_of(exit_: Exit, *states: str) -> list[Reservation]:
    """The lines of an exit, in some states."""
    rows = Reservation._base_manager.filter(exit=exit_).select_related("item__card", "item__organ", "card__organ")
    return list((rows.filter(state__in=states) if states else rows).order_by("pk"))


@ExitFlow.submit.effect
def _submitted(exit_: Exit) -> None:
    """An event is one's own."""
    if exit_.event is not None and exit_.event.organ_id != exit_.organ_id:
        raise Refused(_("活动不是本单位的"), article=ARTICLE, instead=_("请选择本单位承办的活动。"))


@ExitFlow.sign.guard
def _goes_on(exit_: Exit) -> None:
    """Nothing is handed to a taker that is no more."""
    of_the_living(Exit, [exit_])


@ExitFlow.approve.guard
@ExitFlow.sign.guard
def _within_term(exit_: Exit, *, day: dt.date) -> None:
    """A loan is no longer than the figure in force allows."""
    most = set_number(LOAN_DAYS, day, exit_.authority_id)
    if exit_.mode != Mode.LOAN or exit_.until is None:
        return
    if exit_.until < day:
        raise Refused(
            _("归还日期 %(day)s 已过") % {"day": exit_.until}, article=ARTICLE, instead=_("请驳回申领，另填归还日期。")
        )
    if most is not None and (exit_.until - day).days > most:
        raise Refused(
            _("借用 %(days)s 天，超过最长借用期限") % {"days": (exit_.until - day).days}, article=ARTICLE,
            why=_("公物仓资产最长借用 %(most)s 天。") % {"most": most}, instead=_("请缩短借用期限，到期可以续借；长期使用的，申请调剂使用。"),
            facts={_("归还日期"): exit_.until, _("最长借用天数"): most},
        )  # fmt: skip


@ExitFlow.approve.effect
@ExitFlow.forward.effect
@ExitFlow.forward_across.effect
def _approved(exit_: Exit, *, by: Actor, day: dt.date) -> None:
    """How long it is kept: the officer's day within the figure, else the figure; one of them there must be."""
    most = set_number(RESERVE_DAYS, day, exit_.authority_id)
    if exit_.keep_until is None:
        if most is None:
            raise Refused(
                _("请写明保留到哪一天"), article=ARTICLE, why=_("预留期限的标准待核实，没有天数可用。"), instead=_("请填写“保留至”。"),
            )  # fmt: skip
        exit_.keep_until = day + dt.timedelta(days=most)
    if exit_.keep_until < day:
        raise Refused(_("保留至 %(day)s 已过") % {"day": exit_.keep_until}, article=ARTICLE, instead=_("请另填日期。"))
    if most is not None and (exit_.keep_until - day).days > most:
        raise Refused(
            _("保留至 %(day)s，超过预留期限") % {"day": exit_.keep_until}, article=ARTICLE,
            why=_("批准后最多保留 %(most)s 天。") % {"most": most}, instead=_("请另填日期，或者留空由系统计算。"),
            facts={_("保留至"): exit_.keep_until, _("预留天数"): most},
        )  # fmt: skip
    exit_.approved_on = day
    keep(exit_, by=by, act=TERM, right=APPROVE, where=exit_.authority_id)
    _hold_until(exit_, exit_.keep_until, by)


def _hold_until(exit_: Exit, day: dt.date | None, by: Actor) -> None:
    cards = [line.card for line in lines_of(exit_, LineState.HELD)]
    until = None if day is None else end_of(day)
    holds.take(cards, case=exit_, words=words_of(exit_), by=by, until=until)


def end_of(day: dt.date) -> dt.datetime:
    """The moment at which a day ends."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=clock.ZONE)


def words_of(exit_: Exit) -> str:
    """What a hold of an exit says."""
    return _("公物仓预留：%(organ)s") % {"organ": exit_.organ}


@ExitFlow.pick.effect
def _picked(exit_: Exit, *, by: Actor) -> None:
    """What was counted is what was reserved; from now on it does not run out."""
    lines = lines_of(exit_, LineState.HELD)
    if exit_.counted != len(lines):
        raise Refused(
            _("清点 %(counted)s 件，应有 %(lines)s 件") % {"counted": exit_.counted, "lines": len(lines)}, article="第十六条第一款",
            instead=_("请重新清点；缺件的，办理“无法交付”。"),
        )  # fmt: skip
    _hold_until(exit_, None, by)


@ExitFlow.sign.effect
def _signed(exit_: Exit, *, by: Actor, day: dt.date) -> None:
    """Both sides have signed: the promise becomes a loan, a use or a title, with no moment between."""
    handing.over(
        exit_, lines_of(exit_, LineState.HELD), by=by, day=day, right="warehouse.exit:sign", where=exit_.organ_id
    )


@ExitFlow.complete.effect
def _completed(exit_: Exit, *, by: Actor, day: dt.date) -> None:
    """The day on which the agency completed the papers, and what the loan is for."""
    exit_.completed_on = day
    keep(exit_, by=by, act=TERM, right=SUBMIT)
    handing.describe(exit_, by=by, right=SUBMIT, where=exit_.organ_id)


@ExitFlow.expire.guard
def _has_run_out(exit_: Exit) -> None:
    """Nobody ends a promise before its time on this ground; the calendar takes the hold away first."""
    if holds.of_case(exit_):
        raise Refused(_("保留期限未到，不能按到期释放"), article=ARTICLE, why=_("预留仍在保留期内。"),
                      instead=_("不同意出仓的，办理“不予批准”；申领单位不再需要的，由其取消预留。"))  # fmt: skip


@ExitFlow.cancel.effect
@ExitFlow.decline.effect
def _given_up(exit_: Exit, *, by: Actor, day: dt.date, step: Step) -> None:
    """The taker lets go."""
    let_go(exit_, by=by, day=day, right=step.permission, where=exit_.organ_id)


@ExitFlow.refuse.effect
@ExitFlow.expire.effect
def _refused(exit_: Exit, *, by: Actor, day: dt.date) -> None:
    """The authority, or the calendar, lets go."""
    let_go(exit_, by=by, day=day, right=APPROVE, where=exit_.authority_id)


@ExitFlow.lacking.effect
def _lacking(exit_: Exit, *, by: Actor, day: dt.date) -> None:
    """The giver cannot find it."""
    let_go(exit_, by=by, day=day, right=HAND, where=exit_.giver_id)


def let_go(exit_: Exit, *, by: Actor, day: dt.date, right: str, where: int) -> None:
    """This will free what an exit holds: the holds, its lines, and the items' state."""
    lines = lines_of(exit_, LineState.HELD)
    for line in lines:
        line.state = LineState.ENDED
    keep(lines, by=by, act=FREED, right=right, where=where)
    items = [item for item in stock.locked(line.item_id for line in lines) if item.state == ItemState.RESERVED]
    stock.move(items, ItemState.STOCK, by=by, act=FREED, right=right, where=where, day=day)
    holds.release(exit_)


@holds.when_run_out(Exit)
def ran_out(keys: Sequence[int]) -> None:
    """This will end reservations whose day has passed."""
    with scope.everything("预留到期") as by:
        for exit_ in Exit._base_manager.filter(pk__in=list(keys), state__in=ExitFlow.expire.source).order_by("pk"):
            ExitFlow.take("expire", exit_, by=by)
