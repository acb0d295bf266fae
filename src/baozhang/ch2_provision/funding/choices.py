"""Kinds of plan lines, cost items with their code in the budget classification, states: value and words in one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LineKind(TextChoices):
    """The four kinds of need that a plan holds (article 9)."""

    ASSETS = "assets", _("新增资产配置")
    REPAIR = "repair", _("办公用房大中修")
    RETROFIT = "retrofit", _("节能改造")
    SERVICE = "service", _("后勤服务购买")


class Means(TextChoices):
    """How what is planned is got; what cannot be transferred is bought, built or rented (article 12, paragraph 2)."""

    BUY = "buy", _("购置")
    BUILD = "build", _("建设")
    RENT = "rent", _("租用")


class Grade(TextChoices):
    """How large a repair is."""

    MAJOR = "major", _("大修")
    MEDIUM = "medium", _("中修")


class RoundState(TextChoices):
    """Where a round of planning stands."""

    DRAFT = "draft", _("拟稿")
    OPEN = "open", _("编报中")
    CLOSED = "closed", pgettext_lazy("round", "已截止")


class PlanState(TextChoices):
    """Where an annual plan stands."""

    DRAFT = "draft", _("编制中")
    DECIDING = "deciding", _("待内部决策")
    SUBMITTED = "submitted", _("待逐项审核")
    REVIEWED = "reviewed", _("待审定")
    AGREED = "agreed", pgettext_lazy("plan", "已同意")
    SUPERSEDED = "superseded", _("已被新版本替代")


class LineState(TextChoices):
    """What was said of a line of a plan."""

    PENDING = "pending", pgettext_lazy("line", "待审")
    AGREED = "agreed", pgettext_lazy("line", "同意")
    REDUCED = "reduced", _("核减")
    REFUSED = "refused", pgettext_lazy("line", "不同意")
    WITHDRAWN = "withdrawn", _("单位已撤销")


class Source(TextChoices):
    """Where a line of a plan comes from."""

    MANUAL = "manual", _("自行编制")
    LAST_YEAR = "last_year", _("上年计划")
    SUGGESTED = "suggested", _("系统提示")
    NEED = "need", _("配置需求转入")
    AMENDED = "amended", _("上一版本")


class BudgetState(TextChoices):
    """Where a budget stands."""

    DRAFT = "draft", _("编制中")
    DECIDING = "deciding", _("待内部决策")
    APPLIED = "applied", _("待财政审核")
    REVIEWED = "reviewed", _("待财政批复")
    REPLIED = "replied", _("已批复")
    CLOSED = "closed", _("已结转关闭")


class CommitState(TextChoices):
    """Where a commitment stands."""

    OPEN = "open", pgettext_lazy("commitment", "占用中")
    SETTLED = "settled", _("已结清")
    RELEASED = "released", pgettext_lazy("commitment", "已释放")


class Driver(TextChoices):
    """What a quota is multiplied with."""

    BUREAU = "bureau", _("司局级编制内实有人数")
    DIVISION = "division", _("处级及以下编制内实有人数")
    HEADS = "heads", _("编制内实有人数")
    AREA = "area", _("办公用房建筑面积")
    VEHICLES = "vehicles", _("公务用车数量")


DRIVER_UNITS: dict[str, Any] = {
    Driver.BUREAU: _("人"), Driver.DIVISION: _("人"), Driver.HEADS: _("人"), Driver.AREA: _("㎡"), Driver.VEHICLES: _("辆"),
}  # fmt: skip


class CostItem(TextChoices):
    """Items of the economic classification of departments' budgets that operating costs fall under."""

    OFFICE = "30201", _("办公费")
    PRINTING = "30202", _("印刷费")
    WATER = "30205", _("水费")
    POWER = "30206", _("电费")
    POST = "30207", _("邮电费")
    HEATING = "30208", _("取暖费")
    PROPERTY = "30209", _("物业管理费")
    TRAVEL = "30211", _("差旅费")
    UPKEEP = "30213", _("维修（护）费")
    RENT = "30214", _("租赁费")
    MEETING = "30215", _("会议费")
    TRAINING = "30216", _("培训费")
    RECEPTION = "30217", _("公务接待费")
    ENTRUSTED = "30227", _("委托业务费")
    VEHICLES = "30231", _("公务用车运行维护费")
    OTHER = "30299", _("其他商品和服务支出")
    EQUIPMENT = "31002", _("办公设备购置")
    SPECIAL = "31003", _("专用设备购置")
    REPAIR = "31006", _("大型修缮")
    SYSTEMS = "31007", _("信息网络及软件购置更新")
    CARS = "31013", _("公务用车购置")
    OTHER_CAPITAL = "31099", _("其他资本性支出")


