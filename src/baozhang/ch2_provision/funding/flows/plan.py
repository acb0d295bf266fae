"""The path of a plan: drafted, decided within, reviewed line by line, agreed by the same-level authority (article 9)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.queries import authority_for
from baozhang.ch2_provision.funding.choices import LineState, PlanState
from baozhang.ch2_provision.funding.models import Plan, PlanLine
from baozhang.ch2_provision.funding.models.changing import money
from baozhang.ch2_provision.funding.queries.budgets import to_be_asked, used_by_need
from baozhang.ch2_provision.funding.queries.plans import carried, differences, undecided
from baozhang.kernel import access, ledger, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import ByOrgan, Flow, Step
from baozhang.kernel.flow.step import Chosen, Party
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused

from .line import STATE

P = PlanState
DRAFT = access.permission("funding.plan:draft", gettext_lazy("编制年度计划"))
DECIDE = access.permission("funding.plan:decide", gettext_lazy("审定本单位年度计划"))
REVIEW = access.permission("funding.plan:review", gettext_lazy("审核年度计划"))
AGREE = access.permission("funding.plan:agree", gettext_lazy("审定同意年度计划"))
COUNTERSIGN = access.permission("funding.plan:countersign", gettext_lazy("会签年度计划"))
UNCHANGED = ledger.act("funding.unchanged", gettext_lazy("与上一版本相同，沿用原审核结果"))
REOPENED = ledger.act("funding.reopened", gettext_lazy("计划退回，重新审核"))
DATED = ledger.act("funding.dated", gettext_lazy("记载日期"))
ARTICLE = "第九条"


REVIEWER = ByOrgan(authority_for)


def _reviewer(plan: Plan) -> int | None:
    """The key of the authority that answers a plan; None where a district has none."""
    body = authority_for(plan.organ_id)
    return body.pk if body is not None else None


def _is_replaced(plan: Plan) -> bool:
    """True where a later version of the year is agreed."""
    later = Plan._base_manager.filter(organ_id=plan.organ_id, year=plan.year, state=P.AGREED)
    return later.filter(edition__gt=plan.edition).exists()


class PlanFlow(Flow):
    """Drafted by the accountant, decided by the head, reviewed by the authority's officer, agreed by its head."""

    model = Plan
    words = gettext_lazy("年度计划")
    article = ARTICLE
    initial = (P.DRAFT,)

    submit = Step(
        gettext_lazy("提交内部决策"), P.DRAFT, P.DECIDING, ":draft", withdrawable=True, kind="primary", icon="paper-airplane",
        says=gettext_lazy("逐项写明用途和依据后，提交单位负责人组织内部决策。"),
    )  # fmt: skip
    decide = Step(
        gettext_lazy("内部决策通过并报送"), P.DECIDING, P.SUBMITTED, ":decide", four_eyes=("submit",), returnable=(P.DRAFT,), kind="primary",
        fields=("decision", "decided_on"), required=("decision", "decided_on"), icon="check",
        says=gettext_lazy("写明决策会议和纪要文号，纪要作为附件上传；通过后报同级机关事务管理部门审核。"),
    )  # fmt: skip
    review = Step(
        gettext_lazy("逐项审核完毕"), P.SUBMITTED, P.REVIEWED, ":review", where=REVIEWER, four_eyes=("submit", "decide"), returnable=True,
        countersign=Chosen(":countersign", at_least=0), kind="primary", icon="check",
        says=gettext_lazy("每一项都已同意、核减或不同意后，送部门负责人审定；可先送有关处室或财政部门会签。"),
    )  # fmt: skip
    agree = Step(
        gettext_lazy("审核同意"), P.REVIEWED, P.AGREED, ":agree", where=REVIEWER, four_eyes=("review", "decide"), returnable=True, kind="primary",
        icon="check-badge", says=gettext_lazy("同意后，各单位据此向同级财政部门申报相关经费预算。"), notify=(Party(":decide"),),
    )  # fmt: skip
    fund = Step(
        gettext_lazy("编入预算"), P.AGREED, P.AGREED, "funding.budget:draft", side=True, icon="banknotes",
        when=lambda plan: bool(to_be_asked(plan.organ_id, plan.year)),
        along=gettext_lazy("请办理“编制预算”或者“编制追加预算”，已同意的事项随之转入。"),
    )  # fmt: skip
    give_way = Step(
        gettext_lazy("由新版本替代"), P.AGREED, P.SUPERSEDED, ":agree", where=REVIEWER, todo=False, side=True, when=_is_replaced,
        along=gettext_lazy("新版本审核同意时，原版本随之被替代。"),
    )  # fmt: skip

    @classmethod
    def moved_back(cls, record: Plan, *, was: str, to: str, by: Actor) -> None:
        """Lines that go back to the agency are open again; what had been said of them stays to be read."""
        del was
        if to not in (P.DRAFT, P.DECIDING):
            return
        said = PlanLine._base_manager.filter(plan=record)
        lines = list(said.exclude(state__in=(LineState.PENDING, LineState.WITHDRAWN)))
        for line in lines:
            line.state = LineState.PENDING
        place = _reviewer(record)
        right = REVIEW if by.can(REVIEW, place) else AGREE
        keep(lines, by=by, act=REOPENED, right=right, where=place, moves=STATE)
        if record.submitted_on is not None:
            record.submitted_on = None
            keep(record, by=by, act=DATED, right=right, where=place)


