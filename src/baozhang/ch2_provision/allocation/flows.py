"""The path of a need: stated, answered from stock, declined and reviewed, planned, met; and who takes each step."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch1_general.organs.queries import authority_of
from baozhang.ch2_provision.funding.actions import line_from_need
from baozhang.ch2_provision.funding.choices import PLAN_AT_WORK, LineKind, PlanState
from baozhang.ch2_provision.funding.models import PlanLine
from baozhang.ch2_provision.funding.queries.plans import standing_line
from baozhang.kernel import access, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

from . import answering, standards
from .choices import Looked, Verdict
from .choices import NeedState as S
from .models import Answer, Need
from .queries import cover
from .queries.candidates import candidates_of
from .queries.standing import standing_of

SUBMIT = access.permission("allocation.need:submit", gettext_lazy("提出配置需求"))
ANSWER = access.permission("allocation.need:answer", gettext_lazy("用存量答复需求、登记不适用"))
PERMIT = access.permission("allocation.need:permit", gettext_lazy("批准超标准配置"))
REVIEW = access.permission("allocation.need:review", gettext_lazy("复核不适用的理由"))
PLAN = access.permission("allocation.need:plan", gettext_lazy("把无可调剂的需求列入年度计划"))
PLANNED = ledger.act("allocation.planned", gettext_lazy("转入年度计划"))
ARTICLE = "第十二条第二款"
SYSTEM = access.system_actor("配置答复")  # takes the steps that follow by themselves from what people did


def authority(need: Need) -> Organization | None:
    """This is the same-level support authority, looked up."""
    return authority_of(need.organ)


def _by_stock(need: Need) -> bool:
    """True while stock may still answer a need, or has: what is declined or not there goes the other way."""
    return need.state not in (S.DECLINED, S.UNMATCHED, S.PLANNED) and not (need.state == S.MET and need.planned)


NAMED = 30  # letters of the purpose that tell a task from others of the same thing
COUNTED = "件"  # what needs are counted in; kept with the line of the plan, in the language of the law


class NeedFlow(Flow):
    """提出 → 用存量答复 →（接受 | 不适用 → 复核 → 列入计划）→ 满足."""

    model = Need
    words = gettext_lazy("配置需求")
    article = ARTICLE
    initial = (S.DRAFT,)

    submit = Step(
        gettext_lazy("提出需求"), S.DRAFT, S.OPEN, ":submit", kind="primary", icon="paper-airplane", withdrawable=True,
        says=gettext_lazy("提出后核对标准和存量，本单位资产管理员从候选中选用。"),
    )  # fmt: skip
    ask = Step(
        gettext_lazy("申请超标准配置"), S.DRAFT, S.EXCEPTION, ":answer", "第十二条第一款", fields=("exception",), required=("exception",), todo=False,
        side=True, icon="exclamation-circle", says=gettext_lazy("由同级机关事务管理部门负责人批准，须有批准文件。"),
    )  # fmt: skip
    permit = Step(
        gettext_lazy("批准超标准配置"), S.EXCEPTION, S.OPEN, ":permit", "第十二条第一款", where=authority, four_eyes=("ask",), kind="primary",
        fields=("permitted", "permit"), required=("permitted", "permit"), side=True, icon="check-circle",
    )  # fmt: skip
    turn_down = Step(
        gettext_lazy("不批准"), S.EXCEPTION, S.DRAFT, ":permit", "第十二条第一款", where=authority, needs_note=True, side=True, todo=False, kind="danger",
    )  # fmt: skip
    cover = Step(
        gettext_lazy("选用存量"), (S.OPEN, S.INSISTED), S.MATCHED, ":answer", icon="check", when=_by_stock,
        says=gettext_lazy("选用的资产已够需要的数量。"), shown=lambda need: not cover.left(need),
    )  # fmt: skip
    decline = Step(
        gettext_lazy("候选不适用"), S.OPEN, S.DECLINED, ":answer", fields=("declared",), required=("declared",), icon="hand-raised", todo=False,
        when=lambda need: need.state == S.OPEN or bool(need.declared),
        says=gettext_lazy("写明候选资产为什么不能用；由机关事务管理部门复核，同意后才能列入计划。"),
    )  # fmt: skip
    record_none = Step(
        gettext_lazy("登记无可调剂"), (S.OPEN, S.INSISTED), S.UNMATCHED, ":answer", icon="document-magnifying-glass",
        says=gettext_lazy("系统记下此刻查过的全部来源；没有这份记录不能购置、建设、租用。"), todo=False,
    )  # fmt: skip
    agree = Step(
        gettext_lazy("同意不适用"), (S.DECLINED, S.INSISTED), S.UNMATCHED, ":review", where=authority, four_eyes=("decline",), kind="primary", icon="check",
    )  # fmt: skip
    insist = Step(
        gettext_lazy("坚持调剂"), S.DECLINED, S.INSISTED, ":review", where=authority, four_eyes=("decline",), needs_note=True, side=True, icon="arrow-uturn-left",
    )  # fmt: skip
    plan_it = Step(
        gettext_lazy("列入年度计划"), S.UNMATCHED, S.PLANNED, ":plan", "第九条", fields=("means", "unit_price"), required=("means", "unit_price"),
        kind="primary", icon="calendar-days", makes=lambda need: need.plan_line, says=gettext_lazy("尚缺的数量连同查找记录写入本单位年度保障计划，不用再填一次。"),
    )  # fmt: skip
    look_again = Step(
        gettext_lazy("重新查找存量"), (S.UNMATCHED, S.MATCHED, S.PLANNED), S.OPEN, ":answer", todo=False, side=True, icon="arrow-path",
    )  # fmt: skip
    meet = Step(
        gettext_lazy("需求满足"), (S.MATCHED, S.PLANNED), S.MET, ":answer", todo=False, icon="check-circle", shown=lambda need: not _not_there(need),
    )  # fmt: skip
    cancel = Step(
        gettext_lazy("撤销需求"), (S.DRAFT, S.EXCEPTION, S.OPEN, S.DECLINED, S.INSISTED, S.UNMATCHED, S.MATCHED), S.WITHDRAWN, ":submit",
        needs_note=True, todo=False, side=True, kind="danger", icon="x-circle",
    )  # fmt: skip
    retract = Step(
        gettext_lazy("撤销已列计划的需求"), S.PLANNED, S.WITHDRAWN, ":plan", "第九条", needs_note=True, todo=False, side=True, kind="danger", icon="x-circle",
        says=gettext_lazy("计划还在编制的，事项随之删去；已经报送或者同意的，记为单位撤销，并告知审核部门。编制中的预算随之减去，预留的资产随之放开。"),
    )  # fmt: skip

    @classmethod
    def title(cls, record: Need) -> str:
        """What a task about it is called."""
        words = {"need": record, "purpose": record.purpose[:NAMED], "organ": record.organ}
        return _("配置需求：%(need)s，%(purpose)s（%(organ)s）") % words

    @classmethod
    def moved_back(cls, record: Need, *, was: str, to: str, by: Actor) -> None:
        """Handing in kept nothing but the state, so there is nothing to undo."""


@NeedFlow.submit.guard
def _within_the_standard(need: Need) -> None:
    """The standard decides before anybody is troubled (article 12, paragraph 1)."""
    standards.must_be_within(need)


@NeedFlow.submit.guard
def _still_to_come(need: Need, *, day: dt.date) -> None:
    """What was due yesterday can be met by nobody, neither from stock nor from a plan."""
    if need.needed_by < day:
        raise Refused(
            _("最迟到位日期 %(day)s 已经过去") % {"day": need.needed_by}, article=ARTICLE, instead=_("请修改为今天或者以后的日期。")
        )  # fmt: skip


@NeedFlow.submit.effect
def _still_within(need: Need) -> None:
    """Two of an agency that are handed in at the same moment come one after the other: the second counts the first."""
    Organization._base_manager.select_for_update(no_key=True).get(pk=need.organ_id)
    standards.must_be_within(need)


@NeedFlow.ask.guard
def _really_over(need: Need) -> None:
    """Nobody asks for what the standard allows anyway."""
    if standards.excess(need) is None:
        raise Refused(
            _("这项需求没有超出配置标准"), article="第十二条第一款", instead=_("请直接提出需求。"),
        )  # fmt: skip


@NeedFlow.permit.guard
def _permits_enough(need: Need, *, values: dict[str, Any]) -> None:
    """A permission names the quantity that it reaches."""
    if (values.get("permitted") or 0) < need.quantity:
        raise Refused(
            _("批准数量少于需要的 %(n)s 件") % {"n": need.quantity}, article="第十二条第一款",
            instead=_("同意一部分的，请不予批准，写明可以配置的数量，由单位修改后重新申请。"),
        )  # fmt: skip


@NeedFlow.cover.guard
def _is_covered(need: Need) -> None:
    """Reserved or handed over in full."""
    if cover.left(need):
        raise Refused(
            _("还缺 %(n)s 件") % {"n": cover.left(need)},
            article=ARTICLE,
            instead=_("请在存量答复页面从候选中选用；不适用的，写明理由。"),
        )


@NeedFlow.decline.guard
def _something_to_decline(need: Need) -> None:
    """Where nothing is offered there is nothing to decline, unless nobody can say what the standard is."""
    _ask_left(need)
    if not candidates_of(need, most=1).total and standing_of(need).verified:
        raise Refused(
            _("没有可以调剂的资产，不用写理由"), why=_("查过本单位闲置、公物仓和本级其他单位闲置，都没有这类资产。"), article=ARTICLE,
            instead=_("请办理“登记无可调剂”。"),
        )  # fmt: skip


@NeedFlow.record_none.guard
def _nothing_there(need: Need) -> None:
    """A free item that fits stands in the way of buying."""
    _ask_left(need)
    found = candidates_of(need, most=1)
    if found.total:
        counts = "、".join(f"{source.label} {number}" for source, number in found.counts.items() if number)
        raise Refused(
            _("还有 %(n)s 件可以调剂") % {"n": found.total}, why=counts, article=ARTICLE,
            instead=_("请从候选中选用；确实不能用的，办理“候选不适用”，写明理由。"),
        )  # fmt: skip
    standing = standing_of(need)
    if not standing.verified and need.permitted is None:
        raise Refused(
            _("这类资产的数量标准待核实，须经复核"),
            why="；".join(standing.silent) or _("配置标准没有列出这一项目。"), article="第十二条第一款",
            instead=_("请办理“候选不适用”，写明必需的数量，由机关事务管理部门复核。"),
        )  # fmt: skip


def _ask_left(need: Need) -> None:
    if not cover.left(need):
        raise Refused(
            _("需要的数量已经从存量落实"), article=ARTICLE, instead=_("不再需要的，放弃已预留的资产或者撤销需求。")
        )


@NeedFlow.decline.effect
def _declined(need: Need, *, by: Actor) -> None:
    """What was looked at and why it does not fit is kept for the reviewer."""
    answering.record(need, Looked.DECLINED, by=by, right=ANSWER)


@NeedFlow.record_none.effect
def _none(need: Need, *, by: Actor) -> None:
    """The no-match is kept: sources, moment, standing."""
    answering.record(need, Looked.NONE, by=by, right=ANSWER)


@NeedFlow.agree.effect
def _agreed(need: Need, *, by: Actor, note: str, day: Any) -> None:
    """The rest may be bought, built or rented."""
    _reviewed(need, Verdict.AGREED, by=by, note=note, day=day)


@NeedFlow.insist.effect
def _insisted(need: Need, *, by: Actor, note: str, day: Any) -> None:
    """The agency has to use what there is."""
    _reviewed(need, Verdict.INSISTED, by=by, note=note, day=day)


def _reviewed(need: Need, verdict: Verdict, *, by: Actor, note: str, day: Any) -> None:
    answer: Answer | None = cover.last_answer(need)
    if answer is None:
        raise Refused(_("没有存量查找记录"), article=ARTICLE, instead=_("请退回单位重新办理。"))
    answer.verdict, answer.opinion, answer.reviewer, answer.reviewed_on = verdict, note, by.name, day
    keep(answer, by=by, act=answering.REVIEWED, right=REVIEW, where=_key(authority(need)))


def _key(organ: Organization | None) -> int | None:
    return organ.pk if organ is not None else None


@NeedFlow.plan_it.guard
def _may_be_planned(need: Need) -> None:
    """What comes from outside stays within the standard, one's idle pieces counted; and the no-match is on record."""
    if cover.no_match(need) is None:
        raise Refused(
            _("没有存量查找记录，不能列入计划"), article=ARTICLE, instead=_("请先查找存量；不适用的，经复核同意后再列入。"),
        )  # fmt: skip
    standards.must_be_within(need, outside=cover.left(need))