# Items that are the money of one of the four kinds of need: they want an agreed line of the plan (article 9).
NEEDS: dict[str, tuple[str, ...]] = {
    CostItem.EQUIPMENT: (LineKind.ASSETS,), CostItem.SPECIAL: (LineKind.ASSETS,), CostItem.SYSTEMS: (LineKind.ASSETS,),
    CostItem.CARS: (LineKind.ASSETS,), CostItem.REPAIR: (LineKind.REPAIR, LineKind.RETROFIT),
    CostItem.OTHER_CAPITAL: (LineKind.RETROFIT, LineKind.ASSETS), CostItem.PROPERTY: (LineKind.SERVICE,),
    CostItem.ENTRUSTED: (LineKind.SERVICE,),
}  # fmt: skip
ITEM_OF: dict[str, str] = {
    LineKind.ASSETS: CostItem.EQUIPMENT, LineKind.REPAIR: CostItem.REPAIR, LineKind.RETROFIT: CostItem.OTHER_CAPITAL,
    LineKind.SERVICE: CostItem.PROPERTY,
}  # fmt: skip
ITEM_BY_MEANS: dict[str, str] = {
    Means.RENT: CostItem.RENT,
    Means.BUILD: CostItem.OTHER_CAPITAL,
}  # before the item of the kind
# What the authority budgets for a site that it runs as a whole: repair, services, energy (article 8, paragraph 2).
CENTRAL = (
    CostItem.WATER, CostItem.POWER, CostItem.HEATING, CostItem.PROPERTY, CostItem.UPKEEP, CostItem.REPAIR, CostItem.OTHER_CAPITAL,
)  # fmt: skip


@dataclass(frozen=True)
class Quota:
    """An expenditure quota of the catalogue: the item of its money, and what it is multiplied with."""

    key: str
    item: CostItem
    drivers: tuple[Driver, ...]  # several: one row of the figure each, by rank


QUOTAS = tuple(
    Quota(f"funding.quota.{name}", item, drivers)
    for name, item, drivers in (
        ("office", CostItem.OFFICE, (Driver.BUREAU, Driver.DIVISION)),
        ("printing", CostItem.PRINTING, (Driver.HEADS,)),
        ("water", CostItem.WATER, (Driver.AREA,)),
        ("power", CostItem.POWER, (Driver.AREA,)),
        ("post", CostItem.POST, (Driver.HEADS,)),
        ("travel", CostItem.TRAVEL, (Driver.BUREAU, Driver.DIVISION)),
        ("upkeep", CostItem.UPKEEP, (Driver.AREA,)),
        ("meeting", CostItem.MEETING, (Driver.HEADS,)),
        ("training", CostItem.TRAINING, (Driver.HEADS,)),
        ("vehicle", CostItem.VEHICLES, (Driver.VEHICLES,)),
    )
)
RANKED = (Driver.BUREAU, Driver.DIVISION)

PLAN_AT_WORK = (PlanState.DRAFT, PlanState.DECIDING, PlanState.SUBMITTED, PlanState.REVIEWED)
BUDGET_AT_WORK = (BudgetState.DRAFT, BudgetState.DECIDING, BudgetState.APPLIED, BudgetState.REVIEWED)
GRANTED = (BudgetState.REPLIED, BudgetState.CLOSED)
PASSED = (LineState.AGREED, LineState.REDUCED)
ROUND_COLOURS = {RoundState.DRAFT: "plain", RoundState.OPEN: "blue", RoundState.CLOSED: "green"}
PLAN_COLOURS = {
    PlanState.DRAFT: "plain", PlanState.DECIDING: "amber", PlanState.SUBMITTED: "blue", PlanState.REVIEWED: "blue",
    PlanState.AGREED: "green", PlanState.SUPERSEDED: "plain",
}  # fmt: skip
LINE_COLOURS = {
    LineState.PENDING: "plain", LineState.AGREED: "green", LineState.REDUCED: "amber", LineState.REFUSED: "red",
    LineState.WITHDRAWN: "plain",
}  # fmt: skip
BUDGET_COLOURS = {
    BudgetState.DRAFT: "plain", BudgetState.DECIDING: "amber", BudgetState.APPLIED: "blue", BudgetState.REVIEWED: "blue",
    BudgetState.REPLIED: "green", BudgetState.CLOSED: "plain",
}  # fmt: skip
COMMIT_COLOURS = {CommitState.OPEN: "amber", CommitState.SETTLED: "green", CommitState.RELEASED: "plain"}