@PlanFlow.submit.guard
@PlanFlow.decide.guard
def _complete(plan: Plan) -> None:
    """A plan without lines, a line without evidence or price, a change without its reason."""
    asked = PlanLine._base_manager.filter(plan=plan).exclude(state=LineState.WITHDRAWN)
    lines = list(asked.order_by("number"))
    if not lines:
        raise Refused(
            _("计划中还没有事项"), article=ARTICLE,
            instead=_("请先填报或从上年计划、系统提示中选取；确无需求的，登记一项并写明。"),
        )  # fmt: skip
    bare = [line for line in lines if not line.evidence.strip()]
    if bare:
        raise Invalid(
            _("有 %(n)d 项没有写明依据") % {"n": len(bare)}, why="、".join(str(line) for line in bare[:5]), article=ARTICLE,
            instead=_("请逐项写明存量核对、标准缺口或房屋、设备状况，材料作为附件上传。"),
        )  # fmt: skip
    unpriced = [line for line in lines if not line.amount]
    if unpriced:
        raise Invalid(
            _("有 %(n)d 项没有填写单价") % {"n": len(unpriced)}, why="、".join(str(line) for line in unpriced[:5]), article=ARTICLE,
            instead=_("请按价格上限、合同、勘查或者造价文件填写单价；不花钱的事项不用列入。"),
        )  # fmt: skip
    silent = [one.after for one in differences(plan) if one.after is not None and not one.after.change_note.strip()]
    if silent:
        raise Invalid(
            _("有 %(n)d 项与上一版本不同，没有写明为什么") % {"n": len(silent)}, why="、".join(map(str, silent[:5])), article=ARTICLE,
            instead=_("请在这些事项中填写“调整说明”。"),
        )  # fmt: skip


@PlanFlow.decide.effect
def _handed_in(plan: Plan, *, by: Actor, day: dt.date) -> None:
    """The day is kept; what an amendment leaves as it was keeps what was said of it."""
    plan.submitted_on = day
    keep(plan, by=by, act=DATED, right=DECIDE)
    if plan.amends_id is None:
        return
    different = {one.after.pk for one in differences(plan) if one.after is not None}
    same = [line for line in undecided(plan) if line.pk not in different]
    for line in same:
        line.state, line.reason = LineState.AGREED, ""
    keep(same, by=by, act=UNCHANGED, right=DECIDE, moves=STATE)


@PlanFlow.review.guard
def _each_decided(plan: Plan) -> None:
    """Every line has an answer."""
    open_lines = undecided(plan)
    if open_lines:
        raise Refused(
            _("还有 %(n)d 项没有审核") % {"n": len(open_lines)}, why="、".join(str(line) for line in open_lines[:5]), article=ARTICLE,
            instead=_("请在“逐项审核”中对每一项同意、核减或不同意。"),
        )  # fmt: skip


@PlanFlow.submit.guard
@PlanFlow.decide.guard
@PlanFlow.review.guard
@PlanFlow.agree.guard
def _not_below_what_is_used(plan: Plan) -> None:
    """An amendment cannot take back what has been promised or paid already."""
    if plan.amends_id is None:
        return
    used = used_by_need(plan.organ_id, plan.year)
    now = {line.root_key: line for line in PlanLine._base_manager.filter(plan=plan)}
    before = {line.root_key: line for line in PlanLine._base_manager.filter(plan_id=plan.amends_id)}
    asked = plan.state in (P.DRAFT, P.DECIDING)  # nobody has answered the lines yet: what is asked for counts
    short = {}
    for root, sum_used in used.items():
        line = now.get(root)
        if (Decimal(0) if line is None else line.amount if asked else carried(line)) < sum_used:
            short[str(line or before.get(root) or root)] = _("已占用和支出 %(sum)s 元") % {"sum": money(sum_used)}
    if short:
        raise Refused(
            _("调整后的金额少于已经占用和支出的金额"), why="；".join(f"{name}：{said}" for name, said in short.items()),
            article=ARTICLE, instead=_("请保留这些事项，金额不少于已占用和支出的数额；或先释放占用。"), facts=short,
        )  # fmt: skip


@PlanFlow.agree.effect
def _agreed(plan: Plan, *, by: Actor, day: dt.date) -> None:
    """The day is kept; the version that it amends gives way."""
    place = _reviewer(plan)
    plan.agreed_on = day
    keep(plan, by=by, act=DATED, right=AGREE, where=place)
    before = Plan._base_manager.filter(organ_id=plan.organ_id, year=plan.year, state=P.AGREED).exclude(pk=plan.pk)
    with scope.everything("计划调整") as system:  # it follows from the new version, whoever signed that
        for old in before.order_by("pk"):
            PlanFlow.take("give_way", old, by=system)