@NeedFlow.plan_it.effect
def _planned(need: Need, *, by: Actor) -> None:
    """What is left goes into the agency's plan with its evidence; nothing is typed again (article 9)."""
    answer = cover.no_match(need)
    if answer is None or need.unit_price is None:
        raise Refused(_("请填写预计单价"), article="第九条")
    need.plan_line = line_from_need(
        organ=need.organ, kind=LineKind.ASSETS, item=need.item, words=need.name, quantity=answer.left, unit_price=need.unit_price,
        purpose=need.purpose, evidence=answering.evidence(answer), needed_by=need.needed_by, means=need.means, unit=COUNTED, by=by,
    )  # fmt: skip
    need.planned += answer.left
    keep(need, by=by, act=PLANNED, right=PLAN)


def _not_there(need: Need) -> int:
    """How many pieces have not come yet; one at least while something that is held waits to be handed over."""
    short = need.quantity - int(cover.handed_over(need)) - need.received
    return max(short, 1) if short > 0 or cover.waiting_on(need) else 0


@NeedFlow.meet.guard
def _is_met(need: Need) -> None:
    """Everything held was handed over, and everything planned has come."""
    if missing := _not_there(need):
        raise Refused(
            _("还有 %(n)s 件没有到位") % {"n": missing}, article=ARTICLE, instead=_("请先办完交接和验收。"),
        )  # fmt: skip


