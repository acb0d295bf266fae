"""Rounds, ceilings, plans and their lines as people and machines see them (article 9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch2_provision.funding import actions
from baozhang.ch2_provision.funding.actions.planning import number_lines
from baozhang.ch2_provision.funding.choices import (
    BUDGET_AT_WORK,
    LINE_COLOURS,
    PLAN_COLOURS,
    ROUND_COLOURS,
    PlanState,
    RoundState,
)
from baozhang.ch2_provision.funding.flows import PlanFlow, PlanLineFlow, RoundFlow
from baozhang.ch2_provision.funding.flows.budget import DRAFT as DRAFT_BUDGET
from baozhang.ch2_provision.funding.flows.plan import DRAFT
from baozhang.ch2_provision.funding.flows.round import OPEN
from baozhang.ch2_provision.funding.models import Budget, Ceiling, Plan, PlanLine, PlanRound
from baozhang.ch2_provision.funding.queries.budgets import budgets_of, to_be_asked
from baozhang.ch2_provision.funding.views import overview
from baozhang.ch2_provision.funding.views import plans as plan_pages
from baozhang.kernel.access import Actor
from baozhang.kernel.acts import Act, Done
from baozhang.kernel.refusal import Refused
from baozhang.kernel.resource import Computed, Group, Page, Related, Resource, register

ARTICLE = "第九条"
YUAN = gettext_lazy("元")


def _enlist(records: Sequence[PlanRound], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    count = sum(actions.enlist(one, by=by) for one in records)
    return _("已列入 %(n)d 个单位，请填写各单位的控制限额") % {"n": count}


def _amend(records: Sequence[Plan], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    made = [actions.amend(plan, cause=note, by=by) for plan in records]
    return Done(_("已起草“%(plan)s”，请修改事项后提交内部决策") % {"plan": made[-1]}, made[-1])


def _budget(records: Sequence[Plan], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    plan = records[0]
    budget = actions.start_budget(plan.round, plan.organ, by=by)
    told = actions.compute(budget, by=by)
    needs = actions.take_needs(budget, by=by)
    said = _("已起草“%(budget)s”：按定额测算 %(lines)d 行，转入计划事项 %(needs)d 项") % {
        "budget": budget, "lines": told["lines"], "needs": needs,
    }  # fmt: skip
    more = _("；%(n)d 行定额或基数待核实") % {"n": told["unknown"]} if told["unknown"] else ""
    return Done(said + more, budget)


def _supplement(records: Sequence[Plan], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    """An addition in the year: what the plan agreed to since; the quotas of the year stand in the first budget."""
    plan = records[0]
    if not to_be_asked(plan.organ_id, plan.year):
        last = max((one.edition for one in budgets_of(plan.organ_id, plan.year)), default=0)
        raise Refused(
            _("计划已同意的事项都已申报经费，没有可以追加的"), why=_("%(plan)s的每一项都在预算中，被核减的不自动再报。") % {"plan": plan}, article=ARTICLE,
            instead=_("有新的事项，先办理计划年度调整；人员、面积增加等原因的追加，在“机关运行经费预算”中新增第 %(n)s 批，写明理由后逐行登记。") % {"n": last + 1},
        )  # fmt: skip
    budget = actions.start_budget(plan.round, plan.organ, by=by, cause=note)
    needs = actions.take_needs(budget, by=by)
    return Done(_("已起草“%(budget)s”，转入计划事项 %(needs)d 项") % {"budget": budget, "needs": needs}, budget)


def _budgeted(plan: Plan) -> bool:
    return Budget._base_manager.filter(organ_id=plan.organ_id, year=plan.year).exists()


def _may_be_added_to(plan: Plan) -> bool:
    """The year has its budget, and none is at work: one comes after the other."""
    at_work = Budget._base_manager.filter(organ_id=plan.organ_id, year=plan.year, state__in=BUDGET_AT_WORK)
    return plan.state == PlanState.AGREED and _budgeted(plan) and not at_work.exists()


@register
class PlanRounds(Resource):
    """Rounds of planning."""

    model = PlanRound
    slug = "funding/rounds"
    place = 14
    article = ARTICLE
    chapter = "funding"
    words = pgettext_lazy("list", "计划编报轮次")
    icon = "calendar-days"
    purpose = gettext_lazy("布置年度运行保障计划编报：年度、起止日期、各单位控制限额")
    columns = ("title", "year", "opens", "closes", "state", "organ")
    more_columns = ("code", "note")
    groups = (
        Group(gettext_lazy("轮次"), ("organ", "year", "title", "opens", "closes")),
        Group(gettext_lazy("要求"), ("note", "code", "state")),
    )
    readonly = frozenset({"code", "state"})
    filters = ("year", "state", "organ")
    search = ("code", "title")
    sorts = ("year",)
    order = "-year"
    key_facts = ("year", "opens", "closes")
    state = "state"
    colours = ROUND_COLOURS
    flow = RoundFlow
    related = (
        Related("funding/plans", "round", gettext_lazy("各单位计划")),
        Related("funding/ceilings", "round", gettext_lazy("控制限额")),
    )
    acts = {
        "enlist": Act(
            gettext_lazy("列入本级单位"), OPEN, _enlist, many=False, article=ARTICLE, icon="users",
            shown=lambda round_: round_.state != RoundState.CLOSED,
        )
    }  # fmt: skip
    importable = False


@register
class Ceilings(Resource):
    """The ceilings of agencies."""

    model = Ceiling
    slug = "funding/ceilings"
    article = "第八条第一款"
    chapter = "funding"
    words = gettext_lazy("控制限额")
    icon = "scale"
    menu = False
    purpose = gettext_lazy("总额控制：各单位全年机关运行经费预算不能超过的限额")
    columns = ("organ", "round", "amount", "note")
    typed = ("amount", "note")
    groups = (Group(gettext_lazy("限额"), ("round", "organ", "amount", "note")),)
    filters = ("round", "organ")
    search = ("organ.name",)
    order = "id"
    units = {"amount": YUAN}
    headings = {"amount": ("限额", "控制数", "预算控制数")}


@register
class Plans(Resource):
    """Annual support plans in their versions."""

    model = Plan
    slug = "funding/plans"
    place = 16
    article = ARTICLE
    chapter = "funding"
    words = pgettext_lazy("list", "年度保障计划")
    icon = "clipboard-document-list"
    purpose = gettext_lazy(
        "新增资产、办公用房大中修、节能改造、后勤服务购买先列计划，经同级机关事务管理部门审核同意后申报预算"
    )
    columns = ("name", "organ", "year", "edition", "state", "submitted_on", "agreed_on")
    more_columns = ("code", "round", "cause", "decision", "decided_on")
    groups = (
        Group(gettext_lazy("计划"), ("organ", "round", "code", "year", "edition")),
        Group(gettext_lazy("调整"), ("amends", "cause"), when=lambda plan: plan.edition > 1),
        Group(gettext_lazy("办理"), ("decision", "decided_on", "submitted_on", "agreed_on", "state")),
    )
    readonly = frozenset(
        {"code", "year", "edition", "amends", "cause", "decision", "decided_on", "submitted_on", "agreed_on", "state"}
    )
    filters = ("organ", "year", "state", "round")
    search = ("code", "name")
    sorts = ("year",)
    order = "-id"
    key_facts = ("organ", "year", "edition")
    state = "state"
    colours = PLAN_COLOURS
    flow = PlanFlow
    related = (Related("funding/lines", "plan", gettext_lazy("计划事项")),)
    acts = {
        "amend": Act(
            gettext_lazy("调整计划"), DRAFT, _amend, many=False, needs_note=True, article=ARTICLE, icon="document-duplicate",
            shown=lambda plan: plan.state == PlanState.AGREED,
        ),
        "budget": Act(
            gettext_lazy("编制预算"), DRAFT_BUDGET, _budget, many=False, article=ARTICLE, icon="banknotes",
            shown=lambda plan: plan.state == PlanState.AGREED and not _budgeted(plan),
        ),
        "supplement": Act(
            gettext_lazy("编制追加预算"), DRAFT_BUDGET, _supplement, many=False, needs_note=True, note_words=gettext_lazy("追加理由"),
            says=gettext_lazy("计划已同意而预算里还没有的事项编成一批追加预算，经内部决策后向财政部门申报。"), article=ARTICLE, icon="banknotes",
            shown=_may_be_added_to, begins=lambda plan: {"note": plan.cause},
        ),
    }  # fmt: skip
    pages = {
        "lines": Page(gettext_lazy("事项和审核"), plan_pages.review),
        "prefill": Page(
            gettext_lazy("选取事项"), plan_pages.prefill, PlanLine.right("add"), shown=lambda plan: plan.editable
        ),
        "changes": Page(gettext_lazy("版本差异"), plan_pages.changes),
    }
    importable = False


@register
class Lines(Resource):
    """The needs in plans."""

    model = PlanLine
    slug = "funding/lines"
    article = ARTICLE
    recognised_by = ("kind", "title", "purpose")
    chapter = "funding"
    words = gettext_lazy("计划事项")
    icon = "list-bullet"
    menu = False
    purpose = gettext_lazy("每一项需求：数量、金额、用途、依据，以及审核结果")
    columns = ("title", "kind", "quantity", "unit_price", "amount", "state", "agreed_amount", "number", "plan")
    more_columns = (
        "code", "organ", "grade", "means", "item", "unit", "purpose", "evidence", "stock", "allowed", "gap", "last_amount", "source",
        "change_note", "agreed_quantity", "reason",
    )  # fmt: skip
    groups = (
        Group(gettext_lazy("事项"), ("plan", "number", "code", "kind", "grade", "means", "title")),
        Group(gettext_lazy("数量和金额"), ("quantity", "unit", "unit_price", "amount", "last_amount", "change_note")),
        Group(gettext_lazy("用途和依据"), ("purpose", "evidence", "item", "stock", "allowed", "gap", "source")),
        Group(
            gettext_lazy("审核"), ("state", "agreed_quantity", "agreed_amount", "reason"),
            when=lambda line: bool(line.reason) or line.agreed_amount is not None,
        ),
        Group(gettext_lazy("版本"), ("former",), when=lambda line: line.former_id is not None),
    )  # fmt: skip
    readonly = frozenset(
        {"code", "amount", "last_amount", "source", "state", "agreed_quantity", "agreed_amount", "reason", "former"}
    )
    computed = {"gap": Computed(gettext_lazy("标准缺口"), lambda line: line.gap, kind="number")}
    filters = ("plan", "organ", "kind", "state", "source", "amount")
    search = ("code", "title", "purpose")
    sorts = ("amount", "number")
    order = "-id"
    units = {"unit_price": YUAN, "amount": YUAN, "agreed_amount": YUAN, "last_amount": YUAN}
    headings = {
        "title": ("项目名称", "采购内容", "资产名称", "计划事项", "名称"), "amount": ("金额",), "purpose": ("理由", "用途", "申报理由", "申请理由", "立项理由"),
        "evidence": ("申报依据",), "kind": ("类别", "计划类别", "项目类别"), "unit": ("单位",),
    }  # fmt: skip
    key_facts = ("kind", "amount", "agreed_amount")
    state = "state"
    colours = LINE_COLOURS
    flow = PlanLineFlow
    follows = ("former",)
    before_import = number_lines
    related = (Related("funding/budgetlines", "plan_line", gettext_lazy("预算明细")),)


overview.join()
