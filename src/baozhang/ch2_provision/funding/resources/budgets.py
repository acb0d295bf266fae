"""Sites, budgets, their lines, commitments and payments as people and machines see them (article 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch2_provision.funding import actions
from baozhang.ch2_provision.funding.actions.planning import number_lines
from baozhang.ch2_provision.funding.actions.spending import COMMIT
from baozhang.ch2_provision.funding.choices import BUDGET_COLOURS, COMMIT_COLOURS, DRIVER_UNITS, BudgetState, Driver
from baozhang.ch2_provision.funding.flows import BudgetFlow
from baozhang.ch2_provision.funding.flows.budget import DRAFT
from baozhang.ch2_provision.funding.models import Budget, BudgetLine, Commitment, Payment, Site, SiteMember
from baozhang.ch2_provision.funding.views import budgets as budget_pages
from baozhang.kernel.access import Actor
from baozhang.kernel.acts import Act
from baozhang.kernel.resource import Computed, Group, Page, Related, Resource, register
from baozhang.law.catalogue import catalogue

ARTICLE = "第八条第一款"
YUAN = gettext_lazy("元")


def _compute(records: Sequence[Budget], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    told = [actions.compute(budget, by=by) for budget in records]
    lines, unknown = sum(one["lines"] for one in told), sum(one["unknown"] for one in told)
    said = _("已按定额测算 %(lines)d 行") % {"lines": lines}
    return said + (_("；%(n)d 行定额或基数待核实，可以填写金额并写明理由") % {"n": unknown} if unknown else "")


def _take(records: Sequence[Budget], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    count = sum(actions.take_needs(budget, by=by) for budget in records)
    return _("已转入 %(n)d 项已同意的计划事项") % {"n": count} if count else _("没有尚未列入预算的计划事项")


def _draft(budget: Budget) -> bool:
    return budget.state == BudgetState.DRAFT


def _why(line: BudgetLine) -> dict[str, Any]:
    """How the computed sum of a line came about: the quota in force, its source, the driver and its source."""
    figure = catalogue().get(line.quota_key)
    if figure is None:
        return {"value": _("没有定额"), "says": line.reason or _("这一行不按定额测算。"), "article": ARTICLE}
    driver = Driver(line.driver)
    known = line.computed_amount is not None
    answer: dict[str, Any] = {
        "value": f"{line.computed_amount:,.2f}" if known else _("待核实"), "unit": _("元") if known else "", "article": "第七条第二款",
        "formula": _("测算数 = 支出定额 × 计算基数"),
        "figures": [{"words": figure.name, "value": line.quota, "unit": figure.unit_name, "basis": f"{figure.basis}；{line.quota_source}"}],
        "facts": [{"words": driver.label, "value": line.driver_value if line.driver_value is not None else _("待核实"),
                   "unit": str(DRIVER_UNITS[driver]), "source": line.driver_source}],
    }  # fmt: skip
    if known:
        answer["formula_filled"] = f"{line.quota:,f} × {line.driver_value:,f} = {line.computed_amount:,.2f}"
    else:
        answer["says"] = _("定额或基数没有核实过的数值，不能测算；可以填写金额并写明理由。") + (
            f" {_('已写明的理由')}：{line.reason}" if line.reason else ""
        )
    return answer


@register
class Sites(Resource):
    """Sites that the authority runs as a whole."""

    model = Site
    slug = "funding/sites"
    place = 50
    article = "第八条第二款"
    headings: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": (
            "集中办公点名称",
            "办公点名称",
            "办公区名称",
        ),
        "address": (
            "坐落地址",
            "办公地址",
        ),
    }
    chapter = "funding"
    words = pgettext_lazy("list", "集中办公点")
    icon = "building-office"
    purpose = gettext_lazy("统一组织维修、后勤、节能的集中办公点；相关经费由机关事务管理部门编列，入驻单位不再编列")
    columns = ("name", "organ", "address", "area")
    groups = (Group(gettext_lazy("集中办公点"), ("organ", "name", "address", "area", "note")),)
    filters = ("organ",)
    search = ("name", "address")
    sorts = ("name",)
    order = "name"
    units = {"area": "㎡"}
    related = (
        Related("funding/members", "site", gettext_lazy("入驻单位"), adds=lambda site: True),
        Related("funding/budgetlines", "site", gettext_lazy("已编列的经费")),
    )


@register
class Members(Resource):
    """Who is housed where."""

    model = SiteMember
    slug = "funding/members"
    article = "第八条第二款"
    headings: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "organ": ("入驻单位名称",),
        "since": ("入驻时间",),
    }
    chapter = "funding"
    words = gettext_lazy("入驻单位")
    menu = False
    purpose = gettext_lazy("在集中办公点办公的单位")
    columns = ("organ", "site", "since")
    groups = (Group(gettext_lazy("入驻"), ("site", "organ", "since")),)
    filters = ("site", "organ")
    order = "id"


@register
class Budgets(Resource):
    """Budgets of agencies."""

    model = Budget
    slug = "funding/budgets"
    place = 18
    article = ARTICLE
    chapter = "funding"
    words = pgettext_lazy("list", "机关运行经费预算")
    icon = "banknotes"
    purpose = gettext_lazy("按支出定额和已同意的计划编制，向同级财政部门申报；批复后占用、支出、剩余随时可查")
    columns = ("name", "organ", "year", "edition", "state", "applied_on", "replied_on")
    more_columns = ("code", "round", "finance", "reply_number", "cause", "decision", "decided_on")
    groups = (
        Group(gettext_lazy("预算"), ("organ", "round", "edition", "cause", "code", "year")),
        Group(
            gettext_lazy("办理"),
            ("decision", "decided_on", "applied_on", "finance", "replied_on", "reply_number", "state"),
        ),
    )
    readonly = frozenset(
        {"code", "year", "finance", "decision", "decided_on", "applied_on", "replied_on", "reply_number", "state"}
    )
    filters = ("organ", "year", "state", "round")
    search = ("code", "name", "reply_number")
    sorts = ("year",)
    order = "-id"
    key_facts = ("organ", "year", "edition")
    state = "state"
    colours = BUDGET_COLOURS
    flow = BudgetFlow
    related = (Related("funding/budgetlines", "budget", gettext_lazy("预算明细")),)
    acts = {
        "compute": Act(
            gettext_lazy("按定额测算"),
            DRAFT,
            _compute,
            article=ARTICLE,
            icon="calculator",
            shown=lambda budget: _draft(budget) and budget.edition == 1,
        ),
        "needs": Act(
            gettext_lazy("转入计划事项"), DRAFT, _take, article="第九条", icon="arrow-down-tray", shown=_draft
        ),
    }
    pages = {
        "workbook": Page(gettext_lazy("预算明细表"), budget_pages.workbook),
        "sheet": Page(gettext_lazy("导出申报表"), budget_pages.sheet, Budget.right("export")),
    }
    importable = False


@register
class BudgetLines(Resource):
    """Lines of budgets: asked, granted, committed, spent, left."""

    model = BudgetLine
    slug = "funding/budgetlines"
    article = ARTICLE
    recognised_by = ("item", "words", "site")
    chapter = "funding"
    words = gettext_lazy("预算明细")
    icon = "table-cells"
    menu = False
    purpose = gettext_lazy("定额、基数、测算数、申请数、批复数，以及占用、支出和余额；批复表按预算编号和行号导入")
    columns = ("words", "item", "amount", "granted", "committed", "spent", "remaining", "number", "budget")
    more_columns = (
        "organ", "plan_line", "site", "quota", "driver", "driver_value", "product", "reason", "apart", "reply_note", "reported", "reported_on",
    )  # fmt: skip
    groups = (
        Group(gettext_lazy("明细"), ("budget", "number", "item", "words", "amount", "reason")),
        Group(gettext_lazy("计划和办公点"), ("plan_line", "site", "apart")),
        Group(gettext_lazy("测算"), ("product", "quota", "quota_source", "driver", "driver_value", "driver_source")),
        Group(gettext_lazy("批复"), ("granted", "reply_note")),
        Group(gettext_lazy("执行"), ("committed", "spent", "remaining", "reported", "reported_on")),
    )
    readonly = frozenset({"quota", "quota_source", "driver", "committed", "spent"})
    computed = {
        "product": Computed(
            gettext_lazy("定额测算数"), lambda line: line.computed_amount if line.computed_amount is not None or not line.quota_key else _("待核实"),
            kind="text", why=_why,
        ),
        "remaining": Computed(gettext_lazy("余额"), lambda line: line.remaining if line.granted is not None else None, kind="money", unit=YUAN),
    }  # fmt: skip
    filters = ("budget", "organ", "item", "plan_line", "site", "amount")
    search = ("words",)
    sorts = ("amount", "number")
    order = "-id"
    units = dict.fromkeys(("amount", "granted", "committed", "spent", "reported"), YUAN)
    headings = {
        "budget": ("预算编号",), "item": ("科目名称", "经济分类"), "words": ("项目内容", "项目名称"), "reason": ("说明",), "amount": ("申请金额",),
        "granted": ("批复金额", "财政批复数"), "reply_note": ("财政意见", "审核意见"), "reported": ("执行数", "财政执行数"),
    }  # fmt: skip
    key_facts = ("item", "amount", "granted", "remaining")
    pages = {"spend": Page(gettext_lazy("登记支出"), budget_pages.spending, COMMIT)}
    before_import = number_lines
    follows = ("plan_line",)
    related = (
        Related("funding/commitments", "line", gettext_lazy("经费占用")),
        Related("funding/payments", "line", gettext_lazy("经费支付")),
    )


@register
class Commitments(Resource):
    """What has been promised out of lines."""

    model = Commitment
    slug = "funding/commitments"
    article = ARTICLE
    chapter = "funding"
    words = pgettext_lazy("list", "经费占用")
    icon = "lock-closed"
    menu = False
    purpose = gettext_lazy("每个办件占用的预算：占用、支付、释放")
    columns = ("words", "day", "amount", "settled", "released", "state", "line")
    groups = (Group(gettext_lazy("占用"), ("line", "words", "day", "amount", "settled", "released", "state")),)
    readonly = frozenset({"line", "words", "day", "amount", "settled", "released", "state"})
    filters = ("line", "state", "day")
    search = ("words",)
    sorts = ("day",)
    units = dict.fromkeys(("amount", "settled", "released"), YUAN)
    state = "state"
    colours = COMMIT_COLOURS
    follows = ("line",)
    importable = False
    addable = False


@register
class Payments(Resource):
    """What has been paid out of lines."""

    model = Payment
    slug = "funding/payments"
    article = ARTICLE
    chapter = "funding"
    words = pgettext_lazy("list", "经费支付")
    icon = "receipt-percent"
    menu = False
    purpose = gettext_lazy("每一笔实际支出及其凭证")
    columns = ("day", "words", "amount", "line")
    groups = (Group(gettext_lazy("支付"), ("line", "commitment", "day", "amount", "words")),)
    readonly = frozenset({"line", "commitment", "day", "amount", "words"})
    filters = ("line", "day")
    search = ("words",)
    sorts = ("day",)
    order = "-day"
    units = {"amount": YUAN}
    importable = False
    addable = False