@NeedFlow.look_again.guard
def _may_look_again(need: Need) -> None:
    """A need that is covered is looked at again only where something fell away."""
    if need.state == S.MATCHED and not cover.left(need):
        raise Refused(_("存量已经落实"), article=ARTICLE, instead=_("要换一件的，先放弃已预留的那一件。"))
    if need.state == S.PLANNED and need.plan_line is not None:
        _plan_has_no_more(need, need.plan_line)


def _plan_has_no_more(need: Need, line: PlanLine) -> None:
    """What the plan agreed to has come, or it did not agree: only then the rest is looked for anew."""
    if line.plan.state in PLAN_AT_WORK:
        raise Refused(
            _("所在计划还在办理，不能重新查找"), why=_("当前状态为“%(state)s”。") % {"state": PlanState(line.plan.state).label}, article="第九条",
            instead=_("请等待计划审核同意或不同意这一项。"),
        )  # fmt: skip
    stands = standing_line(line)
    agreed = int(stands.agreed_quantity or 0) if stands is not None else 0
    came = need.received - (need.planned - int(line.quantity))  # without what an earlier line of the plan brought
    if came < agreed:
        raise Refused(
            _("计划同意 %(agreed)s 件，已到位 %(n)s 件") % {"agreed": agreed, "n": came}, article="第九条",
            instead=_("请先完成采购和验收；不再需要的，办理计划年度调整。"), facts={_("计划同意数量"): agreed, _("采购到位数量"): came},
        )  # fmt: skip


@NeedFlow.look_again.effect
def _nothing_more_is_planned(need: Need, *, by: Actor) -> None:
    """What the plan will not bring is short again."""
    if need.planned != need.received:
        need.planned = need.received
        keep(need, by=by, act=PLANNED, right=ANSWER)
